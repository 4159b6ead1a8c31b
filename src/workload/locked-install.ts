import type { Range } from '../core/text.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { readRun, stepAt, type RunScript } from '../formats/dockerfile/run-script.js';
import { joinPath, stageScope, workdirAt } from '../formats/dockerfile/scope.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import { ignoreFileOf } from './build-context.js';
import type { DockerfileContext } from './context.js';
import { contextPath, findCopiedFile, type CopiedFile } from './copied-files.js';
import {
  npmDisagrees,
  npmLockVersion,
  pnpmDisagrees,
  readJson,
  yarnBerryDisagrees,
  yarnClassicDisagrees,
} from './lockfiles.js';
import { packageCommand, type PackageCommand } from './package-commands.js';

interface Tool {
  readonly name: string;
  readonly suggestion: string;
  readonly source: string;
  readonly says: string;
}

/** An installation for which a lockfile is in the repository. */
export interface LockedInstall {
  readonly command: PackageCommand;
  readonly tool: Tool;
  /** The edit that freezes the lockfile, in positions of the script. */
  readonly edit: Range & { readonly text: string };
  readonly lock: { readonly file: string; readonly says: string } | undefined;
  /** Why it can't be made. */
  readonly problem: string | undefined;
}

const NPM: Tool = {
  name: 'npm install',
  suggestion: 'npm ci',
  source: 'https://docs.npmjs.com/cli/commands/npm-ci',
  says: 'npm ci exits with an error where the lockfile does not match, and never writes it',
};
const YARN: Tool = {
  name: 'yarn install',
  suggestion: 'yarn install --frozen-lockfile',
  source: 'https://classic.yarnpkg.com/en/docs/cli/install#toc-yarn-install-frozen-lockfile',
  says: '--frozen-lockfile: fail if an update is needed',
};
const BERRY: Tool = {
  name: 'yarn install',
  suggestion: 'yarn install --immutable',
  source: 'https://yarnpkg.com/cli/install',
  says: '--immutable: abort if the lockfile would be modified',
};
const PNPM: Tool = {
  name: 'pnpm install',
  suggestion: 'pnpm install --frozen-lockfile',
  source: 'https://pnpm.io/cli/install#--frozen-lockfile',
  says: '--frozen-lockfile: fail if the lockfile is out of sync',
};

/** Options that mean the same to `npm install` and `npm ci`. */
const SAME =
  /^(?:-[dqsf]+|--(?:production|only|omit|include|no-audit|audit|no-fund|fund|quiet|silent|verbose|loglevel|legacy-peer-deps|ignore-scripts|no-optional|unsafe-perm|progress|no-progress|prefer-offline|no-update-notifier|foreground-scripts|registry|cache|force|no-save|maxsockets|fetch-[\w-]+|network-[\w-]+|prod|production=true|non-interactive|no-progress|reporter|cache-folder|P))(?:=.*)?$/;
/** Options that freeze, ignore or only write the lockfile, or install something else. */
const DECIDED =
  /^(?:-g|--global|--location|--frozen-lockfile|--no-frozen-lockfile|--immutable|--no-immutable|--pure-lockfile|--no-lockfile|--no-package-lock|--package-lock(?:-only|=false)?|--lockfile-only|--fix-lockfile|--mode|--dry-run)(?:=|$)/;
const WITH_VALUE = new Set([
  '--omit',
  '--include',
  '--only',
  '--loglevel',
  '--registry',
  '--cache',
  '--reporter',
  '--cache-folder',
  '--network-timeout',
]);

/** The words of an installation that are neither options nor their values. */
function operands(words: readonly ShellWord[]): readonly ShellWord[] {
  return words.filter(({ text }, at) => !text.startsWith('-') && !WITH_VALUE.has(words[at - 1]?.text ?? ''));
}

interface Written {
  readonly command: PackageCommand;
  readonly tool: 'npm' | 'yarn' | 'pnpm';
  /** The word `install`; undefined for a bare `yarn`. */
  readonly verb: ShellWord | undefined;
  readonly options: readonly ShellWord[];
}

/** Reads `npm install`, `yarn`, `pnpm i` of a whole project; undefined for anything else. */
function wholeInstall(shell: ShellCommand): Written | undefined {
  const command = packageCommand(shell, /^(?:npm|yarn|yarnpkg|pnpm)$/, WITH_VALUE);
  if (command === undefined) return undefined;
  const tool = command.tool === 'yarnpkg' ? 'yarn' : (command.tool as Written['tool']);
  const { verb, args } = command;
  if (
    verb === undefined
      ? tool !== 'yarn' || args.some(({ text }) => /^-(?:v|h)$|^--(?:version|help)$/.test(text))
      : !/^(?:install|i)$/.test(verb.value ?? '') || (tool === 'yarn' && verb.value === 'i')
  )
    return undefined;
  const rest = args.filter((word) => word !== verb);
  if (operands(rest).length > 0 || rest.some(({ text }) => DECIDED.test(text))) return undefined;
  return { command, tool, verb, options: rest.filter(({ text }) => text.startsWith('-')) };
}

