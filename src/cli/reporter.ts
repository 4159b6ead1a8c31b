import { isChanged, NO_COMPANIONS, type Companion } from '../core/companion.js';
import { createCompanions, type CompanionMode } from '../companions.js';
import { writeDropIn, writeInPlace, writeNew, writeSidecar, type WriteOutcome } from '../io/write.js';
import { dropInOf, dropInPath } from '../drop-in.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import type { ComposeDocument } from '../formats/compose/document.js';
import type { FileOutcome, Run, RunOptions } from '../harden.js';
import { knownBy } from '../render/baseline.js';
import type { Output, Piece, Told, WrittenFile } from '../render/output.js';
import { issuesOf } from '../render/issues.js';
import { noticesOf, problemsOf, problemText } from '../render/problems.js';
import { count, countCompanions, countKnown, createTotals, type Totals } from '../render/totals.js';
import { overlayOf, overlayPath } from '../overlay.js';
import { createLinks, sidecarPath, sidecarText } from '../sidecar.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { digest, modeOf } from './outputs.js';
import { runOptionsOf, type HardenArguments, type Settings } from './settings.js';

type Planned = Extract<FileOutcome, { kind: 'planned' }>;

function createWriter(
  run: Run,
  root: string,
  args: HardenArguments,
): (outcome: Planned) => WrittenFile | undefined {
  if (args.inPlace === true) {
    return ({ plan }) => {
      if (plan.result === plan.original.text) return undefined;
      const outcome = writeInPlace(root, plan.path, plan.original.text, plan.result);
      if (!outcome.ok) return { path: plan.path, changed: false, error: outcome.reason };
      run.replaced(plan.path, plan.original.text);
      return { path: plan.path, changed: true, error: undefined };
    };
  }
  if (args.write === true) {
    const links = createLinks(run, { files: args.overlay !== true });
    return ({ file, plan }) => {
      const hardened = sidecarText(run, file.format, plan, links);
      if (hardened === undefined) return undefined;
      if (args.dropIn === true && file.format === 'systemd') {
        const path = dropInPath(plan.path);
        const text = dropInOf(plan.original as UnitDocument, hardened);
        if (text === undefined) return undefined;
        return writtenAs(path, writeDropIn(root, path, plan.path, text, args.force));
      }
      const overlaid = args.overlay === true && file.format === 'compose';
      const path = overlaid ? overlayPath(plan.path) : sidecarPath(plan.path, file.format);
      const variant = overlaid
        ? overlayOf(plan.original as ComposeDocument, hardened)
        : { ok: true as const, text: hardened };
      if (!variant.ok) return { path, changed: false, error: `can't be an overlay: ${variant.reason}` };
      const { text } = variant;
      return writtenAs(path, writeSidecar(root, path, plan.path, text, args.force));
    };
  }
  return () => undefined;
}

function writtenAs(path: string, outcome: WriteOutcome): WrittenFile {
  return {
    path,
    changed: outcome.ok && outcome.changed,
    error: outcome.ok ? undefined : outcome.reason,
  };
}

/** Writes what goes with a plan; undefined where nothing is to be written. */
function createCompanionWriter(
  run: Run,
  root: string,
  args: HardenArguments,
): (companion: Companion) => WrittenFile | undefined {
  const mode = companionMode(args);
  return (companion) => {
    const { path, source, original, text, variant } = companion;
    if (mode === 'preview' || variant !== (mode === 'write')) return undefined;
    if (variant) return writtenAs(path, writeSidecar(root, path, source, text, args.force));
    if (!isChanged(companion)) return undefined;
    const outcome =
      original === undefined ? writeNew(root, path, source, text) : writeInPlace(root, path, original, text);
    if (outcome.ok) run.replaced(path, original);
    return writtenAs(path, outcome);
  };
}

function companionMode(args: HardenArguments): CompanionMode {
  const mode = modeOf(args);
  return mode === 'check' ? 'preview' : mode;
}

/** What is said of an outcome. */
export interface Report {
  /** The pieces of each output of the run. */
  readonly pieces: readonly (readonly Piece[])[];
  /** For standard error: what standard output has no place for. */
  readonly err: string;
  /** The places in the config's list of the accepted risks that were met. */
  readonly met: readonly number[];
}

/** Takes the outcomes of a run one by one: writes what is to be written, counts, and says what happened. */
export interface Reporter {
  readonly totals: Totals;
  take(outcome: FileOutcome): Report;
}

/** @param outputs the first is the one for standard output. */
export function createReporter(run: Run, settings: Settings, outputs: readonly Output[]): Reporter {
  const { root, args } = settings;
  const write = createWriter(run, root, args);
  const writeCompanion = createCompanionWriter(run, root, args);
  const options = runOptionsOf(args, { config: settings.config, registry: run.registry });
  // Wrong settings never get here.
  if (typeof options === 'string') throw new Error(options);
  const companionsOf = createCompanions(run, companionOptions(run, options), companionMode(args));
  const totals = createTotals();
  const known = settings.baseline === undefined ? undefined : knownBy(settings.baseline);
  return {
    totals,
    take: (outcome) => {
      const { files, builders } = outcome.kind === 'planned' ? companionsOf(outcome.plan) : NO_COMPANIONS;
      const written = outcome.kind === 'planned' ? write(outcome) : undefined;
      const companions = files.map((companion) => ({ companion, written: writeCompanion(companion) }));
      count(totals, outcome);
      countCompanions(totals, { files, builders });
      for (const file of [written, ...companions.map((told) => told.written)]) {
        if (file?.error !== undefined) totals.errors += 1;
      }
      const told: Told = { outcome, written, companions, builders, known };
      if (known !== undefined) countKnown(totals, issuesOf(told, digest));
      return {
        met: [...run.acceptances.met],
        pieces: outputs.map((output) => output.outcome(told)),
        err: [...(outputs[0]?.omitsErrors === true ? problemsOf(told) : []), ...noticesOf(outcome)]
          .map((problem) => `harden: ${problemText(problem)}\n`)
          .join(''),
      };
    },
  };
}

export function companionOptions(run: Run, options: RunOptions): Parameters<typeof createCompanions>[1] {
  const { id } = ignoreMeta;
  const enabled = options.enabled?.(id) ?? true;
  return {
    phase: options.phase,
    ignores: (dockerfile) => enabled && !run.leavesOut(dockerfile, id),
  };
}
