import { appliedEdits, isFix } from './fixes.js';
import type { FilePlan, PlanEntry } from './plan.js';
import { applyEdits } from './text.js';
import type { FormatAdapter, SourceDocument } from './types.js';
import { covers, proveText } from './verify.js';

export type Subset =
  { readonly ok: true; readonly plan: FilePlan } | { readonly ok: false; readonly reason: string };

/** A change that was left out by whoever asked for the others. */
const NOT_CHOSEN = 'not chosen';

/**
 * The plan with some of its applied changes alone, proved as a whole plan is: it parses, only what these changes are about
 * differs, and no comment is lost.
 */
export function subsetOf(
  plan: FilePlan,
  keeps: (entry: PlanEntry) => boolean,
  adapter: FormatAdapter<SourceDocument>,
): Subset {
  const entries = plan.entries.map((entry): PlanEntry =>
    entry.disposition === 'applied' && !keeps(entry)
      ? { ...entry, disposition: 'manual', reason: NOT_CHOSEN }
      : entry,
  );
  const kept = entries.filter(({ disposition }) => disposition === 'applied');
  const result = applyEdits(plan.original.text, appliedEdits({ entries }));
  const proof = proveText(plan.original, result, adapter, {
    isAbout: (part) => kept.some(({ meta, finding }) => isFix(finding) && covers(meta, [finding], part)),
  });
  return proof.ok
    ? { ok: true, plan: { ...plan, entries, result } }
    : { ok: false, reason: `these changes can't be made alone: ${proof.reason}` };
}
