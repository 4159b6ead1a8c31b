/** A word of a logical line's text; positions are in that text. */
export interface TextWord {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Splits at white space, as BuildKit reads COPY, ADD, FROM, EXPOSE and VOLUME. */
export function splitWords(text: string, from = 0): TextWord[] {
  return [...text.slice(from).matchAll(/\S+/g)].map((match) => {
    const start = from + match.index;
    return { start, end: start + match[0].length, text: match[0] };
  });
}

/**
 * Splits in words that keep their quotes, as BuildKit reads ENV, ARG and LABEL.
 * https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/line_parsers.go (parseWords)
 */
export function splitQuotedWords(text: string, escape: string, from = 0): TextWord[] {
  const words: TextWord[] = [];
  let start = -1;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const ch = text[at]!;
    if (quote === '' && /\s/.test(ch)) {
      if (start !== -1) words.push({ start, end: at, text: text.slice(start, at) });
      start = -1;
      continue;
    }
    if (start === -1) start = at;
    if (ch === escape && quote !== "'") at += 1;
    else if (quote === '' && (ch === "'" || ch === '"')) quote = ch;
    else if (ch === quote) quote = '';
  }
  if (start !== -1) words.push({ start, end: text.length, text: text.slice(start) });
  return words;
}

/** The leading `--name[=value]` words; a lone `--` ends them. */
export function leadingFlags(text: string, escape: string, from: number): TextWord[] {
  const flags: TextWord[] = [];
  for (const word of splitQuotedWords(text, escape, from)) {
    if (!word.text.startsWith('--') || word.text === '--') break;
    flags.push(word);
  }
  return flags;
}

/** The strings of BuildKit's JSON form; undefined when the arguments are no JSON array of strings. */
export function jsonStrings(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
