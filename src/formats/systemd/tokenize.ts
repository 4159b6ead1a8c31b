import { BOM, type Range } from '../../core/text.js';

/**
 * A logical line: one physical line, or several that `\` joins. Comment lines inside a continuation belong to
 * the range and are no part of `text`.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html
 */
export interface LogicalLine extends Range {
  /** As systemd joins it, not yet stripped: each `\` at a line's end becomes one space. */
  readonly text: string;
  readonly kind: 'blank' | 'comment' | 'content';
  /** Where the characters of `text` come from, for single-line content; undefined after a join. */
  readonly pieces: readonly Piece[];
  /** The file ends inside a continuation: what is inserted behind this line would become a part of it. */
  readonly dangling: boolean;
}

/** A physical line's part of a logical line. `offset` is where it starts in the file. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

interface PhysicalLine extends Range {
  readonly text: string;
}

/** systemd ends a line at LF, CR LF and also at a lone CR (`read_line()` in src/basic/fileio.c). */
function* physicalLines(text: string): Generator<PhysicalLine> {
  let start = text.startsWith(BOM) ? BOM.length : 0;
  const ending = /\r\n|\n|\r/g;
  ending.lastIndex = start;
  for (let match = ending.exec(text); match !== null; match = ending.exec(text)) {
    yield { start, end: match.index, text: text.slice(start, match.index) };
    start = match.index + match[0].length;
  }
  if (start < text.length) yield { start, end: text.length, text: text.slice(start) };
}

function isComment(line: string): boolean {
  return /^[ \t]*[#;]/.test(line);
}

/** An even run of backslashes is escaped backslashes; only an odd one joins the next line. */
function continues(line: string): boolean {
  return (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;
}

/** Splits a unit file into logical lines; every comment outside a continuation is a line of its own. */
export function logicalLines(text: string): {
  readonly lines: readonly LogicalLine[];
  readonly comments: readonly Range[];
} {
  const lines: LogicalLine[] = [];
  const comments: Range[] = [];
  let open: { start: number; end: number; text: string; pieces: Piece[] } | undefined;
  for (const line of physicalLines(text)) {
    if (isComment(line.text)) {
      const start = line.start + line.text.search(/[#;]/);
      comments.push({ start, end: start + line.text.trim().length });
      if (open === undefined) lines.push({ ...line, kind: 'comment', pieces: [], dangling: false });
      continue;
    }
    const joined = continues(line.text);
    const piece = joined ? `${line.text.slice(0, -1)} ` : line.text;
    open ??= { start: line.start, end: line.end, text: '', pieces: [] };
    open.text += piece;
    open.end = line.end;
    open.pieces.push({ offset: line.start, length: piece.length });
    if (joined) continue;
    lines.push({ ...open, kind: isBlank(open.text) ? 'blank' : 'content', dangling: false });
    open = undefined;
  }
  if (open !== undefined) {
    lines.push({ ...open, kind: isBlank(open.text) ? 'blank' : 'content', dangling: true });
  }
  return { lines, comments };
}

function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

/** The place in the file of a character of a logical line's `text`. */
export function sourceOffset(line: LogicalLine, index: number): number {
  let left = index;
  for (const [position, piece] of line.pieces.entries()) {
    if (left < piece.length || position === line.pieces.length - 1) {
      return piece.offset + Math.min(left, piece.length);
    }
    left -= piece.length;
  }
  return line.start;
}
