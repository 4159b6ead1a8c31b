import { uniqueEvidence } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { endpointsOf, type Endpoint } from '../endpoints.js';
import { because, likely, unknown, weakest, type Need } from '../model.js';
import type { RecordedNeeds } from '../recorded.js';
import type { UnitProgram } from './collect.js';
import { listeningOf } from './listening.js';
import { namedHosts } from './named-hosts.js';
import { needOf } from './needs.js';
import { inOrder, isUnspecified, networksOf, whereaboutsOf } from './peer-addresses.js';
import { hasOwnNetwork, heardOf, looksUpNames, type PeerFacts, type Peers } from './peers.js';
import { baseName } from './scripts.js';

/** More peers than these are no list that a person keeps. */
const MAX_PEERS = 8;

/** The port of name servers. */
const DOMAIN = 53;

/** Whose answers nss-resolve takes: systemd-resolved asks over the network for it. */
const RESOLVE = 'unix /run/systemd/resolve/io.systemd.Resolve';

/** Whether other hosts come to it, with what was seen of that. */
export function heardWith(recorded: RecordedNeeds | undefined, facts: PeerFacts): Need<boolean> {
  const need = heardOf(facts);
  const open = endpointsOf(recorded?.listens ?? []).filter(
    (one) => isUnspecified(one.address) || isElsewhere(one),
  );
  if (open.length > 0) return likely(true, ...evidenceOf(open));
  const settles = need.certainty === 'unknown' && recorded !== undefined && isWholeFor(recorded, facts);
  return settles ? likely(false, recorded.evidence, ...need.evidence) : need;
}

/**
 * The unit's peers with what was seen: all that was reached is added; where the files leave them open, a recording without
 * gaps makes them likely, with every address that the files name. An address of the internet stands behind a name, which
 * may stand for another one tomorrow: there a person is asked.
 */
export function recordedPeers(recorded: RecordedNeeds, need: Need<Peers>, facts: PeerFacts): Need<Peers> {
  const ends = endpointsOf([...recorded.connects, ...recorded.listens]);
  if (hasOwnNetwork(facts) || (need.value !== 'any' && ends.length === 0)) return need;
  const heard = heardWith(recorded, facts);
  const base = settledBy(need) ?? baseOf(recorded, facts);
  if (base === undefined || heard.value) return unknown('any', ...heard.evidence);
  const reached = endpointsOf(recorded.connects).filter(isElsewhere);
  const groups = reached.filter(({ address }) => whereaboutsOf(address) === 'group');
  // Who answers is known to nobody before.
  if (groups.length > 0) return unknown('any', ...evidenceOf(groups));
  return withReached(recorded, base, facts, reached);
}

function settledBy({ value, ...need }: Need<Peers>): Base | undefined {
  return value === 'any' ? undefined : { ...need, value, seen: false };
}

interface Base extends Need<readonly string[]> {
  /** Only what was seen says so. */
  readonly seen: boolean;
}

/** What a whole recording makes of peers that the files leave open; undefined where it settles nothing. */
function baseOf(recorded: RecordedNeeds, facts: PeerFacts): Base | undefined {
  const { commands } = facts;
  if (!isWholeFor(recorded, facts)) return undefined;
  // What it starts for others was not all exercised; and a ring of io_uring connects without a call that is seen.
  const starts =
    needOf(commands, 'setuid', []).value.length + needOf(commands, 'chosen-programs', []).value.length;
  if (starts > 0 || recorded.systemCalls.some(({ value }) => value === 'io_uring_enter')) return undefined;
  const reached = endpointsOf(recorded.connects);
  // It is known to ask others, or opened sockets of the Internet, and nobody was reached: that was not exercised.
  if (listeningOf(commands)?.connects === true && !reached.some(isElsewhere)) return undefined;
  const silent = !recorded.families.some(({ value }) => /^AF_INET6?$/.test(value));
  if (!silent && reached.length === 0 && recorded.listens.length === 0) return undefined;
  const listens = evidenceOf(endpointsOf(recorded.listens));
  return { ...likely(['localhost'], ...listens, recorded.evidence), seen: true };
}

