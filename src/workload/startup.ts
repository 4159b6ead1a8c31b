import { parseImageReference } from '../catalogue/catalogue.js';
import { redact } from '../core/redact.js';
import type { Evidence, FileReader } from '../core/types.js';
import { cite } from '../core/evidence.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { joinPath, stageScope } from '../formats/dockerfile/scope.js';
import { parseShell, type ShellCommand, type ShellScript } from '../formats/shell.js';
import { findCopiedFile } from './copied-files.js';

/** A shell script that runs when the container starts. */
export interface StartupScript {
  /** Path in the image. */
  readonly path: string;
  /** Where the repository has it. */
  readonly file: string;
  readonly text: string;
  readonly script: ShellScript;
}

/** A program that runs at start, without the wrappers (tini, `exec`, `env`) in front of it. */
export interface StartupProgram {
  /** Undefined when the shell expands it. */
  readonly name: string | undefined;
  readonly args: readonly string[];
  readonly evidence: Evidence;
}

export interface Startup {
  readonly entrypoint: Instruction | undefined;
  readonly command: Instruction | undefined;
  /** What ENTRYPOINT and CMD run, and what their scripts run. */
  readonly programs: readonly StartupProgram[];
  readonly scripts: readonly StartupScript[];
  /** Scripts that run but that the repository doesn't hold, or that aren't shell. */
  readonly unreadable: readonly string[];
}

const INITS = new Set(['tini', 'dumb-init', 'catatonit', 'docker-init', 'tini-static', 'pid1']);
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);
const SEARCH_PATH = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/bin', '/sbin', ''];

/**
 * The node image's own script: it puts `node` before an option and before what is no program, and starts anything else as
 * it is. https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh
 */
export const NODE_ENTRYPOINT = 'docker-entrypoint.sh';

export function programName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Skips an init and its options; what is left is the command that it runs. */
function withoutInit(words: readonly string[]): readonly string[] {
  if (words[0] === undefined || !INITS.has(programName(words[0]))) return words;
  let at = 1;
  while (at < words.length && words[at]!.startsWith('-')) {
    at += 1;
    if (words[at - 1] === '--') break;
  }
  return withoutInit(words.slice(at));
}

/** True for a text that starts as a shell script does. */
export function isShellScript(text: string): boolean {
  return /^\uFEFF?#!\s*\S*(?:\/|\s)(?:sh|bash|ash|dash)\b/.test(text);
}

/** True for a path by whose name one expects a script. */
export function looksLikeScript(path: string): boolean {
  const name = programName(path);
  return (
    /\.(?:sh|bash)$/.test(name) || (/entry-?point|^start|^run$|^init$/.test(name) && !/\.\w+$/.test(name))
  );
}

interface Walk {
  readonly document: DockerfileDocument;
  readonly stage: Stage;
  readonly files: FileReader;
  readonly buildContext: string;
  readonly programs: StartupProgram[];
  readonly scripts: StartupScript[];
  readonly unreadable: string[];
}

function shellWords(command: ShellCommand): {
  readonly name: string | undefined;
  readonly args: readonly string[];
} {
  return { name: command.program, args: command.args.map(({ value, text }) => value ?? text) };
}

function visitScriptText(
  walk: Walk,
  script: ShellScript,
  evidenceOf: (command: ShellCommand) => Evidence,
): void {
  for (const command of script.commands) {
    if (command.words.length === 0) continue;
    const { name, args } = shellWords(command);
    visitProgram(walk, name === undefined ? undefined : [name, ...args], args, evidenceOf(command));
  }
}

function visitFile(walk: Walk, path: string): boolean {
  if (walk.scripts.some((known) => known.path === path)) return true;
  const found = findCopiedFile(walk.document, walk.stage, path, walk.files, walk.buildContext);
  if (found === undefined) return false;
  if (!isShellScript(found.text) && !/\.(?:sh|bash)$/.test(path)) {
    // A start script in another language may do anything before it runs the program.
    if (/entry-?point/.test(programName(path))) walk.unreadable.push(path);
    return true;
  }
  const script = parseShell(found.text);
  walk.scripts.push({ path, file: found.file, text: found.text, script });
  const lines = found.text.split('\n');
  visitScriptText(walk, script, (command) => {
    const line = found.text.slice(0, command.start).split('\n').length;
    return { file: found.file, line, text: redact((lines[line - 1] ?? '').trim()) };
  });
  return true;
}

