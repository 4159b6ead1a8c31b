import { combine, edits, refused, type Edits, type Range } from '../core/text.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { addFlag, insertAfter, insertBefore, removeInstruction } from '../formats/dockerfile/edit.js';
import { runScripts } from '../formats/dockerfile/shell-text.js';
import { parseShell } from '../formats/shell.js';
import { userAt, userInstructionAt } from './build-user.js';
import { pathsOf, recursiveChowns } from './chown.js';
import { foldChown } from './chown-fold.js';
import type { DockerfileContext } from './context.js';
import { contextPath, copySources } from './copied-files.js';
import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { foldEdits, removeFromRun } from './run-parts.js';
import type { SudoInRun, SudoUse } from './sudo-setup.js';
import { programName } from './startup.js';
import { withoutSudo } from './sudo-words.js';

/** True when the RUN is this one command. */
function isWhole(document: DockerfileDocument, run: Instruction): boolean {
  const scripts = runScripts(document, run);
  return run.heredocs.length === 0 && scripts.length === 1 && parseShell(scripts[0]!.text).single;
}

/** The last COPY of one file of the build context to exactly this path, when no RUN in between names it. */
function copyOf(
  document: DockerfileDocument,
  build: ImageBuild,
  path: string,
  run: Instruction,
  context: DockerfileContext,
): Instruction | undefined {
  const before = build.stage.instructions.filter(({ index }) => index < run.index);
  const copy = before.findLast((instruction) => {
    if (instruction.keyword !== 'COPY' || instruction.heredocs.length > 0) return false;
    const read = copySources(document, build.stage, instruction);
    const [source, more] = read?.sources ?? [];
    if (
      read?.destination === undefined ||
      source === undefined ||
      more !== undefined ||
      read.from !== undefined
    )
      return false;
    if (context.files.kind(contextPath(context.buildContext, source)) !== 'file') return false;
    const name = programName(source);
    return read.destination === path || (/\/$/.test(read.destination) && read.destination + name === path);
  });
  if (copy === undefined) return undefined;
  const named = before.some(
    ({ index, keyword, start, end }) =>
      index > copy.index &&
      /^(?:RUN|COPY|ADD|WORKDIR)$/.test(keyword) &&
      (keyword === 'RUN'
        ? document.text.slice(start, end).includes(programName(path))
        : keyword !== 'WORKDIR'),
  );
  return named ? undefined : copy;
}

/** `--chmod=` or `--chown=` for what the command does to one copied file. */
function flagOf(command: RunCommand, name: string): string | undefined {
  const [first] = command.args;
  const value = first?.value;
  if (name === 'chmod') {
    if (value === undefined) return undefined;
    // git knows 644 and 755 only, and a context's file that is 755 already stays so.
    if (/^(?:a|ugo)?\+x$/.test(value)) return '--chmod=755';
    return /^0?[0-7]{3}$/.test(value) ? `--chmod=${value.slice(-3)}` : undefined;
  }
  return value !== undefined && /^[\w-]+:[\w-]+$/.test(value) ? `--chown=${value}` : undefined;
}

/** Turns a RUN that only changes the mode or owner of what COPY brought into COPY's flag. */
export function foldIntoCopy(
  document: DockerfileDocument,
  build: ImageBuild,
  { run, uses }: SudoInRun,
  context: DockerfileContext,
): Edits {
  const [use, more] = uses;
  if (use === undefined || more !== undefined || !use.sudo.plain || !isWhole(document, run))
    return refused('it does more than to change a mode or an owner');
  const recursive = recursiveChowns(document, build).find(({ instruction }) => instruction === run);
  if (recursive !== undefined) {
    const verdict = foldChown(document, build, recursive, context);
    if (verdict.ok && !verdict.fold.keepsPlain) return foldEdits(document, recursive, verdict.fold, true);
    return refused('the directory itself has to be chowned');
  }
  const command = withoutSudo(use.command);
  const name = programName(command.program ?? '');
  const [, target, another] = command.args;
  if (!/^(?:chmod|chown)$/.test(name) || target === undefined || another !== undefined)
    return refused('it does more than to change a mode or an owner');
  const flag = flagOf(command, name);
  const [path] = pathsOf(document, build, run, [target]);
  if (flag === undefined || path === undefined) return refused('COPY has no flag for it');
  const copy = copyOf(document, build, path, run, context);
  if (copy === undefined) return refused('no COPY brings exactly this file');
  return combine(addFlag(copy, flag), removeInstruction(document, run));
}

