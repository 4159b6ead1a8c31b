import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

const SETTINGS = ['ProtectProc', 'ProcSubset'] as const;

/** Command lines and environments of other users' processes are not a service's business. */
export const protectProc = directive({
  meta: {
    id: 'systemd/protect-proc',
    title: 'Hide other processes and the rest of /proc',
    description:
      "/proc shows every process of the host with its arguments, and much of the kernel's state. Processes of other users are hidden unless the service watches them; the other files are hidden where its program is known to read none of them.",
    severity: 'low',
    phase: 2,
    mayBreak: 'Programs that watch processes of other users, or read /proc/meminfo, /proc/sys and the like.',
    touches: SETTINGS.map((setting) => `Service.${setting}`),
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: SETTINGS.map(manualPage),
  },
  settings: SETTINGS,
  message: 'the service sees the processes of all users',
  mounts: true,
  decide(unit, missing) {
    const { certainty, evidence, value } = unit.proc;
    const source = citeSource(
      manualPage('ProtectProc'),
      'processes owned by other users are hidden from /proc/',
    );
    if (value.others !== undefined) {
      return {
        act: 'keep',
        reason: `it is left out: ${value.others}`,
        evidence: [...evidence, source],
      };
    }
    const assignments = ['ProtectProc=invisible', ...(value.host === false ? ['ProcSubset=pid'] : [])].filter(
      (assignment) => missing.some((setting) => assignment.startsWith(`${setting}=`)),
    );
    if (assignments.length === 0) return undefined;
    return { act: 'set', assignments, certainty, evidence: [...evidence.slice(0, 6), source] };
  },
});
