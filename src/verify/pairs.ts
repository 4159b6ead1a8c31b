import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCompanions } from '../companions.js';
import type { Phase } from '../core/types.js';
import type { FailedOutcome, Run } from '../harden.js';
import { readTextFile } from '../io/files.js';
import { unseal } from '../io/write.js';
import { createLinks, sidecarPath, sidecarText } from '../sidecar.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import type { Pair } from './subject.js';

export interface PairOptions {
  readonly phase: Phase;
  /** Decides which transforms run, by their ids. */
  readonly enabled: (id: string) => boolean;
  /** The copy of the tree. */
  readonly folder: string;
  /** The texts of files that were changed in place, by path: the run reads their originals. */
  readonly changed: ReadonlyMap<string, string>;
  /** The variants that this process wrote in the copy before: they are written anew. */
  readonly own: Set<string>;
}

export interface Pairs {
  readonly pairs: readonly Pair[];
  readonly failures: readonly FailedOutcome[];
}

/** Puts the hardened variant of each file beside it in the copy, unless there is one, and what goes with it. */
export function makePairs(run: Run, { phase, enabled, folder, changed, own }: PairOptions): Pairs {
  for (const path of own) rmSync(join(folder, path), { force: true });
  own.clear();
  const links = createLinks(run, { files: true });
  const companionsOf = createCompanions(
    run,
    {
      phase,
      ignores: (dockerfile) => enabled(ignoreMeta.id) && !run.overrides.skips(dockerfile, ignoreMeta.id),
    },
    'write',
  );
  const failures: FailedOutcome[] = [];
  const pairs: Pair[] = [];
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    own.add(path);
  };
  const isTheirs = (path: string): boolean => existsSync(join(folder, path)) && !own.has(path);
  for (const outcome of run.outcomes()) {
    if (outcome.kind === 'failed') failures.push(outcome);
    if (outcome.kind !== 'planned') continue;
    const { plan, file } = outcome;
    const { path, format } = file;
    const hardenedPath = sidecarPath(path, format);
    const pair = { format, path, hardenedPath, original: plan.original.text, plan };
    const inPlace = changed.get(path);
    if (inPlace !== undefined) {
      write(hardenedPath, inPlace);
      pairs.push({ ...pair, hardened: inPlace, from: 'in-place' });
      continue;
    }
    if (isTheirs(hardenedPath)) {
      const read = readTextFile(join(folder, hardenedPath));
      if (read.ok) pairs.push({ ...pair, hardened: unseal(read.text), from: 'file' });
      else failures.push({ kind: 'failed', path: hardenedPath, line: undefined, reason: read.reason });
      continue;
    }
    // Beside files that were changed in place nothing else is on trial.
    const text = changed.size > 0 ? undefined : sidecarText(run, format, plan, links);
    if (text === undefined) continue;
    write(hardenedPath, text);
    for (const companion of companionsOf(plan).files) {
      if (companion.variant && !isTheirs(companion.path)) write(companion.path, companion.text);
    }
    pairs.push({ ...pair, hardened: text, from: 'plan' });
  }
  return { pairs, failures };
}
