import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRunBelow, prepare } from '../../src/harden.js';
import { seal } from '../../src/io/write.js';
import { copyTree, removeFolder } from '../../src/verify/folder.js';
import { readOriginals } from '../../src/verify/originals.js';
import { makePairs, type Pairs } from '../../src/verify/pairs.js';

const { signal } = new AbortController();
const COMPOSE = 'services:\n  web:\n    build: .\n    ports: ["8080:80"]\n';

let [tree, copy]: [string, string] = ['', ''];
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'harden-tree-'));
  copy = mkdtempSync(join(tmpdir(), 'harden-copy-'));
});
afterEach(() => {
  for (const folder of [tree, copy]) rmSync(folder, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
}

async function pairs(changed: ReadonlyMap<string, string> = new Map()): Promise<Pairs> {
  const options = { phase: 2 } as const;
  const { files } = prepare({ root: tree, paths: ['.'], ...options });
  expect(await copyTree(tree, copy, signal)).toBeUndefined();
  const run = createRunBelow(copy, files, options);
  return makePairs(run, { ...options, enabled: () => true, folder: copy, changed, own: new Set() });
}

test('a tree is copied as it is, without its history', async () => {
  write({ 'run.sh': '#!/bin/sh\n', '.git/HEAD': 'ref', '.env': 'A=1\n' });
  chmodSync(join(tree, 'run.sh'), 0o750);
  symlinkSync('run.sh', join(tree, 'link'));
  expect(await copyTree(tree, copy, signal)).toBeUndefined();
  expect(readFileSync(join(copy, '.env'), 'utf8')).toBe('A=1\n');
  expect(existsSync(join(copy, '.git'))).toBe(false);
  const listed = execFileSync('stat', ['-c', '%A %N', 'run.sh', 'link'], { cwd: copy, encoding: 'utf8' });
  expect(listed).toMatch(/^-rwxr-x---.*\nlrwxrwxrwx.*run\.sh/);
  expect(removeFolder(copy)).toBeUndefined();
  expect(existsSync(copy)).toBe(false);
});

test('what a dry run makes stands beside the originals, the Compose file building the hardened Dockerfile', async () => {
  write({ 'docker-compose.yml': COMPOSE, Dockerfile: 'FROM node:22\nCOPY . /app\nCMD node /app/x.js\n' });
  const made = await pairs();
  expect(made.pairs.map(({ path, from }) => [path, from])).toEqual([
    ['Dockerfile', 'plan'],
    ['docker-compose.yml', 'plan'],
  ]);
  for (const { hardenedPath, hardened } of made.pairs)
    expect(readFileSync(join(copy, hardenedPath), 'utf8')).toBe(hardened);
  expect(made.pairs[1]!.hardened).toContain('dockerfile: Dockerfile.hardened');
  expect(existsSync(join(tree, 'Dockerfile.hardened'))).toBe(false);
});

test('a variant that stands in the tree is what is verified, without its seal', async () => {
  const own = 'services:\n  web:\n    build: .\n    read_only: true\n';
  write({ 'docker-compose.yml': COMPOSE, 'docker-compose.hardened.yml': seal(own, 'docker-compose.yml') });
  const { pairs: made } = await pairs();
  expect(made).toMatchObject([{ path: 'docker-compose.yml', from: 'file', hardened: own }]);
});

test('a file that was changed in place is compared with the one of a commit', async () => {
  write({ 'docker-compose.yml': COMPOSE, other: 'x' });
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      cwd: tree,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'x');
  write({ 'docker-compose.yml': `${COMPOSE}    read_only: true\n` });
  const read = await readOriginals(tree, 'HEAD', ['docker-compose.yml', 'new.yml'], signal);
  expect(read).toEqual({ ok: true, texts: new Map([['docker-compose.yml', COMPOSE]]) });
  expect(await readOriginals(tree, '--help', [], signal)).toEqual({
    ok: false,
    reason: 'there is no commit --help here',
  });

  const now = `${COMPOSE}    read_only: true\n`;
  write({ 'docker-compose.yml': COMPOSE });
  const { pairs: made } = await pairs(new Map([['docker-compose.yml', now]]));
  expect(made).toMatchObject([{ from: 'in-place', original: COMPOSE, hardened: now }]);
});

test('a broken file is named, and the others are done', async () => {
  write({ 'docker-compose.yml': COMPOSE, 'compose.broken.yml': 'services:\n  a: [\n' });
  const made = await pairs();
  expect(made.failures.map(({ path }) => path)).toEqual(['compose.broken.yml']);
  expect(made.pairs.map(({ path }) => path)).toEqual(['docker-compose.yml']);
});
