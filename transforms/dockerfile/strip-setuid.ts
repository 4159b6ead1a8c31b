import { cite, citeSource } from '../../src/core/evidence.js';
import { refused, type Edits } from '../../src/core/text.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import { insertBefore, insertBeforeStart } from '../../src/formats/dockerfile/edit.js';
import { userAt } from '../../src/workload/build-user.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages, type ImageBuild } from '../../src/workload/dockerfile.js';
import { decideUser } from '../../src/workload/non-root.js';
import { setIdUse, stripsSetId } from '../../src/workload/set-id.js';
import { callsSudoAfter } from '../../src/workload/sudo.js';

const BUSYBOX = 'https://git.busybox.net/busybox/tree/findutils/find.c';
const AMAZON = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html';
/** `+` runs chmod once for all files, and not at all when there are none. */
const STRIP = 'RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +';

/** The last place where root builds, after all that it installs; else a step of root's at the end. */
function insertion(document: DockerfileDocument, build: ImageBuild): Edits {
  const { stage, scope, user } = build;
  if (user.value.root) return insertBeforeStart(document, stage, [STRIP]);
  const own = scope.user?.instruction;
  const before = own === undefined ? undefined : userAt(document, build, own);
  const root = before?.certainty === 'known' && before.value.root;
  // Without its bit sudo stops the steps that still call it.
  if (own?.stage === stage.index && root && !callsSudoAfter(document, build, own))
    return insertBefore(document, own, [STRIP]);
  const name = own?.argumentText ?? user.value.name;
  if (name.includes('$')) return refused('the user to go back to is a variable');
  return insertBeforeStart(document, stage, ['USER root', STRIP, `USER ${name}`]);
}

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  context: DockerfileContext,
): Finding | undefined {
  const build = imageBuild(document, stage, context);
  if (build.family !== 'debian' && build.family !== 'alpine') return undefined;
  // A base of which only the name is known may have neither a shell nor find.
  if (build.baseImage === undefined && build.facts === undefined) return undefined;
  if (stripsSetId(document, build) !== undefined) return undefined;
  const { user } = build;
  if (user.value.root ? decideUser(document, build, context).kind !== 'user' : user.certainty !== 'known')
    return undefined;
  const base = {
    subject: ['stages', String(stage.index)],
    range: stage.from,
    message: 'set-user-ID programs of the base image let a process that is not root gain privileges',
    evidence: [cite(document, stage.from.start), ...user.evidence],
  };
  const manual = (reason: string): Finding => ({ ...base, safety: 'manual', reason, suggestion: STRIP });
  const use = setIdUse(document, stage, context);
  if (use !== undefined)
    return { ...base, evidence: [...base.evidence, ...use.evidence], safety: 'accepted', reason: use.reason };
  if (build.setuidHelpers.certainty === 'unknown')
    return manual(
      `it starts ${build.startup.unreadable.join(', ')}, which is no shell script of the repository`,
    );
  const edit = insertion(document, build);
  if (!edit.ok) return manual(edit.reason);
  const evidence = [
    ...base.evidence,
    citeSource(AMAZON, 'remove all binaries with the SETUID and SETGID bits'),
    ...(build.family === 'alpine'
      ? [citeSource(BUSYBOX, "busybox's find knows -perm /MODE and -exec {} +")]
      : []),
  ];
  return { ...base, evidence, safety: 'unsafe', change: STRIP, edits: edit.edits };
}

export const stripSetuid: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/strip-setuid',
    title: 'Take the set-user-ID bits away',
    description:
      'Base images bring su, mount, passwd and others that run as root whoever starts them: a flaw in one makes a ' +
      'process of any user root. An image that starts as another user and uses none of them loses the bits, in the ' +
      'last step that root builds.',
    severity: 'low',
    phase: 3,
    mayBreak:
      'Programs that need the bit fail for users that are not root: su, passwd, ping on some images, crontab, mail ' +
      'queues. With no-new-privileges they fail already.',
    touches: ['stages.*.RUN', 'stages.*.USER'],
    controls: ['CIS-Docker-4.8'],
    references: [AMAZON, BUSYBOX, 'https://man7.org/linux/man-pages/man1/find.1.html'],
  },
  run: (document, context) => {
    if (document.escape === '`') return [];
    return runningStages(document, context).flatMap((stage) => findingOf(document, stage, context) ?? []);
  },
};
