import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Anything in /tmp that the unit names may be there for others: a socket, a lock, a file to hand over. */
export const privateTmp = directive({
  meta: {
    id: 'systemd/private-tmp',
    title: 'Give the service its own /tmp',
    description:
      'Files with foreseeable names in a shared /tmp are open to races and to reading. The setting is left out when the unit or its scripts name a file in /tmp, and for programs that share sockets there.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Clients that meet the service over a socket or file in /tmp.',
    touches: ['Service.PrivateTmp'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('PrivateTmp')],
  },
  settings: ['PrivateTmp'],
  message: 'the service shares /tmp and /var/tmp with every other process',
  mounts: true,
  hidesMounts: true,
  impliedByDynamicUser: true,
  decide(unit) {
    const source = citeSource(
      manualPage('PrivateTmp'),
      'makes sharing between processes via /tmp/ or /var/tmp/ impossible',
    );
    return unlessNeeded(unit.sharedTemp, ['PrivateTmp=yes'], source);
  },
});
