import { cite, citeSource } from '../../src/core/evidence.js';
import type { Edits } from '../../src/core/text.js';
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
import { laterUse, listsUse } from '../../src/workload/apt-lists.js';
import type { DockerfileContext } from '../../src/workload/context.js';
import {
  packageCommand,
  shippedStages,
  stageRuns,
  type PackageCommand,
} from '../../src/workload/package-commands.js';
import { withoutApkCache } from '../../src/workload/apk-cache.js';
import { programName } from '../../src/workload/startup.js';

const REFERENCE = 'https://docs.docker.com/build/building/best-practices/#apt-get';
const DNF = /^(?:dnf|dnf-3|dnf5|yum|microdnf|tdnf|zypper)$/;
/** What leaves no metadata or packages behind. */
const FETCHES_NOTHING =
  /^(?:clean|remove|erase|autoremove|list|repolist|config-manager|rm|removerepo|addrepo|ar|lr|mark|versionlock)$/;

const OFFLINE = /\b(?:dnf\d?|yum|microdnf|tdnf|zypper)\b[^\n;&|]*\s(?:-C|--cacheonly|--no-refresh)\b/;

interface Place {
  readonly subject: readonly string[];
  readonly range: { readonly start: number; readonly end: number };
}

function placeOf(run: RunScript, command: PackageCommand): Place {
  return { subject: ['stages', String(run.instruction.stage)], range: rangeIn(run, command) };
}

/** The command with which its user may write what a package manager wrote: behind sudo, with sudo. */
function asWritten(prefix: string, command: string): string {
  return /^(?:sudo|doas)\b/.test(prefix) ? `${/^\S+/.exec(prefix)?.[0] ?? ''} ${command}` : command;
}

function append(document: DockerfileDocument, run: RunScript, after: PackageCommand, command: string): Edits {
  const step = stepAt(run, after.start);
  return step === undefined
    ? { ok: false, reason: 'where the command ends was not found' }
    : appendStep(document, run, step, command);
}

function aptFinding(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  context: DockerfileContext,
): Finding[] {
  const use = listsUse(run);
  if (use === undefined || use.removed || mountsOver(run.instruction, /^\/var\/(?:lib|cache)\/apt/))
    return [];
  const command = asWritten(use.last.prefix, 'rm -rf /var/lib/apt/lists/*');
  const later = laterUse(document, stage, run, use.last, context);
  const base = {
    ...placeOf(run, use.update),
    message: 'the package lists that apt fetched stay in the layer',
    evidence: [cite(document, run.offset + use.update.start), ...later.evidence],
  };
  const manual = (reason: string): Finding[] => [{ ...base, safety: 'manual', reason, suggestion: command }];
  if (later.certainty === 'unknown') return manual(later.reason);
  const edit = append(document, run, use.last, command);
  if (!edit.ok) return manual(edit.reason);
  const safety = later.certainty === 'known' ? 'safe' : 'unsafe';
  return [{ ...base, safety, change: command, edits: edit.edits }];
}

function dnfFinding(document: DockerfileDocument, run: RunScript): Finding[] {
  const { commands } = run.script;
  const all = commands.flatMap((command) => packageCommand(command, DNF) ?? []);
  const fetching = all.filter(
    ({ verb, args }) =>
      verb !== undefined &&
      !FETCHES_NOTHING.test(verb.value ?? '') &&
      !args.some(({ text }) => /^(?:--installroot|--root|-R$)/.test(text)),
  );
  const last = fetching.at(-1);
  if (last === undefined || mountsOver(run.instruction, /^\/var\/cache(?:\/|$)/)) return [];
  const cleaned = commands.some(
    ({ start, program = '', words }) =>
      start > last.start &&
      (DNF.test(programName(program)) || /^(?:rm|sudo)$/.test(programName(program))) &&
      words.some(({ text }) => text === 'clean' || /\/var\/cache/.test(text)),
  );
  if (cleaned) return [];
  const command = `${last.prefix} clean ${last.tool === 'zypper' ? '--all' : 'all'}`;
  const base = {
    ...placeOf(run, last),
    message: `the metadata and packages that ${last.tool} fetched stay in the layer`,
    evidence: [cite(document, run.offset + last.start)],
  };
  const edit: Edits = document.instructions.some(({ argumentText }) => OFFLINE.test(argumentText))
    ? { ok: false, reason: 'something installs from the cache' }
    : append(document, run, all.findLast(({ start }) => start >= last.start) ?? last, command);
  if (!edit.ok) return [{ ...base, safety: 'manual', reason: edit.reason, suggestion: command }];
  return [{ ...base, safety: 'safe', change: command, edits: edit.edits }];
}

const APK = 'https://github.com/gliderlabs/docker-alpine/blob/master/docs/usage.md#disabling-cache';
/** `--no-cache` came with Alpine 3.3. */
const BEFORE_NO_CACHE = /^(?:.*\/)?alpine:(?:v?2\.|v?3\.[0-2](?:\D|$))/;

function apkFinding(document: DockerfileDocument, stage: Stage, run: RunScript): Finding[] {
  if (BEFORE_NO_CACHE.test(stageScope(document, stage).root.reference ?? '')) return [];
  const outcome = withoutApkCache(document, run);
  if (outcome === undefined) return [];
  const base = {
    ...placeOf(run, outcome.first),
    message: 'the package index that apk fetched stays in the layer',
    evidence: [
      cite(document, run.offset + outcome.first.start),
      citeSource(APK, '--no-cache fetches the index for one command and keeps none'),
    ],
  };
  if (!outcome.edits.ok) {
    return [{ ...base, safety: 'manual', reason: outcome.edits.reason, suggestion: 'apk add --no-cache' }];
  }
  return [{ ...base, safety: 'safe', change: outcome.change, edits: outcome.edits.edits }];
}

export const cleanPackageCaches: Transform<DockerfileDocument, DockerfileContext> = {
  meta: {
    id: 'dockerfile/clean-package-caches',
    title: 'Leave no package manager caches in the image',
    description:
      'What a package manager fetches to know its packages is part of the layer in which it ran, and no later layer ' +
      'can take it out again: it makes the image larger, and old. It is removed in the same RUN, or not written at all. ' +
      'Package lists from which a later RUN installs stay, and the finding says which.',
    severity: 'low',
    phase: 1,
    mayBreak:
      'An image built on this one, or a script, that installs packages without updating the package lists first.',
    touches: ['stages.*.RUN'],
    controls: ['CIS-Docker-4.3'],
    references: [REFERENCE, APK, 'https://dnf.readthedocs.io/en/latest/command_ref.html#clean-command'],
  },
  run: (document, context) =>
    shippedStages(document, context).flatMap((stage) =>
      stageRuns(document, stage).flatMap((run) => [
        ...aptFinding(document, stage, run, context),
        ...apkFinding(document, stage, run),
        ...dnfFinding(document, run),
      ]),
    ),
};
