import type { SourceDocument } from '../core/types.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import { equivalents, partsFor, suppressionOf } from './equivalents.js';
import { blockFor } from './place.js';
import { COMPOSE_LINT_RULES } from './rules/compose-lint.js';
import type { Suppression } from './types.js';

const COMMENT = /^#\s*compose-lint:?\s+(?:ignore|disable)[\s:=]+(CL-\d{4}(?:(?:\s*,\s*|\s+)CL-\d{4})*)(?!\S)/;

/**
 * What a comment suppresses that names rules of compose-lint. compose-lint itself reads none, as it says of
 * `# compose-lint: ignore CL-0003` and `# compose-lint: disable`
 * (https://github.com/tmatens/compose-lint/blob/main/docs/configuration.md#behaviour); who wrote one nevertheless has said
 * what is meant. It is about the same as harden's own.
 */
export function composeLintSuppressions(
  document: SourceDocument,
  comments: readonly Comment[],
  blocks: readonly Block[],
): readonly Suppression[] {
  return comments.flatMap((comment): readonly Suppression[] => {
    const list = COMMENT.exec(comment.text)?.[1];
    const block = list === undefined ? undefined : blockFor(document, blocks, comment);
    if (list === undefined || block === undefined) return [];
    return equivalents(COMPOSE_LINT_RULES, list.split(/[\s,]+/)).flatMap(([name, rule]) =>
      partsFor(rule, blocks, block).map((part) => ({
        ...suppressionOf('compose-lint', comment, [name, rule], part),
        reason: `a comment for compose-lint names ${name} here`,
      })),
    );
  });
}
