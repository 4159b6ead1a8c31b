import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGit, type Git, type GitAnswer } from './git.js';
import type { Repository } from './repository.js';

/** The files of a commit in a folder of their own. The user's work tree, index and branches are not touched. */
export interface Snapshot {
  /** Real path. */
  readonly folder: string;
  /** git with this folder as its work tree and an index of its own. */
  readonly git: Git;
  /** Puts the files of a commit in place of all that was changed. */
  reset(commit: string): Promise<GitAnswer<undefined>>;
  remove(): void;
}

/** What a user has set for the index of their own work tree, and for lines that git converts there. */
const OWN_INDEX = [
  'core.sparseCheckout=false',
  'core.splitIndex=false',
  'core.fsmonitor=false',
  'core.safecrlf=false',
];

/** Checks a commit out into a temporary folder. */
export async function checkOut(
  { gitFolder }: Repository,
  commit: string,
  signal?: AbortSignal,
): Promise<GitAnswer<Snapshot>> {
  const own = mkdtempSync(join(realpathSync(tmpdir()), 'harden-pr-'));
  const folder = join(own, 'tree');
  const remove = (): void => {
    rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  };
  // Whoever looks for the end of the repository finds it here, as in every checkout.
  mkdirSync(join(folder, '.git'), { recursive: true });
  const env = {
    GIT_DIR: gitFolder,
    GIT_WORK_TREE: folder,
    GIT_INDEX_FILE: join(own, 'index'),
    // Large files are no configuration.
    GIT_LFS_SKIP_SMUDGE: '1',
  };
  const git = createGit(folder, { env, signal, config: OWN_INDEX });
  const reset: Snapshot['reset'] = async (commit) => {
    for (const entry of readdirSync(folder)) {
      if (entry !== '.git') rmSync(join(folder, entry), { recursive: true, force: true });
    }
    const read = await git.text(['read-tree', commit]);
    if (!read.ok) return read;
    const written = await git.text(['checkout-index', '--all', '--force', '--quiet']);
    return written.ok ? { ok: true, value: undefined } : written;
  };
  const checkedOut = await reset(commit);
  if (checkedOut.ok) return { ok: true, value: { folder, git, reset, remove } };
  remove();
  return checkedOut;
}
