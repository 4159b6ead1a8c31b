import type { Evidence, Finding } from '../core/types.js';
import type { Verdict } from './types.js';

export const ABSENT: Verdict = { kind: 'absent' };

export function met(says: string, ...evidence: readonly Evidence[]): Verdict {
  return { kind: 'met', says, evidence };
}

export function unmet(says: string, ...evidence: readonly Evidence[]): Verdict {
  return { kind: 'unmet', says, evidence };
}

export function undecided(says: string): Verdict {
  return { kind: 'unknown', says };
}

/** Met where nothing is found; else unmet, by the first finding that is not accepted, or the first of all. */
export function byFindings(findings: readonly Finding[], says: string): Verdict {
  const first = findings.find(({ safety }) => safety !== 'accepted') ?? findings[0];
  return first === undefined ? met(says) : unmet(first.message, ...first.evidence);
}
