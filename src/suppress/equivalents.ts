import type { Block } from './blocks/block.js';
import type { Comment } from './comments.js';
import type { EquivalentRule, EquivalentRules } from './rules/rule.js';
import type { Suppression, SuppressionTool } from './types.js';

/** What a comment is about; a whole file or stage is a part of nothing. */
export type Place = Pick<Block, 'range'> & Partial<Pick<Block, 'above'>>;

/** The rules of a tool that have an equivalent, of those that a comment names; all of them where it names none. */
export function equivalents(
  rules: EquivalentRules,
  named: readonly string[],
): readonly (readonly [string, EquivalentRule])[] {
  const all = Object.entries(rules);
  return named.length === 0 ? all : all.filter(([name]) => named.includes(name));
}

export function wholeFile({ length }: { readonly length: number }): Place {
  return { range: { start: 0, end: length } };
}

/** What another tool's comment suppresses of one rule. */
export function suppressionOf(
  tool: SuppressionTool,
  { line, text }: Comment,
  [rule, { names }]: readonly [string, EquivalentRule],
  place: Place,
  where: 'here' | 'in this file' = 'here',
): Suppression {
  const reason = `${tool} ignores ${rule} ${where}`;
  return { tool, names, range: place.range, heads: place.above ?? [], line, text, reason };
}

/**
 * The parts of a range that a rule is about. A rule about keys of a service leaves findings about its others alone, and
 * what is in such a key is meant as it is.
 */
export function partsFor({ keys }: EquivalentRule, blocks: readonly Block[], place: Place): readonly Place[] {
  if (keys === undefined) return [place];
  const { start, end } = place.range;
  const about = blocks.filter(
    ({ key, above }) => key !== undefined && keys.includes(key) && above.length > 0,
  );
  if (about.some(({ range }) => range.start <= start && end <= range.end)) return [place];
  return about.filter(({ range }) => start <= range.start && range.end <= end);
}
