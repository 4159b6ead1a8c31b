import type { Override } from '../config/types.js';
import type { PlanEntry } from '../core/plan.js';
import type { Answer } from './question.js';

/** What was answered to one change, as far as a config can say it again. */
export interface Choice {
  /** The transform that proposes it. */
  readonly id: string;
  /** The file that the transform is about: for what stands beside a Dockerfile, the Dockerfile. */
  readonly path: string;
  /** The Compose services that get it; empty for a change of the file as a whole. */
  readonly services: readonly string[];
  /** Undefined for one that was left open. */
  readonly answer: Answer['kind'] | undefined;
}

/** What leaves skipped changes out of the next run. */
export type Saving =
  /** All changes of a transform were skipped, by one answer: it is turned off for the project. */
  | { readonly kind: 'off'; readonly id: string; readonly files: number }
  | {
      readonly kind: 'skip';
      readonly id: string;
      readonly path: string;
      readonly overrides: readonly Override[];
    };

export interface Savings {
  readonly savings: readonly Saving[];
  /** Skipped changes that a config can't tell from others of the same transform and file, which were not skipped. */
  readonly mixed: readonly Pick<Choice, 'id' | 'path'>[];
}

/** The services that a finding's change is about. */
export function servicesOf({ finding }: PlanEntry): readonly string[] {
  const subjects =
    'sharedBy' in finding && finding.sharedBy !== undefined ? finding.sharedBy : [finding.subject];
  return [
    ...new Set(subjects.flatMap(([top, name]) => (top === 'services' && name !== undefined ? [name] : []))),
  ];
}

/**
 * What a config is to say so that the skipped changes are not asked about again. An override names a file and a service, and
 * is taken where all that its transform proposes there was skipped.
 * @param named the path as the config names it; undefined for a file that is not below it.
 * @param isWhole true when all changes of all files were asked about.
 */
export function savingsOf(
  choices: readonly Choice[],
  {
    rules,
    isWhole,
    named,
  }: {
    /** The transforms of which all that was left was skipped by one answer. */
    readonly rules: ReadonlySet<string>;
    readonly isWhole: boolean;
    readonly named: (path: string) => string | undefined;
  },
): Savings {
  const savings: Saving[] = [];
  const mixed: Pick<Choice, 'id' | 'path'>[] = [];
  const skipped = choices.filter(({ answer }) => answer === 'skipped');
  for (const id of new Set(skipped.map((choice) => choice.id))) {
    const all = choices.filter((choice) => choice.id === id);
    const paths = [...new Set(skipped.filter((choice) => choice.id === id).map(({ path }) => path))];
    if (isWhole && rules.has(id) && all.every(({ answer }) => answer === 'skipped')) {
      savings.push({ kind: 'off', id, files: paths.length });
      continue;
    }
    for (const path of paths) {
      const inFile = all.filter((choice) => choice.path === path);
      const file = named(path);
      if (file === undefined) continue;
      const services = skippedServices(inFile);
      if (services === undefined) mixed.push({ id, path });
      else savings.push({ kind: 'skip', id, path, overrides: overridesFor(file, id, services) });
    }
  }
  return { savings, mixed };
}

/** The services all of whose changes were skipped; empty for the whole file; undefined where nothing tells them apart. */
function skippedServices(choices: readonly Choice[]): readonly string[] | undefined {
  const skipped = choices.filter(({ answer }) => answer === 'skipped');
  const others = choices.filter(({ answer }) => answer !== 'skipped');
  const named = [...new Set(skipped.flatMap(({ services }) => services))];
  const whole = skipped.some(({ services }) => services.length === 0);
  if (others.length === 0 && (whole || named.length === 0)) return [];
  const shared = others.some(
    ({ services }) => services.length === 0 || services.some((one) => named.includes(one)),
  );
  return whole || shared ? undefined : named;
}

function overridesFor(file: string, id: string, services: readonly string[]): readonly Override[] {
  return services.length === 0
    ? [{ file, skip: [id] }]
    : services.map((service) => ({ file, service, skip: [id] }));
}
