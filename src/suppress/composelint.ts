import type { SourceDocument } from '../core/types.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import { equivalents, partsFor, suppressionOf, wholeFile, type Place } from './equivalents.js';
import { blockFor } from './place.js';
import { COMPOSELINT_RULES } from './rules/composelint.js';
import type { Suppression } from './types.js';

const DIRECTIVE =
  /^#\s*composelint[-\s](disable-file|disable-next-line|disable-line|disable|enable)(?=$|[\s,])(.*)$/s;

/**
 * What composelint's comments suppress: https://github.com/nbsp1221/composelint/blob/main/docs/suppressions.md. One about
 * a line is also about all that is indented under it; `disable` holds to the `enable` of the same rule, or to the end.
 */
export function composelintSuppressions(
  document: SourceDocument,
  comments: readonly Comment[],
  blocks: readonly Block[],
): readonly Suppression[] {
  const directives = comments.flatMap((comment) => {
    const [, kind, rest] = DIRECTIVE.exec(comment.text) ?? [];
    if (kind === undefined || rest === undefined) return [];
    const [list = ''] = rest.split(/\s--(?:\s|$)/);
    const words = list.split(/[\s,]+/).filter((word) => word !== '');
    return [{ comment, kind, named: words.map((word) => word.replace(/^rule:/, '')) }];
  });
  return directives.flatMap(({ comment, kind, named }, at): readonly Suppression[] => {
    if (kind === 'enable') return [];
    return equivalents(COMPOSELINT_RULES, named).flatMap(([name, rule]) => {
      const place = ((): Place | undefined => {
        if (kind === 'disable-file') return wholeFile(document.text);
        if (kind !== 'disable') {
          const above = kind === 'disable-next-line' ? { ...comment, before: '' } : comment;
          return blockFor(document, blocks, above);
        }
        const closing = directives.find(
          (other, index) =>
            index > at && other.kind === 'enable' && (other.named.length === 0 || other.named.includes(name)),
        );
        const { lines, text } = document;
        const start = lines.startOfLine(comment.start);
        const end = closing === undefined ? text.length : lines.startOfLine(closing.comment.start);
        const inside = blocks.filter(({ range }) => start <= range.start && range.start < end);
        return { range: { start, end }, above: inside.flatMap(({ above }) => above) };
      })();
      if (place === undefined) return [];
      return partsFor(rule, blocks, place).map((part) =>
        suppressionOf(
          'composelint',
          comment,
          [name, rule],
          part,
          kind === 'disable-file' ? 'in this file' : 'here',
        ),
      );
    });
  });
}
