/** What stands in the place of a secret. */
export const MASK = '********';

/** Words that, in a variable's or option's name, say that its value is a secret. */
const SECRET_WORD =
  'pass(?:word|wd|phrase)?|pwd|secret|token|api_?-?key|credentials?|cookie|salt|dsn|jwt|authorization|conn(?:ection)?[_-]?str(?:ing)?|raw_value|[_-](?:key|auth)(?![a-z])';

const NAME = `[\\w.-]*(?:${SECRET_WORD})[\\w.-]*`;

/** What tells at once that a text has nothing to mask. */
const SUSPECT = new RegExp(
  `${SECRET_WORD}|\\b(?:echo|printf)\\s.*:|:\\/\\/|-----BEGIN|[\\s"']-[pau]|--user|gh[opsur]_|github_pat_|glpat-|xox|sk_live_|npm_|AKIA|ASIA|eyJ`,
  'i',
);

/** A name that ends so holds no secret itself: `POSTGRES_PASSWORD_FILE`, `token_ttl`. */
const HARMLESS_NAME =
  /(?:auth[_-](?:host|local)|(?:white|allow|block|deny)list|file|path|dir|directory|folder|ttl|timeout|expiry|length|policy|type|method|plugin|enabled|disabled|required|(?:Load|Import)Credential(?:Encrypted)?)["']?$/i;

/** A word as a shell reads it: quoted and bare parts, escapes. */
const WORD = `(?:"(?:\\\\.|[^"\\\\])*"|'[^']*'|\\\\.|[^\\s"'\\\\])+`;
const DOUBLE = '"(?:\\\\.|[^"\\\\])*"';
const SINGLE = "'(?:''|[^'])*'";

/** `${DB_PASSWORD:-value}`: the default is the secret. */
const DEFAULT = new RegExp(`(\\$\\{${NAME}:?[-+])((?:[^{}]|\\$\\{[^{}]*\\})+)(\\})`, 'gi');

/** `scheme://user:password@host`; a port and a path that holds an @ are no password. */
const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'${}]*:)(?!\d+(?:\/|$))((?:\$\{[^}]*\}|[^\s"'])+)(@)/gi;

/** `https://ghp_0123456789abcdef@github.com`: a token in the place of the user. */
const USER_TOKEN = /(https?:\/\/)([\w-]{16,})(@)/gi;

