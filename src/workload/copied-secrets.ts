import { cite } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { joinPath, stageChain, workdirAt } from '../formats/dockerfile/scope.js';
import { ignoreFileOf, type IgnoreFile } from './build-context.js';
import type { DockerfileContext } from './context.js';
import { baseName, below, contextPath, copySources, matchesName, stageNamed } from './copied-files.js';
import { runningStages } from './dockerfile.js';
import { SECRET_FILES, secretFileKind, type SecretFileKind, type SecretReading } from './secret-files.js';

/** A file of the build context that holds secrets, or is made to, and that a COPY or ADD brings into a stage. */
export interface CopiedSecret {
  readonly stage: Stage;
  readonly instruction: Instruction;
  /** Relative to the root. */
  readonly path: string;
  readonly kind: SecretFileKind;
  /** Index of the source that names it and nothing else; undefined when it comes with a folder or a pattern. */
  readonly named: number | undefined;
  /** Undefined for a file that the instruction names and the repository doesn't hold: it is made for the build. */
  readonly reading: SecretReading | undefined;
  /** Its path in the image; undefined when that isn't known. */
  readonly destination: string | undefined;
}

/** Names that say by themselves that the file, which is made for the build, holds a secret. */
const MADE_FOR_BUILD =
  /(?:^|\/)(?:\.npmrc|[._]netrc|\.pypirc|\.git-credentials|\.env(?:\.(?:local|prod(?:uction)?))?|id_(?:rsa|ed25519|ecdsa|dsa)|\.aws\/credentials|\.docker\/config\.json|\.cargo\/credentials(?:\.toml)?|[^/]+\.key|[\w.-]*service[-_]?account[\w.-]*\.json)$/i;

/** Every file with secrets that the build copies from its context, in order. What the ignore file keeps out is none. */
export function copiedSecrets(
  document: DockerfileDocument,
  context: DockerfileContext,
): readonly CopiedSecret[] {
  const ignoreFile = ignoreFileOf(document.path, context);
  return document.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction) => inCopy(document, stage, instruction, context, ignoreFile)),
  );
}

function inCopy(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  context: DockerfileContext,
  ignoreFile: IgnoreFile | undefined,
): readonly CopiedSecret[] {
  if (!/^(?:COPY|ADD)$/.test(instruction.keyword) || instruction.heredocs.length > 0) return [];
  const copy = copySources(document, stage, instruction);
  if (copy === undefined || copy.from !== undefined) return [];
  const { files, buildContext } = context;
  const ignored = (source: string): boolean => ignoreFile?.ignore.ignores(joinPath('', source)) === true;
  return copy.sources.flatMap((source, at): CopiedSecret[] => {
    if (source === undefined || /^\w+:\/\/|^git@/.test(source)) return [];
    const found = (name: string, kind: SecretFileKind, inside: string): CopiedSecret[] => {
      const path = contextPath(buildContext, name);
      const isNamed = inside === '';
      if (ignored(name)) return [];
      const base = { stage, instruction, path, kind, named: isNamed ? at : undefined };
      const destination = isNamed
        ? namedDestination(document, stage, instruction, copy.destination, source, copy.sources.length)
        : copy.destination && joinPath(copy.destination, inside);
      if (files.kind(path) === 'missing') {
        return isNamed && MADE_FOR_BUILD.test(path) ? [{ ...base, reading: undefined, destination }] : [];
      }
      // A key store is no text.
      const reading = kind.read(files.read(path) ?? '');
      return reading.keys.length + reading.references.length > 0 ? [{ ...base, reading, destination }] : [];
    };
    const path = contextPath(buildContext, source);
    if (/[*?[]/.test(source)) {
      const folder = joinPath(source, '..');
      return SECRET_FILES.flatMap((kind) =>
        kind.names
          .filter((name) => !name.includes('/') && matchesName(name, baseName(source)))
          .flatMap((name) => found(joinPath(folder, name), kind, name)),
      );
    }
    if (files.kind(path) === 'directory') {
      return SECRET_FILES.flatMap((kind) =>
        [...new Set(kind.names)].flatMap((name) => found(joinPath(source, name), kind, name)),
      );
    }
    const kind = secretFileKind(source);
    return kind === undefined || /trust/i.test(baseName(source)) ? [] : found(source, kind, '');
  });
}

/**
 * Where a named file ends up: https://docs.docker.com/reference/dockerfile/#destination. A destination without a
 * trailing slash is a folder when one is there, which only the working directory is known to be.
 */
function namedDestination(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
  destination: string | undefined,
  source: string,
  count: number,
): string | undefined {
  if (destination === undefined) return undefined;
  const name = baseName(source);
  if (destination.endsWith('/') || count > 1 || destination === workdirAt(document, stage, instruction))
    return joinPath(destination, name);
  const last = baseName(destination);
  return last === name || secretFileKind(destination) !== undefined || /\.\w+$/.test(last)
    ? destination
    : undefined;
}

/** How far a secret goes that is in a stage's files. */
export type Reach =
  /** Into a layer of an image that containers start from. */
  | { readonly kind: 'image' }
  /** From its stage into such an image, by a `COPY --from`. */
  | { readonly kind: 'copied'; readonly evidence: Evidence }
  /** No further than the cache of the build. */
  | { readonly kind: 'cache'; readonly stage: string };

/** How far what a stage holds goes; `path` is a file of it, undefined when only its history counts. */
export function reachOf(
  document: DockerfileDocument,
  context: DockerfileContext,
  stage: Stage,
  path: string | undefined,
): Reach {
  const running = new Set(runningStages(document, context).flatMap(stageChain));
  if (running.has(stage)) return { kind: 'image' };
  const name = stage.name ?? `number ${stage.index}`;
  if (path === undefined) return { kind: 'cache', stage: name };
  for (const target of running) {
    for (const instruction of target.instructions) {
      if (instruction.keyword !== 'COPY') continue;
      const copy = copySources(document, target, instruction);
      const origin = copy?.from === undefined ? undefined : stageNamed(document, copy.from);
      if (copy === undefined || origin === undefined || !stageChain(origin).includes(stage)) continue;
      const takes = copy.sources.some((source) => {
        const from = source === undefined ? undefined : joinPath('/', source);
        return from === path || from === '/' || (from !== undefined && below(from, path) !== undefined);
      });
      if (takes) return { kind: 'copied', evidence: cite(document, instruction.start) };
    }
  }
  return { kind: 'cache', stage: name };
}

/** The end of a sentence that says who can read a secret. */
export function whoReads(reach: Reach): string {
  switch (reach.kind) {
    case 'image':
      return 'whoever pulls the image can read it';
    case 'copied':
      return 'a COPY --from takes it into the image, where whoever pulls it can read it';
    case 'cache':
      return `it stays in the build cache: stage ${reach.stage} is no part of the image`;
  }
}