/** The directory in which a command of a script runs; undefined when it isn't known. */
function directoryOf(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  command: Range,
): string | undefined {
  let directory = workdirAt(document, stage, run.instruction);
  for (const { program, args, start } of run.script.commands) {
    if (start >= command.start || !/^(?:cd|pushd|popd)$/.test(program ?? '')) continue;
    const step = stepAt(run, start);
    const local = step?.kind === 'simple' || step === stepAt(run, command.start);
    const target = args.length === 1 ? args[0]?.value : undefined;
    if (program !== 'cd' || !local || target === undefined || target === '-') return undefined;
    directory = target.startsWith('/')
      ? joinPath('', target)
      : directory === undefined
        ? undefined
        : joinPath(directory, target);
  }
  return directory;
}

type Found =
  { readonly ok: true; readonly file: CopiedFile } | { readonly ok: false; readonly ignored?: string };

/** Finds a file as it is in the image when an instruction runs. */
function fileAt(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  path: string,
  context: DockerfileContext,
): Found {
  const before = {
    ...stage,
    instructions: stage.instructions.filter(({ index }) => index < instruction.index),
  };
  const file = findCopiedFile(document, before, path, context.files, context.buildContext);
  if (file === undefined) return { ok: false };
  const root = contextPath(context.buildContext, '.');
  const relative = root === '.' ? file.file : file.file.slice(root.length + 1);
  const ignore = ignoreFileOf(document.path, context);
  return ignore?.ignore.ignores(relative) === true ? { ok: false, ignored: ignore.path } : { ok: true, file };
}

const PROJECT_FILES =
  /package(?:-lock)?\.json|npm-shrinkwrap|yarn\.lock|pnpm-lock|node_modules|\.yarnrc|\.npmrc/;

/** What changed the project's files, or filled node_modules, before a command. */
function changedBefore(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  command: Range,
): number | undefined {
  for (const instruction of stageScope(document, stage).instructions) {
    const { index, keyword, argumentText, start } = instruction;
    if (index > run.instruction.index) break;
    if (keyword === 'COPY' && /\bnode_modules\b/.test(argumentText)) return start;
    const earlier = index === run.instruction.index ? run : readRun(document, stage, instruction);
    if (keyword !== 'RUN') continue;
    if (earlier === undefined) {
      if (PROJECT_FILES.test(argumentText)) return start;
      continue;
    }
    const found = earlier.script.commands.find(
      (other) => (earlier !== run || other.start < command.start) && changes(other),
    );
    if (found !== undefined) return earlier.offset + found.start;
  }
  return undefined;
}

function changes(command: ShellCommand): boolean {
  const { program = '', args, words, writes } = command;
  if (writes.some(({ text }) => PROJECT_FILES.test(text))) return true;
  if (/^(?:rm|mv|cp|sed|jq|ln|touch|tee|git|unzip|tar)$/.test(program))
    return words.some(({ text }) => PROJECT_FILES.test(text));
  const tool = packageCommand(command, /^(?:npm|yarn|pnpm)$/, WITH_VALUE);
  if (tool === undefined || args.some(({ text }) => /^(?:-g|--global)$/.test(text))) return false;
  if (/^(?:install|i)$/.test(tool.verb?.value ?? '')) return operands(tool.args).length > 1;
  if (/^(?:config|c|set)$/.test(tool.verb?.value ?? ''))
    return /\b(?:package-lock|version)\b/.test(words.map(({ text }) => text).join(' '));
  return /^(?:add|remove|uninstall|update|upgrade|up|pkg|version|init|link|dedupe|import|policies)$/.test(
    tool.verb?.value ?? '',
  );
}

/** The major version of the official Node image at the root of a stage; `Infinity` for one without a number. */
function nodeMajor(document: DockerfileDocument, stage: Stage): number | undefined {
  const reference = stageScope(document, stage).root.reference ?? '';
  const match = /^(?:docker\.io\/)?(?:library\/)?node(?::([^@]+))?(?:@|$)/.exec(reference);
  if (match === null) return undefined;
  const major = /^\d+/.exec(match[1] ?? '')?.[0];
  return major === undefined ? Infinity : Number(major);
}

