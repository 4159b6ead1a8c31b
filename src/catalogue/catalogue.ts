import type { ImageFacts } from './types.js';

/** Looks up what is known of an image. */
export interface Catalogue {
  /** @param reference with its repository as `normaliseRepository` writes it. */
  image(reference: Pick<ImageReference, 'repository' | 'tag'>): ImageFacts | undefined;
  readonly images: readonly ImageFacts[];
}

interface TagPattern {
  readonly matches: RegExp;
  readonly facts: ImageFacts;
}

export function createCatalogue(images: readonly ImageFacts[]): Catalogue {
  const exact = new Map<string, ImageFacts>();
  const tagged = new Map<string, TagPattern[]>();
  const namespaces: [prefix: string, facts: ImageFacts][] = [];
  for (const facts of images) {
    for (const pattern of facts.match) {
      const [repository = '', tag] = pattern.split(':', 2);
      if (tag !== undefined) {
        tagged.set(repository, [...(tagged.get(repository) ?? []), { matches: glob(tag), facts }]);
      } else if (repository.endsWith('/*')) namespaces.push([repository.slice(0, -1), facts]);
      else exact.set(repository, facts);
    }
  }
  return {
    images,
    image: ({ repository, tag = 'latest' }) => {
      const facts =
        tagged.get(repository)?.find(({ matches }) => matches.test(tag))?.facts ??
        exact.get(repository) ??
        namespaces.find(([prefix]) => repository.startsWith(prefix))?.[1];
      return facts === undefined ? undefined : ofTag(facts, tag);
    },
  };
}

/** The facts with the numbers that the image has under a tag. */
function ofTag(facts: ImageFacts, tag: string): ImageFacts {
  const { variants } = facts.user.mayStartAs ?? {};
  if (variants === undefined) return facts;
  const { uid, gid } = variants.find(({ tags }) => glob(tags).test(tag)) ?? facts.user.mayStartAs!;
  return { ...facts, user: { ...facts.user, mayStartAs: { uid, gid } } };
}

/** A pattern in which `*` stands for any characters. */
export function glob(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
}

/** Registries that serve Docker's official images under a prefix of their own. */
const OFFICIAL_MIRRORS =
  /^(?:(?:index\.|registry-1\.|registry\.hub\.)?docker\.(?:io|com)\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)/;

/** An image reference in its parts, by the grammar of github.com/distribution/reference. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Splits an image reference; undefined for an empty one or one that still holds a variable. */
export function parseImageReference(reference: string): ImageReference | undefined {
  if (reference === '' || /[$\s{}]/.test(reference)) return undefined;
  const [name = '', digest] = reference.split('@', 2);
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  return {
    repository: normaliseRepository(tagged ? name.slice(0, colon) : name),
    tag: tagged ? name.slice(colon + 1) : undefined,
    digest,
  };
}

/** `docker.io/library/postgres` and its mirrors become `postgres`; other registries keep their name. */
export function normaliseRepository(repository: string): string {
  return repository.replace(OFFICIAL_MIRRORS, '').replace(/^library\//, '');
}
