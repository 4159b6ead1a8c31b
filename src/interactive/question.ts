import { isChanged, type Companion } from '../core/companion.js';
import { isFix } from '../core/fixes.js';
import type { FilePlan, PlanEntry } from '../core/plan.js';
import { applyEdits, byEffect, type TextEdit } from '../core/text.js';
import type { FixFinding, SourceDocument } from '../core/types.js';
import { ignoreMeta } from '../workload/ignore-additions.js';

/** Something that can be done or left by itself. */
export interface Question {
  /** The transform that proposes it: what is answered for all of a kind is answered for it. */
  readonly kind: string;
}

/** A change of a file's plan. */
export interface ChangeQuestion extends Question {
  /** Tells the same change in another plan of the file; `number` tells it from those that read the same. */
  readonly key: string;
  readonly number: number;
  readonly entry: AppliedEntry;
  /** What goes with it: findings whose changes stand in the text that it writes. */
  readonly within: readonly PlanEntry[];
  /** The file with this change alone. */
  readonly after: string;
}

/** A companion file, as a whole. */
export interface CompanionQuestion extends Question {
  readonly companion: Companion;
}

/** An entry of a plan whose edits are part of its result. */
export interface AppliedEntry extends PlanEntry {
  readonly finding: FixFinding;
}

export function isApplied(entry: PlanEntry): entry is AppliedEntry {
  return entry.disposition === 'applied' && isFix(entry.finding);
}

/** The changes of a plan, in the order in which they stand in its file. */
export function questionsOf(plan: FilePlan): readonly ChangeQuestion[] {
  const applied = plan.entries.filter(isApplied);
  const entries = applied.filter(({ finding }) => finding.edits.length > 0);
  const ranks = new Map(
    byEffect(entries.flatMap(({ finding }) => finding.edits)).map((edit, at) => [edit, at]),
  );
  const rank = ({ finding }: AppliedEntry): number =>
    Math.min(...finding.edits.map((edit) => ranks.get(edit) ?? 0));
  const host = hostOf(entries);
  const within = applied.filter(({ finding }) => finding.edits.length === 0);
  const seen = new Map<string, number>();
  return [...entries]
    .sort((a, b) => rank(a) - rank(b))
    .map((entry) => {
      const key = keyOf(entry, plan.original);
      const number = seen.get(key) ?? 0;
      seen.set(key, number + 1);
      return {
        ...{ kind: entry.meta.id, key, number, entry },
        within: entry === host ? within : [],
        after: applyEdits(plan.original.text, entry.finding.edits),
      };
    });
}

/** The change that writes a part of the file anew: what others find in that part is in its text. */
function hostOf(entries: readonly AppliedEntry[]): AppliedEntry | undefined {
  const written = ({ finding }: AppliedEntry): number =>
    finding.edits.reduce((sum, { text }) => sum + text.length, 0);
  return entries.filter(({ meta }) => meta.restructures === true).sort((a, b) => written(b) - written(a))[0];
}

/** The companions that are made, or change. */
export function companionQuestionsOf(companions: readonly Companion[]): readonly CompanionQuestion[] {
  return companions.filter(isChanged).map((companion) => ({
    kind: companion.kind === 'dockerignore' ? ignoreMeta.id : companion.kind,
    companion,
  }));
}

/**
 * What a finding says, and the line on which it says so: the same in all plans of a file.
 * @param document the one in which it was found.
 */
export function keyOf(
  { meta, finding }: Pick<PlanEntry, 'meta' | 'finding'>,
  { lines }: SourceDocument,
): string {
  const change = 'change' in finding ? finding.change : '';
  const line = lines.lineText(finding.range.start).trim();
  return JSON.stringify([meta.id, finding.subject, finding.message, change, line]);
}

/** What is answered to a question. */
export type Answer =
  | { readonly kind: 'made' }
  /** Made in another way. */
  | { readonly kind: 'edited'; readonly edits: readonly TextEdit[] }
  | { readonly kind: 'skipped' };
