import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { must } from '../../io/process.js';
import type { StandIn } from './isolate.js';

/** What is bind-mounted: a copy of what the tree has there, or an empty folder that is the same user's as the machine's. */
export async function makeStandIns(standIns: readonly StandIn[], signal: AbortSignal): Promise<void> {
  for (const { source, path, own } of standIns) {
    const there = statSync(source, { throwIfNoEntry: false });
    mkdirSync(dirname(path), { recursive: true });
    if (there !== undefined && (own || there.isFile())) {
      // Node's own copy gives all to who copies.
      await must('cp', ['-a', '--', source, path], { signal });
      continue;
    }
    mkdirSync(path, { recursive: true });
    if (there === undefined) continue;
    chmodSync(path, there.mode & 0o7777);
    if (process.getuid?.() === 0) chownSync(path, there.uid, there.gid);
  }
}
