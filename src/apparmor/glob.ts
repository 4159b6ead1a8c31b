/** What AppArmor's globbing gives a meaning, and `\` and `"`, by which it is taken: apparmor.d(5), "Globbing". */
const SPECIAL = /[\\*?[\]{}^"]/g;

/** Longer than any path that the kernel takes (PATH_MAX). */
const MAX_LENGTH = 4096;

/**
 * A path as a rule takes it literally, without the quotes around. A `{` that is escaped also keeps `@{PROC}` from being a
 * variable. Undefined for what is no absolute path, for control characters, which would end the line, and for `..`, which
 * is in no path that the kernel compares. https://gitlab.com/apparmor/apparmor/-/wikis/QuickProfileLanguage
 */
export function literal(path: string): string | undefined {
  if (!path.startsWith('/') || path.length > MAX_LENGTH || hasControls(path)) return undefined;
  if (path.split('/').some((name) => name === '..')) return undefined;
  // As a class of its own: at the end of a path the parser takes `\\` and the closing quote for an escaped quote.
  return path
    .replace(/\/+/g, '/')
    .replace(SPECIAL, (character) => (character === '\\' ? '[\\\\]' : `\\${character}`));
}

/** A rule for what a glob names; the glob's own parts are escaped by `literal`. */
export function fileRule(glob: string, access: string): string {
  return /^(?:[\w@/.*-]|\{[\w/.,*-]*\})+$/.test(glob) ? `${glob} ${access},` : `"${glob}" ${access},`;
}

function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029) return true;
  }
  return false;
}
