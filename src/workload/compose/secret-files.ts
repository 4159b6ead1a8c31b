import type { Evidence } from '../../core/types.js';
import { citations } from '../model.js';
import { variablesOf, type Variable } from './environment.js';
import type { ServiceWorkload } from './service.js';

/** What the image documents of secrets that it reads from files. */
export interface Documented {
  readonly names: ReadonlySet<string>;
  readonly evidence: (variables: readonly Variable[]) => readonly Evidence[];
}

/** The variables for which the image reads a file, without those for which it is given one already. */
export function documentedBy({ origin, view }: ServiceWorkload): Documented {
  const facts = origin.kind === 'server' ? origin.facts.secrets : undefined;
  if (facts === undefined) return { names: new Set(), evidence: () => [] };
  const set = new Set(
    view.fields('environment').flatMap((field) => variablesOf(field).map(({ name }) => name)),
  );
  const free = facts.variables.filter((name) => !set.has(`${name}_FILE`));
  const evidence = (variables: readonly Variable[]): readonly Evidence[] => {
    const named = facts.cites.filter(({ text }) => variables.some(({ name }) => text.includes(name)));
    return citations(named.length > 0 ? named : facts.cites.slice(0, 1));
  };
  return { names: new Set(free), evidence };
}
