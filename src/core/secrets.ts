import { redact } from './redact.js';

/** Words that say secret wherever they stand in a variable's name, and those that do so at its end. */
const SAYS_SECRET =
  /pass(?:word|wd|phrase)?|pwd|secret|token|api_?-?key|credential|cookie|salt|jwt|[_-](?:key|auth)$/i;

/**
 * A name that ends so says where, who, how or for how long; an address may hold a password all the same. Nor are keys
 * that are made for everybody secret, or what says that there is no password.
 */
const SAYS_NONE =
  /(?:ur[il]|endpoint|host|port|domain|name|id|users?|email|algorithm|issuer|aud(?:ience)?|exp(?:ir\w*)?(?:[_-]in)?|seconds|minutes|hours|days|age|lifetime|prefix|header|mode|samesite|secure|rounds|size|count|limit|length|version|region|realm|provider|scopes?|roles?|groups?|format|callback|class|dsn|conn(?:ection)?[_-]?str(?:ing)?|credentials|enabled?|path|(?:white|allow|block|deny)list)$|public|publishable|anon_key|allow_empty|random_root|no_?auth|tokeni[sz]er/i;

/** What a switch is set to, and the name of a file. */
const HARMLESS_VALUE =
  /^(?:true|false|yes|no|on|off|none|null|required|optional|basic|trust|md5|scram-sha-256|default|local|enabled?|disabled?|\d|[\w-]+\.(?:key|pem|crt|cer|p12|jks|json|ya?ml|txt))$/i;

/** True when a variable's value is, or holds, what `redact` masks; a default behind `${NAME:-…}` counts as the value. */
export function holdsSecret(name: string, value: string): boolean {
  const text = withDefaults(value);
  if (redact(text) !== text) return true;
  if (!SAYS_SECRET.test(name) || SAYS_NONE.test(name)) return false;
  const bare = text.replace(/^(["'])(.*)\1$/s, '$2');
  if (HARMLESS_VALUE.test(bare)) return false;
  // `TOKEN_BATCH=100` counts; a password may be a number.
  if (/^\d+$/.test(bare) && !/(?:pass(?:word|wd)?|pwd|pin)$/i.test(name)) return false;
  return redact(`${name}=${text}`) !== `${name}=${text}`;
}

/** True for a variable that by its name holds a secret. */
export function namesSecret(name: string): boolean {
  return holdsSecret(name, 'value');
}

function withDefaults(value: string): string {
  let text = value;
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');
  }
  return text;
}
