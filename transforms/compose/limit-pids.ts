import { isMap } from 'yaml';
import type { Edits } from '../../src/core/text.js';
import { ownPair } from '../../src/formats/compose/document.js';
import { addKey, addToMap, ownValue } from '../../src/formats/compose/edit.js';
import { isRecord, type Plain } from '../../src/workload/compose/plain.js';
import { forEachService, proposal, type DeclaredService } from './service.js';

export const limitPids = forEachService(
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
    references: [
      'https://docs.docker.com/reference/compose-file/services/#pids_limit',
      'https://docs.docker.com/reference/compose-file/deploy/#pids',
    ],
  },
  (declared) => {
    const { view, tasks, swarm } = declared.workload;
    const limits = view.fields('deploy').map((field) => limitsOf(field.value));
    if (view.last('pids_limit') !== undefined || limits.some((limit) => limit?.pids !== undefined))
      return undefined;
    const inDeploy = swarm || limits.some((limit) => limit !== undefined);
    return proposal(
      declared,
      tasks.certainty,
      {
        message: 'nothing limits the number of its processes and threads',
        evidence: tasks.evidence,
        change: inDeploy ? `deploy.resources.limits.pids: ${tasks.value}` : `pids_limit: ${tasks.value}`,
        unknownReason: 'how many it needs is not known',
      },
      () =>
        inDeploy
          ? addToDeploy(declared, tasks.value)
          : addKey(declared.document, declared.service, 'pids_limit', tasks.value),
    );
  },
);

function limitsOf(deploy: Plain): Readonly<Record<string, Plain>> | undefined {
  const resources = isRecord(deploy) ? deploy.resources : undefined;
  const limits = isRecord(resources) ? resources.limits : undefined;
  return isRecord(limits) ? limits : undefined;
}

/** `pids_limit` beside `deploy.resources.limits` is refused by Compose when the two differ. */
function addToDeploy({ document, service }: DeclaredService, limit: number): Edits {
  let node = ownValue(service, 'deploy');
  for (const key of ['resources', 'limits']) {
    if (!isMap(node)) return { ok: false, reason: 'its deploy section is not written in place' };
    node = ownPair(node, key)?.value ?? undefined;
  }
  if (!isMap(node) || node.items.length === 0) {
    return { ok: false, reason: 'its deploy.resources.limits is not written in place' };
  }
  return addToMap(document, node, 'pids', limit);
}
