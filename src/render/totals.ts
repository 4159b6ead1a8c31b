import { isChanged, type Companions } from '../core/companion.js';
import type { Phase } from '../core/types.js';
import { isPending, type Issue } from './issues.js';
import type { FileOutcome } from '../harden.js';

/** Counts over a run; what a summary needs, so that no plan has to be kept. */
export interface Totals {
  files: number;
  changedFiles: number;
  safe: number;
  unsafe: number;
  /** The same changes, by the phase that makes them. */
  phase1: number;
  phase2: number;
  phase3: number;
  later: number;
  manual: number;
  accepted: number;
  unsound: number;
  foreign: number;
  errors: number;
  /** Findings to act on that the baseline doesn't have; 0 where there is none. */
  fresh: number;
  /** Findings that it has. */
  known: number;
}

export function createTotals(): Totals {
  return {
    files: 0,
    changedFiles: 0,
    safe: 0,
    unsafe: 0,
    phase1: 0,
    phase2: 0,
    phase3: 0,
    later: 0,
    manual: 0,
    accepted: 0,
    unsound: 0,
    foreign: 0,
    errors: 0,
    fresh: 0,
    known: 0,
  };
}

/** Adds one file's outcome to the totals. */
export function count(totals: Totals, outcome: FileOutcome): void {
  if (outcome.kind === 'failed') totals.errors += 1;
  else if (outcome.kind === 'foreign') totals.foreign += 1;
  else {
    const { plan } = outcome;
    totals.files += 1;
    if (plan.result !== plan.original.text) totals.changedFiles += 1;
    totals.errors += plan.failures.length;
    for (const { disposition, finding, phase } of plan.entries) {
      if (disposition !== 'applied') totals[disposition] += 1;
      else countChange(totals, finding.safety === 'safe', phase);
    }
  }
}

/** Adds the ignore files that go with an outcome: each is a file of its own. */
export function countCompanions(totals: Totals, { files }: Companions): void {
  for (const companion of files.filter(({ kind }) => kind === 'dockerignore')) {
    if (isChanged(companion)) {
      totals.files += 1;
      totals.changedFiles += 1;
    }
    for (const { disposition, phase, safety } of companion.notes) {
      if (disposition !== 'applied') totals[disposition] += 1;
      else countChange(totals, safety === 'safe', phase ?? 1);
    }
  }
}

function countChange(totals: Totals, safe: boolean, phase: Phase): void {
  totals[safe ? 'safe' : 'unsafe'] += 1;
  totals[`phase${phase}`] += 1;
}

/** The changes by phase, in words: `2 immediate (phase 1)`, `1 needs testing (phase 2)`; without a phase that makes none. */
export function phaseCounts({ phase1, phase2, phase3 }: Totals): readonly string[] {
  const counts = [
    [phase1, 'immediate (phase 1)'],
    [phase2, `${phase2 === 1 ? 'needs' : 'need'} testing (phase 2)`],
    [phase3, 'advanced (phase 3)'],
  ] as const;
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
}

/** Adds what a baseline makes of the findings of a file. */
export function countKnown(totals: Totals, issues: readonly Issue[]): void {
  for (const issue of issues) {
    if (issue.known === true) totals.known += 1;
    else if (isPending(issue)) totals.fresh += 1;
  }
}

/** The sum of the counts of two parts of a run. */
export function addTotals(a: Totals, b: Totals): Totals {
  const sum = { ...a };
  for (const key of Object.keys(sum) as (keyof Totals)[]) sum[key] += b[key];
  return sum;
}