/** npm 6 (Node 14 and older) does not read lockfileVersion 3, and npm 5 (Node 8) was the first with `ci`. */
function npmTooOld(version: number, node: number | undefined): string | undefined {
  if (version < 3) return node !== undefined && node < 8 ? 'its npm is older than npm ci' : undefined;
  if (node === undefined)
    return 'which npm the image has is not known, and npm 6 does not read lockfileVersion 3';
  return node < 16 ? 'its npm does not read lockfileVersion 3' : undefined;
}

interface Asked {
  readonly document: DockerfileDocument;
  readonly stage: Stage;
  readonly run: RunScript;
  readonly written: Written;
  readonly manifest: CopiedFile;
  readonly npmrc: string;
}

function problemOf(
  { document, stage, run, written, manifest, npmrc }: Asked,
  lock: CopiedFile,
  tool: Tool,
): string | undefined {
  const option = written.options.find(({ text }) => !SAME.test(text));
  if (option !== undefined) return `${option.text} may mean something else then`;
  const changed = changedBefore(document, stage, run, written.command);
  if (changed !== undefined)
    return `line ${document.lines.lineOf(changed)} changes the project's files or node_modules`;
  const fields = readJson(manifest.text);
  if (fields === undefined) return 'package.json could not be read';
  if (tool === NPM) {
    const legacy =
      /^\s*legacy-peer-deps\s*=\s*true/m.test(npmrc) ||
      written.options.some(({ text }) => text === '--legacy-peer-deps');
    return (
      npmTooOld(npmLockVersion(lock.text), nodeMajor(document, stage)) ??
      npmDisagrees(fields, lock.text, legacy)
    );
  }
  if (tool === YARN) return yarnClassicDisagrees(fields, lock.text);
  if (tool === BERRY) return yarnBerryDisagrees(fields, lock.text);
  const installed = /\bpnpm@(\d+)/.exec(document.text)?.[1];
  return pnpmDisagrees(fields, lock.text, installed === undefined ? undefined : Number(installed));
}

const LOCKS = {
  npm: ['npm-shrinkwrap.json', 'package-lock.json'],
  yarn: ['yarn.lock'],
  pnpm: ['pnpm-lock.yaml'],
};

function toolOf(written: Written, lockText: string): Tool {
  if (written.tool === 'yarn') return /^__metadata:/m.test(lockText) ? BERRY : YARN;
  return written.tool === 'npm' ? NPM : PNPM;
}

function editOf({ verb, command }: Written, tool: Tool): LockedInstall['edit'] {
  if (tool === NPM && verb !== undefined) return { start: verb.start, end: verb.end, text: 'ci' };
  const at = verb?.end ?? command.toolEnd;
  return { start: at, end: at, text: tool === BERRY ? ' --immutable' : ' --frozen-lockfile' };
}

function lockedInstall(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  written: Written,
  context: DockerfileContext,
): LockedInstall | undefined {
  const directory = directoryOf(document, stage, run, written.command);
  if (directory === undefined) return undefined;
  const find = (name: string): Found =>
    fileAt(document, stage, run.instruction, joinPath(directory, name), context);
  const manifest = find('package.json');
  const npmrc = find('.npmrc');
  const settings = npmrc.ok ? npmrc.file.text : '';
  if (!manifest.ok || /^\s*package-lock\s*=\s*false/m.test(settings)) return undefined;
  const { file } = manifest;
  const folder = file.file.slice(0, file.file.lastIndexOf('/') + 1);
  for (const name of LOCKS[written.tool]) {
    const text = context.files.read(folder + name);
    if (text === undefined) continue;
    const tool = toolOf(written, text);
    const lock = find(name);
    const base = { command: written.command, tool, edit: editOf(written, tool) };
    if (!lock.ok) {
      const problem =
        lock.ignored === undefined
          ? `${name} is not in the image by then: copy it together with package.json`
          : `${lock.ignored} leaves ${name} out of the build`;
      return { ...base, lock: undefined, problem };
    }
    const asked = { document, stage, run, written, manifest: file, npmrc: settings };
    const problem = problemOf(asked, lock.file, tool);
    const says = problem === undefined ? 'agrees with package.json' : 'the lockfile';
    return { ...base, lock: { file: lock.file.file, says }, problem };
  }
  return undefined;
}

const FROZEN = /\bnpm\s+(?:ci|clean-install)\b|--frozen-lockfile|--immutable\b/;

/** The installations of a script that could keep to a lockfile of the repository. */
export function lockedInstalls(
  document: DockerfileDocument,
  stage: Stage,
  run: RunScript,
  context: DockerfileContext,
): readonly LockedInstall[] {
  // `if [ -f package-lock.json ]; then npm ci; else npm install; fi`
  if (FROZEN.test(run.text)) return [];
  return run.script.commands.flatMap((shell) => {
    const written = wholeInstall(shell);
    return written === undefined ? [] : (lockedInstall(document, stage, run, written, context) ?? []);
  });
}
