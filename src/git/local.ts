import type { GitAnswer } from './git.js';
import type { Repository } from './repository.js';

/** The branches of the repository itself, and where they point to. */
export async function localBranches({ git }: Repository): Promise<GitAnswer<ReadonlyMap<string, string>>> {
  const listed = await git.text([
    'for-each-ref',
    '--format=%(objectname) %(refname:lstrip=2)',
    'refs/heads/',
  ]);
  if (!listed.ok) return listed;
  const tips = new Map<string, string>();
  for (const line of listed.value.split('\n').filter((text) => text !== '')) {
    const space = line.indexOf(' ');
    tips.set(line.slice(space + 1), line.slice(0, space));
  }
  return { ok: true, value: tips };
}

/** Points a branch to a commit. One that is checked out somewhere is refused by git. */
export async function setBranch(
  { git }: Repository,
  branch: string,
  commit: string,
): Promise<GitAnswer<undefined>> {
  const set = await git.text(['branch', '--force', '--no-track', '--quiet', '--', branch, commit]);
  return set.ok ? { ok: true, value: undefined } : set;
}

/** The commit that a name stands for. */
export async function commitOf({ git }: Repository, name: string): Promise<GitAnswer<string>> {
  const found = await git.call(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  return found.code === 0
    ? { ok: true, value: found.stdout.trim() }
    : { ok: false, reason: `there is no commit ${name} here` };
}
