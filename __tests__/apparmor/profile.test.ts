import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { apparmorProfile, type ProfileNeeds } from '../../src/apparmor/profile.js';
import { testWith } from '../support/installed.js';
import { parse } from './parser.js';

const asking = await testWith('apparmor_parser');

const LITTLE: ProfileNeeds = {
  name: 'harden.app',
  about: 'What app.service needs, as harden saw it work.',
  kind: 'unit',
  mode: 'complain',
  executables: ['/usr/sbin/app'],
  execs: ['/bin/sh', '/opt/app/bin/helper'],
  programs: [],
  reads: ['/opt/app/', '/proc/meminfo', '/srv/site/index.html'],
  writes: ['/var/lib/app/', '/run/app.pid', '/tmp/'],
  volumes: [],
  peers: ['/run/dbus/system_bus_socket'],
  devices: ['/dev/fuse'],
  capabilities: ['SETUID', 'NET_BIND_SERVICE'],
  sockets: [
    { family: 'AF_INET', kinds: ['stream'] },
    { family: 'AF_UNIX', kinds: undefined },
    { family: 'AF_NETLINK', kinds: undefined },
  ],
  resolves: true,
  mounts: false,
  traces: false,
};

const textOf = (needs: Partial<ProfileNeeds> = {}): string => {
  const made = apparmorProfile({ ...LITTLE, ...needs });
  if (!made.ok) throw new Error(made.reason);
  return made.text;
};

const reasonOf = (needs: Partial<ProfileNeeds>): string => {
  const made = apparmorProfile({ ...LITTLE, ...needs });
  return made.ok ? '' : made.reason;
};

/** Names with all that means something in a profile, and characters of two, three and four bytes. */
const name = fc
  .array(
    fc.constantFrom(...'ab.*?[]{}^"\\@,$()#!~+|<> =:;\'-', 'é', '日', '🛡', '@{PROC}', '{a,b}', '**', '//'),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => `x${parts.join('').replaceAll('/', '')}`);

/** What abstractions/base and every program's own files are, whatever a workload needs. */
const ALWAYS_WRITABLE =
  /^\/(?:dev\/(?:null|zero|full|log|tty|ptmx|pts\/\d.*|shm\/.*)|run\/systemd\/(?:notify|journal\/.*)|proc\/\d+\/.*)$/;

const PLACES = [
  ...[
    '/',
    '/etc/passwd',
    '/etc/app.conf',
    '/usr/bin/sh',
    '/usr/sbin/app',
    '/lib/x',
    '/root/.ssh/id',
    '/home/ana/x',
  ],
  ...[
    '/var/lib/other/x',
    '/var/lib/appendix',
    '/var/lib/app',
    '/run/other.pid',
    '/opt/app/bin/helper',
    '/srv/site/x',
  ],
  ...[
    '/dev/null',
    '/dev/sda',
    '/dev/mem',
    '/proc/sys/kernel/core_pattern',
    '/proc/sysrq-trigger',
    '/sys/power/state',
  ],
  ...[
    '/boot/vmlinuz',
    '/var/spool/cron/root',
    '/run/systemd/notify',
    '/run/systemd/private',
    '/proc/1234/comm',
  ],
];

