import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTextFile, writeReason } from './files.js';

/** The digests that images were pinned to, so that a second run needs no network and pins to the same. */
export const LOCK_NAME = 'harden.lock';

export type LockOutcome =
  | { readonly ok: true; readonly images: Map<string, string> }
  | { readonly ok: false; readonly reason: string };

/** Reads the lock of a tree; an empty one when there is none. */
export function readLock(root: string): LockOutcome {
  const file = readTextFile(join(root, LOCK_NAME));
  if (!file.ok) {
    return file.reason === 'does not exist'
      ? { ok: true, images: new Map() }
      : { ok: false, reason: file.reason };
  }
  try {
    const { images } = JSON.parse(file.text) as { images: Record<string, unknown> };
    const entries = Object.entries(images).flatMap(([name, digest]): [string, string][] =>
      typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest) ? [[name, digest]] : [],
    );
    if (entries.length !== Object.keys(images).length) throw new TypeError('a digest is not one');
    return { ok: true, images: new Map(entries) };
  } catch {
    return { ok: false, reason: `is not a lock of harden; delete it to resolve all images anew` };
  }
}

/**
 * Writes the lock, sorted, so that its diff shows what changed.
 * @returns why it could not be written; undefined when it was.
 */
export function writeLock(root: string, images: ReadonlyMap<string, string>): string | undefined {
  const path = join(root, LOCK_NAME);
  const temporary = `${path}.${process.pid}.tmp`;
  const sorted = Object.fromEntries([...images].sort(([a], [b]) => (a < b ? -1 : 1)));
  try {
    writeFileSync(temporary, `${JSON.stringify({ version: 1, images: sorted }, undefined, 2)}\n`);
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    rmSync(temporary, { force: true });
    return writeReason(error);
  }
}
