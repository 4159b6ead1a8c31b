import type { ImageReference } from '../../catalogue/catalogue.js';

/** Releases of Debian and Ubuntu, which tags name instead of a number. */
const RELEASE = /(?:^|-)(?:buster|bullseye|bookworm|trixie|forky|focal|jammy|noble|plucky|questing)(?:-|$)/;

/** True where a tag or a digest says which version it is; `stable`, `lts` and `alpine` are another one with time. */
export function namesVersion({ repository, tag = '', digest }: ImageReference): boolean {
  if (digest !== undefined || /\d/.test(tag) || RELEASE.test(tag)) return true;
  // gcr.io/distroless/static-debian12:nonroot
  return tag !== '' && /-debian\d+$/.test(repository);
}
