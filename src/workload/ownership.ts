import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { workdirAt } from '../formats/dockerfile/scope.js';
import { recursiveChowns } from './chown.js';
import { copySources } from './copied-files.js';
import type { ImageBuild } from './dockerfile.js';
import type { NonRootUser } from './image-users.js';
import { programName } from './startup.js';
import { withoutSudo } from './sudo-words.js';

/** How the working directory comes to belong to the user. */
export interface Ownership {
  /** COPY and ADD instructions that get `--chown`. */
  readonly copies: readonly Instruction[];
  /** A chown of the directory itself (`plain`) or of all in it; `none` when the build does it already. */
  readonly chown: 'none' | 'plain' | 'recursive';
}

/** Commands that create nothing in the working directory. */
const HARMLESS =
  /^(?:apt|apt-get|apk|dpkg|dpkg-reconfigure|rm|chmod|chown|useradd|groupadd|adduser|addgroup|usermod|update-ca-certificates|set|true|:|echo|ldconfig|locale-gen|corepack|cd|mkdir|ln|test|\[|install-php-extensions|docker-php-ext-install|docker-php-ext-enable|a2enmod)$/;

/** `COPY --link` sees no earlier layer, so that it can't look up a user's name (https://github.com/moby/buildkit/issues/2987). */
export function isLink(instruction: Instruction): boolean {
  return instruction.flags.some(({ name, value = 'true' }) => name === 'link' && value !== 'false');
}

export function inside(directory: string, path: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

/** True when a text names a path, or a variable that holds it or a path below. */
function mentions(document: DockerfileDocument, build: ImageBuild, run: Instruction, path: string): boolean {
  const text = document.text.slice(run.start, run.end);
  if (text.includes(path)) return true;
  const names = [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map((match) => match[1]!);
  if (names.length === 0) return false;
  const lookup = build.scope.lookupAt(run);
  return names.some((name) => inside(path, lookup(name) ?? ''));
}

/**
 * True when a RUN may leave files in `workdir` that no COPY brought.
 * @param stop where in its script to stop looking.
 */
export function mayCreateFiles(
  document: DockerfileDocument,
  build: ImageBuild,
  run: Instruction,
  workdir: string,
  stop = Infinity,
): boolean {
  const current = workdirAt(document, document.stages[run.stage] ?? build.stage, run);
  const commands = build.runCommands.filter(({ instruction }) => instruction === run);
  if (commands.length === 0) return true;
  const elsewhere =
    (current === undefined || !inside(workdir, current)) && !mentions(document, build, run, workdir);
  if (elsewhere) return false;
  const looked = commands.filter(({ start }) => start < stop);
  return looked
    .map(withoutSudo)
    .some(
      ({ program, writes, words }) =>
        (words.length > 0 && (program === undefined || !HARMLESS.test(programName(program)))) ||
        writes.some(({ value }) => value === undefined || !value.startsWith('/') || inside(workdir, value)),
    );
}

function chownedAlready(build: ImageBuild, user: NonRootUser, workdir: string): boolean {
  return build.runCommands.some(({ program, args }) => {
    if (program === undefined || programName(program) !== 'chown') return false;
    const words = args.map(({ value, text }) => value ?? text);
    const recursive = words.some((word) => /^-\w*R/.test(word) || word === '--recursive');
    const owner = words.find((word) => !word.startsWith('-'))?.split(/[:.]/)[0];
    return (
      recursive &&
      owner === user.name &&
      words.some((word) => word === workdir || word === '.' || word === './')
    );
  });
}

/** Folders of every image: what is in them is not the project's alone. */
const SYSTEM_FOLDER =
  /^\/(?:usr(?:\/(?:local|src|share|lib))?|etc|var(?:\/(?:lib|www))?|opt|home|root|lib|bin|sbin|tmp|run)?\/?$/;

/** Plans how what the process may write comes to belong to the user that it will run as. */
export function planOwnership(document: DockerfileDocument, build: ImageBuild, user: NonRootUser): Ownership {
  const workdir = build.workdir;
  const shellLess = build.scratch || build.family === 'distroless';
  if (workdir === undefined || !/^\/[^/]/.test(workdir)) return { copies: [], chown: 'none' };
  if (!shellLess && chownedAlready(build, user, workdir)) return { copies: [], chown: 'none' };
  const { instructions } = build.scope;
  const copies = instructions.filter(({ keyword }) => /^(?:COPY|ADD)$/.test(keyword));
  const destinations = new Map(
    copies.map((instruction) => {
      const stage = document.stages[instruction.stage] ?? build.stage;
      return [instruction, copySources(document, stage, instruction)?.destination];
    }),
  );
  /** A project's folder from another stage, with the working directory somewhere in it. */
  const bringsWhole = (instruction: Instruction, destination: string): boolean =>
    instruction.stage === build.stage.index &&
    instruction.flags.some(({ name }) => name === 'from') &&
    inside(destination.replace(/(.)\/+$/, '$1'), workdir) &&
    !SYSTEM_FOLDER.test(destination);
  const into = copies.filter((instruction) => {
    const destination = destinations.get(instruction);
    if (destination === undefined) return false;
    return inside(workdir, destination.replace(/(.)\/+$/, '$1')) || bringsWhole(instruction, destination);
  });
  // A directory copied above the working directory may bring files into it.
  const unclear = copies.some((instruction) => {
    const destination = destinations.get(instruction)?.replace(/(.)\/+$/, '$1');
    if (destination === undefined) return instruction.words.at(-1)?.text.includes('$');
    const sources = instruction.words.slice(0, -1);
    return (
      destination !== workdir &&
      inside(destination, workdir) &&
      !bringsWhole(instruction, destination) &&
      sources.some(({ text }) => !/\.\w+$/.test(text) && !/\/s?bin\/[^/]+$/.test(text))
    );
  });
  // What a RUN gives away later needs no flag, whoever becomes its owner.
  const later = recursiveChowns(document, build);
  const owned = (instruction: Instruction): boolean =>
    instruction.flags.some(({ name }) => name === 'chown') ||
    later.some(
      ({ path, instruction: { index } }) =>
        index > instruction.index && inside(path, destinations.get(instruction) ?? ''),
    );
  const foreign = into.some(
    (instruction) =>
      instruction.stage !== build.stage.index ||
      instruction.flags.some(({ name, value = '' }) => name === 'chown' && value.split(':')[0] !== user.name),
  );
  const runs = instructions.some(
    (run) => run.keyword === 'RUN' && mayCreateFiles(document, build, run, workdir),
  );
  if (shellLess) {
    return { copies: into.filter((copy) => !owned(copy) && copy.stage === build.stage.index), chown: 'none' };
  }
  const links = into.some((copy) => !owned(copy) && isLink(copy)) && user.numeric === undefined;
  if (foreign || runs || links || unclear) return { copies: [], chown: 'recursive' };
  // BuildKit makes the folder that a COPY leads to with the COPY's owner, and WORKDIR leaves one that is there as it is.
  const first = build.stage.instructions.find(({ keyword }) => keyword === 'WORKDIR');
  const made = into.some(
    (copy) =>
      copy.stage === build.stage.index &&
      copy.index < (first?.index ?? 0) &&
      copy.flags.some(({ name }) => name === 'from') &&
      inside(destinations.get(copy)?.replace(/(.)\/+$/, '$1') ?? '/', workdir),
  );
  return { copies: into.filter((copy) => !owned(copy)), chown: made ? 'none' : 'plain' };
}
