import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { scoreOf } from '../src/fleet/score.js';
import { folderOf, harden, put } from './support/cli.js';
import { git, GIT_ENV, repositoryOf } from './support/git.js';
import type { Tree } from './support/memory.js';

const HARD = 'FROM debian:12@sha256:' + 'a'.repeat(64) + '\nUSER 1000\nCMD ["sleep", "1"]\n';
const SOFT: Tree = {
  'compose.yml':
    'services:\n  db:\n    image: postgres:16\n    privileged: true\n    ports:\n      - "5432:5432"\n',
};

/** Four repositories of different shape. */
const REPOSITORIES: Readonly<Record<string, Tree>> = {
  api: { Dockerfile: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n' },
  db: SOFT,
  hard: { Dockerfile: HARD },
  text: { 'README.md': 'nothing for harden\n' },
};

const schema = JSON.parse(
  readFileSync(new URL('../src/fleet/fleet.schema.json', import.meta.url), 'utf8'),
) as object;

interface Board {
  readonly repositories: readonly {
    readonly name: string;
    readonly severities: Readonly<Record<string, number>>;
    readonly phases: Readonly<Record<string, number>>;
    readonly transforms: Readonly<Record<string, number>>;
    readonly decisions: number;
    readonly files: number;
  }[];
  readonly totals: Board['repositories'][number];
  readonly transforms: readonly {
    readonly id: string;
    readonly findings: number;
    readonly repositories: number;
  }[];
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
}

async function boardOf(cwd: string, ...paths: readonly string[]): Promise<Board> {
  const { stdout } = await harden(cwd, ['fleet-report', '--output', 'json', ...paths]);
  const board = JSON.parse(stdout) as Board;
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(board) ? [] : validate.errors).toEqual([]);
  return board;
}

describe('a run over many repositories', () => {
  test('as multi-gitter does it: in place in each, committed where something changed, and one scoreboard', async () => {
    const results = folderOf();
    const changed: string[] = [];
    for (const [name, tree] of Object.entries(REPOSITORIES)) {
      const root = repositoryOf(tree);
      const before = await harden(root, ['--output', 'json']);
      expect(before.code).toBe(0);
      put(results, `org/${name}.json`, before.stdout);
      // The script's contract: the folder is the repository, and an exit code but 0 leaves it out.
      const run = await harden(root, ['--in-place', '--phase', '1'], { env: GIT_ENV });
      expect([name, run.code, run.stderr]).toEqual([name, 0, '']);
      if (git(root, 'status', '--porcelain') === '') continue;
      changed.push(name);
      git(root, 'commit', '--quiet', '--all', '--message=Harden');
      // A second run has nothing to do: the pull request stays as it is.
      await harden(root, ['--in-place', '--phase', '1']);
      expect(git(root, 'status', '--porcelain')).toBe('');
    }
    expect(changed).toEqual(['api', 'db']);

    const { code, stdout, stderr } = await harden(results, ['fleet-report', '.']);
    expect([code, stderr]).toEqual([0, '']);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names.slice(0, 6)).toEqual(['repository', 'org/db', 'org/api', 'org/hard', 'org/text', 'all']);
    const widths = stdout
      .split('\n')
      .slice(0, 6)
      .map((line) => line.length);
    expect(new Set(widths).size).toBe(1);

    const board = await boardOf(results, '.');
    for (const one of [...board.repositories, board.totals]) {
      const sum = (counts: Readonly<Record<string, number>>): number =>
        Object.values(counts).reduce((a, b) => a + b, 0);
      expect(sum(one.severities)).toBe(sum(one.phases) + one.decisions);
    }
    const [db] = board.repositories;
    expect(db?.transforms['compose/bind-ports-to-loopback']).toBe(1);
    for (const { id, findings, repositories } of board.transforms) {
      const counts = board.repositories.flatMap(({ transforms }) => transforms[id] ?? []);
      expect([findings, repositories]).toEqual([counts.reduce((a, b) => a + b, 0), counts.length]);
    }
    expect(board.totals.files).toBe(3);
  });

  test('a repository that fails is not committed, and its result says so', async () => {
    const root = repositoryOf({ 'compose.yml': 'services: [\n' });
    const run = await harden(root, ['--in-place', '--phase', '1']);
    expect(run.code).toBe(2);
    expect(git(root, 'status', '--porcelain')).toBe('');
    const results = folderOf();
    put(results, 'a/harden.json', (await harden(root, ['--output', 'json'])).stdout);
    const { code, stdout } = await harden(results, ['fleet-report', '.']);
    expect(code).toBe(0);
    expect(stdout.split('\n')[1]).toMatch(/^a .* 1$/);
  });
});

