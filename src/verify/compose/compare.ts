import { forbidsNewPrivileges } from '../../workload/compose/plain.js';
import type { ComposeModel } from './model.js';
import { newDenials } from './denials.js';
import type { ServiceSight, Sight } from './trial.js';

/** What a service did before and does no more. */
export interface Fault {
  readonly service: string;
  /** A sentence: `it ended with exit code 1`. */
  readonly says: string;
  /** `denied` is a fault that a service survives. */
  readonly kind: 'state' | 'port' | 'denied' | 'smoke';
}

/** Why nothing can be said of a service: the original is no better. */
export interface Undecided {
  readonly service: string;
  readonly says: string;
}

export interface Comparison {
  readonly faults: readonly Fault[];
  readonly undecided: readonly Undecided[];
}

/** The name under which what concerns no single service is told. */
export const WHOLE = '';

/** What the hardened project does worse than the original. */
export function compareSights(original: Sight, hardened: Sight): Comparison {
  const [faults, undecided]: [Fault[], Undecided[]] = [[], []];
  if (original.trouble !== undefined)
    return { faults, undecided: [{ service: WHOLE, says: original.trouble }] };
  if (hardened.trouble !== undefined)
    return { faults: [{ service: WHOLE, says: hardened.trouble, kind: 'state' }], undecided };
  for (const [service, before] of original.services) {
    const after = hardened.services.get(service);
    if (after === undefined) continue;
    if (!isWell(before)) {
      undecided.push({ service, says: `of the original: ${before.says}` });
      continue;
    }
    faults.push(...faultsOf(service, before, after));
  }
  const { smoke } = original;
  if (smoke?.ok === false)
    undecided.push({ service: WHOLE, says: `the smoke test fails on the original:\n${smoke.output}` });
  else if (hardened.smoke?.ok === false)
    faults.push({ service: WHOLE, says: `the smoke test fails:\n${hardened.smoke.output}`, kind: 'smoke' });
  return { faults, undecided };
}

export function isWell({ state }: ServiceSight): boolean {
  return state === 'up' || state === 'done';
}

function faultsOf(service: string, before: ServiceSight, after: ServiceSight): readonly Fault[] {
  if (!isWell(after) || (before.state === 'up') !== (after.state === 'up'))
    return [{ service, says: after.says, kind: 'state' }];
  const ports = before.ports.flatMap((port): Fault[] => {
    const now = after.ports.find(({ target }) => target === port.target);
    if (port.reach === 'closed' || port.reach === 'refused') return [];
    if (now === undefined)
      return [{ service, says: `its port ${port.target} is no longer published`, kind: 'port' }];
    if (now.reach === 'closed' || now.reach === 'refused')
      return [
        {
          service,
          says: `nothing answers at its published port ${port.target}${boundTo(after, port.target)}`,
          kind: 'port',
        },
      ];
    if ((port.status ?? 500) < 500 && (now.status ?? 0) >= 500)
      return [
        {
          service,
          says: `its port ${port.target} answers ${now.status ?? ''}, and ${port.status ?? ''} before`,
          kind: 'port',
        },
      ];
    return [];
  });
  if (ports.length > 0) return ports;
  const denied = newDenials(before.log, after.log);
  return denied.length === 0
    ? []
    : [{ service, says: `its log tells of what is denied: ${denied[0]!.trim()}`, kind: 'denied' }];
}

/** Where the process listens instead, when that is known. */
function boundTo({ inside }: ServiceSight, port: number): string {
  const addresses = inside?.listening.filter((address) => address.endsWith(`:${port}`)) ?? [];
  const loopback = addresses.filter((address) => /^127\.|^\[::1\]/.test(address));
  if (addresses.length === 0 || loopback.length < addresses.length) return '';
  return `: it listens on ${loopback[0]!}, which is loopback inside the container`;
}

/** What the hardened file asks for and the container has not; undefined when it could not be looked into. */
export function notInForce(model: ComposeModel, sight: Sight): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [name, { inside }] of sight.services) {
    const service = model.services[name];
    if (inside === undefined || service === undefined) continue;
    const missing: string[] = [];
    if (service.read_only === true && !inside.readOnlyRoot) missing.push('its root file system is writable');
    if (service.security_opt?.some(forbidsNewPrivileges) === true && !inside.noNewPrivileges)
      missing.push('it may gain privileges');
    if (service.cap_drop?.includes('ALL') === true) {
      const allowed = new Set((service.cap_add ?? []).map((name) => name.replace(/^CAP_/, '')));
      const more = allowed.has('ALL') ? [] : inside.bounding.filter((capability) => !allowed.has(capability));
      if (more.length > 0) missing.push(`it has ${more.join(', ')} too`);
    }
    for (const path of (service.tmpfs ?? []).map((entry) => entry.split(':')[0]!)) {
      if (!inside.tmpfs.has(path)) missing.push(`${path} is no tmpfs`);
    }
    found.set(name, missing);
  }
  return found;
}
