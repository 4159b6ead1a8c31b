import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Media servers, home automation and VPNs open devices that only their configuration names. */
export const privateDevices = directive({
  meta: {
    id: 'systemd/private-devices',
    title: 'Hide physical devices',
    description:
      'A service without devices needs no /dev beyond null, zero, random and terminals. The setting is left out when a device, a group that owns devices or a program that uses some is named.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Programs that open a GPU, a serial port, a sound card, a tun device or /dev/fuse.',
    touches: ['Service.PrivateDevices'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('PrivateDevices')],
  },
  settings: ['PrivateDevices'],
  message: 'the service sees every device node of the host',
  implying: ['PrivateDevices'],
  mounts: true,
  hidesMounts: true,
  decide(unit) {
    const source = citeSource(
      manualPage('PrivateDevices'),
      'only adds API pseudo devices such as /dev/null, /dev/zero or /dev/random (as well as the pseudo TTY subsystem) to it, but no physical devices',
    );
    return unlessNeeded(unit.devices, ['PrivateDevices=yes'], source);
  },
});
