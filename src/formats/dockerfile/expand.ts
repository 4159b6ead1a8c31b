/** Values of variables; `undefined` for one whose value isn't known. */
export type Lookup = (name: string) => string | undefined;

/** Deeper than anyone nests `${A:-${B:-…}}`. */
const MAX_DEPTH = 50;
const NAME = /^[A-Za-z_]\w*/;

/** End of a `${…}` that starts at `at`; the text's length when it is never closed. */
function braceEnd(text: string, at: number): number {
  let depth = 0;
  for (let next = at; next < text.length; next += 1) {
    if (text[next] === '\\') next += 1;
    else if (text.startsWith('${', next)) depth += 1;
    else if (text[next] === '}') {
      depth -= 1;
      if (depth === 0) return next + 1;
    }
  }
  return text.length;
}

function expandBraces(inner: string, lookup: Lookup, escape: string, depth: number): string | undefined {
  const name = NAME.exec(inner)?.[0];
  if (name === undefined) return undefined;
  const rest = inner.slice(name.length);
  const value = lookup(name);
  if (rest === '') return value;
  const modifier = /^(:?)([-+])(.*)$/s.exec(rest);
  if (modifier === null) return undefined;
  const [, colon, operator, word = ''] = modifier;
  // A variable whose value isn't known may be set or not: neither branch can be chosen.
  if (value === undefined) return undefined;
  const present = value !== '' || colon === '';
  if (operator === '-') return present ? value : expandNested(word, lookup, escape, depth + 1);
  return present ? expandNested(word, lookup, escape, depth + 1) : '';
}

/**
 * Removes quotes and substitutes variables as BuildKit does for instruction arguments.
 * https://docs.docker.com/reference/dockerfile/#environment-replacement
 * @returns undefined when the result depends on a variable whose value isn't known.
 */
export function expandWord(text: string, lookup: Lookup, escape = '\\'): string | undefined {
  return expandNested(text, lookup, escape, 0);
}

function expandNested(text: string, lookup: Lookup, escape: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  let result = '';
  let quote = '';
  for (let at = 0; at < text.length;) {
    const ch = text[at]!;
    if (ch === escape && quote !== "'") {
      const next = text[at + 1];
      if (quote === '"' && next !== '"' && next !== '$' && next !== escape) result += ch;
      if (next !== undefined) result += next;
      at += 2;
    } else if (quote === '' ? ch === "'" || ch === '"' : ch === quote) {
      quote = quote === '' ? ch : '';
      at += 1;
    } else if (ch === '$' && quote !== "'") {
      const braces = text[at + 1] === '{';
      const end = braces ? braceEnd(text, at) : at + 1 + (NAME.exec(text.slice(at + 1))?.[0].length ?? 0);
      if (end === at + 1) result += '$';
      else {
        const value = braces
          ? expandBraces(text.slice(at + 2, end - 1), lookup, escape, depth)
          : lookup(text.slice(at + 1, end));
        if (value === undefined) return undefined;
        result += value;
      }
      at = Math.max(end, at + 1);
    } else {
      result += ch;
      at += 1;
    }
  }
  return result;
}
