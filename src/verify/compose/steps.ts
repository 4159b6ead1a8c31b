import type { FilePlan, PlanEntry } from '../../core/plan.js';
import { redact } from '../../core/redact.js';
import type { ComposeModel, ServiceModel } from './model.js';

/** Keys that mean something only together; those that restrict a service last: the others may be what lets it be so. */
const TOGETHER: readonly (readonly string[])[] = [
  ['build', 'image'],
  ['command', 'entrypoint'],
  ['networks', 'network_mode'],
  ['cap_drop', 'cap_add', 'privileged'],
  ['security_opt'],
  ['user', 'group_add'],
  ['read_only', 'tmpfs'],
];

/** A part of what changes between two variants of a project, to be had or not. */
export interface Step {
  readonly service: string;
  readonly keys: readonly string[];
}

/** What changes, service by service. What only the hardened variant has is no step: a new service, a new network. */
export function stepsOf(original: ComposeModel, hardened: ComposeModel): readonly Step[] {
  return Object.entries(hardened.services).flatMap(([service, after]) => {
    const before = original.services[service];
    if (before === undefined) return [];
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => JSON.stringify(before[key] ?? null) !== JSON.stringify(after[key] ?? null),
    );
    return grouped(keys).map((group) => ({ service, keys: group }));
  });
}

function grouped(keys: readonly string[]): readonly (readonly string[])[] {
  const single = keys.filter((key) => !TOGETHER.some((group) => group.includes(key))).map((key) => [key]);
  const together = TOGETHER.map((group) => group.filter((key) => keys.includes(key)));
  return [...single, ...together.filter((group) => group.length > 0)];
}

/** The original with some of the steps; all else that the hardened variant brings is there. */
export function mixed(original: ComposeModel, hardened: ComposeModel, steps: readonly Step[]): ComposeModel {
  const services = { ...hardened.services, ...original.services };
  for (const { service, keys } of steps) {
    services[service] = withKeys(services[service]!, hardened.services[service]!, keys);
  }
  return {
    ...hardened,
    networks: { ...hardened.networks, ...original.networks },
    volumes: { ...hardened.volumes, ...original.volumes },
    secrets: { ...hardened.secrets, ...original.secrets },
    configs: { ...hardened.configs, ...original.configs },
    services,
  };
}

/** A service with what another says of some keys; a key that the other hasn't goes. */
export function withKeys(service: ServiceModel, from: ServiceModel, keys: readonly string[]): ServiceModel {
  const kept = Object.entries(service).filter(([key]) => !keys.includes(key));
  const taken = Object.entries(from).filter(([key]) => keys.includes(key));
  return Object.fromEntries([...kept, ...taken]);
}

/** A step in the words of the Compose file: `cap_drop: [ALL], cap_add: [CHOWN]`. */
export function describeStep(
  { service, keys }: Step,
  original: ComposeModel,
  hardened: ComposeModel,
): string {
  const [before, after] = [original.services[service] ?? {}, hardened.services[service] ?? {}];
  return keys
    .map((key) => {
      if (after[key] === undefined) return `no ${key}`;
      return `${key}: ${key === 'environment' ? variables(before, after) : inline(after[key])}`;
    })
    .join(', ');
}

/** The variables that differ; those whose names say secret without their values. */
function variables(
  { environment: before = {} }: ServiceModel,
  { environment: after = {} }: ServiceModel,
): string {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => (name in after ? redact(`${name}=${after[name] ?? ''}`) : `no ${name}`))
    .join(', ');
}

const MAX_INLINE = 100;

function inline(value: unknown): string {
  const text = Array.isArray(value) ? `[${value.map(inline).join(', ')}]` : plain(value);
  return text.length > MAX_INLINE ? `${text.slice(0, MAX_INLINE)}…` : text;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The entries of a plan that made a step. */
export function entriesOf({ service, keys }: Step, plan: FilePlan): readonly PlanEntry[] {
  return plan.entries.filter(
    ({ disposition, finding, meta }) =>
      disposition === 'applied' &&
      finding.subject[0] === 'services' &&
      finding.subject[1] === service &&
      meta.touches.some((touched) => keys.includes(touched.split('.')[2] ?? '')),
  );
}
