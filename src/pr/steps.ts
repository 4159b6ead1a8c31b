import { createCompanions } from '../companions.js';
import { isChanged, type Companion } from '../core/companion.js';
import { isFix } from '../core/fixes.js';
import type { FilePlan, PlanEntry } from '../core/plan.js';
import { applyEdits } from '../core/text.js';
import type { Phase, TransformMeta } from '../core/types.js';
import type { ExposureChange } from '../exposure/plan.js';
import type { FailedOutcome, Run } from '../harden.js';
import { ignoreMeta } from '../workload/ignore-additions.js';

/** What one transform changes: the content of a commit. */
export interface Step {
  readonly meta: TransformMeta;
  readonly changes: readonly FileChange[];
}

export interface FileChange {
  readonly path: string;
  /** The whole text after this step and those before it. */
  readonly text: string;
  /** What of the plan is applied here; empty for a companion. */
  readonly entries: readonly PlanEntry[];
  readonly companion: Companion | undefined;
}

/** All that a run would change in place, and what it leaves. */
export interface Changes {
  /** In the order of the registry. */
  readonly steps: readonly Step[];
  /** Each changed file as the last step leaves it. */
  readonly texts: ReadonlyMap<string, WrittenText>;
  readonly failures: readonly FailedOutcome[];
  /** What a person has to decide. */
  readonly manual: readonly { readonly path: string; readonly entry: PlanEntry }[];
  /** How many changes wait for each later phase. */
  readonly later: ReadonlyMap<Phase, number>;
  /** What a person has decided. */
  readonly accepted: readonly { readonly path: string; readonly entry: PlanEntry }[];
  /** Of units that change. */
  readonly exposures: readonly { readonly path: string; readonly change: ExposureChange }[];
}

export interface WrittenText {
  /** Undefined for a file that is new. */
  readonly before: string | undefined;
  readonly after: string;
  /** For a new file: the file whose permissions it gets. */
  readonly like: string;
}

interface Draft {
  readonly meta: TransformMeta;
  readonly change: FileChange;
}

/**
 * Plans all files of a run, and sorts the changes by the transforms that make them. Nothing is written.
 * @param order the ids of the transforms, in the order of the commits.
 */
export function changesOf(
  run: Run,
  order: readonly string[],
  companionOptions: Parameters<typeof createCompanions>[1],
): Changes {
  const companionsOf = createCompanions(run, companionOptions, 'in-place');
  const drafts: Draft[] = [];
  const texts = new Map<string, WrittenText>();
  const failures: FailedOutcome[] = [];
  const manual: Changes['manual'][number][] = [];
  const later = new Map<Phase, number>();
  const accepted: Changes['accepted'][number][] = [];
  const exposures: Changes['exposures'][number][] = [];
  for (const outcome of run.outcomes()) {
    if (outcome.kind === 'failed') failures.push(outcome);
    if (outcome.kind !== 'planned') continue;
    const { plan, exposure } = outcome;
    for (const { id, error } of plan.failures)
      failures.push({
        kind: 'failed',
        path: plan.path,
        line: undefined,
        reason: `a bug in harden: ${id} failed: ${error}`,
      });
    for (const entry of plan.entries) {
      if (entry.disposition === 'later') later.set(entry.phase, (later.get(entry.phase) ?? 0) + 1);
      if (entry.disposition === 'manual') manual.push({ path: plan.path, entry });
      if (entry.disposition === 'accepted') accepted.push({ path: plan.path, entry });
    }
    if (plan.result !== plan.original.text) {
      drafts.push(...draftsOf(plan, order));
      texts.set(plan.path, { before: plan.original.text, after: plan.result, like: plan.path });
      if (exposure !== undefined && exposure.after.score !== exposure.before.score)
        exposures.push({ path: plan.path, change: exposure });
    }
    for (const companion of companionsOf(plan).files) {
      if (companion.variant || !isChanged(companion)) continue;
      const { path, text, original, source } = companion;
      drafts.push({
        meta: companion.transform ?? ignoreMeta,
        change: { path, text, entries: [], companion },
      });
      texts.set(path, { before: original, after: text, like: source });
    }
  }
  return { steps: stepsOf(drafts, order), texts, failures, manual, later, accepted, exposures };
}

function stepsOf(drafts: readonly Draft[], order: readonly string[]): readonly Step[] {
  return order.flatMap((id): Step[] => {
    const own = drafts.filter(({ meta }) => meta.id === id);
    const [first] = own;
    return first === undefined ? [] : [{ meta: first.meta, changes: own.map(({ change }) => change) }];
  });
}

/**
 * One draft for each transform that changes a file. Changes inside text that another transform writes have no edit of their
 * own: they are told with the transform that writes it.
 */
function draftsOf(plan: FilePlan, order: readonly string[]): readonly Draft[] {
  const applied = plan.entries.filter(({ disposition }) => disposition === 'applied');
  const edited = applied.filter(({ finding }) => isFix(finding) && finding.edits.length > 0);
  const within = applied.filter((entry) => !edited.includes(entry));
  const metas = order.flatMap((id) => {
    const entry = edited.find(({ meta }) => meta.id === id);
    return entry === undefined ? [] : [entry.meta];
  });
  const host = metas.find(({ restructures }) => restructures === true) ?? metas[0];
  const drafts = metas.map((meta, at): Draft => {
    const ids = new Set(metas.slice(0, at + 1).map(({ id }) => id));
    const edits = edited.flatMap(({ meta: { id }, finding }) =>
      ids.has(id) && isFix(finding) ? finding.edits : [],
    );
    const entries = [
      ...edited.filter((entry) => entry.meta.id === meta.id),
      ...(meta === host ? within : []),
    ];
    const text = applyEdits(plan.original.text, edits);
    return { meta, change: { path: plan.path, text, entries, companion: undefined } };
  });
  return drafts;
}
