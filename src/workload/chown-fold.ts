import type { Certainty } from '../core/types.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { expandWord } from '../formats/dockerfile/expand.js';
import { workdirAt } from '../formats/dockerfile/scope.js';
import { pathsOf, recursiveChowns, type RecursiveChown } from './chown.js';
import type { DockerfileContext } from './context.js';
import { contextPath, copySources } from './copied-files.js';
import type { ImageBuild } from './dockerfile.js';
import type { RunCommand } from './image-needs.js';
import { createdUser } from './image-users.js';
import { inside, isLink, mayCreateFiles } from './ownership.js';
import { programName } from './startup.js';
import { withoutSudo } from './sudo-words.js';

/** How a recursive chown becomes the `--chown` of what it chowns. */
export interface ChownFold {
  /** COPY and ADD instructions that get the flag. */
  readonly copies: readonly Instruction[];
  readonly flag: string;
  /** True when the directory is there before the first COPY: it stays root's unless it is chowned itself. */
  readonly keepsPlain: boolean;
  readonly certainty: Certainty;
}

export type FoldVerdict =
  | { readonly ok: true; readonly fold: ChownFold }
  /** `relevant` when copied files are what it is about. */
  | { readonly ok: false; readonly relevant: boolean; readonly reason: string };

/** Directories that images bring, with files that no COPY of this Dockerfile knows of. */
const SYSTEM =
  /^\/(?:(?:bin|boot|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$|(?:bin|dev|etc|lib|lib64|proc|root|run|sbin|sys|tmp)\/|home\/[^/]+$|usr\/(?!src\/|app\b)|var\/(?!www\/|app\b|task\b)|var\/www\/html$|opt\/(?:java|bitnami|conda|venv|keycloak|jboss|homebrew)\b)/;

/** https://salsa.debian.org/debian/base-passwd/-/blob/master/passwd.master */
const DEBIAN_USERS =
  'root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody'.split(' ');
/** https://gitlab.alpinelinux.org/alpine/aports/-/blob/master/main/alpine-baselayout/passwd */
const ALPINE_USERS =
  'root bin daemon lp sync shutdown halt mail news uucp cron ftp sshd games ntp guest nobody'.split(' ');

const CHANGES_USERS =
  /\b(?:useradd|adduser|addgroup|groupadd|usermod|groupmod|deluser|delgroup|userdel|groupdel)\b|\/etc\/(?:passwd|group)\b/;
const INSTALLS = /\b(?:apt|apt-get|apk|dnf|yum|microdnf|dpkg|rpm)\s/;

function refuse(reason: string, relevant = true): FoldVerdict {
  return { ok: false, relevant, reason };
}

/** The owner as COPY takes it. chown leaves the group as it is, and COPY creates files with root's. */
function ownerFlag(
  document: DockerfileDocument,
  build: ImageBuild,
  chown: RecursiveChown,
  copy: Instruction,
): { readonly flag: string; readonly user: string; readonly group: string } | undefined {
  const text = chown.owner.text.replace(/["']/g, '');
  if (/[`(*?~\\]/.test(text)) return undefined;
  const value = expandWord(text, build.scope.lookupAt(copy), document.escape);
  if (
    value === undefined ||
    value !== expandWord(text, build.scope.lookupAt(chown.instruction), document.escape)
  )
    return undefined;
  const match = /^([\w-]+)(?:[:.]([\w-]+))?$/.exec(value);
  if (match === null) return undefined;
  const [, user = '', group = 'root'] = match;
  const separated = /^[^:.]*$/.test(text) ? `${text}:root` : text.replace(/^([\w-]+)\.([\w-]+)$/, '$1:$2');
  return { flag: `--chown=${separated}`, user, group };
}

const number = (name: string): boolean => /^\d+$/.test(name);

/** True when the image has the user and the group where `copy` stands: COPY looks names up. */
function existsAt(
  build: ImageBuild,
  chown: RecursiveChown,
  copy: Instruction,
  user: string,
  group: string,
  textOf: (instruction: Instruction) => string,
): boolean {
  const since = build.scope.instructions.filter(
    ({ keyword, index }) => keyword === 'RUN' && index > copy.index && index <= chown.instruction.index,
  );
  const before = build.runCommands.filter(({ instruction }) => instruction.index < copy.index);
  const created = before.flatMap((command) => createdUser(withoutSudo(command)) ?? []);
  const groups = before.flatMap(({ program = '', args }) =>
    /^(?:groupadd|addgroup)$/.test(programName(program)) ? [args.at(-1)?.value ?? ''] : [],
  );
  const brought = build.facts?.user.available ?? build.baseImage?.available;
  const base = build.family === 'debian' ? DEBIAN_USERS : build.family === 'alpine' ? ALPINE_USERS : ['root'];
  const names = [
    ...created.map(({ name }) => name),
    ...base,
    ...(brought === undefined ? [] : [brought.name]),
  ];
  const known = (name: string, more: readonly string[]): boolean =>
    number(name) || names.includes(name) || more.includes(name);
  if (known(user, []) && known(group, [...groups, ...created.map((entry) => entry.group)])) return true;
  return !since.some((run) => CHANGES_USERS.test(textOf(run)) || INSTALLS.test(textOf(run)));
}

interface Copied {
  readonly instruction: Instruction;
  readonly destination: string | undefined;
  readonly sources: readonly (string | undefined)[];
  readonly from: string | undefined;
}

function trimmed(path: string): string {
  return path.replace(/(.)\/+$/, '$1');
}

/** Why the COPY can't carry the flag. */
function copyObstacle(
  copy: Copied,
  build: ImageBuild,
  flag: string,
  named: boolean,
  context: DockerfileContext,
): string | undefined {
  const { instruction, sources } = copy;
  if (instruction.stage !== build.stage.index)
    return 'files in it come from the stage that this one builds on';
  const owner = instruction.flags.find(({ name }) => name === 'chown');
  if (owner !== undefined && owner.text !== flag) return 'a COPY into it names another owner';
  if (isLink(instruction) && named) return 'COPY --link can look up no name';
  const local = (source: string | undefined): boolean => {
    const kind =
      source === undefined ? 'missing' : context.files.kind(contextPath(context.buildContext, source));
    return kind === 'file' || kind === 'directory';
  };
  if (instruction.keyword === 'ADD' && !sources.every(local)) return 'ADD may unpack or fetch what it adds';
  return undefined;
}

/** A name that is a file's rather than a directory's. */
function isFileName(source: string | undefined): boolean {
  return source !== undefined && /(?:\.\w+|\/s?bin\/[^/]+|entrypoint[\w-]*)$/.test(source);
}

/** What a command creates in the directory by its own words: `mkdir`, `ln`. */
function creates(
  document: DockerfileDocument,
  build: ImageBuild,
  command: RunCommand,
  path: string,
): boolean {
  const { program = '', args, instruction } = withoutSudo(command);
  if (!/^(?:mkdir|ln|install)$/.test(programName(program))) return false;
  const named = args.filter(({ text }) => !text.startsWith('-') && !/^[0-7]{3,4}$/.test(text));
  const operands = programName(program) === 'ln' ? named.slice(-1) : named;
  return pathsOf(document, build, instruction, operands).some(
    (target) => target === undefined || (target !== path && inside(path, target)),
  );
}

/** Plans to give files their owner where they are copied; a reason when something else brings files too. */
export function foldChown(
  document: DockerfileDocument,
  build: ImageBuild,
  chown: RecursiveChown,
  context: DockerfileContext,
): FoldVerdict {
  const { path, instruction: run } = chown;
  const textOf = ({ start, end }: Instruction): string => document.text.slice(start, end);
  const before = build.scope.instructions.filter(({ index }) => index < run.index);
  const copied = before.flatMap((instruction): Copied[] => {
    if (!/^(?:COPY|ADD)$/.test(instruction.keyword)) return [];
    const stage = document.stages[instruction.stage] ?? build.stage;
    const copy = copySources(document, stage, instruction);
    const { destination, sources = [], from } = copy ?? {};
    return [
      {
        instruction,
        destination: destination === undefined ? undefined : trimmed(destination),
        sources,
        from,
      },
    ];
  });
  const into = copied.filter(({ destination }) => destination !== undefined && inside(path, destination));
  const [first] = into;
  if (first === undefined) return refuse('nothing is copied into it', false);
  if (SYSTEM.test(path)) return refuse(`${path} may hold files of the base image`);
  const owner = ownerFlag(document, build, chown, first.instruction);
  if (owner === undefined) return refuse('which owner and group the name stands for is not known');
  const unclear = copied.find(
    ({ destination, sources }) =>
      destination === undefined ||
      (destination !== path && inside(destination, path) && !sources.every(isFileName)),
  );
  if (unclear !== undefined) return refuse('a COPY elsewhere may bring files into it');
  const named = !number(owner.user) || !number(owner.group);
  for (const copy of into) {
    const against = copyObstacle(copy, build, owner.flag, named, context);
    if (against !== undefined) return refuse(against);
  }
  const runs = before.filter(({ keyword }) => keyword === 'RUN');
  const commands = build.runCommands.filter(
    ({ instruction, start }) =>
      instruction.index < run.index || (instruction === run && start < chown.command.start),
  );
  if (
    runs.some((each) => mayCreateFiles(document, build, each, path)) ||
    mayCreateFiles(document, build, run, path, chown.command.start) ||
    commands.some((command) => creates(document, build, command, path))
  )
    return refuse('a RUN may create files in it');
  const chowns = commands
    .map(withoutSudo)
    .filter(({ program = '' }) => /^(?:chown|chgrp)$/.test(programName(program)));
  const rechowned = chowns.some(({ args, instruction }) =>
    pathsOf(document, build, instruction, args.filter(({ text }) => !text.startsWith('-')).slice(1)).some(
      (target) => target === undefined || inside(path, target) || inside(target, path),
    ),
  );
  if (rechowned) return refuse('another chown gives away the same files');
  const again = recursiveChowns(document, build).some(
    (other) =>
      other.instruction.stage === run.stage &&
      other.command.start + other.command.offset > chown.command.start + chown.command.offset &&
      other.owner.text === chown.owner.text &&
      (inside(path, other.path) || inside(other.path, path)),
  );
  if (again) return refuse('a later chown gives the same files to the same owner');
  const workdirs = before.flatMap((instruction) => {
    if (instruction.keyword !== 'WORKDIR') return [];
    const stage = document.stages[instruction.stage] ?? build.stage;
    const next = build.scope.instructions.find(({ index }) => index === instruction.index + 1);
    return [{ instruction, at: next === undefined ? undefined : workdirAt(document, stage, next) }];
  });
  if (workdirs.some(({ at }) => at !== undefined && at !== path && inside(path, at)))
    return refuse('a WORKDIR in it is created as root');
  if (before.some(({ keyword, argumentText }) => keyword === 'VOLUME' && argumentText.includes(path)))
    return refuse('it is a volume');
  if (!into.every(({ instruction }) => existsAt(build, chown, instruction, owner.user, owner.group, textOf)))
    return refuse('its owner is created after the COPY');
  const there =
    workdirs.some(
      ({ at, instruction }) =>
        (at === undefined || at === path) && instruction.index < first.instruction.index,
    ) || runs.some((each) => each.index < first.instruction.index && textOf(each).includes(path));
  const official = build.facts !== undefined || build.baseImage !== undefined || build.scratch;
  return {
    ok: true,
    fold: {
      copies: into
        .map(({ instruction }) => instruction)
        .filter(({ flags }) => !flags.some(({ name }) => name === 'chown')),
      flag: owner.flag,
      keepsPlain: there || !official,
      certainty: official ? 'known' : 'likely',
    },
  };
}
