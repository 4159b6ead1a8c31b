import { cite } from '../core/evidence.js';
import type { Evidence, FileReader } from '../core/types.js';
import type { DockerfileDocument, Instruction, Stage } from '../formats/dockerfile/document.js';
import { joinPath } from '../formats/dockerfile/scope.js';
import { contextPath, copySources } from './copied-files.js';

/** What a Dockerfile takes out of its build context at one place. */
export interface ContextSource {
  /**
   * Relative to the context; empty for the whole of it, undefined where a variable without a value says which. May
   * hold the wildcards of https://pkg.go.dev/path/filepath#Match.
   */
  readonly path: string | undefined;
  readonly instruction: Instruction;
  readonly stage: Stage;
  readonly evidence: Evidence;
}

/** All that any stage takes out of the build context, by COPY, ADD or a bind mount. */
export function contextSources(document: DockerfileDocument): readonly ContextSource[] {
  return document.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction) =>
      pathsOf(document, stage, instruction).map((path) => ({
        path: path === undefined ? undefined : withoutWildcard(joinPath('', path.replace(/^\/+/, ''))),
        instruction,
        stage,
        evidence: cite(document, instruction.start),
      })),
    ),
  );
}

/** `*` and `**` are everything that there is. */
function withoutWildcard(path: string): string {
  return /^\*+$/.test(path) ? '' : path;
}

function pathsOf(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): readonly (string | undefined)[] {
  const { keyword, flags, heredocs } = instruction;
  if (keyword === 'RUN') return flags.flatMap(({ name, value }) => (name === 'mount' ? mounted(value) : []));
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  if (flags.some(({ name }) => name === 'from')) return [];
  const inline = new Set(heredocs.map(({ name }) => name));
  const sources = copySources(document, stage, instruction)?.sources ?? [];
  return sources.filter((source) => {
    if (source === undefined) return true;
    if (/^(?:[a-z]+:\/\/|git@)/.test(source)) return false;
    return !(source.startsWith('<<') && inline.size > 0);
  });
}

/** https://docs.docker.com/reference/dockerfile/#run---mounttypebind: the context's root by default. */
function mounted(value = ''): readonly (string | undefined)[] {
  const options = new Map(value.split(',').map((part) => part.split('=', 2) as [string, string]));
  if ((options.get('type') ?? 'bind') !== 'bind' || options.has('from')) return [];
  const source = options.get('source') ?? options.get('src') ?? '.';
  return [source.includes('$') ? undefined : source];
}

/** What there is in a build context, as far as it was looked at. */
export interface ContextTree {
  /** Relative to the context. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** The tree of a context need not be known to its last file: what matters lies near its root. */
const MAX_ENTRIES = 2000;
const MAX_DEPTH = 6;
/** What tools fill, and nobody copies a part of. */
const UNSEEN = new Set(['.git', '.hg', '.svn', 'node_modules', '.venv', 'venv', '__pycache__']);

export function contextTree(files: FileReader, buildContext: string): ContextTree {
  const found: { files: string[]; folders: string[] } = { files: [], folders: [] };
  let level = [''];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of files.list(contextPath(buildContext, folder))) {
        if (found.files.length + found.folders.length >= MAX_ENTRIES) return found;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        (entry.folder ? found.folders : found.files).push(path);
        if (entry.folder && !UNSEEN.has(entry.name)) next.push(path);
      }
    }
    level = next;
  }
  return found;
}