/** Programs that do the same as root: they write nothing that is kept. */
const HARMLESS =
  /^(?:echo|printf|cat|true|:|test|\[|set|export|grep|egrep|awk|head|tail|sort|uniq|cut|tr|uname|arch|dpkg|lsb_release|cd|ls|which|command|sleep|base64|sha256sum)$/;
/** What names the user or its home. */
const NAMES_USER = /~|\$\{?(?:HOME|USER|LOGNAME|UID|SHELL)\b|\bwhoami\b|\bid\s+-|\blogname\b/;

function isTemporary(path: string | undefined): boolean {
  return path !== undefined && /^(?:\/tmp\/|\/var\/tmp\/|\/dev\/(?:null|stdout|stderr)$)/.test(path);
}

/** True for a command beside those that use sudo which may run as root as well. */
function runsAsRootToo(command: RunCommand): boolean {
  const { program, args, writes, words } = command;
  if (words.length === 0) return false;
  if (!writes.every(({ value }) => isTemporary(value))) return false;
  const name = programName(program ?? '');
  if (HARMLESS.test(name)) return true;
  const operands = args.filter(({ text }) => !text.startsWith('-'));
  if (name === 'rm')
    return operands.every(({ text }) => /^\/(?:tmp|var\/tmp|var\/lib\/apt\/lists|var\/cache)\//.test(text));
  if (name !== 'curl' && name !== 'wget') return false;
  const at = args.findIndex(({ text }) => /^(?:-[a-zA-Z]*[oO]|--output|--output-document)$/.test(text));
  const attached = args.some(({ text }) => /^(?:-O\S+|--output(?:-document)?=)/.test(text) && text !== '-O-');
  if (at === -1) return name === 'curl' ? !attached : args.some(({ text }) => text === '-O-');
  const output = args[at + 1]?.value;
  return name === 'wget' && output === '-' ? true : isTemporary(output);
}

/** Why a RUN of a user that isn't root can't run as root as a whole. */
export function wrapObstacle(
  document: DockerfileDocument,
  build: ImageBuild,
  { run, uses }: SudoInRun,
): string | undefined {
  const rough = uses.find(({ sudo }) => !sudo.plain);
  if (rough !== undefined) return 'its sudo has options that need sudo';
  if (run.flags.some(({ text }) => /uid=|gid=|type=(?:ssh|cache)/.test(text)))
    return 'what it mounts belongs to the user';
  const text = runScripts(document, run)
    .map((script) => script.text)
    .join('\n');
  if (NAMES_USER.test(text)) return 'it names the user or its home';
  const commands = build.runCommands.filter(({ instruction }) => instruction === run);
  const other = commands.find(
    (command) => !uses.some((use) => use.command === command) && !runsAsRootToo(command),
  );
  if (other !== undefined)
    return `${programName(other.program ?? 'a command')} in the same RUN is not for root`;
  const user = userInstructionAt(build, run);
  const variable = /\$\{?(\w+)/.exec(user?.argumentText ?? '')?.[1];
  if (user !== undefined && variable !== undefined) {
    const now = build.scope.lookupAt(run)(variable);
    if (user.stage !== run.stage || now === undefined || now !== build.scope.lookupAt(user)(variable))
      return 'the user to go back to is a variable';
  }
  return undefined;
}

/** Takes `sudo` away from the commands, and `-R` from a chown whose work COPY can do. */
export function stripSudo(
  document: DockerfileDocument,
  build: ImageBuild,
  uses: readonly SudoUse[],
  context: DockerfileContext,
): Edits {
  const prefixes = uses.map(({ command, sudo }): Edits => {
    const range: Range = {
      start: sudo.prefix.start + command.offset,
      end: sudo.prefix.end + command.offset,
    };
    if (!sudo.plain) return refused('its sudo has options that need sudo');
    if (document.commentRanges.some(({ start, end }) => start >= range.start && end <= range.end))
      return refused('a comment stands behind sudo');
    return edits({ ...range, text: '' });
  });
  const chowns = recursiveChowns(document, build).flatMap((chown): Edits[] => {
    if (!uses.some(({ command }) => command === chown.command)) return [];
    const verdict = foldChown(document, build, chown, context);
    return verdict.ok ? [foldEdits(document, chown, verdict.fold, false)] : [];
  });
  return combine(...prefixes, ...chowns);
}

/** RUNs that follow each other. */
function neighbours(runs: readonly Instruction[]): readonly (readonly Instruction[])[] {
  const groups: Instruction[][] = [];
  for (const run of runs) {
    const last = groups.at(-1);
    if (last?.at(-1)?.index === run.index - 1 && last[0]?.stage === run.stage) last.push(run);
    else groups.push([run]);
  }
  return groups;
}

/** The USER right above a RUN, when what stands above it is root's: it can come after the RUN instead. */
function movableUser(
  document: DockerfileDocument,
  build: ImageBuild,
  run: Instruction,
): Instruction | undefined {
  const above = document.instructions[run.index - 1];
  if (above?.keyword !== 'USER' || above.stage !== run.stage) return undefined;
  const user = userAt(document, build, above);
  if (user.certainty !== 'known' || !user.value.root) return undefined;
  const { lines, text } = document;
  const start = lines.startOfLine(above.start);
  const commented = /(?:^|\n)[ \t]*#[^\n]*\n$/.test(text.slice(0, start));
  return commented || lines.endOfLine(above.end) !== above.end ? undefined : above;
}

/** Lets root run neighbouring RUNs, and the user that was in force what follows. */
export function wrapAsRoot(
  document: DockerfileDocument,
  build: ImageBuild,
  runs: readonly Instruction[],
): Edits {
  return combine(
    ...neighbours(runs).map((group) => {
      const first = group[0]!;
      const last = group.at(-1)!;
      const name = userInstructionAt(build, first)?.argumentText ?? build.baseUser.value.name;
      const next = document.instructions[last.index + 1];
      const back = next?.keyword === 'USER' ? edits() : insertAfter(document, last, [`USER ${name}`]);
      const moved = movableUser(document, build, first);
      if (moved === undefined) return combine(insertBefore(document, first, ['USER root']), back);
      const start = document.lines.startOfLine(moved.start);
      const end = document.text.indexOf('\n', moved.end) + 1;
      return combine(edits({ start, end, text: '' }), back);
    }),
  );
}

/** The edits of a RUN's setup: what installs sudo and lets users use it. */
export function dropSetup(document: DockerfileDocument, setup: SudoInRun): Edits {
  const { run, statements, parts, words } = setup;
  if (
    words.some(({ start, end }) =>
      document.commentRanges.some((comment) => comment.start >= start && comment.end <= end),
    )
  )
    return refused('a comment stands between the words');
  const removed = parts.size === 0 ? edits() : removeFromRun(document, run, statements, parts);
  return combine(removed, edits(...words));
}
