import type { Capability } from '../catalogue/types.js';
import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Stage } from '../formats/dockerfile/document.js';
import { stageScope, type StageScope } from '../formats/dockerfile/scope.js';
import { runScripts } from '../formats/dockerfile/shell-text.js';
import { parseShell, type ShellCommand } from '../formats/shell.js';
import { stageNamed } from './copied-files.js';
import { createdUser } from './image-users.js';
import { known, likely, SETUID_HELPERS, unknown, type Need } from './model.js';
import { programName, type Startup } from './startup.js';

/** A command of a RUN with its place in the document. */
export interface RunCommand extends ShellCommand {
  /** Add to `start` and `end` of the command and its words to get offsets of the document. */
  readonly offset: number;
  readonly instruction: StageScope['instructions'][number];
}

/** The simple commands of every RUN of a stage's chain, in order. */
export function runCommandsOf(document: DockerfileDocument, scope: StageScope): RunCommand[] {
  return scope.instructions
    .filter(({ keyword }) => keyword === 'RUN')
    .flatMap((instruction) =>
      runScripts(document, instruction).flatMap(({ text, offset }) =>
        parseShell(text).commands.map((command) => ({ ...command, offset, instruction })),
      ),
    );
}

/** The RUN commands of the stages from which a stage takes files. */
export function sourceCommandsOf(document: DockerfileDocument, scope: StageScope): RunCommand[] {
  const seen = new Set<Stage>();
  const visit = (instructions: StageScope['instructions']): RunCommand[] =>
    instructions.flatMap(({ keyword, flags }) => {
      const from = flags.find(({ name }) => name === 'from')?.value;
      if ((keyword !== 'COPY' && keyword !== 'ADD') || from === undefined) return [];
      const stage = stageNamed(document, from);
      if (stage === undefined || seen.has(stage)) return [];
      seen.add(stage);
      const source = stageScope(document, stage);
      return [...runCommandsOf(document, source), ...visit(source.instructions)];
    });
  return visit(scope.instructions);
}

const HELPERS = new RegExp(`^(?:${SETUID_HELPERS})$`);
/** A mention of these at build time says that something uses them later. */
const INSTALLED_HELPERS = /^(?:sudo|doas|uidmap|fuse3?|fixuid)$/;
const STEP_DOWN = new Set('gosu su-exec setpriv runuser s6-setuidgid setuidgid chpst capsh'.split(' '));

/** True for a program that runs another one as another user. */
export function isStepDown(program: string): boolean {
  return STEP_DOWN.has(programName(program));
}

function argumentsOf(command: ShellCommand): string[] {
  return command.args.map(({ value, text }) => value ?? text);
}

/** The helper that a build command makes available, if any. */
function helperFromBuild(command: ShellCommand): string | undefined {
  const name = command.program === undefined ? '' : programName(command.program);
  const args = argumentsOf(command);
  if (name === 'sudo' || name === 'setcap') return name;
  if (name === 'chmod' && args.some((word) => /^(?:[ugoa]*\+[rwxX]*s|[2467][0-7]{3})$/.test(word)))
    return 'chmod u+s';
  if (!/^(?:apt|apt-get|apk|dnf|yum|microdnf)$/.test(name)) return undefined;
  return args.find((word) => INSTALLED_HELPERS.test(word));
}

/** What marks a file, and goes with it where BuildKit copies it into another stage. */
const MARKS = new Set(['setcap', 'chmod u+s']);

/**
 * Programs that gain privileges on exec: named by what starts, or made available by the build.
 * @param sources the commands of the stages whose files it copies.
 */
export function setuidHelpersOf(
  document: DockerfileDocument,
  startup: Startup,
  commands: readonly RunCommand[],
  sources: readonly RunCommand[],
): Need<readonly string[]> {
  const names = new Set<string>();
  const evidence: Evidence[] = [];
  for (const program of startup.programs) {
    const name = program.name === undefined ? '' : programName(program.name);
    if (!HELPERS.test(name)) continue;
    names.add(name);
    evidence.push(program.evidence);
  }
  const marked = sources.filter((command) => MARKS.has(helperFromBuild(command) ?? ''));
  for (const command of [...commands, ...marked]) {
    const name = helperFromBuild(command);
    if (name === undefined) continue;
    names.add(name);
    evidence.push(cite(document, command.offset + command.start));
  }
  if (names.size > 0) return known([...names], ...evidence);
  return startup.unreadable.length > 0 ? unknown([]) : likely([]);
}

