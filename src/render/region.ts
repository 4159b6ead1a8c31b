import { BOM, type LineIndex, type Range } from '../core/text.js';

/** A place in a text as people count: lines and columns from 1, `endColumn` behind the last character. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/**
 * A range as SARIF counts it: in UTF-16 code units, not counting a byte order mark, and with the end of a text that ends in
 * a line ending still on that line.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html, 3.30.2
 */
export function regionOf(lines: LineIndex, text: string, { start, end }: Range): Region {
  const place = (offset: number): readonly [line: number, column: number] => {
    const last = offset > 0 && offset === text.length && text[offset - 1] === '\n';
    const at = last ? offset - 1 : offset;
    const line = lines.lineOf(at);
    const column = lines.columnOf(at) + (last ? 1 : 0);
    return [line, line === 1 ? Math.max(1, column - bomLength(text)) : column];
  };
  const [[startLine, startColumn], [endLine, endColumn]] = [place(start), place(end)];
  return { startLine, startColumn, endLine, endColumn };
}

/** A range without the white space at its end. */
export function trimmed(text: string, { start, end }: Range): Range {
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** The offset that SARIF counts: a byte order mark is no character of the text. */
export function charOffset(text: string, offset: number): number {
  return Math.max(0, offset - bomLength(text));
}

function bomLength(text: string): number {
  return text.startsWith(BOM) ? BOM.length : 0;
}
