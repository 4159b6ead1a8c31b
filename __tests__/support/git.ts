import { execFileSync } from 'node:child_process';
import { folderOf, put } from './cli.js';
import type { Tree } from './memory.js';

/** Nothing of the settings of whoever runs the tests. */
export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

export function git(root: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...GIT_ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A repository with these files in the first commit of its branch `main`. */
export function repositoryOf(tree: Tree): string {
  const root = folderOf(tree);
  git(root, 'init', '--quiet', '--initial-branch=main');
  commitAll(root);
  return root;
}

/** Commits all that is there; with `tree`, after these files were written. */
export function commitAll(root: string, tree: Tree = {}): void {
  for (const [path, text] of Object.entries(tree)) put(root, path, text);
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message=change');
}
