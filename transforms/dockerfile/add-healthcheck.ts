import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import { insertAtStart } from '../../src/formats/dockerfile/edit.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages } from '../../src/workload/dockerfile.js';
import { planHealthcheck } from '../../src/workload/runtime/health-check.js';
import { aboutStart, leftFinding } from './runtime-finding.js';

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): Finding | undefined {
  const build = imageBuild(document, stage, context);
  const plan = planHealthcheck(document, build, context);
  if (plan.kind === 'none') return undefined;
  const { command, entrypoint } = build.scope;
  const base = aboutStart(stage, command ?? entrypoint, 'nothing checks whether it works', plan.evidence);
  if (plan.kind !== 'add') return leftFinding(base, plan);
  const { lines, summary } = plan.value;
  const edit = insertAtStart(document, stage, lines, -1);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: lines.join('\n') };
  // How long its start takes is never known.
  return { ...base, safety: 'unsafe', change: `HEALTHCHECK: ${summary}`, edits: edit.edits };
}

export const addHealthcheck: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/add-healthcheck',
    title: 'Check the health of what the image serves',
    description:
      'Without a check a program that hangs counts as running. The check follows from evidence: the port that the ' +
      'command, the source, ENV or the only EXPOSE names; a route for health checks that the source registers at the ' +
      'server itself, else a connection by TCP; a program that the image is known to have. A port that a variable ' +
      'changes is read from it. A worker without a port gets none, and neither does an image that brings a check, or ' +
      'that runs only in Compose services with one of their own. Kubernetes ignores it: Docker, Compose and Swarm run it.',
    severity: 'low',
    phase: 2,
    mayBreak:
      '`docker compose up --wait` and `depends_on: service_healthy` wait for it, and Swarm replaces a task whose check ' +
      'fails: give --start-period more where a start takes longer, and check containers that start something else from ' +
      'the same image.',
    touches: ['stages.*.HEALTHCHECK'],
    controls: ['CIS-Docker-4.6'],
    references: [
      'https://docs.docker.com/reference/dockerfile/#healthcheck',
      'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
    ],
  },
  run: (document, context) =>
    runningStages(document, context).flatMap((stage) => findingOf(document, stage, context) ?? []),
};
