import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { harden, type CliResult } from './command.js';
import { put } from './files.js';
import type { FakeForge } from './fake-forge/index.js';
import type { Tree } from './memory.js';

export const TOKEN = 'token-of-a-test';

/** A clone of a repository that a forge has, with its bare repository on this machine. */
export interface Project {
  /** The clone's work tree. */
  readonly folder: string;
  /** The repository that is pushed to. */
  readonly bare: string;
  git(...args: readonly string[]): string;
  /** git in the bare repository. */
  there(...args: readonly string[]): string;
  /** Commits files and pushes the branch that is checked out. */
  commit(message: string, tree: Tree): void;
  /** `harden pr` in the clone. */
  pr(...args: readonly string[]): Promise<CliResult>;
}

export function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
  }).trimEnd();
}

/**
 * @param root an empty folder.
 * @param forge undefined for a remote that no forge keeps.
 */
export function projectIn(
  root: string,
  tree: Tree,
  forge?: Pick<FakeForge, 'url' | 'api' | 'path'>,
  kind = 'github',
): Project {
  const [bare, folder] = [join(root, 'there.git'), join(root, 'app')];
  git(root, 'init', '--quiet', '--bare', '--initial-branch=main', bare);
  git(root, 'init', '--quiet', '--initial-branch=main', folder);
  const url = `${forge?.url ?? 'https://git.example.org'}/${forge?.path ?? 'octo/app'}.git`;
  for (const [name, value] of [
    ['user.name', 'Ann'],
    ['user.email', 'ann@example.org'],
    ['remote.origin.url', url],
    ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'],
    [`url.${bare}.insteadOf`, url],
  ] as const)
    git(folder, 'config', name, value);
  const project: Project = {
    folder,
    bare,
    git: (...args) => git(folder, ...args),
    there: (...args) => git(bare, ...args),
    commit: (message, files) => {
      for (const [path, text] of Object.entries(files)) put(folder, path, text);
      git(folder, 'add', '--all');
      git(folder, 'commit', '--quiet', '-m', message);
      git(folder, 'push', '--quiet', 'origin', 'HEAD');
    },
    pr: (...args) =>
      harden(
        folder,
        ['pr', ...(forge === undefined ? [] : ['--forge', kind, '--api-url', forge.api]), ...args],
        { env: { HOME: folder, GIT_CONFIG_NOSYSTEM: '1', HARDEN_TOKEN: TOKEN } },
      ),
  };
  project.commit('Start', tree);
  return project;
}
