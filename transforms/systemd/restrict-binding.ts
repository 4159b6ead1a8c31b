import { citeSource } from '../../src/core/evidence.js';
import { parseBoolean } from '../../src/formats/systemd/document.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { listeningOf, namedPorts } from '../../src/workload/unit/listening.js';
import { directive } from './directive.js';

/** Only where arguments say all ports: a port that a file moves would not open. */
export const restrictBinding = directive({
  meta: {
    id: 'systemd/restrict-binding',
    title: 'Bind only the ports that the service listens on',
    description:
      'A service that was taken over can listen on a second port, or take the place of another one that is down. Where options alone decide what a daemon listens on, it may bind these ports and no others. Sockets that the manager hands over and sockets in the file system are not affected.',
    severity: 'low',
    phase: 3,
    mayBreak:
      'A port that a configuration file adds; a program that binds its outgoing sockets to a port of their own.',
    touches: ['Service.SocketBindDeny', 'Service.SocketBindAllow'],
    controls: ['NIST-800-53-SC-7', 'NIST-800-53-CM-7'],
    references: [manualPage('SocketBindAllow')],
  },
  settings: ['SocketBindDeny', 'SocketBindAllow'],
  message: 'the service may listen on every port that its user may',
  decide(unit, missing) {
    const { commands, document, network } = unit;
    const isolated = parseBoolean(document.last('Service', 'PrivateNetwork')?.value ?? '') === true;
    if (missing.length < 2 || isolated || network.value === 'none') return undefined;
    const source = citeSource(
      manualPage('SocketBindAllow'),
      'Configures restrictions on the ability of unit processes to invoke bind(2) on a socket',
    );
    const listening = listeningOf(commands);
    const allow = (rules: readonly string[]): readonly string[] =>
      [...new Set(rules)].map((rule) => `SocketBindAllow=${rule}`);
    if (listening !== undefined && listening.listeners.length > 0) {
      const rules = listening.listeners.map(({ port, protocol }) => `${protocol}:${port}`);
      return {
        act: 'set',
        assignments: ['SocketBindDeny=any', ...allow(rules)],
        certainty: 'likely',
        evidence: [...listening.evidence.slice(0, 6), source],
      };
    }
    const named = commands.opaque.length > 0 ? [] : namedPorts(commands);
    if (named.length === 0) return undefined;
    return {
      act: 'set',
      assignments: ['SocketBindDeny=any', ...allow(named.map(({ port }) => String(port)))],
      certainty: 'unknown',
      evidence: [...new Set(named.map(({ evidence }) => evidence)), source],
      question: 'whether it binds other ports too; `ss -lntup` shows them while it works',
    };
  },
});
