import { affectedFiles } from '../affected.js';
import { changedSince } from '../git/changed.js';
import type { Run, RunOptions } from '../harden.js';
import { plural } from '../render/text.js';
import { printError } from './output.js';
import { companionMode, companionOptions } from './reporter.js';
import type { HardenArguments } from './settings.js';

/**
 * The paths of a run's files that `--since` leaves to look at, which it says; or the message for what git can't tell.
 * @param root real path of the tree.
 */
export async function selectSince(
  ref: string,
  root: string,
  found: Run,
  options: RunOptions,
  args: HardenArguments,
): Promise<ReadonlySet<string> | string> {
  const changed = await changedSince(root, ref);
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
    printError(
      `harden: ${affected.length} of ${all} ${plural(all, 'file')} ${verb} looked at: nothing that the others depend on has changed since ${ref}\n`,
    );
  }
  return new Set(affected.map(({ path }) => path));
}
