import { holdsSecret, namesSecret } from '../core/secrets.js';

/** Keys that everybody may know: those that packages are signed with, and what a bundler puts into a page. */
const PUBLIC_NAME =
  /gpg|pgp|fingerprint|host_?key|signing_?key_?id|checksum|cache_?(?:key|salt)|^(?:VITE|REACT_APP|VUE_APP|GATSBY|EXPO|NUXT|STORYBOOK|PUBLIC)_|^(?:OLD)?PWD$|_keyring$/i;

/** The word that says secret is one of the name's words: `TOKENSERVER_BACKEND` is none. */
const SECRET_PART =
  /(?:pass(?:word|wd|phrase)?|pwd|secrets?|tokens?|api_?-?key|credentials?|cookie|salt|jwt|[_-](?:key|auth))(?:[_-]|\d*$)/i;

/** Personal access tokens: `GITHUB_PAT`. */
const ACCESS_TOKEN = /[_-]PAT$/i;

/** True for a variable of a build that by its name holds a secret. */
export function namesBuildSecret(name: string): boolean {
  if (PUBLIC_NAME.test(name)) return false;
  return ACCESS_TOKEN.test(name) || (namesSecret(name) && SECRET_PART.test(name));
}

/** A key of something else than a lock: `FILTER_KEY=ProcessId`. */
const WEAK_NAME = /[_-](?:key|auth)$|salt|cookie/i;
const STRONG_NAME =
  /(?:api|secret|private|access|encrypt(?:ion)?|sign(?:ing)?|master|licen[cs]e|account|storage|session|app|service|ssh)_?-?key$/i;

/** True for what stands for a secret that is yet to be given. */
export function isPlaceholder(value: string): boolean {
  const bare = value.replace(/^(["'])(.*)\1$/s, '$2');
  return (
    /^(?:|x+|\.+|\*+|-+|todo|tbd|none|null|unset|empty|<.*>|\[.*\]|\{\{.*\}\}|your[-_ ].*|my[-_ ]?(?:secret|token|password|key)|(?:build|ci|test|dev|tmp|temp|unused|ignored)(?:[-_ ].*)?)$/i.test(
      bare,
    ) ||
    /change.?(?:me|this|it)|replace.?(?:me|this|with)|place.?holder|dummy|example|not.?a.?(?:real.?)?secret|fake/i.test(
      bare,
    )
  );
}

/** True for a value that is a secret by the name before it, or by its own form. */
export function isBuildSecret(name: string, value: string): boolean {
  if (isPlaceholder(value) || !holdsSecret(name, value)) return false;
  // An address with a password is a secret under any name.
  if (!namesSecret(name)) return true;
  if (!namesBuildSecret(name)) return false;
  return !WEAK_NAME.test(name) || STRONG_NAME.test(name) || (value.length >= 16 && /\d/.test(value));
}
