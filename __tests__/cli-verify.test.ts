import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { harden, type CliResult } from './support/command.js';

/** What verify itself uses; no tool that checks anything. */
const PROGRAMS = ['cp', 'du', 'git', 'sh'];
const COMPOSE = 'services:\n  web:\n    image: nginx:1.27\n    ports: ["8080:80"]\n';

let [folder, tree, temporary]: [string, string, string] = ['', '', ''];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'harden-cli-verify-'));
  [tree, temporary] = [join(folder, 'tree'), join(folder, 'tmp')];
  for (const name of ['tree', 'tmp', 'bin']) mkdirSync(join(folder, name));
  for (const name of PROGRAMS) {
    const path = execFileSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).trim();
    symlinkSync(path, join(folder, 'bin', name));
  }
  writeFileSync(join(tree, 'docker-compose.yml'), COMPOSE);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function verify(...args: readonly string[]): Promise<CliResult> {
  const env = { PATH: join(folder, 'bin'), TMPDIR: temporary };
  const result = await harden(tree, ['verify', ...args], { env });
  // Whatever came of it, nothing is left.
  expect(readdirSync(temporary)).toEqual([]);
  return result;
}

test('a machine without tools verifies nothing, and says what is missing', async () => {
  const { code, stdout } = await verify();
  expect(code).toBe(0);
  expect(stdout).toContain('skipped  docker compose accepts it');
  expect(stdout).toContain('docker is not installed');
  expect(stdout).toMatch(/0 failed, \d+ skipped\nWhat was skipped is not verified/);
  expect(readdirSync(tree)).toEqual(['docker-compose.yml']);
});

test('who needs each check to be made fails where one can not be', async () => {
  expect((await verify('--strict')).code).toBe(1);
});

test('the stages that are asked for are made, one value of JSON a line', async () => {
  const { code, stdout } = await verify('--stage', 'run', '--output', 'json');
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([
    { check: { stage: 'run', subject: 'docker-compose.yml', outcome: 'skipped' } },
    { totals: { passed: 0, failed: 0, skipped: 1 } },
  ]);
});

test('a Dockerfile is read by the parser of BuildKit, wherever that is', async () => {
  writeFileSync(join(tree, 'Dockerfile'), 'FROM node:22\nCOPY . /app\nCMD node /app/x.js\n');
  writeFileSync(join(tree, 'Dockerfile.hardened'), 'FROM node:22\nRUN <<END\necho\n');
  const { code, stdout } = await verify('--stage', 'static');
  expect(code).toBe(1);
  expect(stdout).toContain("failed   BuildKit's parser accepts it");
});

test('a file that can not be read ends with 2, and the others are done', async () => {
  writeFileSync(join(tree, 'compose.broken.yml'), 'services:\n  a: [\n');
  const { code, stdout } = await verify('--stage', 'static');
  expect(code).toBe(2);
  expect(stdout).toMatch(/compose\.broken\.yml:\d+\n +failed +harden reads it/);
  expect(stdout).toContain('docker compose accepts it');
});

test('a tree that harden leaves as it is has nothing to verify', async () => {
  writeFileSync(join(tree, 'docker-compose.yml'), 'services: {}\n');
  const { code, stdout } = await verify();
  expect(code).toBe(0);
  expect(stdout).toContain('there is nothing to verify');
});

test('what can not be meant is refused before anything is done', async () => {
  expect(await verify('--original', 'HEAD')).toMatchObject({
    code: 2,
    stderr: 'harden: --original: there is no commit HEAD here\n',
  });
  expect((await verify('--stage', 'test')).stderr).toContain('there is no stage test');
  expect((await verify('--settle', 'long')).stderr).toContain('--settle takes a number');
  expect((await verify('--timeot', '5')).stderr).toContain('Did you mean --timeout?');
  expect((await verify('--compose-env', 'missing')).stderr).toContain('missing does not exist');
});

test('no space for the copy is said, and nothing is left', async () => {
  rmSync(join(folder, 'bin', 'cp'));
  writeFileSync(join(folder, 'bin', 'cp'), '#!/bin/sh\necho "cp: No space left on device" >&2\nexit 1\n', {
    mode: 0o755,
  });
  const { code, stderr } = await verify();
  expect(code).toBe(2);
  expect(stderr).toContain('there is no space for a copy of it');
  expect(readFileSync(join(tree, 'docker-compose.yml'), 'utf8')).toBe(COMPOSE);
});
