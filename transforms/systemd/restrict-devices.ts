import { citeSource } from '../../src/core/evidence.js';
import { parseBoolean } from '../../src/formats/systemd/document.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

/** For services that use devices, and so can't have PrivateDevices=: those devices and no others. */
export const restrictDevices = directive({
  meta: {
    id: 'systemd/restrict-devices',
    title: 'Allow only the devices that the service uses',
    description:
      'A daemon of a VPN or of a clock needs one device and may open them all. Where the catalogue says which devices a daemon uses, these are allowed beside the harmless ones, and all others are closed.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'A configuration that uses another device than the usual one.',
    touches: ['Service.DevicePolicy', 'Service.DeviceAllow'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('DevicePolicy'), manualPage('DeviceAllow')],
  },
  settings: ['DevicePolicy', 'DeviceAllow'],
  message: 'the service may open every device that its user may',
  decide(unit, missing) {
    const rules = unit.deviceRules;
    const { certainty, evidence, value } = unit.devices;
    if (rules.length === 0 || missing.length < 2) return undefined;
    // Devices that aren't in /dev need no rule.
    if (parseBoolean(unit.document.last('Service', 'PrivateDevices')?.value ?? '') === true) return undefined;
    // A line of the unit names a device too: whether the catalogue's list has it is for a person.
    const named = value.find((why) => !why.includes(' uses '));
    const other =
      named === undefined ? unit.commands.opaque[0]?.reason : `${named}; see whether the list has it`;
    return {
      act: 'set',
      assignments: ['DevicePolicy=closed', ...rules.map((rule) => `DeviceAllow=${rule}`)],
      certainty: other === undefined ? certainty : 'unknown',
      evidence: [
        ...evidence.slice(0, 6),
        citeSource(manualPage('DevicePolicy'), 'in addition, allows access to standard pseudo devices'),
      ],
      ...(other === undefined ? {} : { question: other }),
    };
  },
});
