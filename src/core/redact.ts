const MASK = '********';

/** Words that, in a variable's or option's name, say that its value is a secret. */
const SECRET_WORD =
  'pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|encryption[_-]?key|auth[_-]?key|credentials?|cookie|salt|dsn';

const NAME = `[\\w.-]*(?:${SECRET_WORD})[\\w.-]*`;

/** `POSTGRES_PASSWORD: value`, `- API_TOKEN=value`, `"secret": "value"`. */
const ASSIGNMENT = new RegExp(`(["']?${NAME}["']?\\s*[:=]\\s*)(?!\\s)("[^"]*"|'[^']*'|[^\\s,}\\]#]+)`, 'gi');

/** `--requirepass value`, `--password=value`; also as items of a JSON array. */
const OPTION = new RegExp(`(--?${NAME}(?:["']?\\s*,\\s*|\\s+|=))("[^"]*"|'[^']*'|[^\\s,}\\]"']+)`, 'gi');

/** `ENV DB_PASSWORD value`, the Dockerfile's legacy form. */
const LEGACY_ENV = new RegExp(`^(\\s*ENV\\s+${NAME}\\s+)(\\S.*)$`, 'gim');

/** `scheme://user:password@host`. */
const USERINFO = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:)([^\s/@"']+)(@)/gi;

/** A value that only refers to a secret is no secret: `${VAR}`, `/run/secrets/db`, `true`, `30s`. */
function refersOnly(value: string): boolean {
  const bare = value.replace(/^["']|["']$/g, '');
  return (
    bare === '' ||
    /^\$\{?\w+(:?\??-?\})?\}?$/.test(bare) ||
    /^\$\{\w+:?\?[^}]*\}$/.test(bare) ||
    /^\/(run|etc|var|root|home)\//.test(bare) ||
    /^(true|false|yes|no|null|~|\||>|[|>][+-]?)$/i.test(bare)
  );
}

/** Masks the values of secrets in a text for people; names, quotes and everything else stay. */
export function redact(text: string): string {
  const mask = (whole: string, name: string, value: string): string => {
    if (refersOnly(value)) return whole;
    const quote = /^["']/.exec(value)?.[0] ?? '';
    return `${name}${quote}${MASK}${quote}`;
  };
  return text
    .replace(USERINFO, (whole, before: string, password: string, at: string) =>
      password.startsWith('$') ? whole : `${before}${MASK}${at}`,
    )
    .replace(LEGACY_ENV, mask)
    .replace(OPTION, mask)
    .replace(ASSIGNMENT, mask);
}
