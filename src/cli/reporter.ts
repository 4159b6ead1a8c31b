import { NO_COMPANIONS } from '../core/companion.js';
import { companionOptions, createCompanions, type CompanionMode } from '../companions.js';
import type { FileOutcome, Run } from '../harden.js';
import { knownBy } from '../render/baseline.js';
import type { Output, Piece, Told } from '../render/output.js';
import { issuesOf } from '../render/issues.js';
import { noticesOf, problemsOf, problemText } from '../render/problems.js';
import { count, countCompanions, countKnown, createTotals, type Totals } from '../render/totals.js';
import { createWriter, type WriteMode } from '../writer.js';
import { digest, modeOf } from './outputs.js';
import { runOptionsOf, type HardenArguments, type Settings } from './settings.js';

/** Undefined for a run that writes nothing. */
export function writeModeOf({
  inPlace,
  write,
  overlay,
  dropIn,
  force,
}: HardenArguments): WriteMode | undefined {
  if (inPlace === true) return { kind: 'in-place' };
  return write === true ? { kind: 'write', overlay, dropIn, force } : undefined;
}

/** What a run does with the companions of its files. */
export function companionMode(args: HardenArguments): CompanionMode {
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
  const mode = writeModeOf(args);
  const writer = mode === undefined ? undefined : createWriter(run, root, mode);
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
      const written = outcome.kind === 'planned' ? writer?.file(outcome) : undefined;
      const companions = files.map((companion) => ({ companion, written: writer?.companion(companion) }));
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
