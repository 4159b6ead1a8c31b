import { cite, citeSource } from '../../src/core/evidence.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import { stageChain } from '../../src/formats/dockerfile/scope.js';
import { userAt } from '../../src/workload/build-user.js';
import { recursiveChowns, type RecursiveChown } from '../../src/workload/chown.js';
import { foldChown } from '../../src/workload/chown-fold.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { imageBuild, runningStages, type ImageBuild } from '../../src/workload/dockerfile.js';
import { foldEdits } from '../../src/workload/run-parts.js';
import { sudoWords } from '../../src/workload/sudo-words.js';

const REFERENCE = 'https://docs.docker.com/reference/dockerfile/#copy---chown---chmod';

function findingOf(
  document: DockerfileDocument,
  build: ImageBuild,
  chown: RecursiveChown,
  context: DockerfileContext,
): Finding | undefined {
  const user = userAt(document, build, chown.instruction);
  if (user.certainty === 'known' && !user.value.root) return undefined;
  const verdict = foldChown(document, build, chown, context);
  if (!verdict.ok && !verdict.relevant) return undefined;
  const { command, path } = chown;
  const base = {
    subject: ['stages', String(build.stage.index)],
    range: { start: command.offset + command.start, end: command.offset + command.end },
    message: `chown -R ${path} puts every copied file into a second layer`,
    evidence: [
      cite(document, command.offset + command.start),
      citeSource(REFERENCE, 'COPY can set the owner'),
    ],
  };
  const manual = (reason: string): Finding => ({ ...base, safety: 'manual', reason });
  if (!verdict.ok) return manual(verdict.reason);
  if (user.certainty !== 'known')
    return manual(`which user ${build.scope.root.image} builds as is not known`);
  const { fold } = verdict;
  const edit = foldEdits(document, chown, fold, true);
  if (!edit.ok) return manual(edit.reason);
  return {
    ...base,
    evidence: [...base.evidence, ...fold.copies.map(({ start }) => cite(document, start))],
    safety: fold.certainty === 'known' ? 'safe' : 'unsafe',
    change: `${fold.flag} instead of chown -R`,
    edits: edit.edits,
  };
}

export const copyWithOwner: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/copy-with-owner',
    title: 'Give files their owner where they are copied',
    description:
      'A layer holds whole files: RUN chown -R after COPY stores every file a second time. Where all files below the ' +
      'path come from COPY instructions that can carry the flag, --chown replaces the recursive chown; a directory ' +
      'that WORKDIR or mkdir made as root keeps a chown of its own.',
    severity: 'low',
    phase: 2,
    mayBreak:
      'Files that the base image has below the path would keep their owner: compare `ls -lR` of the path before and after.',
    touches: ['stages.*.RUN', 'stages.*.COPY', 'stages.*.ADD'],
    controls: [],
    references: [REFERENCE, 'https://docs.docker.com/build/building/best-practices/'],
  },
  run: (document, context) => {
    const stages = new Set(runningStages(document, context).flatMap(stageChain));
    return [...stages].flatMap((stage) => {
      const build = imageBuild(document, stage, context);
      if (build.family === 'windows' || document.escape === '`') return [];
      return recursiveChowns(document, build)
        .filter(
          ({ instruction, command }) => instruction.stage === stage.index && sudoWords(command) === undefined,
        )
        .flatMap((chown) => findingOf(document, build, chown, context) ?? []);
    });
  },
};