/** True for a recording without gaps in which each program of the unit was seen. */
function isWholeFor(recorded: RecordedNeeds, { commands }: PeerFacts): boolean {
  const ran = ({ path }: UnitProgram): boolean =>
    recorded.executes.some(({ value }) =>
      value.endsWith('/') ? path.startsWith(value) : baseName(value) === baseName(path),
    );
  // What runs with full privileges (`+`) is not recorded, and is in the unit's control group.
  return (
    recorded.whole &&
    commands.privileged.length === 0 &&
    commands.programs.every((program) => (program.closed && !looksUpNames(program)) || ran(program))
  );
}

function withReached(
  recorded: RecordedNeeds,
  base: Base,
  { texts }: PeerFacts,
  reached: readonly Endpoint[],
): Need<Peers> {
  const named = namedHosts(texts);
  const written = named.filter(({ kind }) => kind === 'address');
  const own = reached.filter(
    ({ address }) => whereaboutsOf(address) === 'inside' || written.some(({ host }) => host === address),
  );
  const more = written.filter(({ host }) => whereaboutsOf(host) !== 'machine');
  const unseen = more.filter(({ host }) => !reached.some(({ address }) => address === host));
  // It may be an address of the machine itself, at which others find the service.
  if (unseen.some(({ host, mayListen }) => mayListen || whereaboutsOf(host) === 'group')) {
    return unknown('any', ...unseen.map(({ evidence }) => evidence));
  }
  const addresses = [...new Set([...own.map(({ address }) => address), ...more.map(({ host }) => host)])];
  const many = addresses.length > MAX_PEERS;
  // Where nobody was to be reached, what was seen on the machine itself comes first.
  const value = inOrder(['localhost', ...base.value, ...(many ? networksOf(addresses) : addresses)]);
  const evidence = uniqueEvidence([
    ...evidenceOf(reached),
    ...unseen.map((one) => one.evidence),
    ...base.evidence,
  ]);
  const ask = (reason: string, ...first: readonly Evidence[]): Need<Peers> =>
    because(unknown(value, ...uniqueEvidence([...first, ...evidence])), reason);

  const outside = reached.filter((one) => !own.includes(one));
  if (outside.length > 0) {
    return ask(
      `which addresses of the internet it needs: ${countOf(outside)} (${portsOf(outside)}), and addresses change behind their names; allow the prefixes that the provider publishes, or let a proxy be all that it reaches`,
      ...evidenceOf(outside),
    );
  }
  const name = named.find(({ kind }) => kind === 'name');
  if (name !== undefined && (base.seen || own.length > 0)) {
    return ask(
      `which addresses ${name.host} may have: it is a name, and IPAddressAllow= takes addresses only`,
      name.evidence,
    );
  }
  if (many) return ask(`in which networks its peers are: it was seen to reach ${addresses.length} addresses`);
  const question = askedNames(recorded);
  if (base.seen && question !== undefined && reached.every(({ port }) => port === DOMAIN)) {
    return ask('what it looks up: it asks for names, and was seen to reach no host by one', question);
  }
  return { value, certainty: weakest(base.certainty, 'likely'), evidence };
}

/** A question to a name server, or to systemd-resolved. */
function askedNames({ connects }: RecordedNeeds): Evidence | undefined {
  const question = endpointsOf(connects).find(({ port }) => port === DOMAIN)?.stated;
  return (question ?? connects.find(({ value }) => value === RESOLVE))?.evidence;
}

function isElsewhere({ address }: Endpoint): boolean {
  return whereaboutsOf(address) !== 'machine';
}

function countOf(ends: readonly Endpoint[]): string {
  const { size } = new Set(ends.map(({ address }) => address));
  return size === 1 ? 'it was seen to reach one' : `it was seen to reach ${size}`;
}

/** `tcp port 443, udp port 53` */
function portsOf(ends: readonly Endpoint[]): string {
  const names = ends.map(({ port, protocol }) => `${protocol === 'ip' ? '' : `${protocol} `}port ${port}`);
  const all = inOrder(names);
  return all.length > 4 ? `${all.slice(0, 4).join(', ')} and others` : all.join(', ');
}

function evidenceOf(ends: readonly Endpoint[]): readonly Evidence[] {
  return uniqueEvidence(ends.map(({ stated }) => stated.evidence));
}
