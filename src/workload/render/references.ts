import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { isStatic, regionOf, type ResourceView, type Variable } from './resource.js';
import { isRecord, type Plain } from '../compose/plain.js';

/** A variable of a service that gets its value from another resource of the Blueprint. */
export interface Reference {
  readonly user: ResourceView;
  readonly variable: Variable;
  readonly evidence: Evidence;
}

/** The services that name a resource in fromService or fromDatabase, by its connection or by its variables. */
export function referencesTo(target: ResourceView, all: readonly ResourceView[]): readonly Reference[] {
  const { section, name } = target.resource;
  const kinds = section === 'databases' ? ['database'] : ['service', 'variable'];
  const names = new Set([name, ...replicasOf(target)]);
  const environment = ({ resource }: ResourceView): string => resource.environment?.path.join() ?? '';
  // Where each environment has one of that name, a service means that of its own.
  const hasOwn = (user: ResourceView): boolean =>
    environment(user) !== environment(target) &&
    all.some(
      (other) =>
        environment(other) === environment(user) &&
        other.resource.section === section &&
        other.resource.name === name,
    );
  return all.flatMap((user) =>
    user === target || hasOwn(user)
      ? []
      : user.variables
          .filter(({ source }) => kinds.includes(source.kind) && 'name' in source && names.has(source.name))
          .map((variable) => ({ user, variable, evidence: cite(user.document, variable.offset) })),
  );
}

/** A read replica is named as a database of its own: https://render.com/docs/blueprint-spec#readreplicas */
function replicasOf({ fields }: ResourceView): readonly string[] {
  const list = fields.readReplicas;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: Plain) => (isRecord(item) && typeof item.name === 'string' ? [item.name] : []));
}

/** Whether all users of a resource reach it over the private network, or why that is not known. */
export interface PrivateReach {
  /** Why not; undefined when they do. */
  readonly obstacle: string | undefined;
  readonly evidence: readonly Evidence[];
}

/**
 * Services of one region and workspace share a private network, static sites are not on it, and an environment may be
 * cut off from the others: https://render.com/docs/private-network
 */
export function privateReach(target: ResourceView, references: readonly Reference[]): PrivateReach {
  const [first] = references;
  if (first === undefined) {
    return { obstacle: 'no service of the Blueprint names it: what uses it is not known', evidence: [] };
  }
  for (const { user, evidence } of references) {
    const obstacle = distance(target, user);
    if (obstacle !== undefined) return { obstacle, evidence: [evidence] };
  }
  const users = new Map(references.map(({ user, evidence }) => [user, evidence] as const).reverse());
  const lines = new Map([...users.values()].map((evidence) => [JSON.stringify(evidence), evidence] as const));
  return { obstacle: undefined, evidence: [...lines.values()].reverse() };
}

function distance(target: ResourceView, user: ResourceView): string | undefined {
  const { name, environment } = user.resource;
  if (isStatic(user)) return `${name} is a static site, which is not on the private network`;
  const [here, there] = [regionOf(target), regionOf(user)];
  if (here !== there) return `${name} runs in ${there}, and reaches it in ${here} only over the internet`;
  return environment?.path.join() !== target.resource.environment?.path.join()
    ? `${name} is in another environment, which may be cut off from it`
    : undefined;
}

/** Hosts at which Render answers the internet for a data store: `dpg-….oregon-postgres.render.com`. */
const EXTERNAL_STORE = /[\w-]+\.[a-z]+-(?:postgres|keyvalue|redis)\.render\.com\b/i;

/** A value that names the address that a data store has for the internet, which its allow list is about. */
export function externalAddress(all: readonly ResourceView[]): Evidence | undefined {
  for (const { document, variables } of all) {
    const found = variables.find(
      ({ source }) => source.kind === 'literal' && EXTERNAL_STORE.test(source.value),
    );
    if (found !== undefined) return cite(document, found.offset);
  }
  return undefined;
}
