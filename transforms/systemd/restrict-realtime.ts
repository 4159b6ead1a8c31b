import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Audio, time and telephony servers raise their own priority, so a program counts as well as the unit. */
export const restrictRealtime = directive({
  meta: {
    id: 'systemd/restrict-realtime',
    title: 'Refuse realtime scheduling',
    description:
      'A process with a realtime priority can take a CPU from everything else. The setting is left out for units that ask for realtime scheduling and for programs that are known to (audio, time, telephony).',
    severity: 'low',
    phase: 1,
    mayBreak: 'Audio, time and telephony servers that raise themselves to SCHED_FIFO or SCHED_RR.',
    touches: ['Service.RestrictRealtime'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('RestrictRealtime')],
  },
  settings: ['RestrictRealtime'],
  message: 'the service may take realtime priority and starve the host',
  implying: ['RestrictRealtime'],
  decide(unit) {
    const source = citeSource(
      manualPage('RestrictRealtime'),
      'Realtime scheduling policies may be used to monopolize CPU time for longer periods of time',
    );
    return unlessNeeded(unit.realtime, ['RestrictRealtime=yes'], source);
  },
});
