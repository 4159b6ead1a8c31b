import type { Catalogue } from '../../catalogue/catalogue.js';
import type { Evidence, FileReader } from '../../core/types.js';
import type { DockerfileDocument } from '../../formats/dockerfile/document.js';
import { parseDockerfile } from '../../formats/dockerfile/parse.js';
import { join } from '../compose/project.js';
import { imageBuild, type ImageBuild } from '../dockerfile.js';
import { startedCommands } from '../runtime/commands.js';
import { programSources, type ProgramSource } from '../runtime/sources.js';
import type { StartupProgram } from '../startup.js';
import { dockerfilePlace } from './dockerfile-path.js';
import { citeResource, isProgram, runtimeOf, textField, type ResourceView } from './resource.js';

/** What runs in a service, as far as the repository has it. */
export interface Program {
  /** The Dockerfile that it is built from; undefined for one of Render's own runtimes. */
  readonly dockerfile: DockerfileDocument | undefined;
  readonly build: ImageBuild;
  /** What starts, each with the place that says so. */
  readonly commands: readonly StartupProgram[];
  readonly sources: readonly ProgramSource[];
}

export interface ProgramContext {
  readonly files: FileReader;
  readonly catalogue: Catalogue;
}

/** Render's own runtimes whose sources are read, and the image that stands for each. */
const RUNTIMES: Readonly<Record<string, string>> = { node: 'node', python: 'python', go: 'golang' };

/** The path of a Dockerfile that is none: it says in a Dockerfile's words what Render does by itself. */
const NO_FILE = '';

/** What runs in a service; undefined for an image, another repository's code, and what can't be read. */
export function programOf(view: ResourceView, context: ProgramContext): Program | undefined {
  if (!isProgram(view) || view.fields.repo !== undefined || view.fields.image !== undefined) return undefined;
  return runtimeOf(view) === 'docker' ? fromDockerfile(view, context) : fromRuntime(view, context);
}

function fromDockerfile(view: ResourceView, context: ProgramContext): Program | undefined {
  const place = dockerfilePlace(
    {
      dockerfile: textField(view, 'dockerfilePath') ?? './Dockerfile',
      rootDir: textField(view, 'rootDir') ?? '.',
    },
    view.document.path,
    context.files,
  );
  const text = place === undefined ? undefined : context.files.read(place.path);
  if (place === undefined || text === undefined) return undefined;
  const original = parseDockerfile(place.path, text);
  if (!original.ok) return undefined;
  const command = onOneLine(textField(view, 'dockerCommand'));
  const buildContext = join(place.base, textField(view, 'dockerContext') ?? '.');
  if (command === undefined) return read(original.document, original.document, buildContext, view, context);
  // What Render starts in the place of CMD, written as one.
  const parsed = parseDockerfile(place.path, `${text}\nCMD ${command}\n`);
  return parsed.ok ? read(parsed.document, original.document, buildContext, view, context) : undefined;
}

function fromRuntime(view: ResourceView, context: ProgramContext): Program | undefined {
  const image = RUNTIMES[runtimeOf(view) ?? ''];
  const start = onOneLine(textField(view, 'startCommand'));
  if (image === undefined || start === undefined) return undefined;
  const moved = /^cd\s+([\w./-]+)\s*&&\s*(.*)$/.exec(start);
  const build = onOneLine(textField(view, 'buildCommand')) ?? 'true';
  const lines = [
    `FROM ${image}`,
    'WORKDIR /project',
    'COPY . .',
    `RUN ${build}`,
    ...(moved === null ? [] : [`WORKDIR ${moved[1]!}`]),
    `CMD ${moved?.[2] ?? start}`,
  ];
  const parsed = parseDockerfile(NO_FILE, `${lines.join('\n')}\n`);
  return parsed.ok
    ? read(parsed.document, undefined, join(textField(view, 'rootDir') ?? '.'), view, context)
    : undefined;
}

function read(
  document: DockerfileDocument,
  original: DockerfileDocument | undefined,
  buildContext: string,
  view: ResourceView,
  { files, catalogue }: ProgramContext,
): Program | undefined {
  const stage = document.finalStage;
  if (stage === undefined) return undefined;
  const context = { files, catalogue, buildContext };
  const build = imageBuild(document, stage, context);
  const last = original === undefined ? 0 : original.lines.lineOf(original.text.length);
  const cited = (evidence: Evidence): Evidence => {
    if (!('file' in evidence) || evidence.file !== document.path || evidence.line <= last) return evidence;
    return citeResource(view, original === undefined ? 'startCommand' : 'dockerCommand');
  };
  return {
    dockerfile: original,
    build,
    commands: startedCommands(document, build, context).map((command) => ({
      ...command,
      evidence: cited(command.evidence),
    })),
    sources: programSources(document, build, context),
  };
}

/** A command that a Dockerfile can hold; undefined for none, and for one with a heredoc. */
function onOneLine(command: string | undefined): string | undefined {
  const line = command?.trim().replace(/\s*\n\s*/g, ' ');
  return line === undefined || line === '' || line.includes('<<') ? undefined : line;
}
