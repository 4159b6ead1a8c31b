import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { FilePlan } from '../../src/core/plan.js';
import type { Format } from '../../src/core/types.js';
import { adapterOf } from '../../src/adapters.js';
import { sidecarPath } from '../../src/sidecar.js';
import { formatOf } from '../../src/io/discover.js';
import type { Pair, WorkingCopy } from '../../src/verify/subject.js';

/** A pair whose format its name says. */
export function pairOf(path: string, original: string, hardened = `${original}# hardened\n`): Pair {
  const format: Format = formatOf(path.split('/').at(-1)!)!;
  const parsed = adapterOf(format).parse(path, original);
  if (!parsed.ok) throw new Error(parsed.reason);
  const plan: FilePlan = { path, original: parsed.document, result: hardened, entries: [], failures: [] };
  return { format, path, hardenedPath: sidecarPath(path, format), original, hardened, from: 'plan', plan };
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A working copy on disk, with both variants of each pair and other files; it is gone after the tests. */
export function copyOf(files: Readonly<Record<string, string>>, pairs: readonly Pair[]): WorkingCopy {
  const folder = mkdtempSync(join(tmpdir(), 'harden-verify-'));
  folders.push(folder);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  for (const pair of pairs) {
    write(pair.path, pair.original);
    write(pair.hardenedPath, pair.hardened);
  }
  return { folder, pairs };
}
