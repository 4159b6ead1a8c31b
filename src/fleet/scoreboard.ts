import { SEVERITIES, type Phase, type Severity } from '../core/types.js';
import { noPhases, noSeverities, type Score, type TransformName } from './score.js';

/** A repository by the name of its result. */
export interface Repository extends Score {
  readonly name: string;
}

/** How often a transform has something to do. */
export interface Frequency extends TransformName {
  readonly id: string;
  readonly findings: number;
  readonly repositories: number;
}

/** Many results as one. */
export interface Scoreboard {
  /** The worst first. */
  readonly repositories: readonly Repository[];
  readonly totals: Omit<Score, 'version' | 'transforms'>;
  /** The most frequent first. */
  readonly transforms: readonly Frequency[];
}

export function scoreboardOf(
  repositories: readonly Repository[],
  names: ReadonlyMap<string, TransformName>,
): Scoreboard {
  return {
    repositories: [...repositories].sort(byNeed),
    totals: totalsOf(repositories),
    transforms: frequenciesOf(repositories, names),
  };
}

/** More of the most severe comes first, then more errors. */
function byNeed(a: Repository, b: Repository): number {
  for (const severity of SEVERITIES) {
    const difference = b.severities[severity] - a.severities[severity];
    if (difference !== 0) return difference;
  }
  return b.errors - a.errors || compare(a.name, b.name);
}

function totalsOf(repositories: readonly Repository[]): Scoreboard['totals'] {
  const sum = (of: (repository: Repository) => number): number =>
    repositories.reduce((total, repository) => total + of(repository), 0);
  const severities = noSeverities();
  for (const severity of Object.keys(severities) as Severity[])
    severities[severity] = sum((one) => one.severities[severity]);
  const phases = noPhases();
  for (const phase of [1, 2, 3] satisfies Phase[]) phases[phase] = sum((one) => one.phases[phase]);
  return {
    files: sum(({ files }) => files),
    changedFiles: sum(({ changedFiles }) => changedFiles),
    ...{ severities, phases },
    decisions: sum(({ decisions }) => decisions),
    accepted: sum(({ accepted }) => accepted),
    errors: sum(({ errors }) => errors),
  };
}

function frequenciesOf(
  repositories: readonly Repository[],
  names: ReadonlyMap<string, TransformName>,
): readonly Frequency[] {
  return [...names]
    .map(([id, name]): Frequency => {
      const counts = repositories.flatMap(({ transforms }) => transforms.get(id) ?? []);
      return { id, ...name, findings: counts.reduce((a, b) => a + b, 0), repositories: counts.length };
    })
    .filter(({ findings }) => findings > 0)
    .sort((a, b) => b.repositories - a.repositories || b.findings - a.findings || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
