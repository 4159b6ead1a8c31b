import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** What mounts for the host, or watches its mounts, is told apart by `hostMounts`. */
export const privateMounts = directive({
  meta: {
    id: 'systemd/private-mounts',
    title: 'Keep mounts of the service to itself',
    description:
      'What a service mounts appears on the host, and what it unmounts goes there too. With a mount namespace of its own both stay its own.',
    severity: 'low',
    phase: 2,
    mayBreak: 'Programs that mount something for others.',
    touches: ['Service.PrivateMounts'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('PrivateMounts')],
  },
  settings: ['PrivateMounts'],
  message: 'mounts of the service appear on the host',
  mounts: true,
  hidesMounts: true,
  decide(unit) {
    const source = citeSource(
      manualPage('PrivateMounts'),
      'the processes of this unit will be run in their own private file system (mount) namespace with all mount propagation from the processes towards the host',
    );
    return unlessNeeded(unit.hostMounts, ['PrivateMounts=yes'], source);
  },
});
