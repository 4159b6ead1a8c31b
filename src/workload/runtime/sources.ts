import { joinPath } from '../../formats/dockerfile/scope.js';
import type { DockerfileDocument, Stage } from '../../formats/dockerfile/document.js';
import { stageScope } from '../../formats/dockerfile/scope.js';
import { findCopiedFile, stageNamed } from '../copied-files.js';
import type { ImageBuild } from '../dockerfile.js';
import { programName, type StartupProgram } from '../startup.js';
import { startedCommands, type FileContext } from './commands.js';

/** A source file of the program that starts, as the repository has it. */
export interface ProgramSource {
  readonly file: string;
  readonly text: string;
  readonly language: 'node' | 'python' | 'go';
  /** What the command names, rather than what that imports. */
  readonly entry: boolean;
}

/** More than a program needs to set up its routes; the rest is not looked for. */
const MAX_FILES = 24;
const SCRIPT = /\.(?:[cm]?[jt]s|[jt]sx)$/;
const EXTENSIONS = ['', '.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '/index.ts', '/index.js'];
const IMPORT = /(?:\bfrom\s*|\brequire\(\s*|\bimport\(?\s*)['"](\.{1,2}\/[^'"\n]+)['"]/g;
const PYTHON_SERVERS = /^(?:uvicorn|gunicorn|hypercorn|daphne|granian|waitress-serve|fastapi|flask)$/;
const PYTHON = /^python[\d.]*$/;

/** Paths from which a compiler may have made `path`: `dist/main.js` comes from `src/main.ts`. */
function originsOf(path: string): readonly string[] {
  const moved = /(?:^|\/)(?:dist|build|out|lib)\//.test(path)
    ? [path, path.replace(/(^|\/)(?:dist|build|out|lib)\/(?:src\/)?/, '$1src/')]
    : [path];
  return moved.flatMap((each) => [
    each,
    ...(SCRIPT.test(each) ? [each.replace(/\.([cm]?)jsx?$/, '.$1ts')] : EXTENSIONS.map((end) => each + end)),
  ]);
}

/** The stages from which a stage takes files: what is compiled there is not copied by its own name. */
function sourceStages(document: DockerfileDocument, stage: Stage): readonly Stage[] {
  const found = new Set<Stage>([stage]);
  for (const next of found) {
    for (const { flags } of stageScope(document, next).instructions) {
      const from = flags.find(({ name }) => name === 'from')?.value;
      const source = from === undefined ? undefined : stageNamed(document, from);
      if (source !== undefined) found.add(source);
    }
  }
  return [...found];
}

function locate(
  document: DockerfileDocument,
  build: ImageBuild,
  path: string,
  context: FileContext,
): { readonly file: string; readonly text: string } | undefined {
  if (build.workdir === undefined && !path.startsWith('/')) return undefined;
  const place = joinPath(build.workdir ?? '/', path);
  for (const stage of sourceStages(document, build.stage)) {
    for (const origin of originsOf(place)) {
      const found = findCopiedFile(document, stage, origin, context.files, context.buildContext);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `main:app` and `app.main:create_app()` name modules. */
function pythonModule(args: readonly string[]): string | undefined {
  const target = args.find((word) => /^[A-Za-z_][\w.]*:[\w.]+(?:\(\))?$/.test(word));
  return target?.slice(0, target.indexOf(':'));
}

/** The files that a command starts, as paths in the image. */
function entryPaths({ name = '', args }: StartupProgram): readonly string[] {
  const program = programName(name);
  if (SCRIPT.test(program)) return [name];
  if (/^(?:node|nodejs|tsx|ts-node|nodemon|bun|dumb-init)$/.test(program)) {
    const file = args.find((word) => SCRIPT.test(word) || /^[./]*[\w/-]+$/.test(word));
    return file === undefined || file === 'run' ? [] : [file];
  }
  const python = PYTHON.test(program);
  if (!python && !PYTHON_SERVERS.test(program)) return [];
  const module = pythonModule(args);
  if (module !== undefined) {
    const path = module.replaceAll('.', '/');
    return [`${path}.py`, `${path}/__init__.py`, `src/${path}.py`];
  }
  const file = args.find((word) => word.endsWith('.py'));
  const named = args[0] === '-m' ? args[1]?.replaceAll('.', '/') : undefined;
  return file !== undefined ? [file] : named === undefined ? [] : [`${named}.py`, `${named}/__main__.py`];
}

/** What a script imports by a relative path. */
function importsOf(
  { file, text }: ProgramSource,
  context: FileContext,
): readonly { readonly file: string; readonly text: string }[] {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
  return [...text.matchAll(IMPORT)].flatMap(([, target = '']) => {
    for (const candidate of originsOf(joinPath(folder, target))) {
      if (!SCRIPT.test(candidate) || context.files.kind(candidate) !== 'file') continue;
      const found = context.files.read(candidate);
      return found === undefined ? [] : [{ file: candidate, text: found }];
    }
    return [];
  });
}

/** `go build -o /server ./cmd/server` names the package whose main file starts. */
function goEntries(document: DockerfileDocument, build: ImageBuild): readonly string[] {
  return sourceStages(document, build.stage).flatMap((stage) =>
    stage.instructions.flatMap(({ keyword, argumentText }) => {
      const target = keyword === 'RUN' ? /\bgo\s+build\b[^&;|]*/.exec(argumentText)?.[0] : undefined;
      if (target === undefined) return [];
      const last = target.trim().split(/\s+/).at(-1) ?? '';
      const folder = /^\.?\/?[\w./-]*$/.test(last) && !last.startsWith('-') ? last : '.';
      return [folder.endsWith('.go') ? folder : joinPath(folder, 'main.go')];
    }),
  );
}

const known = new WeakMap<ImageBuild, readonly ProgramSource[]>();

/** The program's own source files, beginning with what the command names: no test and no client is among them. */
export function programSources(
  document: DockerfileDocument,
  build: ImageBuild,
  context: FileContext,
): readonly ProgramSource[] {
  const sources = known.get(build) ?? readSources(document, build, context);
  known.set(build, sources);
  return sources;
}

function readSources(
  document: DockerfileDocument,
  build: ImageBuild,
  context: FileContext,
): readonly ProgramSource[] {
  const found = new Map<string, ProgramSource>();
  const add = (source: ProgramSource): unknown =>
    found.size < MAX_FILES && !found.has(source.file) && found.set(source.file, source);
  for (const command of startedCommands(document, build, context)) {
    for (const path of entryPaths(command)) {
      const at = locate(document, build, path, context);
      if (at === undefined) continue;
      add({ ...at, language: at.file.endsWith('.py') ? 'python' : 'node', entry: true });
      break;
    }
  }
  for (const path of goEntries(document, build)) {
    const file = joinPath(context.buildContext === '.' ? '' : context.buildContext, path);
    const text = context.files.kind(file) === 'file' ? context.files.read(file) : undefined;
    if (text !== undefined) add({ file, text, language: 'go', entry: true });
  }
  for (const source of found.values()) {
    if (source.language !== 'node') continue;
    for (const imported of importsOf(source, context)) add({ ...imported, language: 'node', entry: false });
  }
  return [...found.values()];
}
