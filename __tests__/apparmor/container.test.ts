import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { sealOf } from '../../src/io/write.js';
import { guide } from '../../src/report/guide.js';
import { folderOf, get, harden, put, treeOf } from '../support/cli.js';
import { testWith } from '../support/installed.js';
import type { Tree } from '../support/memory.js';
import { surveyOf } from '../support/report.js';
import { parse } from './parser.js';

const asking = await testWith('apparmor_parser');

const COMPOSE = `name: shop
services:
  web:
    image: registry.example.com/shop/web:2
    entrypoint: ["/docker-entrypoint.sh"]
    command: ["server", "--port", "8080"]
    cap_drop: [ALL]
    cap_add: [CHOWN]
    devices: ["/dev/ttyUSB0:/dev/modem"]
    tmpfs: [/cache]
    volumes:
      - uploads:/uploads
      - ./settings.toml:/etc/web/settings.toml
      - ./site:/site:ro
    healthcheck:
      test: ["CMD-SHELL", "curl -fs http://127.0.0.1:8080/ || exit 1"]
volumes:
  uploads:
`;
const NEEDS = `version: 1
workloads:
  - file: deploy/compose.yml
    service: web
    recordings:
      - { source: strace, date: 2026-11-26, lines: 1200 }
    root: false
    system-calls: accept4 bind connect execve listen openat read socket write
    executes: [/docker-entrypoint.sh, /bin/sh, /usr/local/bin/python3, /usr/local/bin/npm]
    writes: [/var/lib/web/a.db, /var/run/web.pid, /tmp/x]
    families: [AF_INET, AF_UNIX]
    listens: ["tcp 0.0.0.0:8080"]
    connects: ["tcp 10.0.0.2:5432", "unix /var/run/postgresql/.s.PGSQL.5432"]
`;
const CONFIG = `transforms:
  compose/use-apparmor-profile:
    profiles: loaded
`;
const TREE: Tree = {
  'deploy/compose.yml': COMPOSE,
  'harden.needs.yml': NEEDS,
  'harden.config.yml': CONFIG,
};
const ONLY = ['--phase', '3', '--only', 'compose/use-apparmor-profile'];
const NAME = 'harden-compose-shop.deploy@web';
const PROFILE = `deploy/apparmor.d/${NAME}`;

async function written(tree: Tree): Promise<string> {
  const root = folderOf(tree);
  expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
  const [path] = Object.keys(treeOf(root)).filter((name) => name.includes('apparmor.d/'));
  return get(root, path!);
}

/** The text as the guide's commands enforce it. */
function enforced(text: string): string {
  const commands = ['--expression', 's/flags=(complain,/flags=(/', '--expression', '/# watch$/d'];
  return execFileSync('sed', commands, { input: text, encoding: 'utf8' });
}

function rulesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^ {2}([^# ].*)$/.exec(line)?.[1] ?? []);
}

describe('the profile of a container', () => {
  test('is named by the hardened file, and written beside it', async () => {
    const root = folderOf(TREE);
    expect((await harden(root, ['--write', ...ONLY])).code).toBe(0);
    expect(get(root, 'deploy/compose.hardened.yml')).toContain(`- "apparmor=${NAME}"\n`);
    expect(get(root, PROFILE)).toContain(
      `profile ${NAME} flags=(complain,attach_disconnected,mediate_deleted) {\n`,
    );
    expect(sealOf(get(root, PROFILE))).toBe('intact');
  });

  test('is not written, and not named, where nobody says that hosts load it', async () => {
    const root = folderOf({ 'deploy/compose.yml': COMPOSE, 'harden.needs.yml': NEEDS });
    expect((await harden(root, ONLY)).stdout.replace(/\s+/g, ' ')).toContain(
      'transforms: {compose/use-apparmor-profile: {profiles: loaded}}',
    );
    await harden(root, ['--write', ...ONLY]);
    expect(Object.keys(treeOf(root)).sort()).toEqual(['deploy/compose.yml', 'harden.needs.yml']);
  });

  test('is left alone where somebody has edited it', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', ...ONLY]);
    const text = get(root, PROFILE).replace('(complain,', '(');
    put(root, PROFILE, text);
    const { code, stdout, stderr } = await harden(root, ['--write', ...ONLY]);
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain('was edited since harden wrote it');
    expect(get(root, PROFILE)).toBe(text);
  });

  test('holds the capabilities that the service keeps, its sockets and those of its check', async () => {
    const rules = rulesOf(await written(TREE));
    expect(rules.filter((rule) => /^(?:capability|network|unix)/.test(rule))).toEqual([
      'capability chown,',
      'network inet stream,',
      'network inet6 stream,',
      'unix,',
    ]);
    const own = `peer=${NAME},`;
    expect(rules.filter((rule) => /^(?:signal|ptrace)/.test(rule))).toEqual([
      'signal (receive),',
      `signal (send) ${own}`,
      `ptrace (read) ${own}`,
    ]);
  });

  test('never mounts, and traces only its own processes', async () => {
    const seen = NEEDS.replace('system-calls: ', 'system-calls: mount ptrace umount2 ');
    const rules = rulesOf(await written({ ...TREE, 'harden.needs.yml': seen }));
    expect(rules.filter((rule) => /^(?:deny )?(?:u?mount|ptrace|pivot_root)/.test(rule))).toEqual([
      `ptrace (read) peer=${NAME},`,
      'umount,',
      `ptrace (read, trace) peer=${NAME},`,
      'deny mount,',
      'deny pivot_root,',
    ]);
  });

  asking('is read by AppArmor, and gives the container what it needs once it is enforced', async () => {
    const text = await written(TREE);
    for (const one of [text, enforced(text)]) {
      const { code, complaints } = await parse(one);
      expect([code, complaints]).toEqual([0, []]);
    }
    const { allows } = await parse(enforced(text));
    for (const [path, access] of [
      ['/docker-entrypoint.sh', 'x'],
      ['/bin/dash', 'x'],
      ['/bin/busybox', 'x'],
      ['/usr/local/bin/python3.12', 'x'],
      ['/usr/local/lib/node_modules/npm/bin/npm-cli.js', 'x'],
      ['/usr/local/bin/curl', 'x'],
      ['/usr/bin/curl', 'x'],
      ['/lib/ld-musl-x86_64.so.1', 'm'],
      ['/opt/web/lib/native.node', 'm'],
      ['/site/index.html', 'r'],
      ['/run/secrets/key', 'r'],
      ['/var/lib/web/b.db', 'w'],
      ['/run/web.pid', 'w'],
      ['/var/run/web.pid', 'w'],
      ['/run/postgresql/.s.PGSQL.5432', 'w'],
      ['/uploads/', 'w'],
      ['/uploads/a/b', 'w'],
      ['/cache/x', 'w'],
      ['/etc/web/settings.toml', 'w'],
      ['/tmp/y', 'w'],
      ['/dev/modem', 'w'],
      ['/dev/null', 'w'],
      ['/sys/fs/cgroup/memory.max', 'r'],
    ] as const) {
      expect([path, access, allows(path, access)]).toEqual([path, access, true]);
    }
  });

  asking('gives nothing else once it is enforced', async () => {
    const { allows } = await parse(enforced(await written(TREE)));
    for (const [path, access] of [
      ['/etc/passwd', 'w'],
      ['/usr/bin/curl', 'w'],
      ['/site/index.html', 'w'],
      ['/uploads-of-others/x', 'w'],
      ['/usr/bin/id', 'x'],
      ['/bin/exit', 'x'],
      ['/uploads/made', 'x'],
      ['/tmp/made', 'x'],
      ['/dev/sda', 'w'],
    ] as const) {
      expect([path, access, allows(path, access)]).toEqual([path, access, false]);
    }
  });

  asking('denies what docker-default denies while it is watched, and starts any program', async () => {
    const text = await written(TREE);
    // The kernel only logs what is denied with `audit`.
    expect(text).not.toMatch(/audit deny/);
    const { allows } = await parse(text);
    for (const [path, access] of [
      ['/proc/sys/kernel/core_pattern', 'w'],
      ['/proc/sysrq-trigger', 'w'],
      ['/proc/sysrq-trigger', 'r'],
      ['/proc/kcore', 'r'],
      ['/proc/irq/1/smp_affinity', 'w'],
      ['/proc/acpi/wakeup', 'w'],
      ['/sys/kernel/mm/ksm/run', 'w'],
      ['/sys/fs/bpf/x', 'w'],
      ['/sys/firmware/efi/efivars/x', 'r'],
      ['/sys/devices/virtual/powercap/x', 'r'],
      ['/sys/kernel/security/apparmor/profiles', 'r'],
    ] as const) {
      expect([path, access, allows(path, access)]).toEqual([path, access, false]);
    }
    expect(allows('/usr/bin/id', 'x')).toBe(true);
    expect(allows('/proc/123/comm', 'w')).toBe(true);
  });
});

