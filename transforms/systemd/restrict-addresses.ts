import { citeSource, uniqueEvidence } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

const SOURCE = citeSource(
  manualPage('IPAddressDeny'),
  'Turn on network traffic filtering for IP packets sent and received over AF_INET and AF_INET6 sockets',
);

/** Only where all peers are known: the setting refuses the packets of clients too. */
export const restrictAddresses = directive({
  meta: {
    id: 'systemd/restrict-addresses',
    title: 'Refuse traffic with other hosts',
    description:
      'What a service sends to a host that it has no business with is what somebody stole. Packets from and to all addresses are dropped but for those of this machine and of the hosts that it needs: where the arguments bind it to loopback and the daemon is known to open no connections; where a recording shows that it is reached on this machine alone, and which addresses of the own network it reaches; or where `egress:` of the configuration names them. A service that other hosts reach is left alone, and addresses of the internet, which stand behind names, are left to a person.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'Replication, alerts, updates or name servers that a configuration adds; a proxy of another host or container in front of it. An address that was recorded may change: that of a name server follows the network, that of a container its next start.',
    touches: ['Service.IPAddressDeny', 'Service.IPAddressAllow'],
    controls: ['NIST-800-53-SC-7', 'NIST-800-53-AC-4'],
    references: [manualPage('IPAddressDeny')],
  },
  settings: ['IPAddressDeny', 'IPAddressAllow'],
  message: 'the service can exchange packets with every host, and has no need to',
  decide({ peers }, missing) {
    const { certainty, evidence, reason, value } = peers;
    if (missing.length < 2 || value === 'any') return undefined;
    return {
      act: 'set',
      assignments: ['IPAddressDeny=any', ...(value.length > 0 ? [`IPAddressAllow=${value.join(' ')}`] : [])],
      certainty,
      evidence: [...uniqueEvidence(evidence).slice(0, 6), SOURCE],
      ...(reason === undefined ? {} : { question: reason }),
    };
  },
});