/** True where the name is that of the node image's own script, which starts what it is given. */
function isNodesOwn({ document, stage, files, buildContext }: Walk): boolean {
  const { reference } = stageScope(document, stage).root;
  return (
    reference !== undefined &&
    parseImageReference(reference)?.repository === 'node' &&
    !SEARCH_PATH.some(
      (folder) =>
        folder !== '' &&
        findCopiedFile(document, stage, `${folder}/${NODE_ENTRYPOINT}`, files, buildContext) !== undefined,
    )
  );
}

function visitProgram(
  walk: Walk,
  words: readonly string[] | undefined,
  args: readonly string[],
  evidence: Evidence,
): void {
  const inner = words === undefined ? undefined : withoutInit(words);
  if (inner?.[0] === NODE_ENTRYPOINT && inner.length > 1 && isNodesOwn(walk)) {
    visitProgram(walk, inner.slice(1), inner.slice(2), evidence);
    return;
  }
  const name = inner?.[0];
  const rest = inner?.slice(1) ?? args;
  walk.programs.push({ name, args: rest, evidence });
  if (name === undefined) return;
  if (SHELLS.has(programName(name))) {
    const flag = rest.findIndex((word) => /^-\w*c$/.test(word));
    const file = rest.find((word) => !word.startsWith('-'));
    if (flag !== -1) visitScriptText(walk, parseShell(rest[flag + 1] ?? ''), () => evidence);
    else if (file !== undefined) visitPath(walk, file, true);
    return;
  }
  if (name === '.' || name === 'source') visitPath(walk, rest[0] ?? '', true);
  else visitPath(walk, name, false);
}

/** Reads the script that a path names; a program without a slash is looked up as PATH would. */
function visitPath(walk: Walk, path: string, isScript: boolean): void {
  if (path === '' || path.includes('$')) return;
  const workdir = stageScope(walk.document, walk.stage).workdir?.value ?? '/';
  const places =
    path.includes('/') || isScript
      ? [joinPath(workdir, path)]
      : SEARCH_PATH.map((directory) => (directory === '' ? joinPath(workdir, path) : `${directory}/${path}`));
  if (!isScript && !path.includes('/') && !/\.(?:sh|bash)$|entrypoint/.test(path)) {
    // A bare name is a program of the image, unless the Dockerfile copies a file of that name.
    places.pop();
  }
  if (places.some((place) => visitFile(walk, place))) return;
  if (isScript || looksLikeScript(path)) walk.unreadable.push(path);
}

function visitInstruction(walk: Walk, instruction: Instruction, extra: readonly string[]): void {
  const evidence = cite(walk.document, instruction.start);
  const { json, argumentText } = instruction;
  if (json === undefined) visitScriptText(walk, parseShell(argumentText), () => evidence);
  else if (json.length > 0) visitProgram(walk, [...json, ...extra], json.slice(1), evidence);
}

/** What the image starts, as far as the Dockerfile and the files of its build context tell. */
export function startupOf(
  document: DockerfileDocument,
  stage: Stage,
  files: FileReader,
  buildContext: string,
): Startup {
  const { entrypoint, command } = stageScope(document, stage);
  const walk: Walk = { document, stage, files, buildContext, programs: [], scripts: [], unreadable: [] };
  if (entrypoint !== undefined) visitInstruction(walk, entrypoint, command?.json ?? []);
  // The shell form of ENTRYPOINT ignores CMD.
  const ignored = entrypoint !== undefined && entrypoint.json === undefined;
  if (command !== undefined && !ignored) visitInstruction(walk, command, []);
  const { programs, scripts, unreadable } = walk;
  return { entrypoint, command, programs, scripts, unreadable };
}

/** True for an ENTRYPOINT that only runs the command it is given: an init and its options. */
export function isInit(words: readonly string[]): boolean {
  return words.length > 0 && withoutInit(words).length === 0;
}

/** `CMD ["bash"]`: an image to work in. */
export function startsBareShell(command: Instruction): boolean {
  return /^\[?\s*"?(?:\/bin\/|\/usr\/bin\/)?(?:ba|da|a|z)?sh"?(?:\s*,?\s*"?-[il]+"?)?\s*\]?$/.test(
    command.argumentText,
  );
}
