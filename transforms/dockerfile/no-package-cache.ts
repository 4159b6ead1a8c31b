import { cite, citeSource } from '../../src/core/evidence.js';
import { edits, refused, type Edits } from '../../src/core/text.js';
import type { Finding, Transform } from '../../src/core/types.js';
import type { DockerfileDocument, Stage } from '../../src/formats/dockerfile/document.js';
import {
  appendStep,
  mountsOver,
  rangeIn,
  stepAt,
  type RunScript,
} from '../../src/formats/dockerfile/run-script.js';
import { stageScope } from '../../src/formats/dockerfile/scope.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import { shippedStages, stageRuns } from '../../src/workload/package-commands.js';
import { packageCaches, type CacheKind, type CacheUse } from '../../src/workload/package-caches.js';

/** Something installs from the cache of an earlier RUN. */
const OFFLINE = /--(?:prefer-)?offline\b/;

/** True when something before, or in the script itself, says that the cache is looked after. */
function configured(document: DockerfileDocument, stage: Stage, run: RunScript, kind: CacheKind): boolean {
  const { root, instructions } = stageScope(document, stage);
  if (kind.broughtBy?.test(root.reference ?? '') === true) return true;
  return instructions.some(
    ({ argumentText, index }) => index < run.instruction.index && kind.configured.test(argumentText),
  );
}

/** True when the script removes the cache behind an installation. */
function removed(run: RunScript, kind: CacheKind, { command }: CacheUse): boolean {
  return run.script.commands.some(
    ({ start, program = '', words }) =>
      start > command.start &&
      (kind.cleans.test(words.map(({ text }) => text).join(' ')) ||
        (program === 'rm' && words.some(({ text }) => kind.paths.test(text)))),
  );
}

function editOf(
  document: DockerfileDocument,
  run: RunScript,
  kind: CacheKind,
  uses: readonly CacheUse[],
): Edits {
  const { flag, clean = '' } = kind;
  if (flag !== undefined) {
    return edits(
      ...uses.map(({ verb }) => ({
        start: run.offset + verb.end,
        end: run.offset + verb.end,
        text: ` ${flag}`,
      })),
    );
  }
  const { command } = uses.at(-1)!;
  const step = stepAt(run, command.start);
  const sudo = command.prefix.startsWith('sudo ') ? 'sudo ' : '';
  return step === undefined
    ? refused('where the command ends was not found')
    : appendStep(document, run, step, sudo + clean);
}

function findingOf(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  kind: CacheKind,
  all: readonly CacheUse[],
): Finding | undefined {
  const uses = all.filter((use) => !removed(run, kind, use));
  const [first] = uses;
  if (first === undefined || mountsOver(run.instruction, kind.paths)) return undefined;
  if (
    kind.clean !== undefined &&
    document.instructions.some(({ argumentText }) => OFFLINE.test(argumentText))
  ) {
    return undefined;
  }
  if (configured(document, stage, run, kind) || kind.configured.test(run.text)) return undefined;
  const change = kind.flag ?? kind.clean ?? '';
  const base = {
    subject: ['stages', String(run.instruction.stage)],
    range: rangeIn(run, first.command),
    message: kind.message,
    evidence: [
      ...uses.map(({ verb }) => cite(document, run.offset + verb.start)),
      citeSource(kind.source, kind.says),
    ],
  };
  const edit = editOf(document, run, kind, uses);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: change };
  return { ...base, safety: 'safe', change, edits: edit.edits };
}

export const noPackageCache: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/no-package-cache',
    title: 'Leave no download caches in the image',
    description:
      'pip, uv, npm, Yarn and Composer keep what they download for the next installation, which never comes in an ' +
      'image: the packages are in it twice. Only in stages whose layers are part of an image that runs, and not where a ' +
      'cache mount, a variable or a later command looks after it already.',
    severity: 'low',
    phase: 1,
    mayBreak: 'A later RUN that installs offline, from the cache of an earlier one.',
    touches: ['stages.*.RUN'],
    controls: ['CIS-Docker-4.3'],
    references: [
      'https://pip.pypa.io/en/stable/topics/caching/#avoiding-caching',
      'https://docs.npmjs.com/cli/commands/npm-cache',
      'https://docs.docker.com/build/building/best-practices/',
    ],
  },
  run: (document, context) =>
    shippedStages(document, context).flatMap((stage) =>
      stageRuns(document, stage).flatMap((run) =>
        packageCaches(document, stage, run, context).flatMap(
          ({ kind, uses }) => findingOf(document, stage, run, kind, uses) ?? [],
        ),
      ),
    ),
};
