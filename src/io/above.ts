import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder and those above it, in which a file that holds for it is looked for: a repository's root is the last. */
export function* foldersUp(from: string): Generator<string, void, void> {
  for (let folder = from; ; folder = dirname(folder)) {
    yield folder;
    if (exists(join(folder, '.git')) || dirname(folder) === folder) return;
  }
}

/** The file of this name in the folder, or in the first of those above it that has one. */
export function findAbove(from: string, name: string): string | undefined {
  for (const folder of foldersUp(from)) {
    if (exists(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

/** Who may not look into a folder finds nothing there. */
export function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
