import type { Remote } from '../../forge/remote.js';
import type { CiSystem } from '../project.js';

/** A repository of a registry, in lower case, by the grammar of https://github.com/distribution/reference */
const PART = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^(?:localhost|[a-z0-9-]+(?:\\.[a-z0-9-]+)+)(?::\\d{1,5})?(?:/${PART})+$`);

/** Where a name stands that only the project's people know. */
export const UNKNOWN_NAME = 'ghcr.io/OWNER/REPO';

/** A reference's name with its registry: `docker.io/library/postgres` for `postgres:16`. Undefined for what is no name. */
export function fullName(reference: string): string | undefined {
  // A variable in the tag says nothing against the name.
  const name = reference.replace(/@[^]*$/, '').replace(/:[^/]*$/, '');
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const full = hasRegistry ? name : `docker.io/${rest.length === 0 ? `library/${name}` : name}`;
  return NAME.test(full) ? full.replace(/^index\.docker\.io\//, 'docker.io/') : undefined;
}

/** The registry that a full name begins with. */
export function registryOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

/** The name that a forge's own registry gives the image of a repository. */
export function ownName(system: CiSystem, remote: Remote | undefined, part: string): string {
  const below = part === '' ? '' : `/${slug(part)}`;
  if (system === 'gitlab') return `$CI_REGISTRY_IMAGE${below}`;
  const name = remote?.host === 'github.com' ? `ghcr.io/${remote.path.toLowerCase()}${below}` : '';
  return NAME.test(name) ? name : `${UNKNOWN_NAME}${below}`;
}

/** A part of a name, from any text. */
export function slug(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'image'
  );
}
