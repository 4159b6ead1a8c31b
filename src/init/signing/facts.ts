import { parseRemote } from '../../forge/remote.js';
import { call } from '../../io/process.js';
import type { CiSystem, Project } from '../project.js';
import { imagesOf, type BuiltImage } from './images.js';
import { ownName } from './names.js';
import { publishedNames } from './workflow-names.js';

/** An image with the name under which it is to be published. */
export type NamedImage = BuiltImage & { readonly name: string };

/** What a workflow that signs needs to know of a project. */
export interface SigningFacts {
  readonly images: readonly NamedImage[];
  /** The names of images that others publish. */
  readonly pulled: readonly string[];
  readonly left: readonly string[];
  readonly branch: string;
  /** What the tags of releases begin with. */
  readonly tags: 'v' | 'digit';
  /** Where the repository is, as the identity in a signature begins; undefined when it has no remote at that forge. */
  readonly home: string | undefined;
}

/** Gathers them from the files, the workflows and the remote of a repository. */
export async function signingFacts(root: string, project: Project, system: CiSystem): Promise<SigningFacts> {
  const { built, pulled, left } = imagesOf(root, project.files);
  const origin = await call('git', ['remote', 'get-url', 'origin'], { cwd: root });
  const parsed = origin.code === 0 ? parseRemote(origin.stdout) : undefined;
  const remote = parsed?.ok === true && /^[\w./-]+$/.test(parsed.value.path) ? parsed.value : undefined;
  const published = publishedNames(root);
  // Only then it is clear which image a workflow's name is of.
  const known = built.length === 1 && published.length === 1 ? published[0] : undefined;
  const images = built.map((image) => ({
    ...image,
    name: image.name ?? known ?? ownName(system, remote, built.length === 1 ? '' : image.part),
  }));
  const twice = new Set(images.map(({ name }) => name).filter((name, at, all) => all.indexOf(name) !== at));
  const home = remote?.host === `${system}.com` ? `https://${remote.host}/${remote.path}` : undefined;
  const tagged = await call('git', ['tag', '--list'], { cwd: root });
  return {
    images: images.filter(({ name }) => !twice.has(name)),
    pulled,
    left: [
      ...left,
      ...[...twice].map((name) => `the images that are all called ${name}: give each a name of its own`),
    ],
    branch: project.defaultBranch,
    tags: /^v\d/m.test(tagged.stdout) || !/^\d/m.test(tagged.stdout) ? 'v' : 'digit',
    home,
  };
}
