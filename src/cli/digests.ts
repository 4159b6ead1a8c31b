import type { FailedOutcome, Run } from '../harden.js';
import { dockerCredentials } from '../io/docker-config.js';
import { LOCK_NAME, readLock, writeLock } from '../io/lock.js';
import { createResolver } from '../io/registry.js';
import { imageReferences, resolveDigests } from '../pins.js';
import type { Resolution } from '../workload/context.js';
import type { HardenArguments } from './settings.js';

/**
 * Fills in the digests of all images that a run names, and writes them to the lock when the run writes files.
 * @returns what could not be resolved, read or written: one for each reason.
 */
export async function fillDigests(
  digests: Map<string, Resolution>,
  run: Run,
  root: string,
  { write, inPlace, refreshDigests }: Pick<HardenArguments, 'write' | 'inPlace' | 'refreshDigests'>,
): Promise<readonly FailedOutcome[]> {
  const lock = readLock(root);
  if (!lock.ok) return [failure(LOCK_NAME, lock.reason)];
  const locked = new Map(refreshDigests === true ? [] : lock.images);
  const found = await resolveDigests(imageReferences(run), locked, createResolver(dockerCredentials()));
  for (const [reference, resolution] of found) digests.set(reference, resolution);
  const reasons = new Map<string, string[]>();
  for (const [reference, resolution] of found) {
    if (!resolution.ok)
      reasons.set(resolution.reason, [...(reasons.get(resolution.reason) ?? []), reference]);
  }
  const failures = [...reasons].map(([reason, references]) => failure(references.join(', '), reason));
  const writes = write === true || inPlace === true;
  const merged = new Map([...lock.images, ...locked]);
  const changed = [...merged].some(([name, digest]) => lock.images.get(name) !== digest);
  const unwritten = writes && changed ? writeLock(root, merged) : undefined;
  return unwritten === undefined ? failures : [...failures, failure(LOCK_NAME, unwritten)];
}

function failure(path: string, reason: string): FailedOutcome {
  return { kind: 'failed', path, line: undefined, reason };
}
