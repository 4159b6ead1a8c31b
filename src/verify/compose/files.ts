import { existsSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { parseCompose } from '../../formats/compose/parse.js';
import { BASE_NAMES, isFragment } from '../../io/projects.js';
import { folderOf, join } from '../../workload/compose/project.js';
import type { Pair, WorkingCopy } from '../subject.js';

/** What Compose merges over a base unasked: https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/ */
const OVERRIDE_NAMES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** The files of one Compose project, in the order of `-f`, relative to the working copy's folder. */
export interface ComposeFiles {
  readonly original: readonly string[];
  readonly hardened: readonly string[];
}

/**
 * A Compose file with the files that it is a project with: a base has its override file, one that only adds to a base
 * stands over it. A base and its override are one project, and give the same answer.
 */
export function composeFiles(pair: Pick<Pair, 'path' | 'original'>, copy: WorkingCopy): ComposeFiles {
  const folder = folderOf(pair.path);
  const there = (name: string): string[] => {
    const path = join(folder, name);
    return existsSync(joinPath(copy.folder, path)) ? [path] : [];
  };
  const [base] = BASE_NAMES.flatMap(there);
  const [override] = OVERRIDE_NAMES.flatMap(there);
  const byDefault = [base, override].flatMap((path) => path ?? []);
  const original = byDefault.includes(pair.path)
    ? byDefault
    : base !== undefined && addsTo(base, pair, copy)
      ? [base, pair.path]
      : [pair.path];
  const hardened = new Map(copy.pairs.map((other) => [other.path, other.hardenedPath]));
  return { original, hardened: original.map((path) => hardened.get(path) ?? path) };
}

function addsTo(base: string, pair: Pick<Pair, 'path' | 'original'>, copy: WorkingCopy): boolean {
  const text =
    copy.pairs.find(({ path }) => path === base)?.original ??
    readFileSync(joinPath(copy.folder, base), 'utf8');
  const [below, own] = [parseCompose(base, text), parseCompose(pair.path, pair.original)];
  return below.ok && own.ok && isFragment(own.document, below.document);
}
