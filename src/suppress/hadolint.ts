import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import { equivalents, suppressionOf, wholeFile, type Place } from './equivalents.js';
import type { EquivalentRule } from './rules/rule.js';
import { HADOLINT_RULES } from './rules/hadolint.js';
import type { Suppression } from './types.js';

/** https://github.com/hadolint/hadolint/blob/master/src/Hadolint/Pragma.hs: behind the rules only a further comment. */
const PRAGMA =
  /^#[ \t]*hadolint[ \t]+(?:(global|stage)[ \t]+)?ignore[ \t]*=[ \t]*([DLSC\d]+(?:[ \t]*,[ \t]*[DLSC\d]+)*)[ \t]*(?:#.*)?$/;

/**
 * What hadolint's comments suppress: https://github.com/hadolint/hadolint#inline-ignores. One is about the instruction on
 * the next line and no other, `global` about the file. Of `stage` speaks only its source: it is about what follows in the
 * stage, and above FROM about that stage.
 */
export function hadolintSuppressions(
  document: DockerfileDocument,
  comments: readonly Comment[],
  blocks: readonly Block[],
): readonly Suppression[] {
  const { instructions } = document;
  // Between the lines of an instruction hadolint sees no comments.
  const isInside = (at: number): boolean => instructions.some(({ start, end }) => start < at && at < end);
  return comments.flatMap((comment): readonly Suppression[] => {
    const [, scope, list] = PRAGMA.exec(comment.text) ?? [];
    if (list === undefined || isInside(comment.start)) return [];
    return equivalents(HADOLINT_RULES, list.split(/[ \t]*,[ \t]*/)).flatMap((rule) => {
      const place =
        scope === 'global' ? wholeFile(document.text) : placeOf(document, blocks, comment, scope, rule[1]);
      if (place === undefined) return [];
      const where = scope === 'global' ? 'in this file' : 'here';
      return [suppressionOf('hadolint', comment, rule, place, where)];
    });
  });
}

function placeOf(
  { instructions, stages, lines }: DockerfileDocument,
  blocks: readonly Block[],
  comment: Comment,
  scope: string | undefined,
  rule: EquivalentRule,
): Place | undefined {
  const blockOf = ({ index }: Instruction): Block => blocks[index]!;
  const next = instructions.find(({ start }) => start > comment.start);
  if (next === undefined) return undefined;
  const isAbove = lines.lineOf(next.start) === comment.line + 1;
  const from = stages[next.stage]?.from;
  const whole = from === undefined ? undefined : blockOf(from);
  if (scope === 'stage') {
    if (whole === undefined || (from === next && !isAbove)) return undefined;
    return { range: { start: next.start, end: whole.range.end } };
  }
  if (!isAbove) return undefined;
  if (rule.scope === 'stage' && whole !== undefined) return whole;
  const { head, above } = blockOf(next);
  return { range: head, above };
}
