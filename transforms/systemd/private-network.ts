import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

/** Only where every program is known to use no network at all: /run's sockets still work. */
export const privateNetwork = directive({
  meta: {
    id: 'systemd/private-network',
    title: 'Take the network away',
    description:
      'A job that uses no network can not send anything anywhere, and nobody reaches it, when it sees only a loopback interface of its own. It is set where all that the unit starts is known to use none; sockets in the file system and those that the manager hands over still work.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'A program that looks up names or users over the network, or listens on an abstract socket.',
    touches: ['Service.PrivateNetwork'],
    controls: ['NIST-800-53-SC-7', 'NIST-800-53-CM-7'],
    references: [manualPage('PrivateNetwork')],
  },
  settings: ['PrivateNetwork'],
  message: 'the service can use the network, and uses none',
  mounts: true,
  decide(unit) {
    const { certainty, evidence, value } = unit.network;
    if (value !== 'none' || certainty === 'unknown') return undefined;
    // Names of users may come from a directory in the network.
    if (unit.families.value.includes('AF_INET')) return undefined;
    const source = citeSource(
      manualPage('PrivateNetwork'),
      'sets up a new network namespace for the executed processes and configures only the loopback network device',
    );
    return {
      act: 'set',
      assignments: ['PrivateNetwork=yes'],
      certainty,
      evidence: [...evidence.slice(0, 6), source],
    };
  },
});
