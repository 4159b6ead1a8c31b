import { redact } from '../../core/redact.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import { joinPath } from '../../formats/dockerfile/scope.js';
import { parseShell } from '../../formats/shell.js';
import type { DockerfileContext } from '../context.js';
import { findCopiedFile, type CopiedFile } from '../copied-files.js';
import type { ImageBuild } from '../dockerfile.js';
import { programName, type StartupProgram } from '../startup.js';

export type FileContext = Pick<DockerfileContext, 'files' | 'buildContext'>;

const RUNNERS = /^(?:npm|yarn|yarnpkg|pnpm)$/;
/** Scripts that npm runs by their bare name: https://docs.npmjs.com/cli/v10/commands/npm-start */
const BARE = new Set(['start', 'test', 'stop', 'restart']);

/** A file of the image by its path there, or one beside the working directory. */
export function fileInImage(
  document: DockerfileDocument,
  build: ImageBuild,
  path: string,
  { files, buildContext }: FileContext,
): CopiedFile | undefined {
  if (build.workdir === undefined && !path.startsWith('/')) return undefined;
  const place = joinPath(build.workdir ?? '/', path);
  return findCopiedFile(document, build.stage, place, files, buildContext);
}

/** The name of the package script that a runner is told to run; undefined for anything else. */
function scriptName(program: string, args: readonly string[]): string | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (first === 'run' || first === 'run-script') return second?.startsWith('-') === true ? undefined : second;
  return BARE.has(first) || (program !== 'npm' && /^[\w:.-]+$/.test(first) && !first.startsWith('-'))
    ? first
    : undefined;
}

/** The commands of a package.json's script, in order. */
function packageScript(
  document: DockerfileDocument,
  build: ImageBuild,
  { name = '', args }: StartupProgram,
  context: FileContext,
): readonly StartupProgram[] {
  const script = RUNNERS.test(programName(name)) ? scriptName(programName(name), args) : undefined;
  const manifest = script === undefined ? undefined : fileInImage(document, build, 'package.json', context);
  if (script === undefined || manifest === undefined) return [];
  const text = scriptsOf(manifest.text)[script];
  if (typeof text !== 'string') return [];
  const line = manifest.text.split('\n').findIndex((row) => row.includes(JSON.stringify(script))) + 1;
  const at = {
    file: manifest.file,
    line: Math.max(1, line),
    text: redact((manifest.text.split('\n')[line - 1] ?? '').trim()),
  };
  return parseShell(text).commands.map((command) => ({
    name: command.program,
    args: command.args.map(({ value, text: word }) => value ?? word),
    evidence: at,
  }));
}

function scriptsOf(manifest: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(manifest) as { readonly scripts?: Readonly<Record<string, unknown>> } | null;
    return value?.scripts ?? {};
  } catch {
    return {};
  }
}

/** What runs when the container starts, the scripts of its package.json included. */
export function startedCommands(
  document: DockerfileDocument,
  build: ImageBuild,
  context: FileContext,
): readonly StartupProgram[] {
  return build.startup.programs.flatMap((program) => [
    program,
    ...packageScript(document, build, program, context),
  ]);
}
