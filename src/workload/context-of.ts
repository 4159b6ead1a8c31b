import type { FileReader } from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import { folderOf } from './compose/project.js';
import { contextSources } from './context-sources.js';
import { contextPath } from './copied-files.js';

/** Files beside which a project lies: a Dockerfile that stands there is built there. */
const MANIFEST =
  /^(?:package\.json|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|pyproject\.toml|requirements[\w.-]*\.txt|setup\.py|Pipfile|composer\.json|Gemfile|mix\.exs|Makefile|CMakeLists\.txt|deno\.jsonc?|index\.html|.*\.(?:csproj|sln|py|js|ts|go|rb|php))$/;

/**
 * The build context of a Dockerfile: what the Compose services say, else the folder in which what it copies by name is
 * found, its own before those above. Undefined when that leaves a doubt: an ignore file for another context would let in
 * what that one keeps out.
 */
export function contextOf(
  document: DockerfileDocument,
  files: FileReader,
  said: readonly string[],
): string | undefined {
  // What lies above the root of the run can't be looked at.
  if (said.length > 0) return said.length === 1 && !/^\.\.(?:\/|$)/.test(said[0]!) ? said[0] : undefined;
  const own = folderOf(document.path);
  const sources = contextSources(document);
  const names = sources.flatMap(({ path }) =>
    path === undefined || path === '' || /[*?[\\]/.test(path) ? [] : [path],
  );
  const has = (folder: string) => (name: string) => files.kind(contextPath(folder, name)) !== 'missing';
  const above = foldersAbove(own);
  if (names.length > 0) {
    const found = [own, ...above].find((folder) => names.every(has(folder)));
    if (found !== undefined) return found;
    if (names.some(has(own))) return own;
  }
  if (own === '.') return own;
  const ignored = has(own)('.dockerignore');
  if (ignored) return own;
  if (above.some((folder) => has(folder)('.dockerignore'))) return undefined;
  return files.list(own).some(({ name }) => MANIFEST.test(name)) ? own : undefined;
}

function foldersAbove(folder: string): readonly string[] {
  const above: string[] = [];
  for (let at = folder; at !== '.';) {
    at = folderOf(at);
    above.push(at);
  }
  return above;
}
