import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderOf, get, harden, put, type CliResult } from './support/cli.js';

const GOOD = '[Service]\nExecStart=/usr/bin/node /srv/app.js\n';
const NOBODY = 65534;

/** Runs over a folder with one bad file and one good one: the good one is done whatever the other is. */
async function run(root: string, args: readonly string[] = ['--write'], uid?: number): Promise<CliResult> {
  put(root, 'zz/good.service', GOOD);
  if (uid !== undefined) chownSync(join(root, 'zz'), uid, uid);
  const result = await harden(root, args, uid === undefined ? {} : { uid });
  expect(result.stderr).not.toMatch(/^ {4}at /m);
  expect(result.stdout).not.toMatch(/^ {4}at /m);
  if (args.includes('--write')) expect(get(root, 'zz/good.service.hardened')).toContain('NoNewPrivileges');
  return result;
}

function leftovers(root: string): string[] {
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.includes('.tmp'));
}

async function expectFailure(root: string, message: string, uid?: number): Promise<void> {
  const { code, stdout, stderr } = await run(root, ['--write'], uid);
  expect(stdout).toContain(message);
  expect([code, stderr]).toEqual([2, '']);
  expect(leftovers(root)).toEqual([]);
}

const SERVICE = 'services:\n  web:\n    image: nginx\n';
const laughs = (levels: number): string => {
  const lines = Array.from({ length: levels }, (_, at) => {
    const before = at === 0 ? 'lol' : `*a${at - 1}`;
    return `x${at}: &a${at} [${Array.from({ length: 9 }, () => before).join(', ')}]`;
  });
  return `${lines.join('\n')}\n${SERVICE}`;
};

describe('a file that can not be understood is named with its line', () => {
  test.each([
    ['broken YAML', 'compose.yml', 'services:\n  web:\n    image: "nginx\n', 'compose.yml:'],
    [
      'bad indentation',
      'compose.yml',
      'services:\n  web:\n    image: nginx\n   ports: []\n',
      'compose.yml:4: error: YAML: ',
    ],
    [
      'duplicate keys',
      'compose.yml',
      `${SERVICE}    image: b\n`,
      'compose.yml:4: error: YAML: Map keys must be unique',
    ],
    ['an alias without an anchor', 'compose.yml', 'services:\n  web: *x\n', 'compose.yml:2: error: YAML: '],
    ['billion laughs', 'compose.yml', laughs(9), 'compose.yml:1: error: its aliases expand to more than'],
    ['an alias of itself', 'compose.yml', `x: &x [*x]\n${SERVICE}`, 'compose.yml:'],
    ['a truncated heredoc', 'Dockerfile', 'FROM alpine:3\nRUN <<EOF\necho\n', 'Dockerfile:2: error: '],
    ['an empty Dockerfile', 'Dockerfile', '', 'Dockerfile:1: error: '],
    ['a Dockerfile of comments', 'Dockerfile', '# nothing\n', 'Dockerfile:'],
    ['a NUL byte', 'Dockerfile', 'FROM a\0b\n', 'Dockerfile: error: is a binary file'],
    ['an archive', 'app.service', Buffer.from('1f8b0800ffff', 'hex'), 'app.service: error: is '],
    [
      'invalid UTF-8',
      'compose.yml',
      Buffer.from([...Buffer.from(SERVICE), 0x23, 0xff]),
      'compose.yml: error: is not UTF-8 text',
    ],
    [
      'flow sequences in flow sequences',
      'compose.yml',
      `${SERVICE}x: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`,
      'nested deeper than',
    ],
    [
      'flow mappings in flow mappings',
      'compose.yml',
      `${SERVICE}x: ${'{a: '.repeat(10_000)}${'}'.repeat(10_000)}\n`,
      'nested deeper than',
    ],
    [
      'sequences in sequences',
      'compose.yml',
      `${SERVICE}x:\n ${'- '.repeat(10_000)}a\n`,
      'nested deeper than',
    ],
    ['keys in keys', 'compose.yml', `${SERVICE}x:\n ${'? '.repeat(10_000)}a\n`, 'nested deeper than'],
    [
      'nesting that the parser survives',
      'compose.yml',
      `${SERVICE}x: ${'['.repeat(600)}${']'.repeat(600)}\n`,
      'compose.yml:4: error: its YAML is nested deeper than',
    ],
  ] as [string, string, string | Buffer, string][])('%s', async (_name, path, content, message) => {
    const root = folderOf();
    put(root, path, content);
    await expectFailure(root, message);
  });

  test('also in the patch and the JSON output', async () => {
    const root = folderOf({ 'compose.yml': `${SERVICE}    image: b\n` });
    const patch = await run(root, ['--output', 'patch']);
    expect(patch.code).toBe(2);
    expect(patch.stderr).toBe('harden: compose.yml:4: YAML: Map keys must be unique\n');
    expect(patch.stdout).toMatch(/^--- a\/zz\/good\.service\n/);
    const json = await run(root, ['--output', 'json']);
    expect([json.code, json.stderr]).toEqual([2, '']);
    expect((JSON.parse(json.stdout) as { files: unknown[] }).files[0]).toEqual({
      path: 'compose.yml',
      status: 'failed',
      line: 4,
      reason: 'YAML: Map keys must be unique',
    });
  });
});

