import { cite } from '../../core/evidence.js';
import type { DockerfileDocument, Instruction, Stage } from '../../formats/dockerfile/document.js';
import { readRun } from '../../formats/dockerfile/run-script.js';
import { parseShell, type ShellCommand, type ShellWord } from '../../formats/shell.js';
import { packageCommand, type PackageCommand } from '../../workload/package-commands.js';
import { looksLikeScript, programName } from '../../workload/startup.js';
import type { ImageCheck } from '../types.js';
import { stagesOf } from './stages.js';
import { met, undecided, unmet } from '../verdict.js';

const MANAGERS = /^(?:apt|apt-get|aptitude|apk|yum|dnf|microdnf|tdnf|zypper)$/;
const NAMES_MANAGER = /\b(?:apt|apt-get|aptitude|apk|yum|dnf|microdnf|tdnf|zypper)\b/;
/** Options of theirs that take a value as a word of their own. */
const OPTIONS_WITH_VALUE = new Set(
  '-o --option -t --target-release --default-release -c -a -X --repository --virtual -p --root --arch --enablerepo --disablerepo --setopt --releasever --installroot'.split(
    ' ',
  ),
);
/** Fetch the lists of packages, or renew all packages that are there. */
const UPDATES =
  /^(?:update|upgrade|dist-upgrade|full-upgrade|safe-upgrade|distro-sync|check-update|makecache|refresh|ref|up|dup)$/;
const INSTALLS =
  /^(?:install|reinstall|localinstall|groupinstall|group|module|swap|add|in|build-dep|builddep|satisfy|source|download)$/;
/** Install nothing from the lists of the distribution. */
const OTHER_PACKAGES = /^(?:pip\d?|pipx|uv|npm|npx|yarn|pnpm|gem|bundle|cargo|go|composer|conda)$/;
const SHELL = /^(?:ba|da|a|k|z)?sh$/;
/** Scripts of source trees, which build. */
const BUILD_SCRIPT = /^(?:configure|config|bootstrap|autogen\.sh|gradlew|mvnw|make\w*)$/i;

/** What a RUN does with package lists. */
type Reading =
  | { readonly kind: 'alone' | 'used'; readonly at: number }
  | { readonly kind: 'unread'; readonly says: string }
  | { readonly kind: 'none' };

/** The text that `sh -c` gets. */
function inlineScript({ program = '', args }: ShellCommand): string | undefined {
  const at = args.findIndex(({ text }) => /^-[a-z]*c$/.test(text));
  return SHELL.test(programName(program)) && at !== -1 ? args[at + 1]?.value : undefined;
}

/** A command, or those of the text that it gives a shell. */
function withInline(command: ShellCommand): readonly ShellCommand[] {
  const inline = inlineScript(command);
  return inline === undefined ? [command] : parseShell(inline).commands;
}

/** A word as a shell would be given it; a plain one stays as it is, for those who read it as written. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The commands of a RUN; undefined where it can't be read. */
function commandsOf(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): readonly ShellCommand[] | undefined {
  const { json } = instruction;
  if (json !== undefined) {
    const quoted = json.map(quote).join(' ');
    return parseShell(quoted).commands.flatMap(withInline);
  }
  return readRun(document, stage, instruction)?.script.commands.flatMap(withInline);
}

