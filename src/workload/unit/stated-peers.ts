import { parseDestination, type Destination } from '../../core/destination.js';
import { uniqueEvidence } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { because, unknown, type Need } from '../model.js';
import { plainAddress } from '../endpoints.js';
import type { KnownBesides } from '../stated.js';
import { namedHosts } from './named-hosts.js';
import { inOrder, isCovered, whereaboutsOf } from './peer-addresses.js';
import { hasOwnNetwork, type PeerFacts, type Peers } from './peers.js';
import { heardWith } from './recorded-peers.js';

/**
 * The unit's peers as a person states all that it reaches. IPAddressAllow= takes addresses and no ports, and refuses the
 * packets of clients too: whether there are some is another matter, which the files and a recording tell.
 */
export function statedPeers(besides: KnownBesides, need: Need<Peers>, facts: PeerFacts): Need<Peers> {
  const { egress, recorded } = besides;
  if (egress.length === 0 || hasOwnNetwork(facts)) return need;
  const destinations = egress.flatMap(({ value }) => parseDestination(value) ?? []);
  const words = destinations.flatMap((one) => wordOf(one) ?? []);
  const none = Array.isArray(need.value) && need.value.length === 0 && words.length === 0;
  const value = none ? [] : inOrder(['localhost', ...words]);
  const heard = heardWith(recorded, facts);
  const evidence = uniqueEvidence([...egress.map((one) => one.evidence), ...heard.evidence]);
  const ask = (reason: string, ...first: readonly Evidence[]): Need<Peers> =>
    because(unknown(value, ...uniqueEvidence([...first, ...evidence])), reason);

  const name = destinations.find((one) => one.kind === 'host')?.name;
  if (name !== undefined) {
    return ask(
      `which addresses ${name} has: IPAddressAllow= takes no names, and what stands behind one may move; allow the prefixes that its provider publishes, or let a proxy that goes by names be all that it reaches`,
    );
  }
  if (heard.value) {
    return ask(
      'who its clients are: other hosts reach it, and the setting refuses their packets as those that it sends; a firewall tells the two apart',
    );
  }
  if (heard.certainty === 'unknown') {
    return ask('whether other hosts reach it: the setting refuses their packets as those that it sends');
  }
  const missed = namedHosts(facts.texts).find(
    ({ host, kind }) => kind === 'address' && whereaboutsOf(host) !== 'machine' && !isCovered(host, words),
  );
  if (missed !== undefined) {
    return ask(
      `whether it reaches ${missed.host}, which stands in the unit and not in egress`,
      missed.evidence,
    );
  }
  return { value, certainty: heard.certainty, evidence };
}

/** A destination as IPAddressAllow= takes it. */
function wordOf(destination: Destination): string | undefined {
  if (destination.kind === 'host') return undefined;
  const { address, prefix } = destination;
  return prefix === undefined ? plainAddress(address) : `${address}/${prefix}`;
}
