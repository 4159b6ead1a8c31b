import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCompanions, type CompanionMode, type CompanionOptions } from './companions.js';
import { keepLast } from './core/lazy.js';
import type { Changes } from './git/changed.js';
import { createRun, treeBelow, workspaceOf, type Run, type RunOptions, type Tree } from './harden.js';
import { formatOf, type SourceFile } from './io/discover.js';
import { isInside } from './io/files.js';
import type { PluginModule } from './registry.js';

/** Files that hold for all that lies in their folder and below it. */
const HOLDS_BELOW = /^(?:harden\.(?:config\.\w+|lock|baseline\.json)|\.gitignore)$/;

export interface AffectedOptions {
  /** Real path of the tree. */
  readonly root: string;
  readonly run: RunOptions;
  readonly mode: CompanionMode;
  readonly companions: (run: Run) => CompanionOptions;
}

/**
 * The files of a run that have changed, or whose plan has read what has changed: a Compose file whose Dockerfile has
 * another USER is to be looked at too. Which files a plan reads is seen by making it, with nothing kept from the plans of
 * others.
 */
export function affectedFiles(
  files: readonly SourceFile[],
  candidates: readonly SourceFile[],
  changes: Changes,
  options: AffectedOptions,
): readonly SourceFile[] {
  if (changes.paths.size === 0) return [];
  const { root } = options;
  const isChanged = createChangeTest(root, changes);
  const tree = treeBelow(root);
  const holding = configChanged(root, changes, options.run) ? [root] : foldersHeld(changes);
  const gone = [...changes.gone].flatMap((path) => {
    const format = formatOf(basename(path));
    return format === undefined ? [] : [{ folder: dirname(path), format }];
  });
  return candidates.filter((file) => {
    const absolute = resolve(root, file.path);
    if (isChanged.read(file.path) || holding.some((folder) => isInside(folder, absolute))) return true;
    // What is gone can't be seen to be read. One app's fly.toml says of others' whether they share a machine.
    if (gone.some(({ folder, format }) => isInside(folder, absolute) || format === 'fly')) return true;
    return readsChange(files, file, tree, isChanged, options);
  });
}

/** The config of the run, or a plugin that it names, has changed, wherever it is. */
function configChanged(root: string, { paths }: Changes, { config, registry }: RunOptions): boolean {
  const isChanged = ({ url }: PluginModule): boolean =>
    url.startsWith('file:') && paths.has(fileURLToPath(url));
  if (registry?.plugins.some(isChanged) === true) return true;
  return config !== undefined && paths.has(resolve(root, config.path));
}

function foldersHeld({ paths }: Changes): readonly string[] {
  return [...paths].filter((path) => HOLDS_BELOW.test(basename(path))).map(dirname);
}

/** Says of what a plan asks for whether the answer is another now. */
interface ChangeTest {
  /** Of a path that is read, or asked for. */
  read(path: string): boolean;
  /** Of a folder that is listed. */
  listed(path: string): boolean;
}

function createChangeTest(root: string, { paths, entries }: Changes): ChangeTest {
  const folders = new Set([...entries].map(dirname));
  const isAt = (absolute: string): boolean => {
    for (let at = absolute; at !== dirname(at); at = dirname(at)) if (paths.has(at)) return true;
    return false;
  };
  const read = (path: string): boolean => {
    const absolute = resolve(root, path);
    return isAt(absolute) || isAt(realPath(absolute));
  };
  const listed = (path: string): boolean => {
    const absolute = resolve(root, path);
    return isAt(absolute) || [absolute, realPath(absolute)].some((folder) => folders.has(folder));
  };
  return { read: keepLast(KEPT, read), listed: keepLast(KEPT, listed) };
}

/** The plans of the files of a folder ask for much the same. */
const KEPT = 4096;

/** A path with its links resolved, as far as it exists. */
function realPath(absolute: string): string {
  try {
    return realpathSync.native(absolute);
  } catch {
    const above = dirname(absolute);
    return above === absolute ? absolute : join(realPath(above), basename(absolute));
  }
}

function readsChange(
  files: readonly SourceFile[],
  file: SourceFile,
  tree: Tree,
  isChanged: ChangeTest,
  options: AffectedOptions,
): boolean {
  let found = false;
  const asked = (changed: boolean): void => {
    found ||= changed;
  };
  const workspace = workspaceOf(files, watched(tree, isChanged, asked));
  const run = createRun(workspace, { ...options.run, selected: new Set([file.path]) });
  const outcome = run.plan(file);
  if (outcome.kind !== 'planned' || found) return found;
  createCompanions(run, options.companions(run), options.mode)(outcome.plan);
  return found;
}

/** A tree that tells of each question whether its answer has changed. */
function watched({ reader, readFile }: Tree, isChanged: ChangeTest, asked: (changed: boolean) => void): Tree {
  return {
    reader: {
      kind: (path) => {
        asked(isChanged.read(path));
        return reader.kind(path);
      },
      read: (path) => {
        asked(isChanged.read(path));
        return reader.read(path);
      },
      list: (path) => {
        asked(isChanged.listed(path));
        return reader.list(path);
      },
    },
    readFile: (path) => {
      asked(isChanged.read(path));
      return readFile(path);
    },
  };
}
