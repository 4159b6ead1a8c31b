import { isLimited, type Limit } from '../../src/workload/compose/limits.js';
import { proposeLimit } from './limits.js';
import { forEachWholeService } from './service.js';

const MEMORY: Limit = { key: 'mem_limit', inDeploy: 'memory' };

export const limitMemory = forEachWholeService(
  {
    id: 'compose/limit-memory',
    title: 'Limit memory',
    description:
      "A service without a limit can use up the host's memory, and the kernel then kills whatever it likes. The limit follows from what the service's own file says: twice a reservation; twice a heap, `--max-old-space-size`, `maxmemory` or buffer pool; four times `shared_buffers`; for WiredTiger the memory from which its cache would be the default; and never less than 512 MiB (1 GiB for the databases) above the setting. Where the file says nothing of the kind it has to be measured. It goes where the service keeps its other limits: mem_limit, or deploy.resources.limits.memory.",
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A service that needs more than the limit is killed (exit code 137, OOMKilled in `docker inspect`).',
    touches: ['services.*.mem_limit', 'services.*.deploy.resources.limits.memory'],
    controls: ['CIS-Docker-5.11'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#mem_limit',
      'https://docs.docker.com/reference/compose-file/deploy/#memory',
      'https://docs.docker.com/engine/containers/resource_constraints/#memory',
      'https://docs.docker.com/reference/cli/docker/container/stats/',
    ],
  },
  (declared) => {
    const { view, memory } = declared.workload;
    if (isLimited(view, MEMORY)) return undefined;
    return proposeLimit(declared, MEMORY, memory, {
      message: 'nothing limits its memory',
      unknownReason: 'how much it needs is not known',
      value: memory.certainty === 'unknown' ? '<twice its peak in docker stats>' : mebibytes(memory.value),
    });
  },
);

function mebibytes(value: number): string {
  return value % 1024 === 0 ? `${value / 1024}g` : `${value}m`;
}
