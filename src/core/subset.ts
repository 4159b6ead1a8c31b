import { appliedEdits, isFix } from './fixes.js';
import type { FilePlan, PlanEntry } from './plan.js';
import { applyEdits } from './text.js';
import type { FormatAdapter, SourceDocument } from './types.js';
import { covers, formDifference, lostComment } from './verify.js';

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
  const { original, path } = plan;
  const result = applyEdits(original.text, appliedEdits({ entries }));
  const fail = (reason: string): Subset => ({
    ok: false,
    reason: `these changes can't be made alone: ${reason}`,
  });
  const parsed = adapter.parse(path, result);
  if (!parsed.ok) return fail(`the result does not parse: ${parsed.reason}`);
  const kept = entries.filter(({ disposition }) => disposition === 'applied');
  const stray = adapter
    .delta(original, parsed.document)
    .find((part) => !kept.some(({ meta, finding }) => isFix(finding) && covers(meta, [finding], part)));
  if (stray !== undefined) return fail(`${stray.join('.')} would change too`);
  const lost = lostComment(original.comments(), parsed.document.comments());
  if (lost !== undefined) return fail(`the comment ${lost} would be lost`);
  const form = formDifference(original.text, result);
  return form === undefined ? { ok: true, plan: { ...plan, entries, result } } : fail(form);
}
