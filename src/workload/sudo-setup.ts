import type { Range, TextEdit } from '../core/text.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import type { ShellWord } from '../formats/shell.js';
import { aptInstall } from './apt.js';
import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { partOf, statementsOf } from './run-parts.js';
import { programName } from './startup.js';
import { sudoWords, withoutSudo, type SudoWords } from './sudo-words.js';

/** A command that a RUN runs through sudo. */
export interface SudoUse {
  readonly command: RunCommand;
  readonly sudo: SudoWords;
}

/** What a RUN has to do with sudo. */
export interface SudoInRun {
  readonly run: Instruction;
  readonly statements: readonly (readonly Range[])[];
  /** Parts of its list that install sudo and nothing else, or say who may use it. */
  readonly parts: ReadonlySet<Range>;
  /** Edits that take sudo out of lists of packages and of groups. */
  readonly words: readonly TextEdit[];
  readonly installs: readonly RunCommand[];
  /** Commands that let a user use sudo. */
  readonly grants: readonly RunCommand[];
  /** What runs through sudo, without what is setup itself. */
  readonly uses: readonly SudoUse[];
  /** True when the RUN names sudo in another way too. */
  readonly unclear: boolean;
}

const GROUPS = /^(?:sudo|wheel)$/;
const SUDOERS = /^\/(?:usr\/local\/)?etc\/sudoers(?:$|\.d(?:$|\/))/;
const MENTION = /(?<![a-z])sudo|visudo/i;

function nameOf(command: RunCommand): string {
  return programName(withoutSudo(command).program ?? '');
}

/** `sudo` or `sudo=1.9*` among the packages of an install; the other packages. */
function packagesOf(command: RunCommand): { readonly sudo: ShellWord; readonly others: number } | undefined {
  const { args } = withoutSudo(command);
  const name = nameOf(command);
  let names: readonly ShellWord[];
  const apt = aptInstall(command);
  if (apt !== undefined) {
    const verb = command.words.findIndex(({ start }) => start + command.offset === apt.verb.start);
    names = command.words.slice(verb + 1);
  } else {
    const installs: Readonly<Record<string, RegExp>> = {
      apk: /^add$/,
      dnf: /^install$/,
      microdnf: /^install$/,
      yum: /^install$/,
      tdnf: /^install$/,
      zypper: /^(?:install|in)$/,
    };
    const verb = args.findIndex(({ text }) => installs[name]?.test(text) === true);
    if (verb === -1) return undefined;
    names = args.slice(verb + 1);
  }
  const operands = names.filter(
    ({ text }, at) =>
      !text.startsWith('-') &&
      !/^(?:-t|-o|--virtual|--repository|-X|--target-release)$/.test(names[at - 1]?.text ?? ''),
  );
  const sudo = operands.find(({ text }) => /^sudo(?:[=~<>].*)?$/.test(text));
  return sudo === undefined ? undefined : { sudo, others: operands.length - 1 };
}

/** A word with the white space before it. */
function cutWord(command: RunCommand, word: ShellWord): TextEdit {
  const before = command.words[command.words.indexOf(word) - 1];
  return { start: (before?.end ?? word.start) + command.offset, end: word.end + command.offset, text: '' };
}

type GroupEdit = 'part' | readonly TextEdit[] | undefined;

/** How a command that puts a user into sudo's group comes to leave it out. */
function groupEdit(command: RunCommand): GroupEdit {
  const { args } = withoutSudo(command);
  const name = nameOf(command);
  const operands = args.filter(({ text }) => !text.startsWith('-'));
  if (/^(?:adduser|addgroup)$/.test(name)) {
    const plain = operands.length === 2 && args.length === 2;
    return plain && GROUPS.test(operands[1]?.value ?? '') ? 'part' : undefined;
  }
  if (name === 'gpasswd') return GROUPS.test(operands.at(-1)?.value ?? '') ? 'part' : undefined;
  if (name !== 'usermod' && name !== 'useradd') return undefined;
  const at = args.findIndex(({ text }) => /^(?:-a?Ga?|--groups)$/.test(text));
  const option = args[at];
  const value = args[at + 1];
  if (option === undefined || value?.value === undefined) return undefined;
  const groups = value.value.split(',');
  const kept = groups.filter((group) => !GROUPS.test(group));
  if (kept.length === groups.length) return undefined;
  if (kept.length > 0) {
    return [{ start: value.start + command.offset, end: value.end + command.offset, text: kept.join(',') }];
  }
  const others = args.filter(
    (word) => word !== option && word !== value && !/^(?:-a|--append)$/.test(word.text),
  );
  if (name === 'usermod') return others.length === 1 ? 'part' : undefined;
  return [cutWord(command, option), cutWord(command, value)];
}