describe('the name of a profile', () => {
  const nameIn = async (path: string, text: string, service = 'web'): Promise<string> => {
    const needs = NEEDS.replace('deploy/compose.yml', path).replace('service: web', `service: ${service}`);
    const tree = { [path]: text, 'harden.needs.yml': needs, 'harden.config.yml': CONFIG };
    return /^profile (\S+) /m.exec(await written(tree))![1]!;
  };
  const plain = (service: string, name = ''): string =>
    `${name === '' ? '' : `name: ${name}\n`}services:\n  ${service}:\n    image: registry.example.com/web:2\n`;

  test('is of the project, the folder, the file and the service', async () => {
    expect(await nameIn('compose.yml', plain('web'))).toBe('harden-compose.web');
    expect(await nameIn('compose.yml', plain('web', 'shop'))).toBe('harden-compose-shop.web');
    expect(await nameIn('a/b/compose.yml', plain('web'))).toBe('harden-compose.a@b@web');
    expect(await nameIn('compose.staging.yml', plain('web'))).toBe('harden-compose.compose.staging.yml@web');
  });

  test('is another for each service of each file, whatever they are called', async () => {
    const places: readonly (readonly [string, string, string])[] = [
      ['a b/compose.yml', 'web', ''],
      ['a_b/compose.yml', 'web', ''],
      ['ä/compose.yml', 'web', ''],
      ['ö/compose.yml', 'web', ''],
      ['a@b/compose.yml', 'web', ''],
      ['a/b/compose.yml', 'web', ''],
      ['compose.x.yml/compose.yml', 'web', ''],
      ['compose.x.yml', 'web', ''],
      ['compose.x.yaml', 'web', ''],
      ['a/compose.yml', 'web', ''],
      ['compose.yml', 'web', 'a'],
      ['compose.yml', 'web', '"${NAME}"'],
      [`${'long'.repeat(40)}/compose.yml`, 'web', ''],
      [`${'long'.repeat(40)}er/compose.yml`, 'web', ''],
      ['compose.yml', 'web-1', ''],
      ['compose.yml', 'web.1', ''],
    ];
    const names = await Promise.all(
      places.map(([path, service, name]) => nameIn(path, plain(service, name), service)),
    );
    expect(new Set(names).size).toBe(places.length);
    for (const name of names) expect(name).toMatch(/^harden-compose[\w.@-]{1,110}$/);
  });
});

test('the guide has the commands, and has none where nothing is named', () => {
  const about = { project: 'shop', version: '1', date: '1 March 2030' };
  const text = guide(surveyOf(TREE), about);
  const target = `/etc/apparmor.d/${NAME}`;
  const order = [
    `sudo install -m 644 ${PROFILE} ${target}`,
    `sudo apparmor_parser --replace ${target}`,
    'harden verify --phase 3',
    'docker compose --file deploy/compose.hardened.yml up --detach --build --wait',
    "docker inspect --format '{{.Name}} {{.AppArmorProfile}}'",
    'sudo journalctl --dmesg --grep',
    `--expression 's/flags=(complain,/flags=(/' --expression '/# watch$/d' ${target}`,
    `sudo apparmor_parser --remove ${target}`,
  ].map((command) => text.indexOf(command, text.indexOf('harden --write --phase 3')));
  expect(order.every((at, index) => at > (order[index - 1] ?? 0))).toBe(true);
  const rest = { 'deploy/compose.yml': COMPOSE, 'harden.needs.yml': NEEDS };
  expect(guide(surveyOf(rest), about)).not.toContain('apparmor_parser');
});
