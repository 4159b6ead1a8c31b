import { adapterOf } from '../adapters.js';
import { companionOptions, createCompanions } from '../companions.js';
import { subsetOf } from '../core/subset.js';
import type { Phase } from '../core/types.js';
import type { FileOutcome, Run } from '../harden.js';
import { toldFinding, type ToldFinding } from '../render/finding.js';
import type { WrittenFile } from '../render/output.js';
import { createWriter, type Planned } from '../writer.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { sourceOf } from './plan.js';
import type { Plan } from './types.js';

export interface ApplyOptions {
  /** `in-place` changes the files themselves; `sidecar` writes `.hardened` files beside them. */
  readonly mode: 'in-place' | 'sidecar';
  /**
   * The changes to make; all that the plan applies by default. For the ignore file of a Dockerfile it is asked with the id
   * `dockerfile/complete-dockerignore`.
   */
  readonly only?: ((finding: ToldFinding, path: string) => boolean) | undefined;
  /** With `sidecar`: replaces a `.hardened` file that somebody has edited. */
  readonly force?: boolean | undefined;
  /** With `sidecar`: Compose files get an overlay that holds only the changes. */
  readonly overlay?: boolean | undefined;
  /** With `sidecar`: units get a drop-in that holds only the changes. */
  readonly dropIn?: boolean | undefined;
}

/**
 * Writes what a plan changes, file by file, each at once or not at all. A file that has changed since it was planned is left as
 * it is. Each file that was to be written is told of: `changed`, or with the `error` that kept it from being written; what
 * is there already in the same words is neither.
 * @param plan as `plan` returned it, not a copy.
 */
export function apply(plan: Plan, options: ApplyOptions): readonly WrittenFile[] {
  const source = sourceOf(plan);
  if (source === undefined) throw new TypeError('apply takes a plan as plan() returned it, not a copy');
  const { mode, only, force = false, overlay, dropIn } = options;
  const refused = new Map<string, string>();
  const run = only === undefined ? source.run : chosen(source.run, only, refused);
  const inPlace = mode === 'in-place';
  const writer = createWriter(
    run,
    plan.root,
    inPlace ? { kind: 'in-place' } : { kind: 'write', overlay, dropIn, force },
  );
  const { phase, ignores } = companionOptions(run, source.options);
  const wanted = (path: string): boolean =>
    ignores(path) && (only === undefined || only(ignoring(phase), path));
  const companionsOf = createCompanions(run, { phase, ignores: wanted }, inPlace ? 'in-place' : 'write');
  const written: WrittenFile[] = [];
  for (const file of run.files) {
    const outcome = run.plan(file);
    const reason = refused.get(file.path);
    if (reason !== undefined) written.push({ path: file.path, changed: false, error: reason });
    if (outcome.kind !== 'planned') continue;
    const { files } = companionsOf(outcome.plan);
    const told = [writer.file(outcome), ...files.map((companion) => writer.companion(companion))];
    written.push(...told.filter((one) => one !== undefined));
  }
  return written;
}

/** The ignore file of a Dockerfile, as a finding to choose. */
function ignoring(phase: Phase): ToldFinding {
  const { id, title, description } = ignoreMeta;
  return {
    ...{ id, phase, safety: 'safe', disposition: 'applied', subject: [], sharedBy: undefined, line: 1 },
    ...{ message: description, change: title, suggestion: undefined, reason: undefined },
    ...{ evidence: [], edits: undefined },
  };
}

/** The run with the chosen changes alone; a file whose changes can't be told apart so keeps none. */
function chosen(run: Run, only: NonNullable<ApplyOptions['only']>, refused: Map<string, string>): Run {
  const narrowed = (outcome: Planned): FileOutcome => {
    const { path, original } = outcome.plan;
    const adapter = adapterOf(outcome.file.format);
    const subset = subsetOf(outcome.plan, (entry) => only(toldFinding(entry, original), path), adapter);
    if (subset.ok) return { ...outcome, plan: subset.plan };
    refused.set(path, subset.reason);
    return { ...outcome, plan: { ...outcome.plan, entries: [], result: original.text } };
  };
  return {
    ...run,
    plan: (file) => {
      const outcome = run.plan(file);
      return outcome.kind === 'planned' ? narrowed(outcome) : outcome;
    },
  };
}
