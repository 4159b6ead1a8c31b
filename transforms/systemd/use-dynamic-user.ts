import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { dynamicUserMove } from '../../src/workload/unit/dynamic-user.js';
import { executionAssignments, executionOf } from '../../src/workload/unit/execution.js';
import { directive } from './directive.js';

/** For a daemon of root that needs nothing of root's, and keeps its data in directories of its own name. */
export const useDynamicUser = directive({
  meta: {
    id: 'systemd/use-dynamic-user',
    title: 'Run as a user that exists only while the service runs',
    description:
      'A service without User= is root, and who takes it over has the machine. A daemon that needs no privilege, no file of another user and no place to write but directories of its own name gets a user that systemd makes up when it starts. systemd moves these directories below /var/lib/private and its like, leaves links in their place, and gives them to the user.',
    severity: 'high',
    phase: 3,
    mayBreak:
      'Configuration files that only root may read; other services that use its directories. Undoing it takes moving the data back: stop the service, remove the link in /var/lib, move the directory from /var/lib/private to its place, and give it to its owner.',
    touches: [
      'Service.DynamicUser',
      'Service.StateDirectory',
      'Service.CacheDirectory',
      'Service.LogsDirectory',
      'Service.PrivateUsers',
      'Service.NoExecPaths',
      'Service.ExecPaths',
    ],
    controls: ['NIST-800-53-AC-6'],
    references: [manualPage('DynamicUser'), manualPage('StateDirectory')],
  },
  settings: ['DynamicUser'],
  message: 'the service runs as root, and needs nothing that only root has',
  mounts: true,
  hidesMounts: true,
  implying: ['DynamicUser'],
  decide(unit) {
    const move = dynamicUserMove(unit);
    if (move === undefined) return undefined;
    const { certainty, directories, evidence, privateUsers, question } = move;
    const { commands, document, executable, writable } = unit;
    const listed = document.has('Service', 'NoExecPaths') || document.has('Service', 'ExecPaths');
    const execution = listed ? undefined : executionOf(document, commands, writable.value, executable);
    return {
      act: 'set',
      assignments: [
        'DynamicUser=yes',
        ...directories,
        // What is left out for root, and a second run would add.
        ...(privateUsers ? ['PrivateUsers=yes'] : []),
        ...(execution === undefined || execution.certainty === 'unknown'
          ? []
          : executionAssignments(execution.value)),
      ],
      certainty,
      evidence: [
        ...evidence.slice(0, 5),
        citeSource(
          manualPage('DynamicUser'),
          'a UNIX user and group pair is allocated dynamically when the unit is started, and released as soon as it is stopped',
        ),
        citeSource(
          manualPage('StateDirectory'),
          'If DynamicUser= is used, the logic for CacheDirectory=, LogsDirectory= and StateDirectory= is slightly altered',
        ),
      ],
      ...(question === undefined ? {} : { question }),
    };
  },
});
