import { versionOf } from '../../src/formats/compose/document.js';
import { isLimited, type Limit } from '../../src/workload/compose/limits.js';
import { chosenOr, TASK_LIMIT } from '../task-limit.js';
import { proposeLimit } from './limits.js';
import { forEachWholeService, manual } from './service.js';

const PIDS: Limit = { key: 'pids_limit', inDeploy: 'pids' };

export const limitPids = forEachWholeService(
  {
    id: 'compose/limit-pids',
    title: 'Limit processes and threads',
    description:
      "A service without a limit can fill the host's process table (a fork bomb, a leak of threads) and stop everything else on it. The limit comes from the image's own documentation where the catalogue has it, else it is a generous 4096. It goes where the service keeps its other limits: pids_limit, or deploy.resources.limits.pids.",
    severity: 'low',
    phase: 1,
    mayBreak: 'A service that needs more tasks than the limit fails to fork or to start threads (EAGAIN).',
    touches: ['services.*.pids_limit', 'services.*.deploy.resources.limits.pids'],
    controls: ['CIS-Docker-5.29'],
    options: [TASK_LIMIT],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#pids_limit',
      'https://docs.docker.com/reference/compose-file/deploy/#pids',
    ],
  },
  (declared, _context, option) => {
    const { view } = declared.workload;
    const tasks = chosenOr(declared.workload.tasks, option(TASK_LIMIT));
    if (isLimited(view, PIDS)) return undefined;
    const message = 'nothing limits the number of its processes and threads';
    // https://github.com/docker/cli/blob/master/cli/compose/schema/data/config_schema_v3.8.json allows no other limit.
    if (declared.workload.swarm && versionOf(declared.document) < 3.9) {
      const reason = 'docker stack deploy takes pids from version 3.9 of the file format on';
      const suggestion = `deploy.resources.limits.pids: ${tasks.value}`;
      return manual(declared, { message, evidence: tasks.evidence, reason, suggestion });
    }
    return proposeLimit(declared, PIDS, tasks, {
      message,
      unknownReason: 'how many it needs is not known',
      value: tasks.value,
    });
  },
);