describe('a profile', () => {
  asking('is read by AppArmor without a complaint, whatever it is for', async () => {
    for (const kind of ['unit', 'container'] as const) {
      for (const mode of ['complain', 'enforce'] as const) {
        for (const all of [true, false]) {
          const needs = { kind, mode, mounts: all, traces: all, resolves: all };
          const { code, complaints } = await parse(textOf(needs));
          expect({ ...needs, code, complaints }).toEqual({ ...needs, code: 0, complaints: [] });
        }
      }
    }
  });

  asking('gives what is needed', async () => {
    const { allows } = await parse(textOf());
    for (const [path, access] of [
      ['/var/lib/app/', 'w'],
      ['/var/lib/app/deep/file', 'w'],
      ['/var/lib/app/deep/file', 'r'],
      ['/run/app.pid', 'w'],
      ['/tmp/x', 'w'],
      ['/dev/fuse', 'w'],
      ['/run/dbus/system_bus_socket', 'w'],
      ['/opt/app/lib.node', 'm'],
      ['/srv/site/index.html', 'r'],
      ['/proc/meminfo', 'r'],
      ['/usr/lib/x86_64-linux-gnu/libc.so.6', 'm'],
      ['/etc/app.conf', 'r'],
      ['/usr/sbin/app', 'x'],
      ['/usr/bin/dash', 'x'],
      ['/bin/dash', 'x'],
      ['/opt/app/bin/helper', 'x'],
    ] as const) {
      expect([path, access, allows(path, access)]).toEqual([path, access, true]);
    }
  });

  asking('gives nothing else', async () => {
    const { allows } = await parse(textOf());
    for (const [path, access] of [
      ['/etc/shadow', 'r'],
      ['/etc/ssl/private/site.key', 'r'],
      ['/root/.ssh/id', 'r'],
      ['/home/ana/x', 'r'],
      ['/var/lib/other/x', 'r'],
      ['/srv/site/other.html', 'r'],
      ['/usr/bin/id', 'x'],
      ['/var/lib/app/made', 'x'],
      ['/tmp/made', 'x'],
      ['/var/lib/app/made', 'm'],
    ] as const) {
      expect([path, access, allows(path, access)]).toEqual([path, access, false]);
    }
    expect(PLACES.filter((path) => allows(path, 'w') && !ALWAYS_WRITABLE.test(path))).toEqual([]);
  });

  asking(
    'takes each path as it is',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(name, { minLength: 3, maxLength: 6 }), async (names) => {
          const [file, folder, program, ...others] = names.map((one) => `/data/${one}`);
          const text = textOf({ writes: [file!, `${folder!}/`], execs: [program!], reads: [] });
          const { code, complaints, allows } = await parse(text);
          expect([code, complaints]).toEqual([0, []]);
          expect(allows(file!, 'w')).toBe(true);
          expect(allows(`${folder!}/below/it`, 'w')).toBe(true);
          expect(allows(program!, 'x')).toBe(true);
          const strangers = [
            ...others,
            ...[file!, folder!, program!].flatMap((path) => [
              `${path}y`,
              path.slice(0, -1),
              path.replace('x', 'z'),
            ]),
            ...['/data/x', '/data/xa', '/data/xab', '/data/xb', '/etc/passwd'],
          ].filter((path) => path !== file && path !== folder && path !== program && path !== '/data/');
          for (const path of strangers) {
            expect([path, allows(path, 'w'), allows(path, 'x')]).toEqual([path, false, false]);
          }
        }),
        { numRuns: 25, examples: [[['xa', 'x+', 'x\\']], [['xa\\', 'x"', 'x,']], [['x\\"', 'x?', 'x[']]] },
      );
    },
    120_000,
  );

  test.each(['/a\nb', '/a\tb', '/a\0b', '/a\u007fb', '/a\u2028b', 'relative', '', '/a/../b'])(
    'is not made for a path that no rule can name: %j',
    (path) => {
      for (const list of ['executables', 'execs', 'reads', 'writes', 'peers', 'devices'] as const) {
        expect(reasonOf({ [list]: [path] })).toContain('no rule can name');
      }
    },
  );

  test('is not made for a path that is longer than any', () => {
    expect(reasonOf({ writes: [`/${'a'.repeat(5000)}`] })).toContain('no rule can name');
  });

  test('has a name that stays one word', () => {
    for (const bad of ['', 'a b', 'a{', 'a"', '../a', 'a\nb', '/bin/sh', '-a']) {
      expect(reasonOf({ name: bad })).toContain('is no name for a profile');
    }
  });

  test('is not made where everything is written, or with a word that is no capability', () => {
    expect(reasonOf({ writes: ['/'] })).toBe('it would write everywhere');
    expect(reasonOf({ capabilities: ['chown, file'] })).toContain('is no capability');
  });

  test('has nothing of what it is for but a comment', () => {
    const text = textOf({ about: 'a\n  /** rw,\u2028é' });
    expect(text.split('\n')[0]).toBe('# a?  /** rw,??');
    expect(text.split('\n')[1]).toBe('abi <abi/3.0>,');
  });

  test('only logs at first', () => {
    expect(textOf()).toContain('flags=(complain,');
    expect(textOf({ mode: 'enforce' })).not.toContain('complain');
  });

  test('opens the sockets that were seen, by their kinds', () => {
    expect(textOf().match(/^ {2}(?:network|unix).*$/gm)).toEqual([
      '  network inet stream,',
      '  network netlink,',
      '  unix,',
    ]);
    expect(textOf({ resolves: false })).not.toContain('nameservice');
  });

  test('denies what no rule may give back, but for what was seen', () => {
    const denials = (needs: Partial<ProfileNeeds>): readonly string[] =>
      [...textOf(needs).matchAll(/^ {2}audit deny (.*),$/gm)].map(([, rule]) => rule!);
    const usual = denials({});
    const given = denials({
      writes: ['/proc/sys/net/core/somaxconn', '/sys/kernel/mm/ksm/run'],
      reads: ['/etc/shadow', '/etc/ssl/private/'],
      capabilities: ['SYS_MODULE'],
      mounts: true,
      traces: true,
    });
    expect(usual.filter((rule) => !given.includes(rule))).toEqual([
      '@{PROC}/sys/** wklx',
      '@{sys}/** wklx',
      'mount',
      'umount',
      'pivot_root',
      'ptrace (trace)',
      'capability sys_module',
      '/etc/shadow rwklx',
      '/etc/ssl/private/{,**} rwklx',
    ]);
    expect(given).toContain('/etc/shadow- rwklx');
  });
});
