import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { discoverAmong } from '../src/io/discover.js';
import { folderOf, get, harden, treeOf } from './support/cli.js';
import { repositoryOf } from './support/git.js';
import type { Tree } from './support/memory.js';

const TREE: Tree = {
  'docker/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "a.js"]\n',
  'docker/.env': 'A=b\n',
  'compose.yml':
    'services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n    init: true\n',
  'compose.override.yml': 'services:\n  web:\n    user: "1000"\n',
  'package.json': '{}',
};

interface Told {
  readonly path: string;
  readonly companions?: readonly { readonly path: string; readonly notes: readonly unknown[] }[];
}

async function told(cwd: string, ...args: readonly string[]): Promise<readonly Told[]> {
  const { stdout } = await harden(cwd, ['--output', 'json', ...args]);
  return (JSON.parse(stdout) as { readonly files: readonly Told[] }).files;
}

describe.each([
  ['in a repository', repositoryOf],
  ['in a folder without one', folderOf],
])('a file that is named alone, %s', (_, make) => {
  test('is planned alone, as it is among all others', async () => {
    const root = make(TREE);
    const whole = await told(root);
    for (const path of ['docker/Dockerfile', 'compose.yml', 'compose.override.yml'])
      expect([path, await told(root, path)]).toEqual([path, whole.filter((file) => file.path === path)]);
    const [dockerfile] = await told(root, 'docker/Dockerfile');
    expect(dockerfile?.companions?.map(({ path }) => path)).toEqual(['.dockerignore']);
  });

  test('is written alone', async () => {
    const root = make(TREE);
    const before = treeOf(root);
    expect((await harden(root, ['--write', 'compose.yml'])).code).toBe(0);
    const written = Object.keys(treeOf(root)).filter((path) => !(path in before));
    expect(written).toEqual(['compose.hardened.yml']);
    // Its Dockerfile gets no variant in this run.
    expect(get(root, 'compose.hardened.yml')).toContain('dockerfile: docker/Dockerfile\n');
  });
});

describe('what lies around a file', () => {
  const NEIGHBOURS: Tree = {
    'a/Dockerfile': 'FROM x\n',
    'b/c/Dockerfile': 'FROM x\n',
    'fly.toml': 'app = "x"\n',
  };
  const around = (root: string, ...paths: readonly string[]): readonly string[] =>
    discoverAmong(realpathSync(root), paths).files.map(({ path }) => path);

  test('is its repository, as git sees it', () => {
    const root = repositoryOf({ ...NEIGHBOURS, '.gitignore': 'out/\n', 'out/a.service': '' });
    expect(around(root, 'a/Dockerfile')).toEqual(['fly.toml', 'a/Dockerfile', 'b/c/Dockerfile']);
    // One that git ignores is taken all the same, as it was named.
    expect(around(root, 'out/a.service')).toContain('out/a.service');
  });

  test('is, without one, the files of its folder and of those above, and no folder is walked', () => {
    const root = folderOf({ ...NEIGHBOURS, 'a/x.service': '', 'a/deep/y.service': '' });
    expect(around(root, 'a/Dockerfile')).toEqual(['fly.toml', 'a/Dockerfile', 'a/x.service']);
  });

  test('is told of another Dockerfile that reads the same ignore file', async () => {
    const image = 'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD ["node", "a.js"]\n';
    const root = repositoryOf({
      'compose.yml':
        'services:\n  a:\n    build: { context: ., dockerfile: a/Dockerfile }\n  b:\n    build: { context: ., dockerfile: b/Dockerfile }\n',
      'a/Dockerfile': image,
      'b/Dockerfile': image.replace('COPY . .', 'COPY .env ./'),
      '.env': 'A=b\n',
      'a.js': '',
    });
    expect((await harden(root, ['--in-place', '--phase', '2', 'a/Dockerfile'])).code).toBe(0);
    const lines = get(root, '.dockerignore').split('\n');
    expect(lines).toContain('.git');
    expect(lines).not.toContain('.env');
  });

  test('is the repository for a file outside the current folder', async () => {
    const root = repositoryOf(TREE);
    const files = await told(folderOf(), join(root, 'docker/Dockerfile'));
    expect(files).toEqual((await told(root)).filter(({ path }) => path === 'docker/Dockerfile'));
  });

  test('stays out of a run that has several threads too', async () => {
    const units = Array.from({ length: 510 }, (_, at) => [
      `a/u${at}.service`,
      '[Service]\nExecStart=/bin/a\n',
    ]);
    const root = repositoryOf({
      ...(Object.fromEntries(units) as Tree),
      'b/x.service': '[Service]\nExecStart=/bin/a\n',
    });
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) => harden(root, ['a', '--check', '--jobs', jobs, '--output', 'json'])),
    );
    expect(two?.stdout).toBe(one?.stdout);
    expect((JSON.parse(one!.stdout) as { files: unknown[] }).files).toHaveLength(510);
  }, 60_000);
});
