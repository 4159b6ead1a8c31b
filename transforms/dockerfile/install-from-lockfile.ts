import { cite, citeSource } from '../../src/core/evidence.js';
import type { TextEdit } from '../../src/core/text.js';
import type { Evidence, Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import { rangeIn, type RunScript } from '../../src/formats/dockerfile/run-script.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { lockedInstalls, type LockedInstall } from '../../src/workload/locked-install.js';
import { stageRuns } from '../../src/workload/package-commands.js';

function findingOf(document: DockerfileDocument, run: RunScript, install: LockedInstall): Finding {
  const { command, edit, lock, problem, tool } = install;
  const at: TextEdit = { ...rangeIn(run, edit), text: edit.text };
  const evidence: Evidence[] = [
    cite(document, run.offset + command.start),
    ...(lock === undefined ? [] : [{ file: lock.file, line: 1, text: lock.says }]),
    citeSource(tool.source, tool.says),
  ];
  const base = {
    subject: ['stages', String(run.instruction.stage)],
    range: rangeIn(run, command),
    message: `${tool.name} may install other versions than those of the lockfile, and changes it where it disagrees`,
    evidence,
  };
  if (problem !== undefined)
    return { ...base, safety: 'manual', reason: problem, suggestion: tool.suggestion };
  return { ...base, safety: 'unsafe', change: tool.suggestion, edits: [at] };
}

function findingsOf(document: DockerfileDocument, stage: Stage, context: DockerfileContext): Finding[] {
  return stageRuns(document, stage).flatMap((run) =>
    lockedInstalls(document, stage, run, context).map((install) => findingOf(document, run, install)),
  );
}

export const installFromLockfile: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/install-from-lockfile',
    title: 'Install exactly what the lockfile names',
    description:
      'npm install, yarn and pnpm install look for newer versions where the lockfile and package.json disagree: two ' +
      'builds of one commit may hold different code, and a version published an hour ago needs no review. With the ' +
      'lockfile frozen they stop instead. Only where the lockfile is in the image by then, and agrees with package.json.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A build stops when package.json was changed and its lockfile was not; npm ci removes node_modules first.',
    touches: ['stages.*.RUN'],
    controls: ['CIS-Docker-4.11', 'NIST-800-190-4.1.5'],
    references: [
      'https://docs.npmjs.com/cli/commands/npm-ci',
      'https://classic.yarnpkg.com/en/docs/cli/install#toc-yarn-install-frozen-lockfile',
      'https://yarnpkg.com/cli/install',
      'https://pnpm.io/cli/install#--frozen-lockfile',
    ],
  },
  run: (document, context) => document.stages.flatMap((stage) => findingsOf(document, stage, context)),
};