describe('harden fleet-report', () => {
  const resultOf = async (tree: Tree): Promise<string> =>
    (await harden(folderOf(tree), ['--output', 'json'])).stdout;

  test('names what is no result, and counts the others', async () => {
    const result = await resultOf(SOFT);
    const root = folderOf({
      'in/a.json': result,
      'in/cut.json': result.slice(0, -20),
      'in/foreign.json': '{"version":"2.1.0","runs":[]}',
      'in/newer.json': result.replace('"schema":1', '"schema":7'),
      'in/empty.json': '',
      'in/notes.txt': 'not read',
    });
    mkdirSync(join(root, 'none'));
    const { code, stdout, stderr } = await harden(root, ['fleet-report', 'in', 'none', 'nowhere']);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      'harden: none has no .json file',
      'harden: nowhere does not exist',
      'harden: in/cut.json is not JSON, or cut off',
      'harden: in/empty.json is empty',
      "harden: in/foreign.json is not what 'harden --output json' prints",
      'harden: in/newer.json has the shape 7, and this harden reads 1',
    ]);
    expect(stdout.split('\n')[2]).toMatch(/^all 1 /);
    const board = await boardOf(root, 'in');
    expect(board.failures.map(({ path }) => basename(path))).toEqual([
      'cut.json',
      'empty.json',
      'foreign.json',
      'newer.json',
    ]);
  });

  test('a result is called as its file, or as the folder of one that is called harden.json', async () => {
    const result = await resultOf({ Dockerfile: HARD });
    const root = folderOf({
      'x/org/api.json': result,
      'x/org/web/harden.json': result,
      'y/org/api.json': result,
    });
    const names = async (...paths: readonly string[]): Promise<readonly string[]> =>
      (await boardOf(root, ...paths)).repositories.map(({ name }) => name);
    expect(await names('x')).toEqual(['org/api', 'org/web']);
    expect(await names('x', 'y')).toEqual(['org/api', 'org/web', 'y/org/api.json']);
    expect(await names('x/org/web/harden.json', 'x/org/api.json')).toEqual(['api', 'web']);
  });

  test('a name is no Markdown, and no escape sequence', async () => {
    const root = folderOf();
    const result = await resultOf(SOFT);
    writeFileSync(join(root, 'a|`b`\u001b[31m<i>.json'), result);
    const markdown = await harden(root, ['fleet-report', '--output', 'markdown', '.']);
    const row = markdown.stdout.split('\n').find((line) => line.includes('<i>'));
    expect(row).toMatch(/^\| ``a\\\|`b`[^`\u001b]*<i>`` \| 1 \|/);
    expect((await harden(root, ['fleet-report', '.'])).stdout).not.toContain('\u001b');
  });

  test('in colour where it is asked for', async () => {
    const root = folderOf({ 'a.json': await resultOf(SOFT) });
    const { stdout } = await harden(root, ['fleet-report', '--color', '.']);
    expect(stdout).toContain('\u001b[31m');
    const plain = stdout.replace(/\u001b\[\d+m/g, '');
    expect(plain).toBe((await harden(root, ['fleet-report', '.'])).stdout);
  });
});

test('changes and decisions are told apart, and the lines of an ignore file count', async () => {
  const root = folderOf({
    Dockerfile: 'FROM node:22\nCOPY . /app\nCMD ["node", "/app/x.js"]\n',
    '.env': 'A=1\n',
    'x.js': '1\n',
    ...SOFT,
  });
  const { stdout } = await harden(root, ['--output', 'json', '--phase', '1']);
  const scored = scoreOf(stdout);
  if (!scored.ok) throw new Error(scored.reason);
  const { score } = scored;
  const { totals } = JSON.parse(stdout) as { totals: Readonly<Record<string, number>> };
  expect(score.phases[1] + score.phases[2] + score.phases[3]).toBe(
    totals.safe! + totals.unsafe! + totals.later!,
  );
  expect([score.decisions, score.accepted]).toEqual([totals.manual, totals.accepted]);
  expect(score.transforms.get('dockerfile/complete-dockerignore')).toBeGreaterThan(0);
});
