import { citeSource } from '../../src/core/evidence.js';
import { combine, edits, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import { addFlag, insertBefore, insertBeforeStart } from '../../src/formats/dockerfile/edit.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages, type ImageBuild } from '../../src/workload/dockerfile.js';
import type { NonRootUser } from '../../src/workload/image-users.js';
import { decideUser } from '../../src/workload/non-root.js';
import { isLink, planOwnership } from '../../src/workload/ownership.js';

const PORTS = 'https://github.com/moby/moby/pull/41030';

function insertionFor(document: DockerfileDocument, build: ImageBuild, user: NonRootUser): Edits {
  const { copies, chown } = planOwnership(document, build, user);
  const { workdir = '/', volumes, stage } = build;
  const made = volumes.filter((path) => path !== workdir);
  const directories = made.length > 0 ? [`mkdir -p ${made.join(' ')}`] : [];
  const recursive = chown === 'recursive' || (chown === 'plain' && made.length > 0);
  const owned = chown === 'none' ? made : [workdir];
  const owns = owned.length === 0 ? [] : [`chown ${recursive ? '-R ' : ''}${user.owner} ${owned.join(' ')}`];
  const run = (...commands: readonly string[]): string[] =>
    commands.length === 0 ? [] : [`RUN ${commands.join(' && ')}`];
  const creation = user.create === undefined ? [] : run(user.create);
  // A user must exist before `COPY --chown` can name it.
  const [first] = creation.length === 0 ? [] : copies;
  const late = [
    ...(first === undefined ? creation : []),
    ...run(...directories, ...owns),
    `USER ${user.name}`,
  ];
  return combine(
    first === undefined ? edits() : insertBefore(document, first, creation),
    ...copies.map((copy) =>
      addFlag(copy, `--chown=${isLink(copy) ? (user.numeric ?? user.owner) : user.owner}`),
    ),
    insertBeforeStart(document, stage, late),
  );
}

/** Port numbers below 1024 need no root in a container's own network namespace. */
function portEvidence(build: ImageBuild): Evidence[] {
  const low = build.ports.filter((port) => Number.parseInt(port, 10) < 1024);
  if (low.length === 0) return [];
  return [citeSource(PORTS, `Docker 20.10 and later let any user bind port ${low.join(', ')}`)];
}

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): Finding | undefined {
  const build = imageBuild(document, stage, context);
  if (!build.user.value.root) return undefined;
  const start = build.scope.user?.instruction ?? stage.from;
  const base = {
    subject: ['stages', String(stage.index)],
    range: start.stage === stage.index ? start : stage.from,
  };
  const message =
    build.user.certainty === 'unknown'
      ? 'nothing says that the program does not run as root'
      : 'the program runs as root';
  const evidence = [...build.user.evidence, ...build.stepsDown, ...portEvidence(build)];
  const decision = decideUser(document, build, context);
  if (decision.kind === 'accepted')
    return { ...base, message, evidence, safety: 'accepted', reason: decision.reason };
  const manual = (reason: string, more: readonly Evidence[]): Finding => ({
    ...base,
    ...{ message, evidence: [...evidence, ...more], safety: 'manual', reason },
  });
  if (decision.kind === 'manual') return manual(decision.reason, decision.evidence);
  const { user } = decision;
  const edit = insertionFor(document, build, user);
  if (!edit.ok) return manual(edit.reason, []);
  return { ...base, message, evidence, safety: 'unsafe', change: `USER ${user.name}`, edits: edit.edits };
}

export const runAsNonRoot: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/run-as-non-root',
    title: 'Run as a user that is not root',
    description:
      'Without USER a container runs as root: who takes over the program owns all in the image, and a flaw of the ' +
      'container engine gives the host away. The user is the one that the Dockerfile creates, else the one that the ' +
      'image brings, else a new one; the working directory is given to it.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'The program can write only to its working directory, its home and /tmp: start it, upload or save something, ' +
      'look for "permission denied", and chown data in existing volumes first.',
    touches: ['stages.*.USER', 'stages.*.RUN', 'stages.*.COPY', 'stages.*.ADD'],
    controls: ['CIS-Docker-4.1', 'NIST-800-190-4.1.2'],
    references: [
      'https://docs.docker.com/reference/dockerfile/#user',
      'https://docs.docker.com/build/building/best-practices/#user',
    ],
  },
  run: (document, context) =>
    runningStages(document, context).flatMap((stage) => findingOf(document, stage, context) ?? []),
};
