/** How a repository names the slim variant of a tag. */
type SlimStyle =
  /** `22-bookworm` and `22-bookworm-slim`. */
  | 'suffix'
  /** `3.11-bookworm` and `3.11-slim-bookworm`. */
  | 'before-suite';

export const SUITE = /(?:^|-)(bookworm|trixie|forky|bullseye|buster|stretch)$/;

/** Splits `repository:tag`; a variable may stand in the tag, not in the repository. */
export function splitImage(
  image: string,
): { readonly repository: string; readonly tag: string | undefined } | undefined {
  const [name = ''] = image.split('@', 1);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const repository = colon === -1 ? name : name.slice(0, colon);
  if (repository === '' || repository.includes('$')) return undefined;
  return { repository, tag: colon === -1 ? undefined : name.slice(colon + 1) };
}

/**
 * The slim variant of one of Docker's official images, as FROM takes it; the same image for Alpine and for what is slim
 * already. https://github.com/docker-library/official-images/tree/master/library lists each repository's tags.
 * @param image as written, with variables.
 */
export function slimVariant(image: string, style: SlimStyle): string | undefined {
  const parts = splitImage(image);
  if (parts === undefined) return undefined;
  const { repository, tag = 'latest' } = parts;
  if (/alpine/.test(tag) || /(?:^|-)slim(?:-|$)/.test(tag)) return image;
  if (tag === 'latest') return `${repository}:slim`;
  const suite = SUITE.exec(tag)?.[1];
  if (style === 'suffix' || suite === undefined) return `${repository}:${tag}-slim`;
  const version = tag.slice(0, tag.length - suite.length).replace(/-$/, '');
  return `${repository}:${version === '' ? '' : `${version}-`}slim-${suite}`;
}

/** The plain distribution that a language's image is built on, for programs that need only its C library. */
export function distributionOf(image: string): string | undefined {
  const tag = splitImage(image)?.tag ?? 'latest';
  const alpine = /alpine(\d+\.\d+)?$/.exec(tag);
  if (alpine !== null) return `alpine:${alpine[1] ?? '3'}`;
  if (/alpine|windows|nanoserver/.test(tag)) return undefined;
  const suite = SUITE.exec(tag)?.[1];
  // The default suite of Docker's official images is never newer than Debian's stable, and glibc runs what was linked
  // against an older one: https://sourceware.org/glibc/wiki/FAQ#What_symbol_versioning_is_good_for.3F
  return `debian:${suite ?? 'stable'}-slim`;
}
