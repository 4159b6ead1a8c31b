/** One word of a command line, quotes and escapes resolved, specifiers and variables as written. */
export interface ExecWord {
  readonly text: string;
  /** `%h`, `%i`, `%S`: replaced by the manager when it loads the unit. */
  readonly specifiers: readonly string[];
  /** `$X` or `${X}`: replaced when the command starts; never set under the `:` prefix. */
  readonly variable: boolean;
}

/** One command of an Exec* setting. https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines */
export interface ExecCommand {
  readonly prefixes: string;
  readonly ignoresFailure: boolean;
  /** `+`: no sandboxing and no `User=` at all. */
  readonly fullPrivileges: boolean;
  /** `!` or `!!`: as root, but sandboxed: only User=, Group= and SupplementaryGroups= don't apply. */
  readonly keepsUser: boolean;
  readonly program: ExecWord;
  readonly args: readonly ExecWord[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
  ';': ';',
};

const NUMERIC = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;

/** Resolves the escape behind a backslash; an unknown one stays as written, as systemd leaves it. */
function unescape(text: string, at: number): { readonly value: string; readonly length: number } {
  const numeric = NUMERIC.exec(text.slice(at, at + 9));
  if (numeric !== null) {
    const [whole, hex, octal, short, long] = numeric;
    const code = octal === undefined ? parseInt(hex ?? short ?? long ?? '', 16) : parseInt(octal, 8);
    if (code > 0 && code <= 0x10ffff) return { value: String.fromCodePoint(code), length: whole.length };
  }
  const plain = ESCAPES[text[at] ?? ''];
  return plain === undefined ? { value: `\\${text[at] ?? ''}`, length: 1 } : { value: plain, length: 1 };
}

interface RawWord {
  readonly text: string;
  /** An unquoted `;` that ends a command, unlike `\;` and `";"`. */
  readonly separator: boolean;
}

/** Splits by the "Quoting" section of systemd.syntax(7). */
function splitWords(line: string): readonly RawWord[] {
  const words: RawWord[] = [];
  let at = 0;
  while (at < line.length) {
    if (/[ \t\r\n]/.test(line[at]!)) {
      at += 1;
      continue;
    }
    const from = at;
    let text = '';
    let quote = '';
    for (; at < line.length; at += 1) {
      const char = line[at]!;
      if (quote === '' && /[ \t\r\n]/.test(char)) break;
      if (char === quote) quote = '';
      // extract_first_word() opens a quote anywhere in a word, although the page only promises it at the start.
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === '\\' && at + 1 < line.length) {
        const { value, length } = unescape(line, at + 1);
        text += value;
        at += length;
      } else text += char;
    }
    words.push({ text, separator: line.slice(from, at) === ';' });
  }
  return words;
}

/** The words of a value that is a list of them, quotes and escapes resolved. */
export function wordsOf(value: string): readonly string[] {
  return splitWords(value).map(({ text }) => text);
}

function toWord(text: string, expands: boolean): ExecWord {
  const specifiers = [...text.matchAll(/%(.)/g)].map((match) => match[0]).filter((found) => found !== '%%');
  const variable = expands && /(?:^|[^$])(?:\$\$)*\$(?:\{\w+\}|\w+$)/.test(text);
  return { text, specifiers, variable };
}

function toCommand(words: readonly string[]): ExecCommand | undefined {
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  const prefixes = /^[@\-:+!]*/.exec(first)![0];
  const expands = !prefixes.includes(':');
  const args = prefixes.includes('@') ? rest.slice(1) : rest;
  const program = toWord(first.slice(prefixes.length), false);
  if (program.text === '') return undefined;
  return {
    prefixes,
    ignoresFailure: prefixes.includes('-'),
    fullPrivileges: prefixes.includes('+'),
    keepsUser: prefixes.includes('!'),
    program,
    args: args.map((word) => toWord(word, expands)),
  };
}

/** The commands of an Exec* value, in order. Never throws: an open quote runs to the end of the value. */
export function parseExec(value: string): readonly ExecCommand[] {
  const commands: ExecCommand[] = [];
  let words: string[] = [];
  const flush = (): void => {
    const command = toCommand(words);
    if (command !== undefined) commands.push(command);
    words = [];
  };
  for (const word of splitWords(value)) {
    if (word.separator) flush();
    else words.push(word.text);
  }
  flush();
  return commands;
}
