import type { Range } from '../../core/text.js';
import { physicalLine } from './lines.js';

/** What a `<<` word announces. */
export interface HeredocMark {
  readonly name: string;
  /** `<<-`: leading tabs of the terminator (and of the body) don't count. */
  readonly chomp: boolean;
  /** False when the name is quoted: variables in the body are left alone. */
  readonly expand: boolean;
}

export interface Heredoc extends HeredocMark {
  /** The lines between the instruction and the terminator, with their line endings. */
  readonly body: Range;
  /** The terminator's line without its line ending. */
  readonly terminator: Range;
}

/** https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go (reHeredoc) */
const HEREDOC = /^(\d*)<<(-?)\s*([^<]*)$/;

interface Lexed {
  readonly word: string;
  /** The same word without quotes and escapes. */
  readonly bare: string;
}

const BRACE_HEAD = /\$\{(?:\d+|[@*#?\-$!0]|[\p{L}_][\p{L}\p{Nd}_]*)(:?.|$)/suy;
/** Deeper than anyone nests; what is nested deeper is no heredoc's line. */
const MAX_DEPTH = 50;

/** End of the `${…}` that starts at `at`, or undefined where BuildKit's lexer reports an error. */
function braceEnd(text: string, at: number, depth = 0): number | undefined {
  BRACE_HEAD.lastIndex = at;
  const head = depth > MAX_DEPTH ? null : BRACE_HEAD.exec(text);
  if (head === null) return undefined;
  if (head[1] === '}') return at + head[0].length;
  if (!/^(?:[+\-?#%/]|:.)$/su.test(head[1] ?? '')) return undefined;
  for (let next = at + head[0].length; next < text.length; next += 1) {
    const ch = text[next];
    if (ch === '}') return next + 1;
    if (ch === '\\') next += 1;
    else if (ch === "'" || ch === '"') {
      const end = quoteEnd(text, next, depth + 1);
      if (end === undefined) return undefined;
      next = end - 1;
    } else if (ch === '$' && text[next + 1] === '{') {
      const end = braceEnd(text, next, depth + 1);
      if (end === undefined) return undefined;
      next = end - 1;
    }
  }
  return undefined;
}

/** End of the quoted text that starts at `at`, or undefined when the quote is never closed. */
function quoteEnd(text: string, at: number, depth = 0): number | undefined {
  const quote = text[at];
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === quote) return next + 1;
    if (quote === '"' && text[next] === '\\' && /["$\\]/.test(text[next + 1] ?? '')) next += 1;
    else if (quote === '"' && text[next] === '$' && text[next + 1] === '{') {
      const end = braceEnd(text, next, depth + 1);
      if (end === undefined) return undefined;
      next = end - 1;
    }
  }
  return undefined;
}

/**
 * Splits a line as BuildKit's shell lexer does, with raw quotes and escapes, variables left alone. White space
 * after `<<` belongs to the word. Undefined where that lexer reports an error: such a line has no heredoc.
 */
function lex(text: string): Lexed[] | undefined {
  const words: Lexed[] = [];
  let word = '';
  let bare = '';
  const flush = (): void => {
    if (word !== '') words.push({ word, bare });
    word = '';
    bare = '';
  };
  for (let at = 0; at < text.length;) {
    const ch = text[at]!;
    let end = at + 1;
    if (/\s/.test(ch)) flush();
    else if (ch === '\\') {
      end = Math.min(at + 2, text.length);
      word += text.slice(at, end);
      bare += text.slice(at + 1, end);
    } else if (ch === "'" || ch === '"') {
      const close = quoteEnd(text, at);
      if (close === undefined) return undefined;
      end = close;
      word += text.slice(at, end);
      const inner = text.slice(at + 1, end - 1);
      bare += ch === '"' ? inner.replace(/\\(["$\\])/g, '$1') : inner;
    } else if (ch === '$' && text[at + 1] === '{') {
      const close = braceEnd(text, at);
      if (close === undefined) return undefined;
      end = close;
      const [head = '', ...rest] = text.slice(at, end).split(/\s+/);
      word += head;
      bare += head;
      for (const part of rest) {
        flush();
        word = bare = part;
      }
    } else if (ch === '<' && text[at + 1] === '<') {
      end = at + 2;
      while (/\s/.test(text[end] ?? '')) end += 1;
      word += text.slice(at, end);
      bare += text.slice(at, end);
    } else {
      word += ch;
      bare += ch;
    }
    at = end;
  }
  flush();
  return words;
}

/** The heredocs that the logical line of a RUN, COPY or ADD announces, in order. */
export function heredocMarks(line: string): readonly HeredocMark[] {
  if (!line.includes('<<')) return [];
  const marks: HeredocMark[] = [];
  for (const { word } of lex(line) ?? []) {
    const match = HEREDOC.exec(word);
    const rest = match?.[3] ?? '';
    const names = rest === '' ? [] : (lex(rest) ?? []);
    if (names.length !== 1 || names[0]!.bare === '') continue;
    const { word: raw, bare } = names[0]!;
    const quotes = (name: string): number => name.replace(/[^'"]/g, '').length;
    marks.push({ name: bare, chomp: match?.[2] === '-', expand: quotes(raw) === quotes(bare) });
  }
  return marks;
}

/** Reads the bodies that follow an instruction; undefined when a terminator is missing. */
export function readHeredocs(
  text: string,
  start: number,
  marks: readonly HeredocMark[],
): { readonly heredocs: readonly Heredoc[]; readonly next: number } | undefined {
  const heredocs: Heredoc[] = [];
  let next = start;
  for (const mark of marks) {
    const from = next;
    for (;;) {
      if (next >= text.length) return undefined;
      const line = physicalLine(text, next);
      next = line.next;
      const content = text.slice(line.start, line.end);
      if ((mark.chomp ? content.replace(/^\t+/, '') : content) !== mark.name) continue;
      heredocs.push({ ...mark, body: { start: from, end: line.start }, terminator: line });
      break;
    }
  }
  return { heredocs, next };
}
