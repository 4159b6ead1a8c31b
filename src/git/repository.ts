import { realpathSync } from 'node:fs';
import { createGit, type Git, type GitAnswer } from './git.js';

/** A repository with a work tree. */
export interface Repository {
  readonly git: Git;
  /** Real path of its top folder. */
  readonly folder: string;
  /** Absolute path of its `.git`; of a linked work tree, its own folder there. */
  readonly gitFolder: string;
  /** The branch that is checked out; undefined where HEAD is detached. */
  readonly branch: string | undefined;
  /** Its history is cut off: https://git-scm.com/docs/git-clone#Documentation/git-clone.txt---depthltdepthgt */
  readonly shallow: boolean;
}

/** Looks at the repository that holds a folder. */
export async function openRepository(folder: string, signal?: AbortSignal): Promise<GitAnswer<Repository>> {
  const asked = await createGit(folder, { signal }).text([
    'rev-parse',
    ...['--path-format=absolute', '--show-toplevel', '--git-dir', '--is-shallow-repository'],
  ]);
  if (!asked.ok) {
    return /not a git repository/.test(asked.reason)
      ? { ok: false, reason: `${folder} is in no git repository` }
      : asked;
  }
  const [top = '', gitFolder = '', shallow] = asked.value.trimEnd().split('\n');
  const git = createGit(realpathSync(top), { signal });
  const head = await git.call(['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const branch = head.code === 0 ? head.stdout.trim() : undefined;
  return { ok: true, value: { git, folder: git.folder, gitFolder, branch, shallow: shallow === 'true' } };
}

/** The files that differ from HEAD, from the repository's top; new ones only where a name says that they matter. */
export async function changedFiles(
  { git }: Repository,
  matters: (path: string) => boolean,
): Promise<GitAnswer<readonly string[]>> {
  const status = await git.text(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames']);
  if (!status.ok) return status;
  const entries = status.value.split('\0').filter((entry) => entry !== '');
  const paths = entries.flatMap((entry) => {
    const path = entry.slice(3);
    return entry.startsWith('?? ') && !matters(path) ? [] : [path];
  });
  return { ok: true, value: paths };
}

/** The names of its remotes. */
export async function remoteNames({ git }: Repository): Promise<GitAnswer<readonly string[]>> {
  const names = await git.text(['remote']);
  return names.ok ? { ok: true, value: names.value.split('\n').filter((name) => name !== '') } : names;
}

/**
 * The URLs that a remote stands for: as git uses it, after `insteadOf`, then as it is written. May hold credentials: never to
 * be shown.
 */
export async function remoteUrls({ git }: Repository, remote: string): Promise<GitAnswer<readonly string[]>> {
  const used = await git.text(['remote', 'get-url', '--', remote]);
  if (!used.ok) return used;
  const written = await git.call(['config', '--get', `remote.${remote}.url`]);
  return {
    ok: true,
    value: [...new Set([used.value.trim(), written.stdout.trim()])].filter((url) => url !== ''),
  };
}
