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

/** Unmet where findings are left that are not accepted, of which the first says why; else met. */
export function byFindings(findings: readonly Finding[], says: string): Verdict {
  const open = findings.find(({ safety }) => safety !== 'accepted');
  if (open !== undefined) return unmet(open.message, ...open.evidence);
  const [accepted] = findings;
  return accepted === undefined ? met(says) : met(`${says}, but for what is accepted`, ...accepted.evidence);
}
