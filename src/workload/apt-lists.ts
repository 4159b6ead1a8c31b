import { cite } from '../core/evidence.js';
import { APT_OPTIONS_WITH_VALUE } from './apt.js';
import { programName, looksLikeScript } from './startup.js';
import type { Certainty, Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { readRun, stepAt, type RunScript } from '../formats/dockerfile/run-script.js';
import { joinPath, stageScope, workdirAt } from '../formats/dockerfile/scope.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import type { DockerfileContext } from './context.js';
import { findCopiedFile } from './copied-files.js';
import { builtOn, packageCommand, type PackageCommand } from './package-commands.js';

/** apt and what reads its package lists. */
const APT = /^(?:apt|apt-get|aptitude|apt-cache|apt-file|apt-show-versions|tasksel|gdebi)$/;
/** What apt does without package lists. */
const WITHOUT_LISTS = /^(?:clean|autoclean|dist-?clean|autoremove|remove|purge|check|mark|key|config)$/;

/** The apt commands of a script, in order. */
export function aptCommands(run: RunScript): readonly PackageCommand[] {
  return run.script.commands.flatMap((command) => packageCommand(command, APT, APT_OPTIONS_WITH_VALUE) ?? []);
}

function isUpdate({ tool, verb }: PackageCommand): boolean {
  return verb?.value === 'update' && tool !== 'apt-file';
}

function needsLists(command: PackageCommand): boolean {
  const { verb } = command;
  return !isUpdate(command) && verb !== undefined && !WITHOUT_LISTS.test(verb.value ?? '');
}

function removesLists(program: string, words: readonly ShellWord[]): boolean {
  if (/^(?:rm|find|sudo|truncate|mv)$/.test(program)) {
    return words.some(({ text }) => /\/var\/lib\/(?:apt|\{|\*)|^\/var\/lib\/?$|apt\/lists/.test(text));
  }
  // `/scripts/cleanup.sh`: somebody looks after it.
  return (
    words.some(({ text }) => /^dist-?clean$|(?:^|\/)[\w-]*clean[\w-]*\.sh$/.test(text)) ||
    /clean/.test(program)
  );
}

/** What a script does to the package lists, and the last of its apt commands. */
export interface ListsUse {
  /** The last `apt-get update`. */
  readonly update: PackageCommand;
  readonly last: PackageCommand;
  /** True when the lists are removed behind the update. */
  readonly removed: boolean;
}

/** Undefined for a script that fetches no package lists. */
export function listsUse(run: RunScript): ListsUse | undefined {
  const commands = aptCommands(run);
  const update = commands.findLast(isUpdate);
  const last = commands.at(-1);
  if (update === undefined || last === undefined) return undefined;
  const removed = run.script.commands.some(
    ({ start, program, words }) => start > update.start && removesLists(programName(program ?? ''), words),
  );
  return { update, last, removed };
}

/** Who reads the lists after a RUN, as far as the Dockerfile and its build context tell. */
export interface LaterUse {
  /** `known`: nobody; `likely`: nothing says so; `unknown`: somebody does. */
  readonly certainty: Certainty;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

const INSTALLS = /\bapt(?:-get)?\b[^\n;&|#]*\b(?:install|build-dep|satisfy|dist-upgrade|upgrade)\b/;
const UPDATES = /\bapt(?:-get)?\b[^\n;&|#]*\bupdate\b/;

/** True when a text installs packages and fetches no lists before. */
function installsFromLists(text: string): boolean {
  const install = text.search(INSTALLS);
  const update = text.search(UPDATES);
  return install !== -1 && (update === -1 || update > install);
}

const SHELL = /^(?:ba|da|a)?sh$/;
/** Scripts of source trees, which build and install nothing from apt. */
const BUILD_SCRIPT = /^(?:configure|config|bootstrap|autogen\.sh|gradlew|mvnw|make\w*)$/i;

/** The script that a command runs: itself, or what it gives a shell; `piped` for one from standard input. */
function scriptOf({ program, args }: ShellCommand): { readonly path?: string | undefined } | 'piped' {
  if (program === undefined) return {};
  const name = programName(program);
  if (/^(?:\.|source)$/.test(program) || SHELL.test(name)) {
    const path = args.find(({ text }) => !text.startsWith('-'))?.value;
    const inline = args.some(({ text }) => /^-\w*c$/.test(text));
    return path === undefined && !inline ? 'piped' : { path: inline ? undefined : path };
  }
  const runs = looksLikeScript(program) || /^\.{0,2}\//.test(program);
  return { path: runs && !BUILD_SCRIPT.test(name) && !/\/s?bin\//.test(program) ? program : undefined };
}

type Reading = 'installs' | 'opaque' | 'no';

function readCommand(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  command: ShellCommand,
  context: DockerfileContext,
): Reading {
  const inline = command.words.some(({ value = '' }) => /\s/.test(value) && installsFromLists(value));
  if (inline) return 'installs';
  const script = scriptOf(command);
  if (script === 'piped') return 'opaque';
  const { path } = script;
  if (path === undefined) return 'no';
  const workdir = workdirAt(document, stage, instruction);
  const absolute = path.startsWith('/') ? path : workdir === undefined ? undefined : joinPath(workdir, path);
  const found =
    absolute === undefined
      ? undefined
      : findCopiedFile(document, stage, absolute, context.files, context.buildContext);
  if (found === undefined) return 'opaque';
  return installsFromLists(found.text) ? 'installs' : 'no';
}

/** Looks through what follows a RUN in its stage and in those built on it, until the lists are fetched again. */
export function laterUse(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  last: PackageCommand,
  context: DockerfileContext,
): LaterUse {
  const opaque: Evidence[] = [];
  const unknown = (instruction: Instruction, at: number): LaterUse => ({
    certainty: 'unknown',
    reason: `line ${document.lines.lineOf(at)} installs packages from these lists: update them there, in the same RUN`,
    evidence: [cite(document, instruction.start)],
  });
  const rest = run.script.commands.filter(({ start }) => start > last.start);
  for (const command of rest) {
    const reading = readCommand(document, stage, run.instruction, command, context);
    const at = run.offset + command.start;
    if (reading === 'installs') return unknown(run.instruction, at);
    if (reading === 'opaque') opaque.push(cite(document, at));
  }
  for (const other of builtOn(document, stage)) {
    const { instructions } = stageScope(document, other);
    for (const instruction of instructions.filter(({ index }) => index > run.instruction.index)) {
      const outcome = readInstruction(document, other, instruction, context);
      if (outcome.needs !== undefined) return unknown(instruction, outcome.needs);
      opaque.push(...outcome.opaque);
      if (outcome.fetches) break;
    }
  }
  if (opaque.length === 0) return { certainty: 'known', reason: '', evidence: [] };
  return { certainty: 'likely', reason: '', evidence: opaque };
}

interface InstructionUse {
  /** Where packages are installed from the lists of before. */
  readonly needs?: number;
  readonly opaque: readonly Evidence[];
  /** True when it surely fetches lists of its own. */
  readonly fetches: boolean;
}

function readInstruction(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  context: DockerfileContext,
): InstructionUse {
  const { keyword, argumentText, json, start } = instruction;
  const nothing = { opaque: [], fetches: false };
  if (keyword === 'ONBUILD') return installsFromLists(argumentText) ? { ...nothing, needs: start } : nothing;
  if (keyword !== 'RUN') return nothing;
  const run = readRun(document, stage, instruction);
  if (run === undefined) {
    const text = document.text.slice(instruction.start, instruction.end);
    return installsFromLists(json === undefined ? text : json.join(' '))
      ? { ...nothing, needs: start }
      : nothing;
  }
  const opaque: Evidence[] = [];
  let updated = false;
  for (const command of run.script.commands) {
    const apt = packageCommand(command, APT, APT_OPTIONS_WITH_VALUE);
    if (apt !== undefined) {
      if (!updated && needsLists(apt)) return { ...nothing, needs: run.offset + command.start };
      updated ||= isUpdate(apt);
    } else if (!updated) {
      const reading = readCommand(document, stage, instruction, command, context);
      if (reading === 'installs') return { ...nothing, needs: run.offset + command.start };
      if (reading === 'opaque') opaque.push(cite(document, run.offset + command.start));
    }
  }
  const fetches = aptCommands(run).some((apt) => isUpdate(apt) && stepAt(run, apt.start)?.kind === 'simple');
  return { opaque, fetches };
}
