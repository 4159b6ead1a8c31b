import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { executionAssignments, executionOf } from '../../src/workload/unit/execution.js';
import { directive } from './directive.js';

/**
 * What the service can write it can't run. Not for root: paths of ExecPaths= are left out when ProtectSystem=strict makes
 * the rest read-only, and with ReadOnlyPaths= beside it they lose the permission to execute instead.
 */
export const allowExecution = directive({
  meta: {
    id: 'systemd/allow-execution',
    title: 'Run programs only from where packages install them',
    description:
      'An attacker who can write a file wants to run it. Everything but /usr is mounted as not executable, and the places that the service writes are named one by one, since what other settings mount is not reached otherwise. It is set where all that the unit starts is understood and installed in /usr, with the places from which a daemon is known to run what it made or loaded itself.',
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
    const { document, commands, setuid, home, user, writable, executable } = unit;
    if (missing.length < 2) return undefined;
    const execution = executionOf(document, commands, writable.value, executable);
    // What a helper that gains privileges runs in turn isn't known.
    if (execution === undefined || setuid.value.length > 0 || home.value === 'write') return undefined;
    const { certainty, evidence, reason, value } = execution;
    if (user.value.kind === 'root') {
      return {
        act: 'keep',
        reason:
          'it is left out: what may be executed is no longer made read-only by ProtectSystem=strict, so that root could write to /usr',
        evidence: [
          ...user.evidence,
          citeSource(
            'https://github.com/systemd/systemd/blob/v257/src/core/namespace.c',
            'Second round, flip the ro bits if necessary.',
          ),
        ],
      };
    }
    return {
      act: 'set',
      assignments: executionAssignments(value),
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