/** A path below /etc/sudoers, whatever variable names the file. */
function isSudoers({ value, text }: ShellWord): boolean {
  return SUDOERS.test((value ?? text).replace(/["']/g, ''));
}

/** True for a command of a part that only writes, marks or checks the sudoers file. */
function onlySudoers(command: RunCommand): boolean {
  const { args, writes } = withoutSudo(command);
  const name = nameOf(command);
  if (!writes.every((word) => isSudoers(word) || word.value === '/dev/null')) return false;
  if (/^(?:echo|printf|visudo)$/.test(name)) return true;
  if (!/^(?:tee|chmod|chown|mkdir|sed|touch|cat)$/.test(name)) return false;
  const paths = args.filter(({ text }) => /^["']?\//.test(text));
  if (name === 'cat') return paths.length === 0;
  return paths.length > 0 && paths.every(isSudoers);
}

/** Package managers' own steps around an install. */
const HOUSEKEEPING =
  /^(?:apt(?:-get)?\s+(?:-\S+\s+)*(?:update|clean|autoclean)(?:\s+-\S+)*|apk\s+update|(?:dnf|yum|microdnf|tdnf)\s+clean\s+all|rm\s+-rf?\s+(?:\/var\/(?:lib\/apt\/lists|cache\/(?:apt|apk|yum|dnf))\S*\s*)+|set\s+[-+].*|export\s+DEBIAN_FRONTEND=\S+)$/;
const DROPS_LISTS = /rm\s+-rf?\s+\/var\/(?:lib\/apt\/lists|cache\/apk)|clean\s+all/;

function isHousekeeping(document: DockerfileDocument, { start, end }: Range): boolean {
  const text = document.text
    .slice(start, end)
    .replace(/^sudo\s+/, '')
    .trim();
  return HOUSEKEEPING.test(text);
}

/** The parts of a RUN that go, when nothing but steps around the install would be left. */
function withHousekeeping(
  document: DockerfileDocument,
  statements: readonly (readonly Range[])[],
  parts: ReadonlySet<Range>,
): ReadonlySet<Range> {
  const all = statements.flat();
  const rest = all.filter((part) => !parts.has(part));
  const textOf = ({ start, end }: Range): string => document.text.slice(start, end);
  const updates = rest.some((part) => /\bupdate\b/.test(textOf(part)));
  const needless =
    parts.size > 0 &&
    rest.every((part) => isHousekeeping(document, part)) &&
    (!updates || rest.some((part) => DROPS_LISTS.test(textOf(part))));
  return needless ? new Set(all) : parts;
}

/** The script's text with what is understood blanked out: what is left names sudo in some other way. */
function isUnclear(document: DockerfileDocument, run: Instruction, understood: readonly Range[]): boolean {
  const ranges = [...understood, ...run.line.comments].sort((a, b) => a.start - b.start);
  let rest = '';
  let at = run.start;
  for (const { start, end } of ranges) {
    if (end <= at) continue;
    rest += document.text.slice(at, Math.max(at, start)) + ' ';
    at = end;
  }
  rest += document.text.slice(at, run.end);
  return MENTION.test(rest.replace(/^\s*#.*$/gm, ''));
}

/** Reads what a RUN does with sudo; undefined when it doesn't name it. */
export function sudoInRun(
  document: DockerfileDocument,
  build: ImageBuild,
  run: Instruction,
): SudoInRun | undefined {
  if (!/sudo|wheel/i.test(document.text.slice(run.start, run.end))) return undefined;
  const commands = build.runCommands.filter(({ instruction }) => instruction === run);
  const statements = statementsOf(document, run);
  const parts = new Set<Range>();
  const words: TextEdit[] = [];
  const installs: RunCommand[] = [];
  const grants: RunCommand[] = [];
  const partText = ({ start, end }: Range): string => document.text.slice(start, end);
  for (const part of statements.flat()) {
    const inside = commands.filter((command) => partOf(statements, command) === part);
    const [only] = inside;
    if (only === undefined) continue;
    if (/sudoers|visudo/.test(partText(part)) && inside.every(onlySudoers)) {
      parts.add(part);
      grants.push(only);
      continue;
    }
    const alone = inside.length === 1;
    for (const command of inside) {
      const packages = packagesOf(command);
      if (packages !== undefined) {
        installs.push(command);
        if (packages.others > 0) words.push(cutWord(command, packages.sudo));
        else if (alone) parts.add(part);
      }
      const group = groupEdit(command);
      if (group !== undefined) grants.push(command);
      if (group === 'part' && alone) parts.add(part);
      else if (group !== undefined && group !== 'part') words.push(...group);
    }
  }
  const removed = withHousekeeping(document, statements, parts);
  const uses = commands.flatMap((command): SudoUse[] => {
    const sudo = sudoWords(command);
    const part = partOf(statements, command);
    return sudo === undefined || (part !== undefined && removed.has(part)) ? [] : [{ command, sudo }];
  });
  const prefixes = uses.flatMap(({ command, sudo }): Range[] =>
    sudo.plain ? [{ start: sudo.prefix.start + command.offset, end: sudo.prefix.end + command.offset }] : [],
  );
  const unclear = isUnclear(document, run, [...removed, ...words, ...prefixes]);
  if (installs.length + grants.length + uses.length === 0 && !unclear) return undefined;
  return { run, statements, parts: removed, words, installs, grants, uses, unclear };
}
