import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseNeeds } from '../src/learn/needs-file.js';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import { testWith } from './support/installed.js';

const UNIT = '[Service]\nExecStart=/usr/bin/app\n';
const COMPOSE = 'services:\n  web:\n    image: registry.test/app:1\n  db:\n    image: registry.test/db:1\n';
const TRACE = [
  '7 execve("/usr/bin/app", ["app"], 0x7ffc0 /* 2 vars */) = 0',
  '7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f2',
  '7 getuid() = 1000',
  '7 mkdir("/srv/app", 0755) = 0',
  '7 exit_group(0) = ?',
  '',
].join('\n');
const AUDIT =
  'type=SYSCALL msg=audit(1.0:1): arch=c000003e syscall=257 success=yes uid=33 comm="app" exe="/usr/bin/app"\n';
const PROFILE = JSON.stringify({ syscalls: [{ action: 'SCMP_ACT_ALLOW', names: ['accept4'] }] });
const TREE = {
  'app.service': UNIT,
  'deploy/app@.service': UNIT,
  'deploy/compose.yml': COMPOSE,
  'app.container': '[Container]\nImage=registry.test/app:1\n',
  trace: TRACE,
  audit: AUDIT,
  'profile.json': PROFILE,
};
const NEEDS = 'harden.needs.yml';

/** A repository: what is above it is not looked into. */
function repository(): string {
  const root = folderOf(TREE);
  mkdirSync(join(root, '.git'));
  return root;
}

test.each([
  ['app.service', 'trace', 'execve exit_group getuid mkdir mmap'],
  ['app.container', 'trace', 'execve exit_group getuid mkdir mmap'],
  ['deploy/compose.yml#web', 'trace', 'execve exit_group getuid mkdir mmap'],
  ['app.service', 'audit', 'openat'],
  ['app.service', 'profile.json', 'accept4'],
])('keeps for %s what %s shows', async (subject, recording, calls) => {
  const root = repository();
  const { code, stderr, stdout } = await harden(root, ['learn', '--for', subject, recording]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(subject);
  const parsed = parseNeeds(get(root, NEEDS), NEEDS);
  if (!parsed.ok) throw new Error(get(root, NEEDS));
  const [file, service] = subject.split('#');
  expect(parsed.workloads).toMatchObject([{ file, service }]);
  expect(parsed.workloads[0]!.systemCalls.map(({ value }) => value).join(' ')).toBe(calls);
});

test('--dry-run prints the file and writes nothing', async () => {
  const root = repository();
  const before = treeOf(root);
  const { code, stdout } = await harden(root, ['learn', '--dry-run', '--for', 'app.service', 'trace']);
  expect(code).toBe(0);
  expect(parseNeeds(stdout, NEEDS).ok).toBe(true);
  expect(treeOf(root)).toEqual(before);
});

describe('refuses', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['nothing', ['--for', 'app.service'], 'what was recorded'],
    ['no workload', ['trace'], 'which workload'],
    ['two ways', ['--for', 'app.service', 'trace', '--', 'true'], 'take one'],
    ['a service that is not there', ['--for', 'deploy/compose.yml#cache', 'trace'], 'web, db'],
    ['a Compose file without a service', ['--for', 'deploy/compose.yml', 'trace'], 'web, db'],
    ['a file that is no workload', ['--for', 'trace', 'trace'], 'a systemd unit'],
    ['a recording that is not there', ['--for', 'app.service', 'nowhere'], 'nowhere'],
    ['a recording that is none', ['--for', 'app.service', 'app.service'], 'no call'],
    ['another program', ['--for', 'app.service', '--process', 'other', 'audit'], 'nothing of other'],
    ['a folder', ['--for', 'app.service', 'deploy'], 'no file'],
    ['a unit of this machine', ['--unit', 'app.service'], '--allow-host'],
    ['a template of units', ['--unit', 'deploy/app@.service'], 'app@one.service'],
  ])('%s', async (_what, args, reason) => {
    // What is to be started needs strace first.
    const root = repository();
    const before = treeOf(root);
    const { code, stderr } = await harden(root, ['learn', ...args]);
    expect(code).toBe(2);
    if (!args.includes('--unit') || !stderr.includes('strace')) expect(stderr).toContain(reason);
    expect(treeOf(root)).toEqual(before);
  });

  test('a workload outside of the repository', async () => {
    const root = repository();
    const outside = folderOf({ 'app.service': UNIT });
    const { code, stderr } = await harden(root, ['learn', '--for', join(outside, 'app.service'), 'trace']);
    expect(code).toBe(2);
    expect(stderr).toContain('outside');
  });

  test('to add to a needs file that is broken, and leaves it', async () => {
    const root = repository();
    put(root, NEEDS, 'version: 1\nworkloads:\n  - fil: app.service\n');
    const { code, stderr } = await harden(root, ['learn', '--for', 'app.service', 'trace']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${NEEDS}:3: `);
    expect(get(root, NEEDS)).toContain('fil:');
  });
});

describe('the runs that follow', () => {
  test('read the file, and cite its line', async () => {
    const root = repository();
    await harden(root, ['learn', '--for', 'app.service', 'trace']);
    const run = (...args: readonly string[]) =>
      harden(root, ['--dry-run', '--output', 'json', '--phase', '2', ...args, 'app.service']);
    const { stdout } = await run();
    expect(stdout).toContain(NEEDS);
    expect((await run('--no-config')).stdout).not.toContain(NEEDS);
  });

  test('end with 2 where it is broken, and say the line', async () => {
    const root = repository();
    put(root, NEEDS, 'version: 1\nworkloads:\n  - file: app.service\n    writes: [srv]\n');
    const { code, stderr } = await harden(root, ['--dry-run', 'app.service']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${NEEDS}:4: `);
    expect((await harden(root, ['--dry-run', '--no-config', 'app.service'])).code).not.toBe(2);
  });
});

const withStrace = await testWith('strace');

withStrace('a command is recorded until it ends', async () => {
  const root = repository();
  const script = join(root, 'run.sh');
  put(root, 'run.sh', '#!/bin/sh\nmkdir "$1/made"\n');
  chmodSync(script, 0o755);
  const { code, stdout } = await harden(root, ['learn', '--for', 'app.service', '--', './run.sh', root]);
  expect([code, stdout.includes('kept')]).toEqual([0, true]);
  const text = get(root, NEEDS);
  expect(text).toContain(`${root}/made`);
  expect(text).toContain(script);
  expect(text).toMatch(/\bmkdir\b/);
});

withStrace('a needs file that somebody edits meanwhile is left as they made it', async () => {
  const root = repository();
  await harden(root, ['learn', '--for', 'app.service', 'trace']);
  const { code, stderr } = await harden(root, [
    ...['learn', '--for', 'app.service', '--', 'sh', '-c'],
    `echo '# mine' >> ${NEEDS}`,
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('has changed since it was read');
  expect(get(root, NEEDS)).toContain('# mine');
});
