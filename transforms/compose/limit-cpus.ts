import { isLimited, type Limit } from '../../src/workload/compose/limits.js';
import { proposeLimit } from './limits.js';
import { forEachWholeService } from './service.js';

const CPUS: Limit = { key: 'cpus', inDeploy: 'cpus' };

/** These limit it too, or settle what happens when processors are short. */
const OTHERS = ['cpuset', 'cpu_quota', 'cpu_shares', 'cpu_count', 'cpu_percent'];

export const limitCpus = forEachWholeService(
  {
    id: 'compose/limit-cpus',
    title: 'Limit processor time',
    description:
      "A service without a limit can keep all of the host's processors busy and starve everything else on it. The limit is what the service's own file says that it uses: GOMAXPROCS, -XX:ActiveProcessorCount, or what it reserves (at least one). It is never a larger number than the file names, because the engine refuses to start a container with more processors than the host has. Where the file says nothing of the kind it has to be measured.",
    severity: 'low',
    phase: 2,
    mayBreak:
      'Work that used more processors takes longer, and a host with fewer processors than the limit refuses to start the service.',
    touches: ['services.*.cpus', 'services.*.deploy.resources.limits.cpus'],
    // CIS 5.12 asks for a priority (cpu_shares), which a limit is not.
    controls: [],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#cpus',
      'https://docs.docker.com/reference/compose-file/deploy/#cpus',
      'https://docs.docker.com/engine/containers/resource_constraints/#cpu',
      'https://github.com/moby/moby/blob/master/daemon/daemon_unix.go',
    ],
  },
  (declared) => {
    const { view, cpus } = declared.workload;
    if (isLimited(view, CPUS) || OTHERS.some((key) => view.last(key) !== undefined)) return undefined;
    return proposeLimit(declared, CPUS, cpus, {
      message: 'nothing limits the processor time that it takes',
      unknownReason: 'how many it needs is not known',
      value: cpus.certainty === 'unknown' ? '<its peak in docker stats>' : String(cpus.value),
    });
  },
);