describe('a file that can not be read is named', () => {
  test('50 MB', async () => {
    const root = folderOf({ Dockerfile: 'FROM alpine\n' });
    truncateSync(join(root, 'Dockerfile'), 50 * 1024 * 1024);
    await expectFailure(root, 'Dockerfile: error: has 50.0 MiB; harden reads files of up to 1 MiB');
  });

  test('a named pipe, found or named', async () => {
    const root = folderOf();
    for (const name of ['Dockerfile', '.gitignore']) execFileSync('mkfifo', [join(root, name)]);
    await expectFailure(root, 'Dockerfile: error: is not a regular file');
    const { code, stdout } = await harden(root, ['Dockerfile']);
    expect([code, stdout]).toEqual([2, expect.stringContaining('Dockerfile: error: is not a regular file')]);
  });

  test('a directory named Dockerfile is a folder like others', async () => {
    const root = folderOf({ 'Dockerfile/app.service': GOOD });
    expect((await run(root)).code).toBe(0);
    expect(get(root, 'Dockerfile/app.service.hardened')).toContain('NoNewPrivileges');
  });

  /** Root may read everything: the run is another user's. */
  const uid = process.getuid?.() === 0 ? NOBODY : undefined;

  test('an unreadable file and an unreadable folder', async () => {
    const root = folderOf({ 'a/app.service': GOOD, 'b/app.service': GOOD });
    chmodSync(root, 0o755);
    chmodSync(join(root, 'a/app.service'), 0o000);
    chmodSync(join(root, 'b'), 0o000);
    try {
      const { code, stdout } = await run(root, ['--write'], uid);
      expect(stdout).toContain('a/app.service: error: is not readable (permission denied)');
      expect(stdout).toContain('b: error: is not readable (permission denied)');
      expect(code).toBe(2);
      const named = await run(root, ['b/app.service', 'zz'], uid);
      expect(named.stdout).toContain('b/app.service: error: is not readable (permission denied)');
      expect(named.code).toBe(2);
    } finally {
      chmodSync(join(root, 'b'), 0o755);
    }
  });

  test('a folder that can not be written', async () => {
    const root = folderOf({ 'a/app.service': GOOD });
    chmodSync(root, 0o755);
    chmodSync(join(root, 'a'), 0o555);
    try {
      for (const mode of [['--write'], ['--in-place', '--phase', '2']]) {
        put(root, 'zz/good.service', GOOD);
        if (uid !== undefined) chownSync(join(root, 'zz'), uid, uid);
        const { code, stdout } = await harden(root, mode, uid === undefined ? {} : { uid });
        expect(stdout).toMatch(/not written {3}a\/app\.service\S*  can't be written \(permission denied\)/);
        expect(code).toBe(2);
      }
      expect(get(root, 'zz/good.service')).toContain('NoNewPrivileges');
      expect(leftovers(root)).toEqual([]);
    } finally {
      chmodSync(join(root, 'a'), 0o755);
    }
  });
});

describe('links', () => {
  test('out of the tree', async () => {
    const outside = folderOf({ Dockerfile: 'FROM alpine\nRUN apt-get install -y x\n' });
    const root = folderOf();
    symlinkSync(join(outside, 'Dockerfile'), join(root, 'Dockerfile'));
    symlinkSync(outside, join(root, 'folder'));
    await expectFailure(root, 'Dockerfile: error: is a link that leads out of the tree; it is not followed');
    expect(readdirSync(outside)).toEqual(['Dockerfile']);
  });

  test('to nothing, to itself, and in a cycle of folders', async () => {
    const root = folderOf();
    symlinkSync('missing', join(root, 'Dockerfile'));
    symlinkSync('compose.yml', join(root, 'compose.yml'));
    mkdirSync(join(root, 'sub'));
    symlinkSync('..', join(root, 'sub/up'));
    await expectFailure(root, 'Dockerfile: error: is a link to a file that does not exist');
    const { code, stdout } = await run(root, ['--write', 'compose.yml', 'zz']);
    expect(stdout).toContain('compose.yml: error: is a link that leads to itself');
    expect(code).toBe(2);
  });

  test('inside the tree: the file is done once, and the link stays', async () => {
    const root = folderOf({ 'real/Dockerfile': 'FROM debian:12\nRUN apt-get install -y curl\n' });
    symlinkSync('real/Dockerfile', join(root, 'Dockerfile'));
    symlinkSync('real', join(root, 'folder'));
    const { stdout, code } = await run(root, ['--in-place', '--phase', '2']);
    expect(code).toBe(0);
    expect(stdout.match(/Dockerfile/g)).toHaveLength(1);
    expect(lstatSync(join(root, 'Dockerfile')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain('--no-install-recommends');
    const named = await harden(root, ['--output', 'json', 'folder', 'real', 'Dockerfile']);
    expect((JSON.parse(named.stdout) as { files: unknown[] }).files).toHaveLength(1);
  });

  test("to harden's own output are not followed", async () => {
    const root = folderOf({ 'Dockerfile.hardened': 'FROM debian:12\nRUN apt-get install -y curl\n' });
    symlinkSync('Dockerfile.hardened', join(root, 'Dockerfile'));
    expect((await run(root)).code).toBe(0);
    expect(readdirSync(root).sort()).toEqual(['Dockerfile', 'Dockerfile.hardened', 'zz']);
  });
});

describe('large files under the limit take seconds, not minutes', () => {
  test.each([
    ['empty lines', 'compose.yml', SERVICE + '\n'.repeat(1_000_000)],
    ['comments', 'compose.yml', SERVICE + '#\n'.repeat(500_000)],
    ['aliases of one anchor', 'compose.yml', `x: &a b\ny: [${'*a,'.repeat(200_000)}]\n${SERVICE}`],
    ['a list', 'compose.yml', `x:\n${'- a\n'.repeat(200_000)}${SERVICE}`],
    ['lines of a Dockerfile', 'Dockerfile', 'FROM alpine\n' + '#\n'.repeat(400_000)],
    ['continued lines', 'Dockerfile', 'FROM alpine\nRUN a \\\n' + '\\\n'.repeat(400_000) + 'b\n'],
    ['lines of a unit', 'app.service', GOOD + '\n'.repeat(900_000)],
    ['settings of a unit', 'app.service', GOOD + 'A=\n'.repeat(300_000)],
    ['a long line', 'app.service', `${GOOD}#${'password '.repeat(100_000)}\n`],
  ])(
    '%s',
    async (_name, path, text) => {
      const root = folderOf({ [path]: text });
      const started = Date.now();
      const { code, stdout, stderr } = await run(root);
      expect(Date.now() - started).toBeLessThan(60_000);
      expect(stderr).toBe('');
      expect([0, 2]).toContain(code);
      expect(stdout).not.toContain('a bug in harden');
    },
    120_000,
  );
});
