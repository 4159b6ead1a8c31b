import { citeSource, uniqueEvidence } from '../../src/core/evidence.js';
import { parseBoolean } from '../../src/formats/systemd/document.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import type { UnitWorkload } from '../../src/workload/unit.js';
import { NAME_LOOKUPS } from '../../src/workload/unit/programs.js';
import { isLoopback, listeningOf } from '../../src/workload/unit/listening.js';
import { directive, type Decision } from './directive.js';

const SOURCE = citeSource(
  manualPage('IPAddressDeny'),
  'Turn on network traffic filtering for IP packets sent and received over AF_INET and AF_INET6 sockets',
);

function decide(unit: UnitWorkload, missing: readonly string[]): Decision | undefined {
  const { commands, document, families, network } = unit;
  if (missing.length < 2) return undefined;
  const only = (
    assignments: readonly string[],
    { certainty, evidence }: Pick<typeof network, 'certainty' | 'evidence'>,
  ): Decision => ({
    act: 'set',
    assignments,
    certainty,
    evidence: [...uniqueEvidence(evidence).slice(0, 6), SOURCE],
  });

  if (network.value === 'none' && network.certainty !== 'unknown') {
    // Names of users may come from a directory in the network.
    if (families.value.includes('AF_INET')) return undefined;
    return only(['IPAddressDeny=any'], network);
  }
  if (parseBoolean(document.last('Service', 'PrivateNetwork')?.value ?? '') === true) return undefined;
  // A name of a user or a host may be asked for over the network.
  if (commands.programs.some(({ closed, name }) => closed && NAME_LOOKUPS.has(name))) return undefined;
  const local = ['IPAddressDeny=any', 'IPAddressAllow=localhost'];
  if (network.value === 'loopback' && network.certainty !== 'unknown') return only(local, network);
  const listening = listeningOf(commands);
  if (listening === undefined || listening.connects || listening.listeners.length === 0) return undefined;
  if (!listening.listeners.every(({ host }) => isLoopback(host))) return undefined;
  return only(local, { certainty: 'likely', evidence: listening.evidence });
}

/** Only for what is reached on this machine, and reaches nothing else. */
export const restrictAddresses = directive({
  meta: {
    id: 'systemd/restrict-addresses',
    title: 'Refuse traffic with other hosts',
    description:
      'A service that listens on the loopback address and asks nobody else has no business with other hosts: what it would send there is what somebody stole. Packets from and to all addresses but those of this machine are dropped, where the arguments bind it to loopback and the daemon is known to open no connections; all packets where it uses no network at all.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'Replication, alerts, updates or name servers that a configuration adds; a proxy of another host or container in front of it.',
    touches: ['Service.IPAddressDeny', 'Service.IPAddressAllow'],
    controls: ['NIST-800-53-SC-7', 'NIST-800-53-AC-4'],
    references: [manualPage('IPAddressDeny')],
  },
  settings: ['IPAddressDeny', 'IPAddressAllow'],
  message: 'the service can exchange packets with every host, and has no need to',
  decide,
});
