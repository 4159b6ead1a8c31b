import type { Range } from '../../core/text.js';

/** A run of source text inside a logical line: `length` characters of `text` at `at` come from `start`. */
interface Segment {
  readonly at: number;
  readonly start: number;
  readonly length: number;
}

/** An instruction's physical lines joined as BuildKit joins them, with the way back to the source. */
export interface LogicalLine extends Range {
  /** Continuations, comment lines and empty lines are gone; leading white space is kept on continued lines. */
  readonly text: string;
  readonly segments: readonly Segment[];
  /** Comment lines inside the continuation, without their line ending. */
  readonly comments: readonly Range[];
}

export interface PhysicalLine extends Range {
  /** Start of the next line: after the line ending. */
  readonly next: number;
}

/** The physical line that starts at `start`; BuildKit trims every `\r` and `\n` at its end. */
export function physicalLine(text: string, start: number): PhysicalLine {
  const feed = text.indexOf('\n', start);
  const next = feed === -1 ? text.length : feed + 1;
  let end = next;
  while (end > start && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
  return { start, end, next };
}

/** Offset of the first character in `[start, end)` that is no white space; `end` when there is none. */
export function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && /[\s\u0085]/.test(text[at]!)) at += 1;
  return at;
}

/**
 * Where a line's text ends before a continuation character, or undefined when the line isn't continued. An
 * escape character before it makes it an ordinary one.
 * https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go (lineContinuationRegex)
 */
function continuation(text: string, line: Range, escape: string): number | undefined {
  let end = line.end;
  while (end > line.start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end -= 1;
  if (end === line.start || text[end - 1] !== escape) return undefined;
  if (end - 1 > line.start && text[end - 2] === escape) return undefined;
  return end - 1;
}

/** Reads the logical line that starts on the physical line `first`; `next` is where the following one starts. */
export function readLogicalLine(
  text: string,
  first: PhysicalLine,
  escape: string,
): { readonly line: LogicalLine; readonly next: number } {
  const segments: Segment[] = [];
  const comments: Range[] = [];
  let joined = '';
  let end = first.start;
  const add = (start: number, stop: number): void => {
    if (stop > start) segments.push({ at: joined.length, start, length: stop - start });
    joined += text.slice(start, stop);
  };
  const start = skipSpace(text, first.start, first.end);
  let line: PhysicalLine = { ...first, start };
  let next = first.next;
  for (;;) {
    const cut = continuation(text, line, escape);
    add(line.start, cut ?? line.end);
    end = line.end;
    if (cut === undefined) break;
    let content: PhysicalLine | undefined;
    while (next < text.length && content === undefined) {
      const candidate = physicalLine(text, next);
      next = candidate.next;
      const begin = skipSpace(text, candidate.start, candidate.end);
      if (begin < candidate.end && text[begin] === '#') comments.push({ start: begin, end: candidate.end });
      else if (begin < candidate.end) content = candidate;
    }
    if (content === undefined) break;
    line = content;
  }
  return { line: { start, end, text: joined, segments, comments }, next };
}

/** The source offset of a position in a logical line's text. */
export function sourceOffset(line: LogicalLine, position: number): number {
  let last = line.start;
  for (const segment of line.segments) {
    if (position < segment.at + segment.length) {
      return position < segment.at ? last : segment.start + position - segment.at;
    }
    last = segment.start + segment.length;
  }
  return last;
}

/** The source range of `[start, end)` in a logical line's text. */
export function sourceRange(line: LogicalLine, start: number, end: number): Range {
  const from = sourceOffset(line, start);
  return { start: from, end: end > start ? sourceOffset(line, end - 1) + 1 : from };
}
