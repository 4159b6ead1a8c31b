import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive, unlessNeeded } from './directive.js';

/** Only for a service of its own user: root in a user namespace is not the host's root. */
export const privateUsers = directive({
  meta: {
    id: 'systemd/private-users',
    title: 'Give the service a user namespace of its own',
    description:
      "In a user namespace of its own a service holds no capability over the host, whatever it gains, and sees the files of all others as nobody's. It is set for services of their own user that need no capability and look up no other user.",
    severity: 'medium',
    phase: 2,
    mayBreak:
      'Programs that look at who owns the files or the sockets of others, or that are given capabilities.',
    touches: ['Service.PrivateUsers'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('PrivateUsers')],
  },
  settings: ['PrivateUsers'],
  message: 'the service shares the user namespace of the host',
  decide(unit) {
    const source = citeSource(
      manualPage('PrivateUsers'),
      'securely detach the user and group databases used by the unit from the rest of the system',
    );
    // In a user manager it is what makes mount namespaces possible, with all that this changes.
    if (unit.manager.value === 'user' || unit.user.value.kind === 'root' || unit.ownRoot) return undefined;
    if (unit.setuid.value[0] !== undefined) {
      return {
        act: 'keep',
        reason: `it is left out: ${unit.setuid.value[0]}`,
        evidence: [...unit.setuid.evidence, source],
      };
    }
    return unlessNeeded(unit.hostUsers, ['PrivateUsers=yes'], source);
  },
});
