import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fewest } from '../bisect.js';
import { deniedPaths, readOnlyPaths } from './journal.js';
import { type Attempt, type Case, type Remedy, withWords } from './remedy.js';
import { assign } from './steps.js';

/** How often a further path may turn up once the first is writable. */
const ROUNDS = 5;

/** The folders that it complains of are made writable. */
export async function writablePaths({ failing, attempt }: Case): Promise<Remedy | undefined> {
  const change =
    (paths: readonly string[]): Remedy['change'] =>
    (document) =>
      withWords(document, 'ReadWritePaths', paths);
  const works = async (paths: readonly string[]): Promise<boolean> => (await attempt(change(paths))).works;
  let paths: readonly string[] = [];
  let last: Attempt = { works: false, seen: failing };
  for (let round = 0; round < ROUNDS && !last.works; round += 1) {
    const named = readOnlyPaths(last.seen.journal).flatMap((path) => writableFolder(path) ?? []);
    const all = [...new Set([...paths, ...named])];
    if (all.length === paths.length) return undefined;
    paths = all;
    last = await attempt(change(paths));
  }
  // A line names the program too that complains.
  const needed = await fewest(paths, works);
  if (needed === undefined) return undefined;
  return {
    says: `with ReadWritePaths=${needed.join(' ')} it works`,
    override: { writable: needed },
    change: change(needed),
  };
}

/** Folders that hold more than one service's files. */
const SHARED =
  /^\/(?:[^/]*|var\/(?:lib|log|cache|spool|tmp|opt|run)|usr\/(?:local|lib|share|bin|sbin)|usr\/local\/[^/]*|home\/[^/]*)$/;

/** The folder that has to be writable for a file, or the file where its folder is everyone's; undefined when all is. */
function writableFolder(path: string): string | undefined {
  if (!existsSync(path)) return SHARED.test(dirname(path)) ? undefined : writableFolder(dirname(path));
  if (statSync(path).isDirectory()) return SHARED.test(path) ? undefined : path;
  return SHARED.test(dirname(path)) ? path : dirname(path);
}

/** A folder below /run that root could make and another user can't. */
export async function runtimeFolder({ failing, attempt }: Case): Promise<Remedy | undefined> {
  const complaints = [...deniedPaths(failing.journal), ...readOnlyPaths(failing.journal)];
  const name = complaints.flatMap((path) => /^\/(?:var\/)?run\/([^/]+)(?=\/|$)/.exec(path)?.[1] ?? [])[0];
  if (name === undefined || existsSync(`/run/${name}`)) return undefined;
  const remedy: Remedy = {
    says: `with RuntimeDirectory=${name} it works`,
    override: { writable: [`/run/${name}`] },
    change: (document) => withWords(document, 'RuntimeDirectory', [name]),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/** Paths that are not there may be missing, behind a `-`. */
export async function missingPaths({ step, attempt }: Case): Promise<Remedy | undefined> {
  const optional = step.after.map((value) =>
    value
      .split(/\s+/)
      .map((word) => (/^\+?\//.test(word) && !existsSync(word.replace(/^\+/, '')) ? `-${word}` : word))
      .join(' '),
  );
  const remedy: Remedy = {
    says: `with ${optional.map((value) => `${step.key}=${value}`).join(', ')} it works`,
    change: (document) => assign(document, step.section, step.key, optional),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}
