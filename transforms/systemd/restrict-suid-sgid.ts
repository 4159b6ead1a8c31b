import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** It covers directories too: a shared tree with the setgid bit, and a restored or synchronised one, fails. */
export const restrictSuidSgid = directive({
  meta: {
    id: 'systemd/restrict-suid-sgid',
    title: 'Refuse to make setuid and setgid files',
    description:
      'A service that can write a setuid file can leave a way to gain its privileges behind. The setting is left out for what keeps the modes of files that others own (backup, file servers, shared repositories) and for scripts that set such a mode.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'Programs that restore or share files with setgid directories.',
    touches: ['Service.RestrictSUIDSGID'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('RestrictSUIDSGID')],
  },
  settings: ['RestrictSUIDSGID'],
  message: 'the service may create setuid and setgid files',
  implying: ['RestrictSUIDSGID'],
  impliedByDynamicUser: true,
  decide(unit) {
    const source = citeSource(
      manualPage('RestrictSUIDSGID'),
      'any attempts to set the set-user-ID (SUID) or set-group-ID (SGID) bits on files or directories will be denied',
    );
    return unlessNeeded(unit.suidSgid, ['RestrictSUIDSGID=yes'], source);
  },
});
