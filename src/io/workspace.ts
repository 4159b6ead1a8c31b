import type { Catalogue } from '../catalogue/catalogue.js';
import type { DaemonCatalogue } from '../catalogue/daemons.js';
import { lazy } from '../core/lazy.js';
import { messageOf } from '../core/errors.js';
import type { FileReader, Format, FormatAdapter, ParseResult, SourceDocument } from '../core/types.js';
import type { SourceFile } from './discover.js';
import type { ReadOutcome } from './files.js';

/** A file's document, or why there is none. */
export type Opened<D> =
  | { readonly kind: 'document'; readonly document: D }
  | { readonly kind: 'failed'; readonly line: number | undefined; readonly reason: string }
  | { readonly kind: 'foreign'; readonly reason: string };

/** Parsed documents that are kept: a folder's Dockerfiles, Compose files and units refer to each other. */
const KEPT_DOCUMENTS = 32;

/** The tree of one run: its files, read and parsed at most once while they are near each other. */
export interface Workspace {
  readonly files: readonly SourceFile[];
  readonly reader: FileReader;
  readonly catalogue: () => Catalogue;
  readonly daemons: () => DaemonCatalogue;
  open<D extends SourceDocument>(path: string, adapter: FormatAdapter<D>): Opened<D>;
}

export interface WorkspaceOptions {
  readonly files: readonly SourceFile[];
  readonly reader: FileReader;
  /** Reads one of the files, or says why it can't. */
  readonly readFile: (path: string) => ReadOutcome;
  readonly loadCatalogue: () => Catalogue;
  readonly loadDaemons: () => DaemonCatalogue;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  const { files, reader, readFile } = options;
  const opened = new Map<string, Opened<SourceDocument>>();

  const open = <D extends SourceDocument>(path: string, adapter: FormatAdapter<D>): Opened<D> => {
    const key = `${adapter.format}:${path}`;
    const kept = opened.get(key) as Opened<D> | undefined;
    const outcome = kept ?? read(path, adapter);
    opened.delete(key);
    opened.set(key, outcome);
    const oldest = opened.keys().next();
    if (opened.size > KEPT_DOCUMENTS && oldest.done !== true) opened.delete(oldest.value);
    return outcome;
  };

  const read = <D extends SourceDocument>(path: string, adapter: FormatAdapter<D>): Opened<D> => {
    const file = readFile(path);
    if (!file.ok) return { kind: 'failed', line: undefined, reason: file.reason };
    try {
      return toOpened(adapter.parse(path, file.text));
    } catch (error) {
      return { kind: 'failed', line: undefined, reason: `can't be parsed: ${messageOf(error)}` };
    }
  };

  return { files, reader, catalogue: lazy(options.loadCatalogue), daemons: lazy(options.loadDaemons), open };
}

function toOpened<D>(parsed: ParseResult<D>): Opened<D> {
  if (parsed.ok) return { kind: 'document', document: parsed.document };
  if (parsed.kind === 'foreign') return { kind: 'foreign', reason: parsed.reason };
  return { kind: 'failed', line: parsed.line, reason: parsed.reason };
}

/** The files of one format, in the order of discovery. */
export function filesOf(workspace: Workspace, format: Format): readonly SourceFile[] {
  return workspace.files.filter((file) => file.format === format);
}
