import type { FilePlan } from '../core/plan.js';
import { createRunBelow, type FileOutcome, type Run, type RunOptions } from '../harden.js';
import type { Choice } from '../interactive/choices.js';
import { keyOf } from '../interactive/question.js';
import type { Rules } from '../interactive/review.js';
import type { SourceFile } from '../io/discover.js';
import type { ReviewRenderer, Tally } from '../render/review.js';
import type { Registry } from '../registry.js';
import type { Planned, WriteMode } from '../writer.js';
import type { Settings } from './settings.js';
import type { Terminal } from './terminal.js';

/** A review over the files of a run. */
export interface Session {
  readonly run: Run;
  readonly settings: Settings;
  readonly options: RunOptions;
  readonly registry: Registry;
  readonly mode: WriteMode;
  readonly terminal: Terminal;
  readonly text: ReviewRenderer;
  /** What was answered for all changes of a transform. */
  rules: Rules;
  readonly choices: Choice[];
  /** The files that were asked about, with the changes that are made. */
  readonly decided: Map<string, Planned>;
  /** The texts that files had before they were changed in place; undefined for new ones. */
  readonly replaced: Map<string, string | undefined>;
  tally: Tally;
  readonly files: Set<string>;
  errors: number;
}

/** The run as it was decided so far: only the files that were asked about are there for others to link to. */
export function linkedRun({ run, decided }: Session): Run {
  return {
    ...run,
    files: run.files.filter(({ path }) => decided.has(path)),
    plan: (file) => decided.get(file.path) ?? run.plan(file),
  };
}

/** The same with all files, of which those that were not asked about stay as they are. */
export function decidedRun({ run, decided }: Session): Run {
  return { ...run, plan: (file) => decided.get(file.path) ?? untouched(run.plan(file)) };
}

function untouched(outcome: FileOutcome): FileOutcome {
  if (outcome.kind !== 'planned') return outcome;
  const { file, notices, plan } = outcome;
  const nothing: FilePlan = { ...plan, entries: [], result: plan.original.text };
  return { kind: 'planned', file, notices, plan: nothing };
}

/** The plan of a file without some changes to its structure, which the others then don't see. */
export function planWithout(session: Session, file: SourceFile, skipped: ReadonlySet<string>): FileOutcome {
  const { options, replaced, run, settings } = session;
  const again = createRunBelow(settings.root, run.workspace.files, {
    ...options,
    digests: settings.digests,
    selected: settings.selected,
    review: (path, meta, finding, document) => {
      if (path !== file.path || !skipped.has(keyOf({ meta, finding }, document))) return finding;
      const { subject, range, message, evidence } = finding;
      return { subject, range, message, evidence, safety: 'accepted', reason: 'skipped in the review' };
    },
  });
  for (const [path, text] of replaced) again.replaced(path, text);
  return again.plan(file);
}

/** Adds what became of a file's changes. */
export function addTally(session: Session, path: string, { made, skipped, open }: Tally): void {
  const { tally } = session;
  session.tally = { made: tally.made + made, skipped: tally.skipped + skipped, open: tally.open + open };
  if (made > 0) session.files.add(path);
}
