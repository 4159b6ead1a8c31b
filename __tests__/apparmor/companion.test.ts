import { describe, expect, test } from '@jest/globals';
import { guide } from '../../src/report/guide.js';
import { folderOf, get, harden, put, treeOf } from '../support/cli.js';
import type { Tree } from '../support/memory.js';
import { surveyOf } from '../support/report.js';

const UNIT = `[Unit]
Description=Shop

[Service]
ExecStart=/usr/sbin/shopd --config /etc/shop.conf
RuntimeDirectory=shop
LoadCredential=key:/etc/shop.key

[Install]
WantedBy=multi-user.target
`;
const NEEDS = `version: 1
workloads:
  - file: deploy/shop.service
    recordings:
      - source: strace
        date: 2026-11-26
        lines: 1200
    root: true
    system-calls: accept4 bind close connect execve listen openat read socket write
    capabilities: [SETUID]
    executes: [/usr/sbin/shopd, /bin/sh]
    writes: [/var/lib/shop/a.db, /var/run/shop.pid, /tmp/upload.1]
    reads: [/srv/shop/index.html, /etc/ssl/private/shop.key, /proc/loadavg]
    devices: [/dev/fuse]
    families: [AF_INET, AF_UNIX]
    listens: ["tcp 0.0.0.0:8080"]
    connects: ["tcp 10.0.0.2:5432", "unix /run/postgresql/.s.PGSQL.5432"]
`;
const TREE: Tree = { 'deploy/shop.service': UNIT, 'harden.needs.yml': NEEDS };
const ONLY = ['--phase', '3', '--only', 'systemd/use-apparmor-profile'];
const PROFILE = 'deploy/apparmor.d/harden.shop';

/** The lines of a profile's rules. */
function rulesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^ {2}([^# ].*)$/.exec(line)?.[1] ?? []);
}

describe('the profile of a unit', () => {
  test('is written beside it, and named by it', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ['--write', '--drop-in', ...ONLY]);
    expect(code).toBe(0);
    expect(stdout).toContain(PROFILE);
    const dropIn = Object.entries(treeOf(root)).find(([path]) => path.includes('shop.service.d/'))?.[1];
    expect(dropIn).toContain('AppArmorProfile=-harden.shop\n');
    const rules = rulesOf(get(root, PROFILE));
    for (const rule of [
      'include <abstractions/nameservice>',
      '/{usr/,}sbin/shopd mrix,',
      '/{usr/,}bin/{sh,dash,bash,busybox} mrix,',
      '/srv/shop/{,**} mr,',
      '/etc/ssl/private/shop.key r,',
      '/proc/loadavg r,',
      '/run/credentials/shop.service/{,**} r,',
      '/var/lib/shop/{,**} rwkl,',
      '/run/shop/{,**} rwkl,',
      '/run/shop.pid{,/} rwkl,',
      'owner /tmp/{,**} rwkl,',
      '/run/postgresql/.s.PGSQL.5432 rw,',
      '/dev/fuse rw,',
      'capability setuid,',
      'network inet stream,',
      'unix,',
    ]) {
      expect(rules).toContain(rule);
    }
    expect(rules.filter((rule) => /^audit deny .*ssl\/private/.test(rule))).toEqual([]);
    expect(rules.filter((rule) => /^network/.test(rule))).toEqual(['network inet stream,']);
  });

  test('is written again as it is, and left alone when somebody has edited it', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', ...ONLY]);
    const before = get(root, PROFILE);
    expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
    expect(get(root, PROFILE)).toBe(before);
    put(root, PROFILE, before.replace('(complain,', '('));
    const { stdout, stderr } = await harden(root, ['--write', ...ONLY]);
    expect(`${stdout}${stderr}`).toContain('edited');
    expect(get(root, PROFILE)).not.toContain('complain');
  });

  test('is shown before it is written', async () => {
    const root = folderOf(TREE);
    const { stdout } = await harden(root, ONLY);
    expect(stdout).toContain('+profile harden.shop flags=(complain,attach_disconnected) {');
    expect(Object.keys(treeOf(root)).sort()).toEqual(Object.keys(TREE).sort());
  });

  test('comes with the unit that is changed itself', async () => {
    const root = folderOf(TREE);
    expect((await harden(root, ['--in-place', ...ONLY])).code).toBe(0);
    expect(get(root, 'deploy/shop.service')).toContain('AppArmorProfile=-harden.shop\n');
    expect(get(root, PROFILE)).toContain('profile harden.shop');
  });

  test('has its commands in the guide, which has none without it', () => {
    const about = { project: 'shop', version: '1', date: '1 March 2030' };
    const text = guide(surveyOf(TREE), about);
    for (const command of [
      `sudo install -m 644 ${PROFILE} /etc/apparmor.d/harden.shop`,
      'sudo apparmor_parser --replace /etc/apparmor.d/harden.shop',
      "sudo sed --in-place 's/flags=(complain,/flags=(/' /etc/apparmor.d/harden.shop",
      'sudo apparmor_parser --remove /etc/apparmor.d/harden.shop',
    ]) {
      expect(text).toContain(command);
    }
    expect(guide(surveyOf({ 'deploy/shop.service': UNIT }), about)).not.toContain('apparmor_parser');
  });
});
