import { parseDestination } from '../../core/destination.js';
import type { Evidence } from '../../core/types.js';
import { socketMounts } from './docker-socket.js';
import { variablesSet } from './environment.js';
import { isExtended, servedBy } from './isolation.js';
import { hostPattern, mentionOf } from './mentions.js';
import { declaredNetworks, DEFAULT_NETWORK, networksOf, reachOf } from './networks.js';
import { PROXY_VARIABLES, proxyClient, type ProxyClient } from './proxy-clients.js';
import { isRecord } from './plain.js';
import type { ServiceWorkload } from './service.js';
import { partialReason } from './whole.js';

/** A service of which it is known what it reaches outside, and that can be kept from all else. */
export interface ClosedService {
  readonly workload: ServiceWorkload;
  /** The networks that it has to leave, in the order in which it names them. */
  readonly leaves: readonly string[];
  /** The hosts that it reaches through a proxy, and how its program is told so; undefined where it reaches none. */
  readonly proxied: { readonly hosts: readonly string[]; readonly client: ProxyClient } | undefined;
}

/** One of those that go by a proxy. */
export type ProxiedService = ClosedService & { readonly proxied: NonNullable<ClosedService['proxied']> };

/** A service whose way out stays, and why that is for a person. */
export interface LeftService {
  readonly workload: ServiceWorkload;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

export interface EgressPlan {
  readonly closed: readonly ClosedService[];
  readonly left: readonly LeftService[];
}

/** Ports of protocols that a proxy for HTTP doesn't carry. */
const NO_HTTP = new Set([
  21, 22, 25, 53, 110, 123, 143, 389, 465, 587, 636, 993, 995, 1433, 1883, 3306, 5432, 5671, 5672, 6379, 8883,
  9092, 27017,
]);

/** What becomes of the way out of each service. A service of which nothing is known is in neither list. */
export function egressPlan(workloads: readonly ServiceWorkload[]): EgressPlan {
  const closed: ClosedService[] = [];
  const left: LeftService[] = [];
  for (const workload of workloads) {
    const { certainty, evidence, value } = workload.outside;
    const leaves = openNetworks(workload);
    if (leaves.length === 0) continue;
    if (certainty === 'unknown') {
      // What a configuration names is a beginning that a person can go on from.
      if (value.length > 0) left.push({ workload, reason: workload.outside.reason!, evidence });
      continue;
    }
    const found = closable(workload, leaves, workloads);
    if (typeof found !== 'string') closed.push(found);
    // What is known of an image says nothing of how it is meant here; who says or records what it reaches is told.
    else if (!evidence.some((item) => 'source' in item)) left.push({ workload, reason: found, evidence });
  }
  return { closed, left };
}

/** The networks of a service from which it reaches the outside. */
export function openNetworks({ view }: ServiceWorkload): readonly string[] {
  const declared = declaredNetworks(view.project);
  return (networksOf(view) ?? []).filter((name) => reachOf(declared.get(name)) !== 'closed');
}

function closable(
  workload: ServiceWorkload,
  leaves: readonly string[],
  workloads: readonly ServiceWorkload[],
): ClosedService | string {
  const { view } = workload;
  const obstacle = partialReason(view.project) ?? ownObstacle(workload, leaves, workloads);
  if (obstacle !== undefined) return obstacle;
  const hosts = workload.outside.value.map(({ value }) => value);
  if (hosts.length === 0) return { workload, leaves, proxied: undefined };
  if (hosts.some((host) => /(?:^|\.)docker\.internal(?::|$)/.test(host)))
    return 'a proxy in a container does not find the host by that name';
  const other = hosts.find((host) => NO_HTTP.has(parseDestination(host)?.port ?? 443));
  if (other !== undefined) return `a proxy for HTTP does not carry what it sends to ${other}`;
  const [variable] = variablesSet(
    view,
    PROXY_VARIABLES.flatMap((name) => [name, name.toLowerCase()]),
  );
  if (variable !== undefined) return `it goes by a proxy already (${variable})`;
  const client = proxyClient(workload);
  return typeof client === 'string' ? client : { workload, leaves, proxied: { hosts, client } };
}

function ownObstacle(
  workload: ServiceWorkload,
  leaves: readonly string[],
  workloads: readonly ServiceWorkload[],
): string | undefined {
  const { name, view, swarm } = workload;
  if (swarm) return 'it is for Swarm, whose networks are others';
  if (isExtended(view) || workloads.some((other) => other.view.extendsService === name))
    return 'it shares its definition with another service (extends)';
  if (view.fields('ports').length > 0)
    return 'it publishes a port, which needs a network that leads outside: let a reverse proxy of the project stand before it';
  if (view.fields('extra_hosts').length > 0) return 'it names hosts outside the project (extra_hosts)';
  const guest = workloads.find(({ view: { last } }) => last('network_mode')?.value === `service:${name}`);
  if (guest !== undefined) return `${guest.name} has the same network (network_mode)`;
  // A store is there to be used: where nothing of the project does, another project may, on the network.
  if (isStore(workload) && !workloads.some((other) => !isStore(other) && sharesNetwork(other, leaves)))
    return 'nothing else is on its network: who uses it is not to be seen';
  const declared = declaredNetworks(view.project);
  const shared = leaves.find(
    (network) =>
      reachOf(declared.get(network)) === 'shared' || (network === DEFAULT_NETWORK && declared.has(network)),
  );
  if (shared !== undefined) return `other projects may reach it on the network ${shared}`;
  // A proxy that reads labels finds what it serves by the engine's socket.
  const inside = workloads.some((other) => socketMounts(other).length > 0);
  const served = servedBy(view);
  if (served !== undefined && !inside) return served;
  const host = hostPattern(view);
  const asked =
    served !== undefined ||
    workloads.some((other) => other !== workload && mentionOf(other.view, host) !== undefined);
  if (!asked && !isStore(workload) && listens(workload))
    return 'it listens, and nothing of the project names it: who reaches it is not to be seen';
  const settled = workloads.find(({ view: other }) =>
    other
      .fields('networks')
      .some(({ value }) => isRecord(value) && leaves.some((one) => isRecord(value[one]))),
  );
  return settled === undefined
    ? undefined
    : `${settled.name} has names or addresses of its own on the network`;
}

/** Whether something shows that it serves others. */
function listens({ origin, view }: ServiceWorkload): boolean {
  if (view.fields('expose').length > 0) return true;
  if (origin.kind === 'built') return origin.build.ports.length > 0;
  return origin.kind === 'server' && (origin.facts.ports?.listens.length ?? 0) > 0;
}

function isStore({ origin }: ServiceWorkload): boolean {
  return origin.kind === 'server' && /^(?:data-store|broker)$/.test(origin.facts.role);
}

function sharesNetwork({ view }: ServiceWorkload, networks: readonly string[]): boolean {
  return networksOf(view)?.some((name) => networks.includes(name)) === true;
}
