import type { SourceDocument } from '../core/types.js';

/** A comment of a file, as its format knows comments: none of a heredoc, a block scalar or a text. */
export interface Comment {
  readonly start: number;
  readonly end: number;
  /** From its sign to its end. */
  readonly text: string;
  readonly line: number;
  /** What stands before it on its line; blank for a comment on a line of its own. */
  readonly before: string;
}

export function commentsOf(document: SourceDocument): readonly Comment[] {
  const { text, lines } = document;
  return document.commentRanges.map(({ start, end }) => ({
    start,
    end,
    text: text.slice(start, end).trim(),
    line: lines.lineOf(start),
    before: text.slice(lines.startOfLine(start), start),
  }));
}
