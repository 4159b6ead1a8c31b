import { statSync } from 'node:fs';
import { affectedFiles } from '../affected.js';
import { companionOptions } from '../companions.js';
import { changedSince, type Changes, type ChangesOutcome } from '../git/changed.js';
import type { Run, RunOptions } from '../harden.js';
import { plural } from '../render/text.js';
import { printError } from './output.js';
import { companionMode } from './reporter.js';
import type { HardenArguments } from './settings.js';

/** What has changed: since a commit, or as somebody says. */
export type Selection =
  | { readonly since: string }
  /** Absolute. */
  | { readonly changed: readonly string[] };

/**
 * The paths of a run's files that `--since` or `--changed` leaves to look at, which it says; or the message for what git
 * can't tell.
 * @param root real path of the tree.
 */
export async function selectAffected(
  selection: Selection,
  root: string,
  found: Run,
  options: RunOptions,
  args: HardenArguments,
): Promise<ReadonlySet<string> | string> {
  const changed: ChangesOutcome =
    'since' in selection
      ? await changedSince(root, selection.since)
      : { ok: true, changes: changesOf(selection.changed) };
  if (!changed.ok) return `--since: ${changed.reason}.`;
  const affected = affectedFiles(found.workspace.files, found.files, changed.changes, {
    root,
    run: options,
    mode: companionMode(args),
    companions: (run) => companionOptions(run, options),
  });
  const all = found.files.length;
  const verb = affected.length === 1 ? 'is' : 'are';
  if (affected.length < all) {
    const since = 'since' in selection ? ` since ${selection.since}` : '';
    printError(
      `harden: ${affected.length} of ${all} ${plural(all, 'file')} ${verb} looked at: nothing that the others depend on has changed${since}\n`,
    );
  }
  return new Set(affected.map(({ path }) => path));
}

/** Each of them may be new. */
function changesOf(paths: readonly string[]): Changes {
  const all = new Set(paths);
  const gone = paths.filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
  return { paths: all, entries: all, gone: new Set(gone) };
}
