import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { executableOf } from '../../src/workload/unit/execution.js';
import { directive } from './directive.js';

/** What the service can write it can't run, and a daemon that is one binary can't run anything else either. */
export const allowExecution = directive({
  meta: {
    id: 'systemd/allow-execution',
    title: 'Run programs only from where they are installed',
    description:
      'An attacker who can write a file wants to run it. Everything is mounted as not executable, except where programs and libraries are installed; a daemon that is a single binary and starts nothing gets only that binary and the libraries, no shell. It is set where all that the unit starts is understood, with the places from which a daemon is known to run what it made or loaded itself.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'Plugins, modules and native libraries outside of /usr; programs that unpack code and map it; helpers that a configuration file names.',
    touches: ['Service.NoExecPaths', 'Service.ExecPaths'],
    controls: ['NIST-800-53-CM-7', 'NIST-800-53-SI-16'],
    references: [manualPage('ExecPaths')],
  },
  settings: ['NoExecPaths', 'ExecPaths'],
  message: 'the service can run any file that it can read, what it has written itself too',
  mounts: true,
  hidesMounts: true,
  decide(unit, missing) {
    if (missing.length < 2) return undefined;
    const { document, commands, setuid, home } = unit;
    const executable = executableOf(document, commands);
    // What a helper that gains privileges runs in turn isn't known.
    if (executable === undefined || setuid.value.length > 0 || home.value === 'write') return undefined;
    const { certainty, evidence, reason, value } = executable;
    return {
      act: 'set',
      assignments: ['NoExecPaths=/', `ExecPaths=${value.join(' ')}`],
      certainty,
      evidence: [
        ...evidence.slice(0, 6),
        citeSource(
          manualPage('ExecPaths'),
          'Nest ExecPaths= inside of NoExecPaths= in order to provide executable content within non-executable directories',
        ),
      ],
      ...(reason === undefined ? {} : { question: reason }),
    };
  },
});
