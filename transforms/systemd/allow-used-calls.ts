import { citeSource, uniqueEvidence } from '../../src/core/evidence.js';
import { expandSystemCalls } from '../../src/formats/systemd/system-calls.js';
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
      'The usual filter for services, `@system-service`, allows some 360 system calls, and most services make a hundred. Where `harden learn` has recorded the unit, the filter holds what it was seen to call and what its programs are known to need besides, with what a libc or a newer kernel takes in its place and what every process needs, and nothing else. A call that is refused fails with EPERM.',
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
    const { recorded, systemCalls } = unit;
    // A part of the settings that a person has chosen is theirs as a whole.
    if (
      recorded?.wholeCalls !== true ||
      recorded.systemCalls.length === 0 ||
      missing.length < SETTINGS.length
    )
      return undefined;
    const seen = wordsOf(recorded.systemCalls);
    // What is known to be needed stays, whether or not it was exercised.
    const known = [...expandSystemCalls(systemCalls.value.needs)].filter((name) => !seen.includes(name));
    const source = citeSource(
      manualPage('SystemCallFilter'),
      'all system calls executed by the unit processes except for the listed ones will result in immediate process termination',
    );
    return {
      act: 'set',
      assignments: [
        'SystemCallArchitectures=native',
        ...toSystemCallFilter([...seen, ...known]),
        'SystemCallErrorNumber=EPERM',
      ],
      certainty: 'likely',
      evidence: uniqueEvidence([
        recorded.evidence,
        recorded.systemCalls[0]!.evidence,
        ...(known.length > 0 ? systemCalls.evidence : []),
        source,
      ]),
    };
  },
});
