import { branchState, type BranchState } from '../git/branch-state.js';
import { makeCommits, type Commit, type CommitOptions } from '../git/commits.js';
import type { GitAnswer } from '../git/git.js';
import type { Repository } from '../git/repository.js';
import type { Snapshot } from '../git/snapshot.js';
import type { BranchPlan } from './branches.js';
import type { Draft } from './draft.js';

/** A branch that is ready to be pushed. */
export interface PreparedBranch {
  readonly plan: BranchPlan;
  readonly draft: Draft;
  /** Its own commits: without those of the branch that it stands on. */
  readonly commits: readonly Commit[];
  /** The commit that it is to point to. */
  readonly tip: string;
  readonly state: BranchState;
  /** Where the branch is now; undefined where there is none. */
  readonly current: string | undefined;
  /** The branch that it stands on, which has changes that the base has not; undefined for the base itself. */
  readonly onTopOf: string | undefined;
}

export interface PrepareOptions extends CommitOptions {
  readonly repository: Repository;
  readonly snapshot: Snapshot;
  /** The commit that is checked out there. */
  readonly base: string;
  /** Where branches of these names are now. */
  readonly tips: ReadonlyMap<string, string>;
  /** True where each branch begins at the base; false where each stands on the one before it. */
  readonly independent: boolean;
  /** Plans a branch's changes, and writes them to the snapshot. */
  readonly draft: (plan: BranchPlan) => Promise<Draft>;
}

/** Makes the commits of all branches, and compares them with the branches as they are. No branch is touched. */
export async function prepareBranches(
  plans: readonly BranchPlan[],
  options: PrepareOptions,
): Promise<GitAnswer<readonly PreparedBranch[]>> {
  const { repository, snapshot, base, tips, independent } = options;
  const prepared: PreparedBranch[] = [];
  let below: readonly Commit[] = [];
  let parent = base;
  let onTopOf: string | undefined;
  for (const plan of plans) {
    if (independent && prepared.some(({ commits }) => commits.length > 0)) {
      const reset = await snapshot.reset(base);
      if (!reset.ok) return reset;
    }
    const draft = await options.draft(plan);
    const made = await makeCommits(snapshot, parent, draft.commits, options);
    if (!made.ok) return made;
    const commits = made.value;
    const current = tips.get(plan.branch);
    const all = [...below, ...commits];
    const compared = await branchState(repository, current, base, all);
    if (!compared.ok) return { ok: false, reason: `${plan.branch}: ${compared.reason}` };
    const state = compared.value;
    // What is there already is what the next branch stands on: it need not be pushed again.
    const kept = state.kind === 'same' && state.upToDate ? current : undefined;
    const tip = kept ?? commits.at(-1)?.id ?? parent;
    prepared.push({ plan, draft, commits, tip, state, current, onTopOf });
    if (independent || commits.length === 0) continue;
    [below, parent, onTopOf] = [all, tip, plan.branch];
  }
  return { ok: true, value: prepared };
}

/** What is to be done about a branch. */
export type BranchMove =
  /** It has nothing to change. */
  | { readonly kind: 'none' }
  /** It is as it should be. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'push' }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * What is to be done about each of the branches, in their order.
 * @param refused why the last pull request of a branch forbids another; undefined where nothing does.
 */
export function movesOf(
  prepared: readonly PreparedBranch[],
  refused: (branch: PreparedBranch) => string | undefined,
): readonly BranchMove[] {
  const moves = prepared.map((one): BranchMove => {
    if (one.commits.length === 0) return { kind: 'none' };
    const reason = one.state.kind === 'edited' ? editedReason(one) : refused(one);
    if (reason !== undefined) return { kind: 'refuse', reason };
    return { kind: one.state.kind === 'same' ? 'keep' : 'push' };
  });
  const moveOf = (branch: string | undefined): BranchMove | undefined =>
    moves[prepared.findIndex(({ plan }) => plan.branch === branch)];
  // A branch waits for the one that it stands on.
  prepared.forEach(({ onTopOf }, at) => {
    if (moveOf(onTopOf)?.kind === 'refuse' && moves[at]?.kind !== 'none')
      moves[at] = {
        kind: 'refuse',
        reason: `it stands on ${onTopOf ?? ''}, which can't be brought up to date`,
      };
  });
  // Where one is pushed, those below it come along: its commits stand on their new ones.
  for (let at = prepared.length - 1; at >= 0; at -= 1) {
    const { onTopOf } = prepared[at]!;
    const below = prepared.findIndex(({ plan }) => plan.branch === onTopOf);
    const state = prepared[below]?.state;
    if (moves[at]?.kind === 'push' && state?.kind === 'same' && !state.upToDate)
      moves[below] = { kind: 'push' };
  }
  return moves;
}

function editedReason({ plan, state }: PreparedBranch): string {
  const commits = state.kind === 'edited' ? state.commits : [];
  const named = commits
    .slice(0, 3)
    .map(({ id, author, subject }) => `${id.slice(0, 9)} by ${author}: ${subject}`)
    .join('; ');
  const more = commits.length > 3 ? `; and ${commits.length - 3} more` : '';
  const what =
    named === ''
      ? 'it has nothing in common with the base'
      : `it has commits that are not harden's (${named}${more})`;
  return `${what}. Merge or delete ${plan.branch}, or name other branches with --branch-prefix`;
}
