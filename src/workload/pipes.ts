import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { readRun, shellAt, type RunScript } from '../formats/dockerfile/run-script.js';
import { stageScope } from '../formats/dockerfile/scope.js';
import { parseShell, type ShellCommand, type ShellPipeline, type ShellScript } from '../formats/shell.js';
import type { DockerfileContext } from './context.js';
import { imageBuild } from './dockerfile.js';
import { builtOn } from './package-commands.js';
import { programName } from './startup.js';

/** Programs whose failure in front of a `|` leaves what follows with half a file, or none. */
const DOWNLOADS = /^(?:curl|wget|aria2c|aws|gsutil|gh)$/;
/** Programs that fail only when something is wrong. */
const CALM = new Set(
  (
    'echo printf cat curl wget aria2c aws gsutil gh tar gpg sed awk gawk cut sort tr jq yq uniq dpkg uname gunzip ' +
    'gzip zcat bzcat bunzip2 xzcat unxz xz zstd base64 openssl tee rev basename dirname date apt-key sha1sum ' +
    'sha256sum sha512sum md5sum getent id whoami hostname nproc envsubst python3 python node perl'
  ).split(' '),
);

function nameOf(command: ShellCommand | undefined): string {
  return programName(command?.program ?? '');
}

/** True for a reader that may stop before the end: its writer then dies of SIGPIPE, with status 141. */
function stopsEarly(command: ShellCommand | undefined): boolean {
  const words = command?.args.map(({ text }) => text) ?? [];
  switch (nameOf(command)) {
    case 'head':
    case 'read':
    case 'true':
    case ':':
    case 'more':
    case 'less':
      return true;
    case 'grep':
    case 'egrep':
    case 'fgrep':
      return words.some((word) =>
        /^(?:-[a-zA-Z]*[qml]\w*|--quiet|--silent|--max-count.*|--files-with-matches)$/.test(word),
      );
    case 'sed':
      return words.some((word) => /(?:^|[\d;'"$/{ ])q\d*(?:['"};]|$)/.test(word));
    case 'awk':
    case 'gawk':
      return words.some((word) => /\bexit\b/.test(word));
    default:
      return false;
  }
}

const SMALL = /^(?:echo|printf)$/;

/** Whether a download's failure goes unnoticed in a pipeline. */
export function hidesDownload({ commands, discarded }: ShellPipeline): boolean {
  return !discarded && commands.slice(0, -1).some((command) => DOWNLOADS.test(nameOf(command)));
}

/** Why a pipeline that works today might fail under pipefail. */
export function pipeRisk(pipeline: ShellPipeline): string | undefined {
  const { commands, tested, discarded } = pipeline;
  if (discarded) return undefined;
  if (tested) return 'the status of a pipe decides what runs next';
  const writers = commands.slice(0, -1);
  for (const [at, writer] of writers.entries()) {
    const name = nameOf(writer);
    if (writer === undefined) return 'a group or a loop writes into a pipe';
    if (!CALM.has(name))
      return `${name === '' ? 'a command' : name} in front of a pipe may end with another status than 0 and mean no failure`;
    const reader = commands[at + 1];
    const small = writers.slice(0, at + 1).every((one) => SMALL.test(nameOf(one)));
    if (stopsEarly(reader) && !small)
      return `${nameOf(reader)} may close the pipe before ${name} has written all`;
  }
  return undefined;
}

/** What bash does otherwise than dash, without either of them failing. */
const OTHER_IN_BASH: readonly (readonly [RegExp, string])[] = [
  [/\becho\s+-\w*e|\becho\b[^\n|;&]*\\[abcefnrtv0\\]/, 'echo treats a backslash, or -e, otherwise'],
  [
    /\[\[|(?:^|[\s;&|(])source\s|\[\s[^\]]*\s==\s|&>|\$'|(?:^|[\s;&|(])(?:let|pushd|popd)\s/m,
    'it uses what only bash understands',
  ],
  [/(?:^|[\s=/])[^\s${}'"]*\{[^\s{}$'"]*(?:,|\.\.)[^\s{}'"]*\}/m, 'bash expands braces'],
  [/\$\{?(?:RANDOM|HOSTNAME|OSTYPE|SECONDS|UID|EUID|BASH\w*)\b/, 'a variable has a value only in bash'],
];

/** Why a script might do something else in bash than in dash. */
export function bashDifference(text: string): string | undefined {
  return OTHER_IN_BASH.find(([pattern]) => pattern.test(text))?.[1];
}

export type PipeShell =
  | { readonly kind: 'knows pipefail'; readonly source: string; readonly says: string }
  /** Debian's /bin/sh, which has no such option, with bash beside it. */
  | { readonly kind: 'dash beside bash' }
  | { readonly kind: 'unknown'; readonly reason: string };

const BASH = 'https://www.gnu.org/software/bash/manual/html_node/The-Set-Builtin.html';
const BUSYBOX = 'https://github.com/mirror/busybox/blob/master/shell/ash.c';

function bash(says: string): PipeShell {
  return { kind: 'knows pipefail', source: BASH, says };
}

/** The program that a heredoc names, in front of it or on its `#!` line; empty where the SHELL in force runs it. */
export function interpreterOf({ instruction, text, heredoc }: RunScript): string {
  if (!heredoc) return '';
  return `${instruction.argumentText.replace(/<<.*$/s, '')}${/^#!.*/.exec(text)?.[0] ?? ''}`.trim();
}

/** The shell that runs a RUN's script, as far as pipefail is concerned. */
export function pipeShell(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  context: DockerfileContext,
): PipeShell {
  const interpreter = interpreterOf(run);
  const words = shellAt(document, stage, run.instruction);
  const named = interpreter === '' ? words?.[0] : interpreter;
  if (named !== undefined && /\b(?:bash|zsh|ksh)\b/.test(named)) return bash('set -o pipefail');
  if (named !== undefined && /\bash\b/.test(named)) {
    return { kind: 'knows pipefail', source: BUSYBOX, says: "busybox' ash has -o pipefail" };
  }
  const build = imageBuild(document, stage, context);
  if (build.family === 'alpine')
    return { kind: 'knows pipefail', source: BUSYBOX, says: "busybox' ash has -o pipefail" };
  if (build.family === 'rpm') return bash('/bin/sh is bash');
  if (build.baseImage?.family !== 'debian') {
    return { kind: 'unknown', reason: 'which shell runs it is not known, and dash has no pipefail' };
  }
  return named === undefined
    ? { kind: 'dash beside bash' }
    : { kind: 'unknown', reason: 'it names a shell that is dash, which has no pipefail' };
}

/** The instructions that a SHELL in front of another one would apply to. */
function inForce(document: DockerfileDocument, stage: Stage, first: Instruction): readonly Instruction[] {
  const reached = new Set<Instruction>();
  for (const other of builtOn(document, stage)) {
    for (const instruction of stageScope(document, other).instructions) {
      if (instruction.index < first.index) continue;
      if (instruction.keyword === 'SHELL') break;
      reached.add(instruction);
    }
  }
  return [...reached];
}

/** What a shell form means in bash with pipefail, when that is something else. */
function scriptDifference(script: ShellScript, text: string): string | undefined {
  return script.pipelines.map(pipeRisk).find((risk) => risk !== undefined) ?? bashDifference(text);
}

/** An instruction that `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` might change, and why. */
export interface ShellObstacle {
  readonly instruction: Instruction;
  readonly reason: string;
}

/** The first instruction that can't be shown to do the same when bash with pipefail runs it. */
export function shellObstacle(
  document: DockerfileDocument,
  stage: Stage,
  first: Instruction,
): ShellObstacle | undefined {
  for (const instruction of inForce(document, stage, first)) {
    const { keyword, json, argumentText } = instruction;
    const owner = document.stages[instruction.stage] ?? stage;
    if (keyword === 'ONBUILD') return { instruction, reason: 'ONBUILD runs it in another build' };
    if (!/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(keyword) || json !== undefined) continue;
    if (keyword === 'HEALTHCHECK' && /^NONE$/i.test(argumentText)) continue;
    if (keyword === 'RUN') {
      const run = readRun(document, owner, instruction);
      if (run === undefined) return { instruction, reason: 'what it does could not be read' };
      const reason = interpreterOf(run) === '' ? scriptDifference(run.script, run.text) : undefined;
      if (reason !== undefined) return { instruction, reason };
      continue;
    }
    const text = keyword === 'HEALTHCHECK' ? argumentText.replace(/^CMD\s+/i, '') : argumentText;
    const script = parseShell(text);
    const reason = script.complete ? scriptDifference(script, text) : 'what it does could not be read';
    if (reason !== undefined) return { instruction, reason };
  }
  return undefined;
}
