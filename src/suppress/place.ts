import type { SourceDocument } from '../core/types.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';

/** YAML's signs that stand alone on a line: of a document, of an item or a key that begins on the next one. */
const NOTHING_BEGINS = /^[-?\s]*$/;

/** The block that begins on a line: the outermost of those that do. */
export function blockOn(document: SourceDocument, blocks: readonly Block[], line: number): Block | undefined {
  return blocks.find(({ range }) => document.lines.lineOf(range.start) === line);
}

/**
 * What a comment is about: what begins on its line, and for a comment on a line of its own what begins on the next line
 * that has more than a comment. Where only the rest of something stands there, that is meant.
 */
export function blockFor(
  document: SourceDocument,
  blocks: readonly Block[],
  comment: Comment,
): Block | undefined {
  const at = NOTHING_BEGINS.test(comment.before) ? contentAfter(document, comment) : comment.start;
  if (at === undefined) return undefined;
  const { lines, text } = document;
  const start = lines.startOfLine(at);
  const first = start + text.slice(start).search(/\S/);
  return (
    blockOn(document, blocks, lines.lineOf(at)) ??
    blocks.findLast(({ range }) => range.start <= first && first < range.end)
  );
}

/** Where the next line begins that has more than a comment. */
function contentAfter({ text, lines, commentRanges }: SourceDocument, { end }: Comment): number | undefined {
  const comments = new Set(commentRanges.map(({ start }) => start));
  for (let at = lines.endOfLine(end); at < text.length; at = lines.endOfLine(at)) {
    // The next line, behind the line ending.
    at = text.indexOf('\n', at) + 1;
    if (at === 0) return undefined;
    const line = lines.lineText(at);
    if (NOTHING_BEGINS.test(line) || comments.has(at + line.search(/\S/))) continue;
    return at;
  }
  return undefined;
}
