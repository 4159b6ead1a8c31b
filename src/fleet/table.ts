import { SEVERITIES } from '../core/types.js';
import type { Scoreboard } from './scoreboard.js';

/** The columns of numbers, of each repository and of all. */
export const COLUMNS = [
  'files',
  ...SEVERITIES,
  'phase 1',
  'phase 2',
  'phase 3',
  'to decide',
  'accepted',
  'errors',
] as const;

/** The numbers of a repository, or the totals, in the order of the columns. */
export function numbersOf(one: Scoreboard['totals']): readonly number[] {
  const { files, severities, phases, decisions, accepted, errors } = one;
  return [
    files,
    ...SEVERITIES.map((severity) => severities[severity]),
    phases[1],
    phases[2],
    phases[3],
    decisions,
    accepted,
    errors,
  ];
}
