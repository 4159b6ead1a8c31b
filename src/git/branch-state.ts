import { commitsBetween, type BranchCommit, type Commit } from './commits.js';
import type { GitAnswer } from './git.js';
import type { Repository } from './repository.js';

/** How a branch of the remote stands to the commits that harden would make. */
export type BranchState =
  /** There is none. */
  | { readonly kind: 'absent' }
  /** It makes the same changes already. `upToDate`: on top of what they are to be on top of now. */
  | { readonly kind: 'same'; readonly upToDate: boolean; readonly commits: readonly BranchCommit[] }
  /** It holds nothing but older commits of harden's. */
  | { readonly kind: 'outdated' }
  /** Somebody has worked on it. */
  | { readonly kind: 'edited'; readonly commits: readonly BranchCommit[] };

/**
 * Compares the branch's commits with those that harden would make.
 * @param tip of the branch on the remote; its commits are here.
 * @param base what the new commits are on top of.
 */
export async function branchState(
  { git, shallow }: Repository,
  tip: string | undefined,
  base: string,
  wanted: readonly Commit[],
): Promise<GitAnswer<BranchState>> {
  if (tip === undefined) return { ok: true, value: { kind: 'absent' } };
  const common = await git.call(['merge-base', base, tip]);
  if (common.code !== 0) {
    return shallow
      ? {
          ok: false,
          reason:
            'the clone is shallow and does not reach to where the branch begins: git fetch --unshallow, or fetch-depth: 0 in actions/checkout',
        }
      : { ok: true, value: { kind: 'edited', commits: [] } };
  }
  const from = common.stdout.trim();
  const commits = await commitsBetween(git, from, tip);
  if (!commits.ok) return commits;
  const edited = commits.value.filter(({ own }) => !own);
  if (edited.length > 0) return { ok: true, value: { kind: 'edited', commits: edited } };
  const same =
    commits.value.length === wanted.length &&
    commits.value.every(({ patch }, at) => patch === wanted[at]?.patch);
  if (!same || !(await merges(git, base, tip))) return { ok: true, value: { kind: 'outdated' } };
  return { ok: true, value: { kind: 'same', upToDate: from === base, commits: commits.value } };
}

/** False where a merge would conflict; true too where git is too old to say (before 2.38). */
async function merges(git: Repository['git'], base: string, tip: string): Promise<boolean> {
  const { code } = await git.call(['merge-tree', '--write-tree', '--name-only', base, tip]);
  return code !== 1;
}
