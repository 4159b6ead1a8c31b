import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderOf, get, harden, put } from './support/cli.js';
import { commitAll, git, repositoryOf } from './support/git.js';

const SOFT = 'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432"\n';
const UNIT = '[Service]\nExecStart=/usr/bin/node /srv/app.js\n';
const TREE = { 'a/compose.yml': SOFT, 'b/compose.yml': SOFT, 'units/app.service': UNIT };

function topic(): string {
  const root = repositoryOf(TREE);
  git(root, 'checkout', '--quiet', '-b', 'topic');
  return root;
}

interface Result {
  readonly files: readonly { readonly path: string }[];
  readonly totals: { readonly files: number };
}

describe('harden --since', () => {
  test('tells of what has changed only, and that it does', async () => {
    const root = topic();
    commitAll(root, { 'b/compose.yml': SOFT.replace('16', '17') });
    const { code, stdout, stderr } = await harden(root, ['--check', '--since', 'main', '--output', 'json']);
    const { files, totals } = JSON.parse(stdout) as Result;
    expect([files.map(({ path }) => path), totals.files]).toEqual([['b/compose.yml'], 1]);
    expect(stderr).toBe(
      'harden: 1 of 3 files is looked at: nothing that the others depend on has changed since main\n',
    );
    expect(code).toBe(1);
  });

  test('--check succeeds where nothing has changed, whatever else could be harder', async () => {
    const root = topic();
    commitAll(root, { 'README.md': 'x\n' });
    const { code, stdout } = await harden(root, ['--check', '--since', 'main']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Nothing that harden reads has changed.')]);
    expect((await harden(root, ['--check'])).code).toBe(1);
  });

  test('--in-place leaves the others alone', async () => {
    const root = topic();
    put(root, 'b/compose.yml', SOFT.replace('16', '17'));
    expect((await harden(root, ['--in-place', '--since', 'main'])).code).toBe(0);
    expect(git(root, 'status', '--porcelain')).toBe(' M b/compose.yml\n');
    expect(get(root, 'b/compose.yml')).toContain('no-new-privileges:true');
  });

  test('is given from a folder of the repository, for a part of it', async () => {
    const root = topic();
    commitAll(root, { 'a/compose.yml': SOFT.replace('16', '17'), 'b/compose.yml': SOFT.replace('16', '15') });
    const { stdout } = await harden(join(root, 'b'), ['--since', 'main', '--output', 'json']);
    expect((JSON.parse(stdout) as Result).files.map(({ path }) => path)).toEqual(['compose.yml']);
  });

  test('does not take what it has not looked at for mended, in a baseline or a list of accepted risks', async () => {
    const root = topic();
    expect((await harden(root, ['baseline'])).code).toBe(0);
    commitAll(root);
    git(root, 'branch', '--force', 'base');
    commitAll(root, { 'b/compose.yml': SOFT.replace('16', '17') });
    const { stderr } = await harden(root, ['--check', '--since', 'base']);
    expect(stderr).toMatch(/^harden: 1 of 3 files is looked at:[^\n]*\n$/);
  });

  test('one thread or several, the same', async () => {
    const root = topic();
    commitAll(root, { 'b/compose.yml': SOFT.replace('16', '17') });
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) => harden(root, ['--since', 'main', '--output', 'json', '--jobs', jobs])),
    );
    expect(one?.stdout).toBe(two?.stdout);
  });

  test.each([
    [TREE, 'nowhere', 'there is no commit nowhere here.'],
    [undefined, 'main', 'is in no git repository.'],
  ])('what git can not tell ends the run with 2', async (tree, ref, reason) => {
    const root = tree === undefined ? folderOf(TREE) : repositoryOf(tree);
    const { code, stdout, stderr } = await harden(root, ['--check', '--since', ref]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^harden: --since: [^\n]*\n$/);
    expect(stderr).toContain(reason);
  });
});

describe('harden --changed', () => {
  const paths = async (root: string, ...changed: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await harden(root, ['--changed', '--output', 'json', ...changed]);
    return (JSON.parse(stdout) as Result).files.map(({ path }) => path);
  };

  test('looks at the paths, and at what depends on them, with the whole folder in mind', async () => {
    const root = folderOf({
      ...TREE,
      'c/Dockerfile': 'FROM debian:12\nCOPY start.sh /start.sh\nCMD ["/start.sh"]\n',
      'c/start.sh': '#!/bin/sh\nexec sleep 1\n',
      'c/compose.yml': 'services:\n  app:\n    build: .\n',
    });
    expect(await paths(root, 'c/start.sh')).toEqual(['c/Dockerfile', 'c/compose.yml']);
    expect(await paths(root, 'units/app.service', 'README.md')).toEqual(['units/app.service']);
    expect(await paths(root, 'gone/compose.yml')).toEqual([]);
  });

  test('of two files of a project both are looked at', async () => {
    const root = folderOf({
      'compose.yml':
        'services:\n  db:\n    image: postgres:16\n    cap_drop: [ALL]\n    cap_add: [NET_ADMIN]\n',
      'compose.override.yml': 'services:\n  db:\n    network_mode: host\n',
    });
    expect(await paths(root, 'compose.override.yml')).toEqual(['compose.override.yml', 'compose.yml']);
  });

  test('goes with no --since', async () => {
    const { code, stderr } = await harden(folderOf(TREE), ['--changed', '--since', 'main']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('mutually exclusive')]);
  });
});
