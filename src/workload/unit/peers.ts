import { uniqueEvidence } from '../../core/evidence.js';
import { parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands, UsedText } from './collect.js';
import { LISTENS_TO_ALL, type NetworkUse } from './isolation.js';
import { isLoopback, listeningOf } from './listening.js';
import { textHints, type Restriction } from './needs.js';
import { NAME_LOOKUPS } from './programs.js';

/**
 * With whom the unit's own sockets exchange packets: with any host, or with these, as IPAddressAllow= takes them. Both
 * directions count: the setting refuses the packets of a client as those to a server.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.resource-control.html#IPAddressAllow=
 */
export type Peers = 'any' | readonly string[];

/** What the files say of a unit, as far as its peers follow from it. */
export interface PeerFacts {
  readonly document: UnitDocument;
  readonly commands: UnitCommands;
  readonly texts: readonly UsedText[];
  /** What the files say, without what was seen. */
  readonly network: Need<NetworkUse>;
  readonly families: Restriction;
}

/** What the files say of the unit's peers: `any` where they don't say that there are fewer. */
export function peersOf(facts: PeerFacts): Need<Peers> {
  const { commands, families, network } = facts;
  if (network.value === 'none' && network.certainty !== 'unknown') {
    // Names of users may come from a directory in the network.
    return families.value.includes('AF_INET') ? unknown('any') : { ...network, value: [] };
  }
  // A name of a user or a host may be asked for over the network.
  if (hasOwnNetwork(facts) || commands.programs.some(looksUpNames)) return unknown('any');
  if (network.value === 'loopback' && network.certainty !== 'unknown')
    return { ...network, value: ['localhost'] };
  const listening = listeningOf(commands);
  if (listening === undefined || listening.connects || listening.listeners.length === 0)
    return unknown('any');
  if (!listening.listeners.every(({ host }) => isLoopback(host))) return unknown('any');
  return likely(['localhost'], ...listening.evidence);
}

export function hasOwnNetwork({ document }: PeerFacts): boolean {
  return parseBoolean(document.last('Service', 'PrivateNetwork')?.value ?? '') === true;
}

/** True for a program of the system whose arguments say all but whom it asks for names. */
export function looksUpNames({ closed, name }: UnitCommands['programs'][number]): boolean {
  return closed && NAME_LOOKUPS.has(name);
}

/** Whether other hosts open connections to it, or send it packets unasked, by what the files say. */
export function heardOf({ commands, network, texts }: PeerFacts): Need<boolean> {
  const all = textHints(texts, LISTENS_TO_ALL, 'it listens on all addresses');
  if (all.length > 0) return likely(true, ...all.map(({ evidence }) => evidence));
  const listening = listeningOf(commands);
  if (listening !== undefined) {
    return likely(!listening.listeners.every(({ host }) => isLoopback(host)), ...listening.evidence);
  }
  if (network.certainty === 'unknown') return unknown(false);
  // Of a daemon that is known to use the network, a file may say where it listens.
  if (network.value === 'any') return likely(true, ...network.evidence);
  const evidence = uniqueEvidence(network.evidence);
  return network.certainty === 'known' ? known(false, ...evidence) : likely(false, ...evidence);
}
