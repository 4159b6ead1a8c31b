import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dropInCommands, dropInOf, dropInPath } from '../src/drop-in.js';
import { parseUnit } from '../src/formats/systemd/parse.js';
import { dropInFolders, readDropIns } from '../src/io/drop-ins.js';
import { seal } from '../src/io/write.js';
import type { UnitDocument } from '../src/formats/systemd/document.js';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import { memoryReader, type Tree } from './support/memory.js';

const REDIS = `[Unit]
Description=Cache
[Service]
User=redis
ExecStart=/usr/bin/redis-server /etc/redis/redis.conf --daemonize no
ProtectSystem=full
ReadWritePaths=-/var/lib/redis
[Install]
WantedBy=multi-user.target
`;

function unit(text: string, path = 'cache.service'): UnitDocument {
  const parsed = parseUnit(path, text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

/** What a drop-in says, without its comments. */
function body(text: string | undefined): string | undefined {
  return text?.replace(/^#.*\n/gm, '');
}

describe('a drop-in', () => {
  test('has what was added and what was replaced, in the order of the unit', () => {
    const hardened = REDIS.replace('ProtectSystem=full', 'ProtectSystem=strict').replace(
      '[Install]',
      'NoNewPrivileges=yes\nReadWritePaths=-/run/redis\n[Install]',
    );
    expect(body(dropInOf(unit(REDIS), hardened))).toBe(
      '[Service]\nProtectSystem=strict\nNoNewPrivileges=yes\nReadWritePaths=-/run/redis\n',
    );
  });

  test('is none where nothing was added', () => {
    expect(dropInOf(unit(REDIS), REDIS)).toBeUndefined();
  });

  test('repeats a line of a list that the unit has once and gets a second time', () => {
    const hardened = REDIS.replace('[Install]', 'SystemCallFilter=a\nSystemCallFilter=a\n[Install]');
    expect(body(dropInOf(unit(REDIS), hardened))).toBe('[Service]\nSystemCallFilter=a\nSystemCallFilter=a\n');
  });

  test('says where it belongs, and how it is activated and undone, by the manager of the unit', () => {
    const user = 'user/cache.service';
    const path = `systemd/${user}`;
    const text = dropInOf(unit(REDIS.replace('User=redis\n', ''), path), `${REDIS}\n[Service]\nUMask=0077\n`);
    expect(text).toContain('~/.config/systemd/user/cache.service.d/50-hardening.conf');
    expect(text).toContain('systemctl --user daemon-reload && systemctl --user restart cache.service');
    expect(dropInCommands('app@.service', 'system').activate).toBe(
      'sudo systemctl daemon-reload && sudo systemctl restart app@INSTANCE.service',
    );
  });
});

describe('the drop-ins of a unit', () => {
  test.each([
    ['a.service', ['a.service.d', 'service.d']],
    ['a-b-c.service', ['a-b-c.service.d', 'a-b-.service.d', 'a-.service.d', 'service.d']],
    ['a@.service', ['a@.service.d', 'service.d']],
    ['a-b@x.service', ['a-b@x.service.d', 'a-b@.service.d', 'a-.service.d', 'service.d']],
  ])('of %s stand in %j', (name, folders) => {
    expect(dropInFolders(name)).toEqual(folders);
  });

  const values = (path: string, tree: Tree, withOwn = true): readonly string[] =>
    readDropIns(path, memoryReader(tree), withOwn).flatMap(({ entries }) =>
      entries.map(({ value }) => value),
    );
  const conf = (value: string): string => `[Service]\nNice=${value}\n`;

  test('are read by their names over all folders of the manager; of one name the first folder has it', () => {
    const tree = {
      'usr/lib/systemd/system/a.service': REDIS,
      'usr/lib/systemd/system/a.service.d/20-vendor.conf': conf('20'),
      'usr/lib/systemd/system/a.service.d/30-both.conf': conf('vendor'),
      'etc/systemd/system/a.service.d/30-both.conf': conf('administrator'),
      'etc/systemd/system/service.d/10-all.conf': conf('10'),
      'etc/systemd/system/a.service.d/README': 'no drop-in',
    };
    expect(values('usr/lib/systemd/system/a.service', tree)).toEqual(['10', '20', 'administrator']);
  });

  test('are those beside the unit in a repository that has another layout', () => {
    const tree = {
      'deploy/a.service': REDIS,
      'deploy/a.service.d/x.conf': conf('1'),
      'b/a.service.d/y.conf': conf('2'),
    };
    expect(values('deploy/a.service', tree)).toEqual(['1']);
  });

  test("leave out harden's own where it is written anew, but not one of that name that somebody else wrote", () => {
    const own = { 'a.service.d/50-hardening.conf': seal(conf('5'), 'a.service') };
    expect(values('a.service', own)).toEqual(['5']);
    expect(values('a.service', own, false)).toEqual([]);
    expect(values('a.service', { 'a.service.d/50-hardening.conf': conf('5') }, false)).toEqual(['5']);
  });
});

describe('--write --drop-in', () => {
  test('writes beside the unit only what is new, and the same again', async () => {
    const root = folderOf({ 'cache.service': REDIS });
    const first = await harden(root, ['--write', '--drop-in']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(Object.keys(treeOf(root)).sort()).toEqual(['cache.service', 'cache.service.d/50-hardening.conf']);
    const text = get(root, dropInPath('cache.service'));
    expect(body(text)).toContain('[Service]\n');
    expect(text).not.toContain('ExecStart');
    await harden(root, ['--write', '--drop-in']);
    expect(get(root, dropInPath('cache.service'))).toBe(text);
    // Merged, nothing is left to do.
    expect((await harden(root, ['--check', '--phase', '2'])).code).toBe(0);
  });

  test('replaces none that was edited, and follows no link out of the tree', async () => {
    const outside = folderOf();
    const root = folderOf({ 'cache.service': REDIS });
    symlinkSync(outside, join(root, 'cache.service.d'));
    const led = await harden(root, ['--write', '--drop-in']);
    expect([led.code, led.stdout]).toEqual([2, expect.stringContaining('leads out of the tree')]);
    expect(treeOf(outside)).toEqual({});
    const edited = folderOf({
      'cache.service': REDIS,
      'cache.service.d/50-hardening.conf': '[Service]\nNice=1\n',
    });
    const kept = await harden(edited, ['--write', '--drop-in']);
    expect([kept.code, kept.stdout]).toEqual([2, expect.stringContaining('--force')]);
    expect(get(edited, 'cache.service.d/50-hardening.conf')).toBe('[Service]\nNice=1\n');
  });
});

describe('harden unit', () => {
  const SYSTEM = {
    'usr/lib/systemd/system/cache.service': REDIS,
    'usr/lib/systemd/system/worker@.service': REDIS,
    'etc/redis/redis.conf': '',
  };

  test('shows the drop-in of an installed unit with its exposure, and writes nothing', async () => {
    const root = folderOf(SYSTEM);
    const { code, stdout, stderr } = await harden(root, ['unit', 'cache', '--root', root]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('\nNoNewPrivileges=yes\n');
    expect(stdout).toMatch(/Exposure \d\.\d \w+ → \d\.\d \w+ by systemd-analyze security/);
    expect(stdout).toContain('harden unit cache.service --write');
    expect(treeOf(root)).toEqual(SYSTEM);
  });

  test('writes it where the manager of that root looks, with the commands to activate and undo', async () => {
    const root = folderOf(SYSTEM);
    const { code, stdout } = await harden(root, ['unit', 'cache.service', '--root', root, '--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('sudo systemctl restart cache.service');
    expect(stdout).toContain('sudo rm /etc/systemd/system/cache.service.d/50-hardening.conf');
    expect(get(root, 'etc/systemd/system/cache.service.d/50-hardening.conf')).toContain(
      'NoNewPrivileges=yes',
    );
  });

  test('finds the template of an instance, and the unit of an alias', async () => {
    const root = folderOf(SYSTEM);
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    symlinkSync(
      '../../../usr/lib/systemd/system/cache.service',
      join(root, 'etc/systemd/system/other.service'),
    );
    const instance = await harden(root, ['unit', 'worker@1', '--root', root]);
    expect(instance.stdout).toContain('harden unit worker@.service --write');
    const alias = await harden(root, ['unit', 'other', '--root', root]);
    expect(alias.stdout).toContain('harden unit cache.service --write');
  });

  test.each([
    ['nosuch', 'there is no unit nosuch.service'],
    ['cache.timer', 'is no service'],
    ['../cache', 'is a path'],
    ['masked', 'is masked'],
    ['out', 'leads out of'],
  ])('refuses %s with exit code 2', async (name, message) => {
    const root = folderOf(SYSTEM);
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    symlinkSync('/dev/null', join(root, 'etc/systemd/system/masked.service'));
    symlinkSync('/etc/passwd', join(root, 'etc/systemd/system/out.service'));
    const { code, stdout, stderr } = await harden(root, ['unit', name, '--root', root]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)]);
  });

  test('has nothing to say of a unit that is tight already', async () => {
    const root = folderOf(SYSTEM);
    await harden(root, ['unit', 'cache', '--root', root, '--write']);
    put(root, 'usr/lib/systemd/system/done.service', '[Service]\nExecStart=/bin/true\n');
    const { code, stdout } = await harden(root, ['unit', 'done', '--root', root]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('There is nothing to add to done.service.')]);
  });
});

test('JSON has the exposure of a unit before and after, and of nothing else', async () => {
  const root = folderOf({ 'cache.service': REDIS, Dockerfile: 'FROM scratch\n' });
  const { stdout } = await harden(root, ['--output', 'json']);
  const { files } = JSON.parse(stdout) as { files: { path: string; exposure?: unknown }[] };
  const score = { score: expect.any(Number), rating: expect.any(String) };
  expect(files.map(({ path, exposure }) => [path, exposure])).toEqual([
    ['Dockerfile', undefined],
    ['cache.service', { before: score, after: score }],
  ]);
});