/** A script of the image, which is not read. What is piped into a shell is for CIS 4.11, and no update of its own. */
function runsScript({ program, args }: ShellCommand): boolean {
  if (program === undefined) return false;
  const name = programName(program);
  if (SHELL.test(name)) return args.some(({ text }) => !text.startsWith('-')) && !args.some(readsInput);
  return (looksLikeScript(program) || /^\.{1,2}\//.test(program)) && !BUILD_SCRIPT.test(name);
}

/** `bash -s -- --version 1`. */
function readsInput({ text }: ShellWord): boolean {
  return /^-[a-z]*s$/.test(text);
}

/** True for a command that may install from the lists although its words don't say so. */
function mayInstall(command: ShellCommand): boolean {
  const { program, words } = command;
  if (program === undefined || runsScript(command) || SHELL.test(programName(program))) return true;
  return (
    !OTHER_PACKAGES.test(programName(program)) && words.some(({ text }) => /install|--with-deps/.test(text))
  );
}

/** True for an update that names no package. */
function updatesAll({ verb, args }: PackageCommand): boolean {
  if (!UPDATES.test(verb?.value ?? '')) return false;
  const rest = args.slice(args.indexOf(verb!) + 1);
  return rest.every(
    ({ text }, at) => text.startsWith('-') || OPTIONS_WITH_VALUE.has(rest[at - 1]?.text ?? ''),
  );
}

function installs(command: PackageCommand): boolean {
  const verb = command.verb?.value ?? '';
  return INSTALLS.test(verb) || (UPDATES.test(verb) && !updatesAll(command));
}

/** `xargs apt-get install`. */
function installsByOther({ words }: ShellCommand): boolean {
  const text = words.map((word) => word.text).join(' ');
  return NAMES_MANAGER.test(text) && /\s(?:install|add|build-dep)\b/.test(text);
}

/** `$MANAGER update`. */
function updatesByVariable({ program, words }: ShellCommand): boolean {
  return program === undefined && words.some(({ text }) => UPDATES.test(text));
}

function read(document: DockerfileDocument, stage: Stage, instruction: Instruction): Reading {
  const line = document.lines.lineOf(instruction.start);
  const commands = commandsOf(document, stage, instruction);
  if (commands === undefined) {
    const text = document.text.slice(instruction.start, instruction.end);
    return NAMES_MANAGER.test(text) ? unread(line, 'is not read: it is no shell script') : { kind: 'none' };
  }
  const parts = commands.map((command) => ({
    command,
    manager: packageCommand(command, MANAGERS, OPTIONS_WITH_VALUE),
  }));
  const managers = parts.flatMap(({ manager }) => manager ?? []);
  const others = parts.flatMap(({ command, manager }) => (manager === undefined ? [command] : []));
  const isOpen = managers.some(({ verb }) => verb !== undefined && verb.value === undefined);
  if (!managers.some(updatesAll)) {
    if (isOpen || others.some(updatesByVariable))
      return unread(line, 'leaves to a variable what it does with packages');
    const script = others.find(runsScript);
    return script === undefined
      ? { kind: 'none' }
      : unread(line, `runs ${script.words.map(({ text }) => text).join(' ')}, which is not read`);
  }
  if (managers.some(installs) || others.some(installsByOther)) return { kind: 'used', at: instruction.start };
  return isOpen || others.some(mayInstall)
    ? unread(line, 'updates packages, and what else it runs may install some')
    : { kind: 'alone', at: instruction.start };
}

function unread(line: number, what: string): Reading {
  return { kind: 'unread', says: `line ${line} ${what}` };
}

/**
 * A layer that only updates is kept in the build cache: what later layers install is as old as it is.
 * https://docs.docker.com/build/building/best-practices/#apt-get
 */
export const updatesNotAlone: ImageCheck = {
  name: 'updates-not-alone',
  of: 'image',
  transforms: [],
  decide: ({ document, build }) => {
    const readings = [...stagesOf(document, build.stage)].flatMap((stage) =>
      stage.instructions
        .filter(({ keyword }) => keyword === 'RUN')
        .map((instruction) => read(document, stage, instruction)),
    );
    const alone = readings.find(({ kind }) => kind === 'alone');
    if (alone?.kind === 'alone')
      return unmet('it updates packages in a RUN that installs none', cite(document, alone.at));
    const open = readings.find(({ kind }) => kind === 'unread');
    if (open?.kind === 'unread') return undecided(open.says);
    const used = readings.flatMap((reading) => (reading.kind === 'used' ? cite(document, reading.at) : []));
    return used.length === 0
      ? met('no RUN updates packages')
      : met('what a RUN updates is installed from in the same RUN', ...used);
  },
};
