import { BlockList, isIPv4 } from 'node:net';
import { endpointsOf } from '../../endpoints.js';
import { citations, because, known, likely, unknown, type Need } from '../../model.js';
import { firstMentions, type KnownBesides, type Stated } from '../../stated.js';
import type { Origin } from '../origin.js';
import { outsideHosts } from '../outside-hosts.js';
import type { ServiceView } from '../project.js';

/** The addresses that an engine gives to containers first: https://docs.docker.com/engine/network/#automatic-subnet-allocation */
const CONTAINERS = new BlockList();
CONTAINERS.addSubnet('172.16.0.0', 12, 'ipv4');
CONTAINERS.addSubnet('127.0.0.0', 8, 'ipv4');

/**
 * What a service reaches outside of its project, as destinations: nothing where the list is empty and known or likely. A
 * person's list is the whole of it; else it is known only of images that need nothing, and of services that were seen to
 * reach nothing. Where it is unknown, the list holds what the configuration names.
 */
export function outsideNeed(
  view: ServiceView,
  origin: Origin,
  { egress, recorded }: KnownBesides,
): Need<readonly Stated[]> {
  if (egress.length > 0) {
    const list = firstMentions(egress).filter(({ value }) => value !== 'none');
    return known(list, ...firstMentions(egress).map(({ evidence }) => evidence));
  }
  const named = outsideHosts(view);
  const [host] = named;
  if (host !== undefined) {
    const cited = named.map(({ evidence }) => evidence);
    return because(unknown(named, ...cited), 'whether it reaches others is not known');
  }
  const facts = origin.kind === 'server' ? origin.facts.egress : undefined;
  if (facts?.needs === true)
    return because(unknown([], ...citations(facts.cites)), 'what its program reaches is for it to say');
  if (facts?.needs === false) return known([], ...origin.evidence, ...citations(facts.cites));
  if (recorded?.whole !== true)
    return because(
      unknown([], ...origin.evidence),
      'what it reaches is not known: "harden learn" records it',
    );
  // A ring of io_uring connects without a call that is seen.
  const ring = recorded.systemCalls.find(({ value }) => value === 'io_uring_enter');
  if (ring !== undefined)
    return because(
      unknown([], ring.evidence),
      'it was seen to use io_uring, whose connections no recording shows',
    );
  const outside = recorded.connects.filter((one) => !isOfProject(one));
  const [first] = outside;
  if (first !== undefined) {
    const cited = outside.slice(0, 3).map(({ evidence }) => evidence);
    return because(
      unknown([], ...cited),
      `it was seen to reach ${first.value}: which host that is, a person knows`,
    );
  }
  return likely([], recorded.evidence, ...recorded.connects.slice(0, 2).map(({ evidence }) => evidence));
}

/** Whether a connection is one to a container, or to the service itself. */
function isOfProject(connection: Stated): boolean {
  if (connection.value.startsWith('unix ')) return true;
  return endpointsOf([connection]).some(({ address }) => {
    if (!isIPv4(address)) return address === '::1';
    // The first address of a network is the engine's host.
    return CONTAINERS.check(address) && (address.startsWith('127.') || !address.endsWith('.0.1'));
  });
}
