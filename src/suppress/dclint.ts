import type { SourceDocument } from '../core/types.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import { equivalents, suppressionOf, wholeFile } from './equivalents.js';
import { DCLINT_RULES } from './rules/dclint.js';
import type { EquivalentRule } from './rules/rule.js';
import type { Suppression } from './types.js';

/**
 * What dclint's comments suppress:
 * https://github.com/zavoloklom/docker-compose-linter/blob/main/docs/configuration-comments.md. Those about the file stand
 * on its first line; one about a line stands behind it, or on the line right above it. dclint reports all ports of a
 * service at the line of their key.
 */
export function dclintSuppressions(
  document: SourceDocument,
  comments: readonly Comment[],
  blocks: readonly Block[],
): readonly Suppression[] {
  return comments.flatMap((comment): readonly Suppression[] => {
    const ofLine = /#\s*dclint\s+disable-line(?:\s+(.*))?$/s.exec(comment.text);
    if (ofLine !== null) {
      const line = comment.before.trim() === '' ? comment.line + 1 : comment.line;
      const onLine = blocks.filter(({ range }) => document.lines.lineOf(range.start) === line);
      return equivalents(DCLINT_RULES, wordsOf(ofLine[1])).flatMap((rule) =>
        reportedOn(onLine, blocks, rule[1]).map((block) => suppressionOf('dclint', comment, rule, block)),
      );
    }
    if (!isFirst(document, comment)) return [];
    const ofFile = /^# dclint disable-file|#\s*dclint\s+disable(?:\s+(.*))?$/s.exec(comment.text);
    if (ofFile === null) return [];
    return equivalents(DCLINT_RULES, wordsOf(ofFile[1])).map((rule) =>
      suppressionOf('dclint', comment, rule, wholeFile(document.text), 'in this file'),
    );
  });
}

function wordsOf(list = ''): readonly string[] {
  return list.split(/\s+/).filter((word) => word !== '');
}

/** True for a comment on the first line that is neither empty nor `---`. */
function isFirst({ text }: SourceDocument, { start, before }: Comment): boolean {
  return /^(?:\s*(?:---[ \t]*\r?\n)?)*$/.test(text.slice(0, start - before.length));
}

/** The keys that a rule is about and that begin on a line; on the line of an item of such a key, the item. */
function reportedOn(
  onLine: readonly Block[],
  blocks: readonly Block[],
  rule: EquivalentRule,
): readonly Block[] {
  const own = onLine.filter(({ key }) => key !== undefined && rule.keys?.includes(key) === true);
  const [first] = onLine;
  if (own.length > 0 || first === undefined) return own;
  const isItem = blocks.some(
    ({ key, range: { start, end } }) =>
      key !== undefined &&
      rule.keys?.includes(key) === true &&
      start < first.range.start &&
      first.range.end <= end,
  );
  return isItem ? [first] : [];
}