/**
 * Debian's packages that give their programs cap_net_raw when libcap2-bin is there, which most of them recommend:
 * https://sources.debian.org/src/iputils/3:20221126-1/debian/iputils-ping.postinst/. Alpine's iputils does the same.
 */
const WITH_NET_RAW = /^(?:iputils(?:-ping|-arping)?|fping|mtr(?:-tiny)?|oping)$/;

/** The file capabilities of programs that the build installs. */
export function fileCapabilitiesOf(
  document: DockerfileDocument,
  commands: readonly RunCommand[],
): Need<readonly Capability[]> {
  const installed = commands.filter(
    (command) =>
      /^(?:apt|apt-get|apk)$/.test(programName(command.program ?? '')) &&
      argumentsOf(command).some((word) => WITH_NET_RAW.test(word)),
  );
  const evidence = installed.map(({ offset, start }) => cite(document, offset + start));
  return likely(installed.length > 0 ? ['NET_RAW'] : [], ...evidence);
}

/** Where what starts gives up root by itself. */
export function stepsDownOf(startup: Startup): Evidence[] {
  return startup.programs.flatMap(({ name = '', args, evidence }) => {
    const program = programName(name);
    const steps =
      STEP_DOWN.has(program) ||
      (program === 'su' && args.length > 0) ||
      (program === 'chroot' && args.some((word) => word.startsWith('--userspec')));
    return steps ? [evidence] : [];
  });
}

/**
 * Where the build gives files to a user that isn't root: what the process may be meant to write. A program that starts
 * in its user's home has that.
 */
export function ownedOf(
  document: DockerfileDocument,
  scope: StageScope,
  commands: readonly RunCommand[],
): Evidence[] {
  const flags = scope.instructions.flatMap(({ flags, start }) =>
    flags.some(({ name, value = '' }) => name === 'chown' && !/^(?:root|0)\b/.test(value)) ? [start] : [],
  );
  const chowns = commands.flatMap(({ program, args, offset, start }) =>
    program === 'chown' && !args.some(({ text }) => /^(?:root|0)(?::|$)/.test(text)) ? [offset + start] : [],
  );
  const homes = commands.flatMap((command) => {
    const user = createdUser(command);
    const isHome =
      user?.home !== undefined && user.name === scope.user?.value && user.home === scope.workdir?.value;
    return isHome ? [command.offset + command.start] : [];
  });
  return [...flags, ...chowns, ...homes].map((offset) => cite(document, offset));
}

/**
 * JVM libraries (JNA, Netty, Snappy) and Bun unpack native code in the temporary directory and load it; Yarn since
 * version 2 starts programs through scripts that it writes there (yarnpkg/berry#5696).
 */
export function runsFromTemp(program: string): boolean {
  return /^(?:java|bun|bunx|catalina\.sh|yarn|yarnpkg)$/.test(program);
}

/** Images whose own entrypoint is Java, or Bun. */
const RUNS_FROM_TEMP =
  /(?:^|\/)(?:eclipse-temurin|openjdk|amazoncorretto|ibm-semeru-runtimes|sapmachine|(?:azul|zulu)[\w-]*|(?:bellsoft\/)?liberica[\w-]*|maven|gradle|tomcat|jetty|bun|java\d*(?:-debian\d+)?)$/;

/** True when the image's own start runs programs from the temporary directory. */
export function needsExecutableTemp(
  startup: Startup,
  baseRepository: string,
  commands: readonly RunCommand[],
): boolean {
  return (
    RUNS_FROM_TEMP.test(baseRepository) ||
    startup.programs.some(({ name = '' }) => runsFromTemp(programName(name))) ||
    commands.some(unpacksItself)
  );
}

/** PyInstaller's one-file programs unpack themselves: https://pyinstaller.org/en/stable/operating-mode.html */
function unpacksItself(command: RunCommand): boolean {
  const words = command.words.map(({ value, text }) => value ?? text);
  return (
    words.some((word) => /(?:^|\/)pyinstaller$/i.test(word)) &&
    words.some((word) => /^(?:-F|--onefile)$/.test(word))
  );
}