/** Tokens that are known by their own form, whatever they are called. */
const TOKEN =
  /\b(?:gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk_live_\w{10,}|npm_\w{30,}|(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g;

/** The short options by which some clients take a password. */
const SHORT_OPTIONS: readonly RegExp[] = [
  new RegExp(`(\\b(?:mysql|mariadb)\\w*(?:-\\w+)*\\b.*?[\\s"']-p)(${WORD})`, 'gi'),
  new RegExp(`(\\b(?:mongo\\w*|rabbitmqadmin)\\b.*?[\\s"']-p(?:\\s+|["'],\\s*["']))(${WORD})`, 'gi'),
  new RegExp(`(\\bredis-cli\\b.*?[\\s"']-a(?:\\s+|["'],\\s*["']))(${WORD})`, 'gi'),
  new RegExp(`(\\bsshpass\\s+-p\\s*)(${WORD})`, 'g'),
  new RegExp(`(\\b(?:docker|podman|buildah|skopeo|helm)\\b.*?\\slogin\\b.*?\\s-p[\\s=]+)(${WORD})`, 'g'),
  // `npm config set //registry.npmjs.org/:_authToken value`
  new RegExp(`(\\bset\\s+["']?[^\\s"'=]*(?:_auth|token|password)["']?\\s+)(${WORD})`, 'gi'),
  // `machine example.org login name password value`
  new RegExp(`(\\blogin\\s+\\S+\\s+password\\s+)(${WORD})`, 'g'),
  new RegExp(`(\\bcurl\\b.*?\\s(?:-u|--user)[\\s=]+[^\\s:"']+:)(${WORD})`, 'gi'),
  /(\bcurl\b.*?["'](?:-u|--user)["'],\s*["'][^\s:"']+:)([^"']+)/gi,
];

/** `echo user:password | chpasswd`, also where the pipe stands on the next line. */
const CHPASSWD =
  /(\b(?:echo|printf)\s+(?:-\w+\s+)?["']?[\w$.{}-]+:)([^\s"'|\\]+)(?=["']?\s*(?:\|\s*(?:sudo\s+)?chpasswd|\\$))/g;
/** `echo password | passwd --stdin user`. */
const PASSWD_STDIN =
  /(\b(?:echo|printf)\s+(?:-\w+\s+)?)("[^"]*"|'[^']*'|[^\s|]+)(?=\s*\|\s*(?:sudo\s+)?(?:passwd|sudo\s+-\w*S))/g;

/** `--requirepass value`, `--password=value`; also as items of a JSON array, where the quotes end the value. */
const JSON_OPTION = new RegExp(
  `(["']--?${NAME}["']\\s*,\\s*)(${DOUBLE}|${SINGLE}|[^\\s,}\\]"']+)|(["']--?${NAME}=)([^"']+)(?=["'])`,
  'gi',
);
const OPTION = new RegExp(`((?:^|[\\s"'])--?${NAME}(?:[ \\t]+(?!-)|=))(${WORD})`, 'gim');

/** `ENV DB_PASSWORD value`, the Dockerfile's legacy form. */
const LEGACY_ENV = new RegExp(`^(\\s*(?:ENV|ARG)\\s+${NAME}\\s+)([^=\\s].*)$`, 'i');

/** `DB_PASSWORD=value`, after what says how the value ends. */
const ASSIGNMENT = new RegExp(`(^|[\\s"'\`{[,;?&(:=])(${NAME}["']?[ \\t]*=[ \\t]*)(?=\\S)`, 'gi');

/** `password: value` in YAML, `"password": "value"` in JSON, `X-Token: value` in a header. */
const KEY = new RegExp(
  `(^|[\\s"'{[,(])((?:"${NAME}"|'${NAME}')[ \\t]*:[ \\t]*|${NAME}[ \\t]*:[ \\t]+)(?=\\S)`,
  'gi',
);

/** A key that says secret, at the start of its line, with what is behind its colon. */
const BLOCK_KEY = new RegExp(`^([\\s#]*(?:- +)*)["']?${NAME}["']?[ \\t]*:(?=[ \\t]|$)[ \\t]*(.*)$`, 'i');

/** An item that is nothing but an option whose value is the next item, or the next line. */
const LONE_OPTION = new RegExp(`^\\s*(?:- +)?["']?--?${NAME}["']?,?[ \\t]*\\\\?$`, 'i');

/** References to variables, one after the other; a default that is given is masked before. */
const REFERENCES = /^(?:\$?\$\w+|\$?\$\{\w+(?::?(?:\?[^{}]*|[-+](?:\*{8})?))?\})+$/;

/** A value that only refers to a secret is no secret: `${VAR}`, `/run/secrets/db`, `true`. */
function refersOnly(value: string): boolean {
  const bare = value.replace(/^(["'])(.*)\1$/, '$2');
  return (
    bare === '' ||
    REFERENCES.test(bare) ||
    /^\/(run|etc|var|root|home)\//.test(bare) ||
    // `docker build --secret id=token,env=TOKEN` says where the secret is.
    /^\$\(cat \/run\/secrets\/[\w.-]+\)$/.test(bare) ||
    /^(?:type=\w+,)?id=[\w.-]+(?:,(?:src|source|env)=[\w./-]+)*[;,.)]?$/.test(bare) ||
    /^(true|false|yes|no|null|~|[|>][+-]?\d?|\\|[[{*&!].*)$/i.test(bare)
  );
}

function masked(value: string): string {
  if (refersOnly(value)) return value;
  const quote = /^(["']).*\1$/s.exec(value)?.[1] ?? '';
  return `${quote}${MASK}${quote}`;
}

/** Masks the values of secrets in a text for people; names, quotes, line breaks and everything else stay. */
export function redact(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const pieces = text.split(/(\r?\n)/);
  const paired = pairedValues(pieces);
  const state: Continuation = { option: false, quote: undefined, deeper: undefined, key: false };
  for (let at = 0; at < pieces.length; at += 2) {
    const piece = pieces[at] ?? '';
    pieces[at] = paired.has(at)
      ? redactNext(piece.replace(VALUE_KEY, `$1$2${SAID}$3`), state).replace(SAID, '')
      : redactNext(piece, state);
  }
  return pieces.join('');
}

/** `- key: DB_PASSWORD` and `value: …` on lines of their own, as in Blueprints and Kubernetes. */
const NAME_LINE = new RegExp(
  `^( *)(- +)?["']?(?:key|name)["']?[ \\t]*:[ \\t]*["']?(${NAME})["']?[ \\t]*(?:#.*)?$`,
  'i',
);
const VALUE_KEY = /^( *(?:- +)?["']?)(value|previewValue)(["']?[ \t]*:)/;
/** Put behind such a key while its line is read, as if it said by itself that it is a secret. */
const SAID = '_of_secret';

/** The lines with the value of a variable whose name stands on another line of the same mapping. */
function pairedValues(pieces: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (let at = 0; at < pieces.length; at += 2) {
    const line = pieces[at] ?? '';
    const match = line.length > MAX_LINE ? null : NAME_LINE.exec(line);
    if (match === null || HARMLESS_NAME.test(match[3]!)) continue;
    const [, indent = '', dash = ''] = match;
    const column = indent.length + dash.length;
    for (const step of dash === '' ? [2, -2] : [2]) {
      for (let other = at + step; other >= 0 && other < pieces.length; other += step) {
        const sibling = /^( *)(- +)?(?=[^\s#])/.exec(pieces[other] ?? '');
        if (sibling === null) continue;
        const [, outer = '', item = ''] = sibling;
        const place = outer.length + item.length;
        // Another entry begins, or its mapping has ended.
        if (place < column || (step > 0 && item !== '' && place === column)) break;
        if (place === column && VALUE_KEY.test(pieces[other] ?? '')) found.add(other);
        if (step < 0 && item !== '' && place === column) break;
      }
    }
  }
  return found;
}

/** The same in one line: `{ key: DB_PASSWORD, value: … }`, in either order. */
const SCALAR = `${DOUBLE}|${SINGLE}|[^\\s,{}\\[\\]]+`;
const PAIR = new RegExp(
  `(\\b(?:key|name)["']?[ \\t]*:[ \\t]*["']?(${NAME})["']?[ \\t]*,[ \\t]*["']?value["']?[ \\t]*:[ \\t]*)(${SCALAR})`,
  'gi',
);
const TURNED_PAIR = new RegExp(
  `(\\bvalue["']?[ \\t]*:[ \\t]*)(${SCALAR})(?=[ \\t]*,[ \\t]*["']?(?:key|name)["']?[ \\t]*:[ \\t]*["']?(${NAME})["']?[ \\t]*[,}])`,
  'gi',
);

/** What the lines above say of the next one. */
interface Continuation {
  /** The line above ends in an option whose value stands here. */
  option: boolean;
  /** A quoted secret goes on until this quote. */
  quote: '"' | "'" | undefined;
  /** Lines that are indented deeper than this belong to a secret's value. */
  deeper: number | undefined;
  /** The text is within a private key. */
  key: boolean;
}

/** Longer lines are masked whole when they look suspect: the patterns take time that grows with its square. */
const MAX_LINE = 2000;

function redactNext(line: string, state: Continuation): string {
  if (line.length > MAX_LINE && SUSPECT.test(line)) return line.replace(/\S.*$/, MASK);
  if (state.key || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(line)) {
    state.key = !line.includes('-----END');
    return line.replace(/(\S.*)$/, MASK);
  }
  if (state.quote !== undefined) {
    const close = closingQuote(line, state.quote);
    const rest = close === -1 ? '' : line.slice(close);
    if (close !== -1) state.quote = undefined;
    return line.replace(/^(\s*).*$/, `$1${MASK}`) + rest;
  }
  const indent = /^[\s#]*/.exec(line)![0].length;
  if (state.deeper !== undefined && line.trim() !== '') {
    if (indent > state.deeper) return line.slice(0, indent) + MASK;
    state.deeper = undefined;
  }
  if (state.option && line.trim() !== '') {
    state.option = false;
    const item = /^(\s*(?:- +)?)(.*?)(,?\s*\\?)$/.exec(line)!;
    // An option follows instead: the one above takes no value.
    if (!/^["']?-/.test(item[2]!)) return `${item[1]}${masked(item[2]!)}${item[3]}`;
  }
  state.option = LONE_OPTION.test(line);
  follow(line, state);
  return redactLine(line);
}

/** Notes what of a secret's value the lines below hold. */
function follow(line: string, state: Continuation): void {
  const key = BLOCK_KEY.exec(line);
  if (key === null) return;
  const value = key[2]!.replace(/^(?:[!&]\S*\s+)+/, '');
  const quote = value[0];
  if ((quote === '"' || quote === "'") && closingQuote(value.slice(1), quote) === -1) state.quote = quote;
  // A value that begins on the key's line, or a block of text, goes on where the indent is deeper.
  else if (value !== '' && !/^[[{*#"']/.test(value) && !HARMLESS_NAME.test(line.slice(0, line.indexOf(':'))))
    state.deeper = key[1]!.length;
}

function closingQuote(text: string, quote: '"' | "'"): number {
  for (let at = 0; at < text.length; at += 1) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (quote === "'" && text[at] === "'" && text[at + 1] === "'") at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

function redactLine(line: string): string {
  if (!SUSPECT.test(line)) return line;
  const mask = (whole: string, before: string, value: string): string =>
    HARMLESS_NAME.test(before.replace(/[\s=,]+$/, '')) ? whole : `${before}${masked(value)}`;
  let result = line
    .replace(DEFAULT, (_whole, before: string, _value: string, close: string) => `${before}${MASK}${close}`)
    .replace(
      USERINFO,
      (_whole, before: string, password: string, at: string) => before + masked(password) + at,
    )
    .replace(USER_TOKEN, `$1${MASK}$3`)
    .replace(TOKEN, MASK)
    .replace(CHPASSWD, (_whole, before: string, password: string) => before + masked(password))
    .replace(PASSWD_STDIN, (_whole, before: string, password: string) => before + masked(password))
    .replace(LEGACY_ENV, mask)
    .replace(JSON_OPTION, (whole, list?: string, item?: string, joined?: string, value?: string) =>
      mask(whole, list ?? joined ?? '', item ?? value ?? ''),
    )
    .replace(OPTION, mask)
    .replace(PAIR, (whole, before: string, named: string, value: string) =>
      HARMLESS_NAME.test(named) ? whole : before + masked(value),
    )
    .replace(TURNED_PAIR, (whole, before: string, value: string, named: string) =>
      HARMLESS_NAME.test(named) ? whole : before + masked(value),
    );
  for (const option of SHORT_OPTIONS) result = result.replace(option, mask);
  return maskValues(maskValues(result, ASSIGNMENT, assignedValue), KEY, keyedValue);
}

/** Masks what follows each name that the pattern finds; `valueAt` tells where a value ends. */
function maskValues(
  line: string,
  pattern: RegExp,
  valueAt: (line: string, name: number, value: number) => number,
): string {
  let result = '';
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    const name = match.index + match[1]!.length;
    const start = match.index + match[0].length;
    if (name < at || HARMLESS_NAME.test(match[2]!.replace(/[\s=:]+$/, ''))) continue;
    const end = valueAt(line, name, start);
    result += line.slice(at, start) + masked(line.slice(start, end));
    at = end;
  }
  return result + line.slice(at);
}

/** Where the value of `NAME=value` ends: by the quote around it all, as a shell's word, or with its line. */
function assignedValue(line: string, name: number, start: number): number {
  const before = line.slice(0, name);
  const around = before.at(-1);
  if ((around === '"' || around === "'") && line[start] !== around) {
    const close = closingQuote(line.slice(start), around);
    return close === -1 ? line.length : start + close;
  }
  // An item of a YAML list, or a line of an environment file: all of it is the value.
  if (/^[\s#]*(?:- +)?$/.test(before)) return withoutTail(line, start);
  const open = openQuote(before);
  if (open !== undefined) return start + /^(?:\\.|[^\s"'`\\])*/.exec(line.slice(start))![0].length;
  const flow = /[{[][^}\]]*$/.test(before);
  const word = new RegExp(flow ? `^(?:${DOUBLE}|${SINGLE}|[^\\s,}\\]]+)` : `^${WORD}`).exec(
    line.slice(start),
  );
  return word === null ? line.length : start + word[0].length;
}

/** Where the value of `name: value` ends: behind its quotes, at the next entry, or with its line. */
function keyedValue(line: string, name: number, start: number): number {
  const rest = line.slice(start);
  const quoted = new RegExp(`^(?:${DOUBLE}|${SINGLE})(?=\\s|[,}\\]]|$)`).exec(rest);
  if (quoted !== null) return start + quoted[0].length;
  const before = line.slice(0, name);
  const open = openQuote(before);
  if (open !== undefined) {
    const close = closingQuote(rest, open);
    return close === -1 ? line.length : start + close;
  }
  if (/[{[][^}\]]*$/.test(before)) return start + /^[^,}\]]*/.exec(rest)![0].trimEnd().length;
  return withoutTail(line, start);
}

/** The end of a value that its line ends: before a comment, a list's comma and a line continuation. */
function withoutTail(line: string, start: number): number {
  const quoted = new RegExp(`^(?:${DOUBLE}|${SINGLE})(?=\\s|,|$)`).exec(line.slice(start));
  if (quoted !== null) return start + quoted[0].length;
  return start + line.slice(start).replace(/\s+#.*$|\s+\\?$/, '').length;
}

/** The quote that is open at the end of a text. */
function openQuote(before: string): '"' | "'" | undefined {
  let open: '"' | "'" | undefined;
  for (const character of before) {
    if (character !== '"' && character !== "'") continue;
    if (open === undefined) open = character;
    else if (open === character) open = undefined;
  }
  return open;
}
