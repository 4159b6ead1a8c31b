import { mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { changedSince } from '../../src/git/changed.js';
import { folderOf, put } from '../support/cli.js';
import { commitAll, git, repositoryOf } from '../support/git.js';

const FILES = { Dockerfile: 'FROM debian:12\n', 'deploy/compose.yml': 'services: {}\n', 'src/app.js': '1\n' };

interface Told {
  readonly paths: readonly string[];
  readonly entries: readonly string[];
  readonly gone: readonly string[];
}

async function told(root: string, ref: string): Promise<Told> {
  const outcome = await changedSince(realpathSync(root), ref);
  if (!outcome.ok) throw new Error(outcome.reason);
  const names = (paths: ReadonlySet<string>): readonly string[] =>
    [...paths].map((path) => relative(realpathSync(root), path)).sort();
  const { paths, entries, gone } = outcome.changes;
  return { paths: names(paths), entries: names(entries), gone: names(gone) };
}

async function reasonOf(root: string, ref: string): Promise<string> {
  const outcome = await changedSince(realpathSync(root), ref);
  return outcome.ok ? 'no reason' : outcome.reason;
}

describe('what has changed since a commit', () => {
  test('a branch is compared with the commit at which it left, not with what came there since', async () => {
    const root = repositoryOf(FILES);
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commitAll(root, { 'deploy/compose.yml': 'services: { a: { image: x } }\n' });
    git(root, 'checkout', '--quiet', 'main');
    commitAll(root, { Dockerfile: 'FROM debian:13\n' });
    git(root, 'checkout', '--quiet', 'topic');
    expect(await told(root, 'main')).toEqual({ paths: ['deploy/compose.yml'], entries: [], gone: [] });
  });

  test('what is staged, not staged and not known to git counts; what git ignores, or is as it was, does not', async () => {
    const root = repositoryOf({ ...FILES, '.gitignore': '*.log\n', a: '1\n', b: '1\n' });
    commitAll(root, { b: '2\n' });
    put(root, 'b', '1\n');
    put(root, 'a', '2\n');
    git(root, 'add', 'a');
    put(root, 'src/app.js', '2\n');
    put(root, 'x.log', '');
    put(root, 'new/ünïcode "name"', '');
    expect(await told(root, 'HEAD~1')).toEqual({
      paths: ['a', 'new', 'new/ünïcode "name"', 'src/app.js'],
      entries: ['new', 'new/ünïcode "name"'],
      gone: [],
    });
  });

  test('what an install leaves is no change without a .gitignore either, what is kept of it in git is', async () => {
    const root = repositoryOf({ ...FILES, 'node_modules/own/index.js': '1\n' });
    put(root, 'node_modules/a/index.js', '1\n');
    put(root, 'web/node_modules/b/index.js', '1\n');
    expect(await told(root, 'HEAD')).toEqual({ paths: [], entries: [], gone: [] });
    put(root, 'node_modules/own/index.js', '2\n');
    expect((await told(root, 'HEAD')).paths).toEqual(['node_modules/own/index.js']);
  });

  test('a file that has another name is gone and new, and so are the folders of only such files', async () => {
    const root = repositoryOf(FILES);
    mkdirSync(join(root, 'infra'));
    renameSync(join(root, 'deploy/compose.yml'), join(root, 'infra/compose.yml'));
    rmSync(join(root, 'deploy'), { recursive: true });
    commitAll(root);
    expect(await told(root, 'HEAD~1')).toEqual({
      paths: ['deploy', 'deploy/compose.yml', 'infra', 'infra/compose.yml'],
      entries: ['deploy', 'deploy/compose.yml', 'infra', 'infra/compose.yml'],
      gone: ['deploy', 'deploy/compose.yml'],
    });
  });

  test('a folder of the repository tells of all of it, as what it reads may be outside', async () => {
    const root = repositoryOf(FILES);
    put(root, 'src/app.js', '2\n');
    const outcome = await changedSince(realpathSync(join(root, 'deploy')), 'HEAD');
    expect(outcome.ok && [...outcome.changes.paths]).toEqual([join(realpathSync(root), 'src/app.js')]);
  });
});

describe('what git can not tell is said', () => {
  test('no repository', async () => {
    const root = folderOf(FILES);
    expect(await reasonOf(root, 'main')).toBe(`${realpathSync(root)} is in no git repository`);
  });

  test.each(['nowhere', '--output=x', 'HEAD:src/app.js'])('%s is no commit', async (ref) => {
    const root = repositoryOf(FILES);
    expect(await reasonOf(root, ref)).toBe(`there is no commit ${ref} here`);
    expect(git(root, 'status', '--porcelain')).toBe('');
  });

  test('histories that have nothing in common', async () => {
    const root = repositoryOf(FILES);
    git(root, 'checkout', '--quiet', '--orphan', 'other');
    commitAll(root, { 'src/app.js': '2\n' });
    expect(await reasonOf(root, 'main')).toBe('HEAD and main have no commit in common');
  });

  test('a shallow clone without the commit, or without the one at which the branch left', async () => {
    const origin = repositoryOf(FILES);
    git(origin, 'checkout', '--quiet', '-b', 'topic');
    commitAll(origin, { Dockerfile: 'FROM debian:13\n' });
    git(origin, 'checkout', '--quiet', 'main');
    commitAll(origin, { 'src/app.js': '2\n' });
    const clone = join(folderOf(), 'clone');
    git(origin, 'clone', '--quiet', '--depth=1', '--branch=topic', `file://${origin}`, clone);
    expect(await reasonOf(clone, 'main')).toBe(
      'there is no commit main here; the clone is shallow: fetch it first',
    );
    git(clone, 'fetch', '--quiet', '--depth=1', 'origin', 'main:main');
    expect(await reasonOf(clone, 'main')).toBe(
      'the clone is shallow and has no commit that HEAD and main both come from: fetch more of the history (git fetch --unshallow)',
    );
    git(clone, 'fetch', '--quiet', '--unshallow', 'origin');
    expect(await told(clone, 'main')).toEqual({ paths: ['Dockerfile'], entries: [], gone: [] });
  });

  test('no git', async () => {
    const root = realpathSync(repositoryOf(FILES));
    const path = process.env.PATH;
    process.env.PATH = folderOf();
    try {
      expect(await changedSince(root, 'main')).toEqual({
        ok: false,
        reason: 'it needs git, which is not installed',
      });
    } finally {
      process.env.PATH = path;
    }
  });
});
