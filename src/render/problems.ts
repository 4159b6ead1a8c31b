import { redact } from '../core/redact.js';
import { printable, shown } from './text.js';
import type { FailedOutcome } from '../harden.js';
import type { Told } from './output.js';

/** What kept a file from being read, planned or written. */
export interface Problem {
  readonly path: string;
  readonly line: number | undefined;
  /** Without secrets. */
  readonly reason: string;
}

/** Why a file could not be read or planned. */
export function problemOf({ path, line, reason }: FailedOutcome): Problem {
  return { path, line, reason: redact(reason) };
}

/** All that went wrong with a file and its companions. */
export function problemsOf({ outcome, written, companions }: Told): readonly Problem[] {
  const problems: Problem[] = [];
  if (outcome.kind === 'failed') problems.push(problemOf(outcome));
  for (const file of [written, ...companions.map((told) => told.written)]) {
    if (file?.error !== undefined) problems.push({ path: file.path, line: undefined, reason: file.error });
  }
  if (outcome.kind === 'planned') {
    const { path, failures } = outcome.plan;
    for (const { id, error } of failures) {
      problems.push({ path, line: undefined, reason: `${id} failed: ${redact(error)}` });
    }
  }
  return problems;
}

/** What a file says to harden without effect: its comments that leave out nothing. */
export function noticesOf(outcome: Told['outcome']): readonly Problem[] {
  if (outcome.kind !== 'planned') return [];
  const { path } = outcome.plan;
  return outcome.notices.map(({ line, reason }) => ({ path, line, reason: redact(reason) }));
}

/** A problem in one line, for a terminal. */
export function problemText({ path, line, reason }: Problem): string {
  return `${printable(line === undefined ? path : `${path}:${line}`)}: ${shown(reason)}`;
}
