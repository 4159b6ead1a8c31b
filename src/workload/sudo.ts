import { cite } from '../core/evidence.js';
import { redact } from '../core/redact.js';
import { combine, type Edits } from '../core/text.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { removeInstruction } from '../formats/dockerfile/edit.js';
import type { ShellCommand } from '../formats/shell.js';
import { joinPath, stageChain, workdirAt } from '../formats/dockerfile/scope.js';
import { userAt } from './build-user.js';
import type { DockerfileContext } from './context.js';
import { copySources, findCopiedFile, stageNamed } from './copied-files.js';
import { imageBuild, runningStages, type ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { dropSetup, foldIntoCopy, stripSudo, wrapAsRoot, wrapObstacle } from './sudo-rewrite.js';
import { sudoInRun } from './sudo-setup.js';
import { withoutSudo } from './sudo-words.js';
import { programName, startsBareShell } from './startup.js';

/** Why sudo has to stay, with what shows it. */
export interface SudoNeed {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** A RUN that gets along without sudo, whether or not the image keeps it. */
export interface SudoStep {
  readonly stage: Stage;
  readonly run: Instruction;
  readonly kind: 'needless' | 'copy';
  readonly edits: Edits;
}

/** A stage that installs sudo, with those that build on it. */
export interface SudoFamily {
  readonly stages: readonly Stage[];
  /** The install. */
  readonly start: number;
  readonly evidence: readonly Evidence[];
  /** What needs sudo; when it is empty, `edits` remove it. */
  readonly needs: readonly SudoNeed[];
  readonly edits: Edits;
  /** RUNs that become root's. */
  readonly steps: number;
}

export interface SudoPlan {
  readonly families: readonly SudoFamily[];
  readonly steps: readonly SudoStep[];
}

const MENTION = /(?<![a-z])sudo(?![a-z])|\$\{?SUDO\b/i;
/** Programs that give people a shell, or wait for them. */
const PEOPLE =
  /^(?:code-server|openvscode-server|jupyter|jupyter-lab|jupyter-notebook|start-notebook\.sh|ttyd|wetty|gotty|sshd|vncserver|xrdp|theia)$/;
/** Commands of an image that people enter with `docker exec`. */
const WAITS = /^(?:sleep|tail|cat)$/;
/** Installers that call sudo themselves when they aren't root. */
const CALLS_SUDO = /\b(?:brew|linuxbrew|homebrew|install-deps|--with-deps)\b/i;
const SHELLS = /^(?:sh|bash|ash|dash|zsh)$/;

/** The first line of a script that names sudo outside of comments. */
function mentionIn(file: string, text: string): Evidence | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => !/^\s*#/.test(line) && MENTION.test(line));
  return at === -1 ? undefined : { file, line: at + 1, text: redact(lines[at]!.trim()) };
}

/** The script that a command runs; undefined for a program of the image, and empty for what a pipe brings. */
function scriptOf({ program, args }: ShellCommand): string | undefined {
  if (program === undefined) return undefined;
  if (!SHELLS.test(programName(program)))
    return /\/|\.(?:ba)?sh$/.test(program) && !/^\/(?:usr\/(?:local\/)?)?s?bin\//.test(program)
      ? program
      : undefined;
  if (args.some(({ text }) => /^-\w*c$/.test(text))) return undefined;
  return args.find(({ text }) => !/^[-+]/.test(text))?.value ?? '';
}

/** How a build step may call sudo without saying so in the Dockerfile. */
function hiddenCall(
  document: DockerfileDocument,
  build: ImageBuild,
  command: RunCommand,
  asRoot: boolean,
  context: DockerfileContext,
): SudoNeed | undefined {
  const { program, words, offset, start, instruction } = command;
  const at = cite(document, offset + start);
  const unknown = (reason: string): SudoNeed | undefined => (asRoot ? undefined : { reason, evidence: [at] });
  if (words.length === 0) return undefined;
  if (program === undefined || words.some(({ text }) => CALLS_SUDO.test(text)))
    return unknown('a build step may call sudo by itself');
  const path = scriptOf(command);
  if (path === undefined) return undefined;
  if (path === '') return unknown('a script that the build pipes into a shell may call sudo');
  const stage = document.stages[instruction.stage] ?? build.stage;
  const workdir = workdirAt(document, stage, instruction);
  const absolute = path.startsWith('/') || workdir !== undefined ? joinPath(workdir ?? '/', path) : undefined;
  const found =
    absolute === undefined
      ? undefined
      : findCopiedFile(document, stage, absolute, context.files, context.buildContext);
  if (found === undefined)
    return unknown(`the build runs ${path}, which is not in the repository and may call sudo`);
  const line = mentionIn(found.file, found.text);
  return line === undefined
    ? undefined
    : { reason: `${found.file}, which the build runs, calls sudo`, evidence: [line, at] };
}

/** What starts, and calls sudo or may do so. */
function startNeeds(document: DockerfileDocument, build: ImageBuild): SudoNeed[] {
  const { startup, scope, stage } = build;
  const needs: SudoNeed[] = [];
  for (const { file, text, script } of startup.scripts) {
    const piped = script.commands.find((command) => command.words.length > 0 && scriptOf(command) === '');
    if (piped !== undefined) {
      const number = text.slice(0, piped.start).split('\n').length;
      const line = redact((text.split('\n')[number - 1] ?? '').trim());
      const reason = `${file} pipes a script into a shell when the container starts, which may call sudo`;
      needs.push({ reason, evidence: [{ file, line: number, text: line }] });
    }
    const line = mentionIn(file, text);
    if (line !== undefined)
      needs.push({ reason: `${file} calls sudo when the container starts`, evidence: [line] });
  }
  if (startup.unreadable.length > 0) {
    const reason = `it starts ${startup.unreadable.join(', ')}, which is no shell script of the repository`;
    needs.push({ reason, evidence: [] });
  }
  const start = scope.entrypoint ?? scope.command;
  const people = startup.programs.find(({ name = '', evidence }) => {
    const own = 'file' in evidence && evidence.file === document.path;
    return PEOPLE.test(programName(name)) || (own && WAITS.test(programName(name)));
  });
  if (start === undefined) {
    const reason = 'the stage has neither CMD nor ENTRYPOINT: people may work in it';
    needs.push({ reason, evidence: [cite(document, stage.from.start)] });
  } else if (startsBareShell(scope.command ?? start) || startsBareShell(start)) {
    needs.push({
      reason: 'it starts a shell, for people to work in',
      evidence: [cite(document, start.start)],
    });
  } else if (people !== undefined) {
    needs.push({ reason: 'people work in it', evidence: [people.evidence] });
  }
  return needs;
}

/** Instructions that hand sudo on or name it, and aren't RUN. */
function otherNeeds(document: DockerfileDocument, stages: readonly Stage[]): SudoNeed[] {
  return document.instructions.flatMap((instruction): SudoNeed[] => {
    const { keyword, flags, start, end } = instruction;
    const evidence = [cite(document, start)];
    const own = stages.some(({ index }) => index === instruction.stage);
    if (own && /^(?:ONBUILD|HEALTHCHECK|CMD|ENTRYPOINT)$/.test(keyword))
      return MENTION.test(document.text.slice(start, end))
        ? [{ reason: `${keyword} calls sudo`, evidence }]
        : [];
    const from = flags.find(({ name }) => name === 'from')?.value;
    const origin = from === undefined ? undefined : stageNamed(document, from);
    if (origin === undefined || !stages.includes(origin)) return [];
    const copy = copySources(document, document.stages[instruction.stage]!, instruction);
    const wide = copy?.sources.some(
      (source) => source === undefined || /^\/?(?:$|\*|(?:etc|usr|usr\/bin)\/?$)/.test(source),
    );
    return wide === true ? [{ reason: 'another stage copies its system directories', evidence }] : [];
  });
}

/** COPY instructions that bring nothing but a sudoers file. */
function sudoersCopies(document: DockerfileDocument, stage: Stage): readonly Instruction[] {
  return stage.instructions.filter((instruction) => {
    if (instruction.keyword !== 'COPY') return false;
    const copy = copySources(document, stage, instruction);
    return copy?.destination !== undefined && /^\/etc\/sudoers(?:\.d)?(?:\/|$)/.test(copy.destination);
  });
}

interface FamilyEdits {
  readonly needs: SudoNeed[];
  readonly edits: Edits[];
  readonly wrapped: Instruction[];
  /** RUNs of a user that isn't root, and of root, that call it. */
  uses: number;
  rootUses: number;
  readonly grants: Evidence[];
}

function visitRun(
  document: DockerfileDocument,
  build: ImageBuild,
  run: Instruction,
  result: FamilyEdits,
  context: DockerfileContext,
): void {
  const found = sudoInRun(document, build, run);
  const user = userAt(document, build, run);
  const at = [cite(document, run.start)];
  const root = user.certainty === 'known' && user.value.root;
  const used = found?.uses ?? [];
  for (const command of build.runCommands.filter(({ instruction }) => instruction === run)) {
    const asRoot = root || used.some((use) => use.command === command);
    const hidden = hiddenCall(document, build, withoutSudo(command), asRoot, context);
    if (hidden !== undefined) result.needs.push(hidden);
  }
  if (found === undefined) return;
  const push = (edit: Edits): void => {
    if (edit.ok) result.edits.push(edit);
    else result.needs.push({ reason: edit.reason, evidence: at });
  };
  if (found.unclear)
    result.needs.push({ reason: 'a RUN names sudo in another way than to call it', evidence: at });
  result.grants.push(...found.grants.map(({ offset, start }) => cite(document, offset + start)));
  push(dropSetup(document, found));
  if (used.length === 0) return;
  if (user.certainty !== 'known') {
    result.needs.push({ reason: 'which user a RUN calls sudo as is not known', evidence: at });
    return;
  }
  if (root) {
    result.rootUses += 1;
    push(stripSudo(document, build, used, context));
    return;
  }
  result.uses += 1;
  const fold = foldIntoCopy(document, build, found, context);
  if (fold.ok) {
    result.edits.push(fold);
    return;
  }
  const against = wrapObstacle(document, build, found);
  if (against !== undefined) {
    result.needs.push({ reason: `a RUN calls sudo, and ${against}`, evidence: at });
    return;
  }
  result.wrapped.push(run);
  push(stripSudo(document, build, used, context));
}

function familyOf(
  document: DockerfileDocument,
  first: Stage,
  install: RunCommand,
  context: DockerfileContext,
): SudoFamily {
  const stages = document.stages.filter((stage) => stageChain(stage).includes(first));
  const running = runningStages(document, context);
  const result: FamilyEdits = { needs: [], edits: [], wrapped: [], uses: 0, rootUses: 0, grants: [] };
  for (const stage of stages) {
    const build = imageBuild(document, stage, context);
    const copies = sudoersCopies(document, stage);
    result.grants.push(...copies.map(({ start }) => cite(document, start)));
    result.edits.push(...copies.map((copy) => removeInstruction(document, copy)));
    for (const run of stage.instructions.filter(({ keyword }) => keyword === 'RUN'))
      visitRun(document, build, run, result, context);
    if (running.includes(stage)) result.needs.unshift(...startNeeds(document, build));
  }
  const wraps = stages.map((stage) =>
    wrapAsRoot(
      document,
      imageBuild(document, stage, context),
      result.wrapped.filter((run) => run.stage === stage.index),
    ),
  );
  const needs = [...otherNeeds(document, stages), ...result.needs];
  if (/(?:^|\/)\.devcontainer\//.test(document.path))
    needs.push({ reason: 'people work in it', evidence: [] });
  if (result.grants.length > 0 && result.uses === 0)
    needs.push({
      reason: 'it is set up for a user, and no step of the build calls it: the program may',
      evidence: [],
    });
  const asRoot = stages.some(
    (stage) => running.includes(stage) && imageBuild(document, stage, context).user.value.root,
  );
  if (result.grants.length + result.uses + result.rootUses === 0 && asRoot)
    needs.push({ reason: 'nothing in the file calls it: what runs as root may', evidence: [] });
  const all = combine(...result.edits, ...wraps);
  if (!all.ok) needs.push({ reason: all.reason, evidence: [] });
  const start = install.offset + install.start;
  return {
    stages,
    start,
    evidence: [cite(document, start), ...result.grants],
    needs,
    edits: all,
    steps: result.wrapped.length,
  };
}

/** The steps that lose their sudo even where the image keeps it. */
function stepsOf(document: DockerfileDocument, stage: Stage, context: DockerfileContext): SudoStep[] {
  const build = imageBuild(document, stage, context);
  return stage.instructions.flatMap((run): SudoStep[] => {
    if (run.keyword !== 'RUN') return [];
    const found = sudoInRun(document, build, run);
    const user = userAt(document, build, run);
    if (found === undefined || found.uses.length === 0 || user.certainty !== 'known') return [];
    if (!user.value.root) {
      const fold = foldIntoCopy(document, build, found, context);
      return fold.ok ? [{ stage, run, kind: 'copy', edits: fold }] : [];
    }
    const plain = found.uses.filter(({ sudo }) => sudo.plain);
    if (plain.length === 0) return [];
    return [{ stage, run, kind: 'needless', edits: stripSudo(document, build, plain, context) }];
  });
}

const plans = new WeakMap<DockerfileContext, WeakMap<DockerfileDocument, SudoPlan>>();

/** What becomes of sudo in a Dockerfile. */
export function sudoPlan(document: DockerfileDocument, context: DockerfileContext): SudoPlan {
  const cache = plans.get(context) ?? new WeakMap<DockerfileDocument, SudoPlan>();
  plans.set(context, cache);
  const cached = cache.get(document);
  if (cached !== undefined) return cached;
  const plan = planSudo(document, context);
  cache.set(document, plan);
  return plan;
}

function planSudo(document: DockerfileDocument, context: DockerfileContext): SudoPlan {
  if (!/sudo/i.test(document.text) || document.escape === '`') return { families: [], steps: [] };
  const families: SudoFamily[] = [];
  const running = runningStages(document, context);
  for (const stage of document.stages) {
    const build = imageBuild(document, stage, context);
    if (build.family === 'windows' || families.some(({ stages }) => stages.includes(stage))) continue;
    const install = stage.instructions
      .filter(({ keyword }) => keyword === 'RUN')
      .flatMap((run) => sudoInRun(document, build, run)?.installs ?? [])[0];
    if (install === undefined) continue;
    const family = familyOf(document, stage, install, context);
    if (family.stages.some((member) => running.includes(member))) families.push(family);
  }
  const gone = new Set(families.flatMap(({ needs, stages }) => (needs.length === 0 ? stages : [])));
  const steps = document.stages.flatMap((stage) =>
    gone.has(stage) ? [] : stepsOf(document, stage, context),
  );
  return { families, steps };
}

/** True when a RUN of the stage's chain behind an instruction calls sudo, as the file stands. */
export function callsSudoAfter(
  document: DockerfileDocument,
  build: ImageBuild,
  instruction: Instruction,
): boolean {
  return build.scope.instructions.some(
    (run) =>
      run.keyword === 'RUN' &&
      run.index > instruction.index &&
      (sudoInRun(document, build, run)?.uses.length ?? 0) > 0,
  );
}
