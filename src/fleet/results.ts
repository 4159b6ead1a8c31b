import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { systemReason } from '../io/files.js';
import type { ResultFailure } from './render.js';

/** A file that is to hold a result, and the repository that it is about. */
export interface ResultFile {
  readonly path: string;
  readonly name: string;
}

export interface FoundResults {
  readonly files: readonly ResultFile[];
  readonly failures: readonly ResultFailure[];
}

/** Names of files that say nothing of the repository: their folder does. */
const GENERAL = /^(?:harden|results?|report|output)$/i;

/** The results that are named, or that lie below folders as `.json` files; in order. */
export function findResults(paths: readonly string[]): FoundResults {
  const files = new Map<string, ResultFile>();
  const failures: ResultFailure[] = [];
  const taken = new Set<string>();
  const add = (path: string, name: string): void => {
    if (files.has(path)) return;
    // Two folders may both know a repository of that name.
    const own = taken.has(name) ? path : name;
    taken.add(own);
    files.set(path, { path, name: own });
  };
  for (const path of paths) {
    try {
      if (!statSync(path).isDirectory()) {
        add(path, nameOf(basename(path), basename(dirname(path))));
        continue;
      }
      const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((below) => below.endsWith('.json'))
        .map((below) => join(path, below))
        .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
        .sort();
      if (found.length === 0) failures.push({ path, reason: 'has no .json file' });
      for (const file of found) add(file, nameOf(relative(path, file), basename(path)));
    } catch (error) {
      failures.push({ path, reason: systemReason(error) });
    }
  }
  return { files: [...files.values()], failures };
}

/** `org/api.json` is about org/api, and so is `org/api/harden.json`. */
function nameOf(path: string, folder: string): string {
  const parts = path.split(sep);
  const last = parts.pop()!.replace(/\.json$/, '');
  if (!GENERAL.test(last)) return [...parts, last].join('/');
  return parts.length > 0 ? parts.join('/') : folder;
}

/** The text of a result, whatever its size. */
export function readResult(
  path: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  try {
    return { ok: true, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}
