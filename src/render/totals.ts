import { isChanged, type Companions } from '../core/companion.js';
import { isPending, type Issue } from './issues.js';
import type { FileOutcome } from '../harden.js';

/** Counts over a run; what a summary needs, so that no plan has to be kept. */
export interface Totals {
  files: number;
  changedFiles: number;
  safe: number;
  unsafe: number;
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
    for (const { disposition, finding } of plan.entries) {
      if (disposition !== 'applied') totals[disposition] += 1;
      else if (finding.safety === 'safe') totals.safe += 1;
      else totals.unsafe += 1;
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
    for (const { disposition, safety } of companion.notes) {
      if (disposition !== 'applied') totals[disposition] += 1;
      else if (safety === 'safe') totals.safe += 1;
      else totals.unsafe += 1;
    }
  }
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
