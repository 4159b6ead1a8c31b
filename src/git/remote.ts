import { explainTransport } from './transport.js';
import type { GitAnswer } from './git.js';
import type { Repository } from './repository.js';

/** The branches of a remote, as they are now. */
export interface RemoteBranches {
  /** The one that a clone checks out; undefined where the remote does not say. */
  readonly standard: string | undefined;
  /** The commits that branches point to, by their names. */
  readonly tips: ReadonlyMap<string, string>;
}

const HEADS = 'refs/heads/';

/** Asks a remote for its branches; nothing is fetched. */
export async function readBranches({ git }: Repository, remote: string): Promise<GitAnswer<RemoteBranches>> {
  const args = ['ls-remote', '--symref', '--', remote, 'HEAD', `${HEADS}*`];
  const listed = await git.call(args);
  if (listed.code !== 0) return explainTransport(listed, args, remote);
  const tips = new Map<string, string>();
  let standard: string | undefined;
  for (const line of listed.stdout.split('\n')) {
    const [left = '', name = ''] = line.split('\t');
    if (name === 'HEAD' && left.startsWith('ref: ')) standard = left.slice('ref: '.length + HEADS.length);
    else if (name.startsWith(HEADS)) tips.set(name.slice(HEADS.length), left);
  }
  return { ok: true, value: { standard, tips } };
}

/** Brings commits of branches into the repository. No branch and no other ref of the user's is touched. */
export async function fetchCommits(
  { git }: Repository,
  remote: string,
  branches: readonly string[],
): Promise<GitAnswer<undefined>> {
  if (branches.length === 0) return { ok: true, value: undefined };
  const refs = branches.map((branch) => HEADS + branch);
  const quiet = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--refmap='];
  const args = ['fetch', ...quiet, '--no-recurse-submodules', '--', remote, ...refs];
  const fetched = await git.call(args);
  return fetched.code === 0 ? { ok: true, value: undefined } : explainTransport(fetched, args, remote);
}

export interface Push {
  readonly branch: string;
  readonly commit: string;
  /** Where the remote's branch was when it was looked at; undefined for a branch that was not there. */
  readonly expected: string | undefined;
}

/**
 * Pushes a commit as a branch, unless the branch has moved since it was looked at. Hooks of the user's are for the user's own
 * work, and often need what a checkout alone does not have: they are not run.
 * https://git-scm.com/docs/git-push#Documentation/git-push.txt---force-with-leaseltrefnamegtltexpectgt
 */
export async function pushCommit(
  { git }: Repository,
  remote: string,
  { branch, commit, expected = '' }: Push,
): Promise<GitAnswer<undefined>> {
  const ref = HEADS + branch;
  const lease = `--force-with-lease=${ref}:${expected}`;
  const args = ['push', '--quiet', '--no-verify', lease, '--', remote, `${commit}:${ref}`];
  const pushed = await git.call(args);
  return pushed.code === 0 ? { ok: true, value: undefined } : explainTransport(pushed, args, remote);
}
