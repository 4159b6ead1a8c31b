import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { toSystemCallFilter } from '../../src/seccomp/system-call-filter.js';
import { wordsOf } from '../../src/workload/recorded.js';
import { directive } from './directive.js';

const SETTINGS = ['SystemCallFilter', 'SystemCallErrorNumber', 'SystemCallArchitectures'];

/** It stands before filter-system-calls, whose wider filter is for what was not recorded. */
export const allowUsedCalls = directive({
  meta: {
    id: 'systemd/allow-used-calls',
    title: 'Allow only the system calls that the service was seen to make',
    description:
      'The usual filter for services, `@system-service`, allows some 360 system calls, and most services make a hundred. Where `harden learn` has recorded the unit, the filter holds what it was seen to call, with what a libc or a newer kernel takes in its place and what every process needs, and nothing else. A call that is refused fails with EPERM.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'What was not exercised while it was recorded: a rare command, an error path, a newer version of the program. Run its tests, and record again.',
    // systemd/filter-system-calls sees what it has written, and leaves the setting alone.
    restructures: true,
    touches: ['Service.SystemCallFilter', 'Service.SystemCallErrorNumber', 'Service.SystemCallArchitectures'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('SystemCallFilter'), manualPage('SystemCallErrorNumber')],
  },
  settings: SETTINGS,
  message: 'the service may make system calls that it was never seen to make',
  implying: SETTINGS,
  decide(unit, missing) {
    const { recorded } = unit;
    // A part of the settings that a person has chosen is theirs as a whole.
    if (
      recorded?.wholeCalls !== true ||
      recorded.systemCalls.length === 0 ||
      missing.length < SETTINGS.length
    )
      return undefined;
    const source = citeSource(
      manualPage('SystemCallFilter'),
      'all system calls executed by the unit processes except for the listed ones will result in immediate process termination',
    );
    return {
      act: 'set',
      assignments: [
        'SystemCallArchitectures=native',
        ...toSystemCallFilter(wordsOf(recorded.systemCalls)),
        'SystemCallErrorNumber=EPERM',
      ],
      certainty: 'likely',
      evidence: [recorded.evidence, recorded.systemCalls[0]!.evidence, source],
    };
  },
});
