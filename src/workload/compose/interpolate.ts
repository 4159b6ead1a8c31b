export interface Interpolated {
  readonly text: string;
  /** The variables for which neither the environment file nor a default gives a value; they stay in the text. */
  readonly unresolved: readonly string[];
}

/**
 * Compose's interpolation, https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md:
 * `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR:+replacement}`, `$$`; defaults may
 * hold references in turn.
 * @param variables what `.env` defines; the shell's environment is not looked at.
 */
export function interpolate(text: string, variables: ReadonlyMap<string, string>): Interpolated {
  const unresolved: string[] = [];
  let result = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', at)) {
    const reference = referenceAt(text, dollar);
    result += text.slice(at, dollar);
    at = reference?.end ?? dollar + 1;
    if (reference?.name === undefined) result += '$';
    else {
      const value = valueOf(reference.name, reference.operator, reference.operand, variables, unresolved);
      result += value ?? text.slice(dollar, at);
    }
  }
  return { text: result + text.slice(at), unresolved };
}

interface Reference {
  /** Undefined for `$$`. */
  readonly name: string | undefined;
  readonly operator: string;
  readonly operand: string;
  readonly end: number;
}

const BARE = /\$(?:\$|([A-Za-z_]\w*))/y;
const BRACED = /\$\{([A-Za-z_]\w*)(:?[-?+])?/y;

/** The reference that begins at a dollar sign; undefined for one that stands for itself. */
function referenceAt(text: string, dollar: number): Reference | undefined {
  BARE.lastIndex = dollar;
  const bare = BARE.exec(text);
  if (bare !== null) return { name: bare[1], operator: '', operand: '', end: BARE.lastIndex };
  BRACED.lastIndex = dollar;
  const braced = BRACED.exec(text);
  if (braced === null) return undefined;
  const start = BRACED.lastIndex;
  const close = closingBrace(text, start);
  const operator = braced[2] ?? '';
  if (close === undefined || (operator === '' && close !== start)) return undefined;
  return { name: braced[1], operator, operand: text.slice(start, close), end: close + 1 };
}

function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    else if (text[at] === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}

/** The value of one reference; undefined when nothing gives it one. */
function valueOf(
  name: string,
  operator: string,
  operand: string,
  variables: ReadonlyMap<string, string>,
  unresolved: string[],
): string | undefined {
  const value = variables.get(name);
  const usable = value !== undefined && (value !== '' || !operator.startsWith(':'));
  const filled = (): string => {
    const inner = interpolate(operand, variables);
    unresolved.push(...inner.unresolved);
    return inner.text;
  };
  if (operator.endsWith('+')) return usable ? filled() : '';
  if (usable) return value;
  if (operator.endsWith('-')) return filled();
  unresolved.push(name);
  return undefined;
}

/**
 * Reads an environment file (`.env`): `KEY=value`; quotes, comments and `export` are taken off, and references to
 * what is above are filled in outside single quotes.
 */
export function parseEnvironmentFile(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"((?:\\.|[^"\\])*)"\s*(?:#.*)?|'([^']*)'\s*(?:#.*)?|(.*?)(?:\s+#.*)?)\s*$/.exec(
        line,
      );
    if (match === null) continue;
    const [, name = '', double, single, bare = ''] = match;
    if (single !== undefined) found.set(name, single);
    else found.set(name, interpolate(double ?? bare, found).text);
  }
  return found;
}
