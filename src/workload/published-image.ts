import { parseImageReference } from '../catalogue/catalogue.js';
import { redact } from '../core/redact.js';
import type { Evidence, FileReader } from '../core/types.js';
import { folderOf, join } from './compose/project.js';

/** Manifests that say which repository a project is of. */
const MANIFESTS = ['package.json', 'go.mod', 'Cargo.toml', 'pyproject.toml', 'composer.json'];
/** Where they say it, and the label of an image that does: other addresses are those of dependencies. */
const SAYS = /^\s*(?:"?(?:url|repository|source)"?\s*[:=]|module\s)|org\.opencontainers\.image\.source/i;
const REPOSITORY =
  /(?:github\.com|gitlab\.com|codeberg\.org)[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?(?=["'\s/#]|$)/i;

/** The line that says of which repository what a Dockerfile builds is, and its `owner/name`. */
export interface OwnRepository {
  readonly name: string;
  readonly evidence: Evidence;
}

/**
 * The repository whose image a Dockerfile builds, by its own label or by the manifest beside it. Only of one that is called
 * `Dockerfile`: another beside it builds another image.
 */
export function ownRepository(dockerfile: string, files: FileReader): OwnRepository | undefined {
  const folder = folderOf(dockerfile);
  if (dockerfile !== join(folder, 'Dockerfile')) return undefined;
  for (const path of [dockerfile, ...MANIFESTS.map((name) => join(folder, name))]) {
    const lines = files.read(path)?.split('\n') ?? [];
    const at = lines.findIndex((line) => SAYS.test(line) && REPOSITORY.test(line));
    const line = lines[at];
    const name = line === undefined ? undefined : REPOSITORY.exec(line)?.[1];
    if (line === undefined || name === undefined) continue;
    return {
      name: name.toLowerCase(),
      evidence: { file: path, line: at + 1, text: redact(line.trim()) },
    };
  }
  return undefined;
}

/** True for `owner/name` on any registry: the name under which a repository's image is published. */
export function isPublishedAs(image: string, repository: string): boolean {
  const path = parseImageReference(image)?.repository;
  return path !== undefined && path.split('/').slice(-2).join('/') === repository;
}
