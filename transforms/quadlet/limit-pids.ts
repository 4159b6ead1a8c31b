import { replaceValue } from '../../src/formats/systemd/edit.js';
import { citeSource } from '../../src/core/evidence.js';
import { citeField } from '../../src/workload/compose/project.js';
import { chosenOr, TASK_LIMIT } from '../task-limit.js';
import { forContainer, manual, proposal, quadletKey, written } from './container.js';

export const limitPids = forContainer(
  {
    id: 'quadlet/limit-pids',
    title: 'Limit processes and threads',
    description:
      "Podman gives every container a limit of 2048 processes and threads. A file that lifts it (PidsLimit=-1 or 0) lets a fork bomb or a leak of threads fill the host's process table. The limit comes back: the number from the image's own documentation where the catalogue has it, else a generous 4096.",
    severity: 'low',
    phase: 2,
    mayBreak: 'A container that needs more tasks than the limit fails to fork or to start threads (EAGAIN).',
    touches: ['Container.PidsLimit'],
    controls: ['CIS-Docker-5.29'],
    options: [TASK_LIMIT],
    references: [
      quadletKey('PidsLimit'),
      'https://docs.podman.io/en/latest/markdown/podman-run.1.html#pids-limit-limit',
    ],
  },
  (container, _context, option) => {
    const { view } = container.service;
    const tasks = chosenOr(container.service.tasks, option(TASK_LIMIT));
    const field = view.last('pids_limit');
    if (field === undefined || !/^(?:-\d+|0)$/.test(String(field.value))) return undefined;
    const lifting = citeField(field);
    const message = 'the limit of its processes and threads is lifted';
    const assignments = [`PidsLimit=${tasks.value}`];
    const evidence = [
      lifting,
      ...tasks.evidence,
      citeSource(
        'https://docs.podman.io/en/latest/markdown/podman-run.1.html#pids-limit-limit',
        'Set to -1 to have unlimited pids for the container. The default is 2048',
      ),
    ];
    const own = written(container, 'PidsLimit');
    if (
      own === undefined ||
      own.entry.origin !== undefined ||
      ('line' in lifting && lifting.line !== own.entry.line)
    ) {
      const reason = 'a drop-in or PodmanArgs= lifts it: change it there';
      return manual(container, { message, evidence, reason, suggestion: assignments.join('\n') });
    }
    // Whoever lifted it may have met it.
    return proposal(
      container,
      'likely',
      { message, evidence, assignments, unknownReason: 'how many it needs is not known' },
      () => replaceValue(own.entry, String(tasks.value)),
    );
  },
);
