import type { FileReader } from '../../src/core/types.js';
import { formatOf, type SourceFile } from '../../src/io/discover.js';
import { loadCatalogue, loadDaemons } from '../../src/io/catalogue.js';
import { createWorkspace, type Workspace } from '../../src/io/workspace.js';

/** A tree in memory: file texts by path. */
export type Tree = Readonly<Record<string, string>>;

export const catalogue = loadCatalogue();
export const daemons = loadDaemons();

export function memoryReader(tree: Tree): FileReader {
  return {
    read: (path) => tree[path],
    kind: (path) => {
      if (tree[path] !== undefined) return 'file';
      const folder = path === '.' ? '' : `${path}/`;
      return Object.keys(tree).some((name) => name.startsWith(folder)) ? 'directory' : 'missing';
    },
    list: (path) => {
      const folder = path === '.' ? '' : `${path}/`;
      const below = Object.keys(tree).filter((name) => name.startsWith(folder));
      const entries = below.map((name): [string, boolean] => {
        const [first = '', ...rest] = name.slice(folder.length).split('/');
        return [first, rest.length > 0];
      });
      return [...new Map(entries)].sort().map(([name, folder]) => ({ name, folder }));
    },
  };
}

/** A workspace over a tree in memory, with every file whose name harden knows. */
export function memoryWorkspace(tree: Tree): Workspace {
  const files = Object.keys(tree).flatMap((path): SourceFile[] => {
    const format = formatOf(path.slice(path.lastIndexOf('/') + 1));
    return format === undefined ? [] : [{ path, format }];
  });
  return createWorkspace({
    files,
    reader: memoryReader(tree),
    readFile: (path) => {
      const text = tree[path];
      return text === undefined ? { ok: false, reason: 'does not exist' } : { ok: true, text };
    },
    loadCatalogue: () => catalogue,
    loadDaemons: () => daemons,
  });
}
