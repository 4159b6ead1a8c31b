import type { FileReader } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { expandWord } from '../formats/dockerfile/expand.js';
import { joinPath, stageScope, workdirAt } from '../formats/dockerfile/scope.js';

export interface CopySources {
  /** As written, variables put in where they are known; undefined for one that isn't. */
  readonly sources: readonly (string | undefined)[];
  readonly destination: string | undefined;
  /** `--from=`: the stage or image that it copies from. */
  readonly from: string | undefined;
}

/** Sources and destination of a COPY or ADD; undefined when it has fewer than two words. */
export function copySources(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): CopySources | undefined {
  const items = instruction.json ?? instruction.words.map(({ text }) => text);
  if (items.length < 2) return undefined;
  const lookup = stageScope(document, stage).lookupAt(instruction);
  const values = items.map((item) => expandWord(item, lookup, document.escape));
  const target = values.at(-1);
  const workdir = workdirAt(document, stage, instruction);
  const destination =
    target === undefined
      ? undefined
      : target.startsWith('/')
        ? target
        : workdir === undefined
          ? undefined
          : joinPath(workdir, target) + (/(?:^|\/)\.?$/.test(target) ? '/' : '');
  const from = instruction.flags.find(({ name }) => name === 'from')?.value;
  return { sources: values.slice(0, -1), destination, from };
}

/** The path of a COPY source in the build context, relative to the root of the run. */
export function contextPath(buildContext: string, source: string): string {
  const path = joinPath(buildContext === '.' ? '' : buildContext, source.replace(/^\/+/, ''));
  return path === '' ? '.' : path;
}

/** A file that ends up in the image, with what the repository holds of it. */
export interface CopiedFile {
  /** Relative to the root; the Dockerfile itself for a heredoc. */
  readonly file: string;
  readonly text: string;
  readonly instruction: Instruction;
}

/** The stage that `--from=` names, by its name or its number. */
export function stageNamed(document: DockerfileDocument, name: string): Stage | undefined {
  return document.stages.find(
    (stage) => stage.name?.toLowerCase() === name.toLowerCase() || String(stage.index) === name,
  );
}

/** The last part of a path. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** The part of `path` below `directory`; undefined when it isn't below. */
export function below(directory: string, path: string): string | undefined {
  const prefix = directory.endsWith('/') ? directory : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** Paths in the source's tree that may have become `path` by one source of a COPY. */
function candidates(source: string, destination: string, path: string): string[] {
  const found: string[] = [];
  const trimmed = destination.replace(/(.)\/+$/, '$1');
  const glob = /[*?[]/.test(source);
  const rest = below(trimmed, path);
  if (rest !== undefined && matchesName(rest, baseName(source))) found.push(joinPath(source, `../${rest}`));
  if (path === trimmed && !glob) found.push(source);
  if (rest !== undefined && !glob) found.push(joinPath(source, rest));
  return found;
}

/** True when a file's name matches the last part of a COPY source. */
export function matchesName(file: string, name: string): boolean {
  if (!/[*?]/.test(name)) return file === name;
  const pattern = name
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${pattern}$`).test(file);
}

/** Finds what the build context holds of a file of the image: the last COPY or ADD that brings it wins. */
export function findCopiedFile(
  document: DockerfileDocument,
  stage: Stage,
  path: string,
  files: FileReader,
  buildContext: string,
  depth = 4,
): CopiedFile | undefined {
  const { instructions } = stageScope(document, stage);
  for (const instruction of [...instructions].reverse()) {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue;
    const copy = copySources(document, document.stages[instruction.stage] ?? stage, instruction);
    if (copy?.destination === undefined) continue;
    const [heredoc] = instruction.heredocs;
    if (heredoc !== undefined) {
      const target = copy.destination.endsWith('/') ? copy.destination + heredoc.name : copy.destination;
      const text = document.text.slice(heredoc.body.start, heredoc.body.end);
      if (target === path && instruction.heredocs.length === 1)
        return { file: document.path, text, instruction };
      continue;
    }
    const origin = copy.from === undefined ? undefined : stageNamed(document, copy.from);
    if (copy.from !== undefined && (origin === undefined || depth === 0)) continue;
    for (const source of copy.sources) {
      for (const candidate of source === undefined ? [] : candidates(source, copy.destination, path)) {
        if (origin !== undefined) {
          const absolute = joinPath('/', candidate);
          const found = findCopiedFile(document, origin, absolute, files, buildContext, depth - 1);
          if (found !== undefined) return found;
          continue;
        }
        const file = contextPath(buildContext, candidate);
        const text = files.kind(file) === 'file' ? files.read(file) : undefined;
        if (text !== undefined) return { file, text, instruction };
      }
    }
  }
  return undefined;
}
