import { citeSource } from '../../src/core/evidence.js';
import type { Evidence } from '../../src/core/types.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

const SETTINGS = ['ProtectClock', 'ProtectHostname'] as const;
const SUBJECTS = { ProtectClock: 'the clock of the host', ProtectHostname: 'the name of the host' } as const;

/** ProtectClock= also allows one device by DeviceAllow=, which takes away all others: not where devices are used. */
export const protectClockAndHostname = directive({
  meta: {
    id: 'systemd/protect-clock-and-hostname',
    title: 'Protect the clock and the host name',
    description:
      'Only time daemons set the clock, and only the tools of the host its name. ProtectClock= is left out where the service uses devices too, since it closes the list of devices.',
    severity: 'low',
    phase: 1,
    mayBreak: 'Programs that set the system clock or follow a change of the host name while they run.',
    touches: SETTINGS.map((setting) => `Service.${setting}`),
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: SETTINGS.map(manualPage),
  },
  settings: SETTINGS,
  message: 'the service may set the clock and the name of the host',
  mounts: true,
  implying: SETTINGS,
  decide(unit, missing) {
    const sources: Record<(typeof SETTINGS)[number], Evidence> = {
      ProtectClock: citeSource(
        manualPage('ProtectClock'),
        'writes to the hardware clock or system clock will be denied',
      ),
      ProtectHostname: citeSource(
        manualPage('ProtectHostname'),
        'changing hostname or domainname is prevented',
      ),
    };
    const source = sources.ProtectClock;
    const clock =
      unit.kernelInterfaces.get('clock') ??
      unit.devices.value.map((why) => ({ why, evidence: unit.devices.evidence[0] ?? source }))[0];
    const name = unit.kernelInterfaces.get('hostname');
    const needed = [
      ...(clock === undefined ? [] : ['ProtectClock']),
      ...(name === undefined ? [] : ['ProtectHostname']),
    ];
    const set = SETTINGS.filter((setting) => missing.includes(setting) && !needed.includes(setting));
    const assignments = set.map((setting) => `${setting}=yes`);
    const { certainty, evidence } = unit.kernel;
    const hint = clock ?? name;
    if (assignments.length === 0) {
      return hint === undefined
        ? undefined
        : { act: 'keep', reason: `it is left out: ${hint.why}`, evidence: [hint.evidence, source] };
    }
    if (unit.kernel.value[0] !== undefined) {
      return {
        act: 'keep',
        reason: `it is left out: ${unit.kernel.value[0]}`,
        evidence: [...evidence, source],
      };
    }
    const cited = [...evidence.slice(0, 6), ...set.map((setting) => sources[setting])];
    const message = set.length === SETTINGS.length ? undefined : `the service may set ${SUBJECTS[set[0]!]}`;
    return {
      act: 'set',
      assignments,
      certainty,
      evidence: cited,
      ...(message === undefined ? {} : { message }),
    };
  },
});
