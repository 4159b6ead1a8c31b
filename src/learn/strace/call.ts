/** A call with what it was given and what came of it, as strace writes them. */
export interface TracedCall {
  readonly name: string;
  readonly args: readonly string[];
  /** `0`, `3</etc/hosts>`, `-1 ENOENT (No such file or directory)`, `?`. */
  readonly result: string;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Takes what follows `name(` apart: arguments and result.
 * @returns undefined for a call that is not whole.
 */
export function readCall(name: string, rest: string): TracedCall | undefined {
  const args: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let at = 0; at < rest.length; at += 1) {
    const char = rest[at]!;
    if (char === '"') {
      at = endOfString(rest, at);
      if (at === -1) return undefined;
    } else if (char === '/' && rest[at + 1] === '*') {
      const end = rest.indexOf('*/', at + 2);
      if (end === -1) return undefined;
      at = end + 1;
    } else if (char === '<' && rest[at + 1] === '<') {
      at += 1;
    } else if (char === '<') {
      at = endOfAnnotation(rest, at);
      if (at === -1) return undefined;
    } else if (char in CLOSING) {
      open.push(CLOSING[char]!);
    } else if (char === open.at(-1)) {
      open.pop();
    } else if (char === ',' && open.length === 0) {
      args.push(rest.slice(start, at).trim());
      start = at + 1;
    } else if (char === ')' && open.length === 0) {
      const result = /^\s+= (.+?)(?: <\d+\.\d+>)?$/.exec(rest.slice(at + 1))?.[1];
      if (result === undefined) return undefined;
      const last = rest.slice(start, at).trim();
      return { name, args: last === '' && args.length === 0 ? [] : [...args, last], result };
    }
  }
  return undefined;
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** What -y and -yy write after a descriptor: `</dev/null<char 1:3>>`, `<UNIX-STREAM:[42,"/run/a>b"]>`. */
function endOfAnnotation(text: string, from: number): number {
  let depth = 0;
  // In a path strace escapes `<`, `>` and `"`; an arrow is between the ends of a socket.
  const isPath = text[from + 1] === '/' || text[from + 1] === '\\';
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') {
      at = endOfString(text, at);
      if (at === -1) return -1;
    } else if (char === '<') depth += 1;
    else if (char === '>' && (isPath || text[at - 1] !== '-')) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

/** True for a call that did what it was asked. */
export function succeeded({ result }: TracedCall): boolean {
  return !result.startsWith('-') && !result.startsWith('?');
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  v: '\v',
  f: '\f',
  '"': '"',
  '\\': '\\',
};

/** The text of a C string literal; undefined for one that strace cut short, and for what is none. */
export function stringOf(argument: string | undefined): string | undefined {
  if (argument?.startsWith('"') !== true || !argument.endsWith('"') || argument.length < 2) return undefined;
  return unescape(argument.slice(1, -1));
}

/** Octal and hexadecimal escapes are bytes, which are UTF-8 where they are text. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: Buffer[] = [];
  const parts = /\\([0-7]{1,3}|x[\da-f]{2}|.)|[^\\]+/gis;
  for (const match of text.matchAll(parts)) {
    const escaped = match[1];
    if (escaped === undefined) bytes.push(Buffer.from(match[0]));
    else if (/^[0-7]/.test(escaped)) bytes.push(Buffer.of(parseInt(escaped, 8) & 0xff));
    else if (/^x[\da-f]{2}$/i.test(escaped)) bytes.push(Buffer.of(parseInt(escaped.slice(1), 16)));
    else bytes.push(Buffer.from(ESCAPES[escaped] ?? escaped));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** What -y says that a descriptor is: `3</etc/hosts>` is `/etc/hosts`; undefined without such a word. */
export function annotation(argument: string | undefined): string | undefined {
  const open = argument?.indexOf('<') ?? -1;
  if (argument === undefined || open === -1 || !argument.endsWith('>')) return undefined;
  return argument.slice(open + 1, -1);
}

/** The path of a descriptor; undefined for a socket, a pipe and a file that was removed. */
export function pathOf(argument: string | undefined): string | undefined {
  const text = annotation(argument);
  // -xx writes all of it as escapes.
  if (text === undefined || !/^(?:\/|\\x2f)/.test(text)) return undefined;
  const path = text.replace(/<(?:char|block) \d+:\d+>$/, '');
  // An angle that is not escaped is what is left of a line that was cut.
  return path.includes('<') || path.endsWith('(deleted)') ? undefined : unescape(path);
}
