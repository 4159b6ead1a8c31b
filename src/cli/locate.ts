import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { repositoryOf } from '../io/discover.js';
import { isInside } from '../io/files.js';

/**
 * The root of the run, as a real path: the current folder, or for paths outside it the folder that holds them all. For files
 * alone that is their repository where they are in one: what lies around them says how they are built and run. The paths
 * are absolute; links above a file and to a folder are resolved, a file that is a link stays one.
 */
export function locate(paths: readonly string[]): { root: string; paths: readonly string[] } {
  const absolute = paths.map((path) => realPlace(resolve(path)));
  let root = realpathSync(process.cwd());
  if (!absolute.every((path) => isInside(root, path))) {
    const [first = root] = absolute;
    root = isFolder(first) ? first : dirname(first);
    while (!isFolder(root) || !absolute.every((path) => isInside(root, path))) root = dirname(root);
    if (!absolute.some(isFolder)) root = repositoryOf(root) ?? root;
  }
  return { root, paths: absolute };
}

/** A path with the links above it resolved; a file that is a link stays one. */
export function realPlace(path: string): string {
  try {
    return isFolder(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch {
    // It doesn't exist, or can't be looked at: discovery says so.
    return path;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
