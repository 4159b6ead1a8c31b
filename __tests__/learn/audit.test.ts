import { describe, expect, test } from '@jest/globals';
import { readAudit } from '../../src/learn/audit.js';
import type { Recording } from '../../src/learn/recording.js';
import { shown, streamOf } from './support.js';

async function audit(lines: readonly string[], program?: string): Promise<Recording> {
  const result = await readAudit(streamOf(lines.map((line) => `${line}\n`).join('')), program);
  if (!result.ok) throw new Error(result.reason);
  return result.recording;
}

async function reasonOf(lines: readonly string[], program?: string): Promise<string> {
  const result = await readAudit(streamOf(lines.map((line) => `${line}\n`).join('')), program);
  return result.ok ? '' : result.reason;
}

const CALL =
  'arch=c000003e syscall=257 success=yes exit=3 ppid=1 pid=7 uid=33 euid=33 comm="app" exe="/usr/bin/app"';

describe('the same record', () => {
  test.each([
    ['auditd', `type=SYSCALL msg=audit(1690000000.123:45): ${CALL} key=(null)`],
    [
      'auditd, enriched',
      `type=SYSCALL msg=audit(1690000000.123:45): ${CALL} key=(null)\u001dARCH=x86_64 SYSCALL=openat UID="www-data"`,
    ],
    ['auditd with the node', `node=host type=SYSCALL msg=audit(1690000000.123:45): ${CALL}`],
    ['dmesg', `[  123.456] audit: type=1300 audit(1690000000.123:45): ${CALL}`],
    ['journalctl -k', `Nov 26 10:00:00 host kernel: audit: type=1300 audit(1690000000.123:45): ${CALL}`],
    ['journalctl', `Nov 26 10:00:00 host audit[7]: SYSCALL ${CALL}`],
  ])('as %s prints it', async (_, line) => {
    expect(shown(await audit([line]))).toEqual({
      lines: 1,
      systemCalls: ['openat'],
      executes: ['/usr/bin/app'],
      root: false,
    });
  });
});

test('a path belongs to its event, whatever comes between, and to its folder', async () => {
  const { gaps, writes } = await audit([
    `type=SYSCALL msg=audit(1.0:1): ${CALL}`,
    `type=SYSCALL msg=audit(1.0:2): ${CALL.replace('success=yes', 'success=no')}`,
    'type=CWD msg=audit(1.0:1): cwd="/srv/app"',
    'type=PATH msg=audit(1.0:2): item=0 name="/srv/refused" nametype=CREATE',
    'type=PATH msg=audit(1.0:1): item=0 name="data" nametype=CREATE',
    'type=PATH msg=audit(1.0:1): item=1 name=2F7372762F6120C3BC nametype=DELETE',
    'type=PATH msg=audit(1.0:1): item=2 name="/srv/parent" nametype=PARENT',
    'type=PATH msg=audit(1.0:9): item=0 name="/srv/nobody" nametype=CREATE',
  ]);
  expect(writes).toEqual(['/srv/a ü', '/srv/app/data']);
  expect(gaps).toEqual([]);
});

test('a path that is not known is a gap', async () => {
  const { gaps, writes } = await audit([
    `type=SYSCALL msg=audit(1.0:1): ${CALL}`,
    'type=PATH msg=audit(1.0:1): item=0 name="data" nametype=CREATE',
  ]);
  expect(writes).toEqual([]);
  expect(gaps).toHaveLength(1);
});

test('AppArmor: what was allowed is needed, what was denied is told, profiles are no program', async () => {
  const avc = 'type=AVC msg=audit(1.0:1): apparmor=';
  const recording = await audit([
    `${avc}"STATUS" operation="profile_load" profile="unconfined" name="/etc/evil" comm="apparmor_parser"`,
    `${avc}"ALLOWED" operation="open" profile="app" name="/srv/log" comm="app" requested_mask="wc" denied_mask="wc"`,
    `${avc}"ALLOWED" operation="exec" profile="app" name="/usr/bin/id" comm="app" requested_mask="x" denied_mask="x"`,
    `${avc}"ALLOWED" operation="capable" profile="app" comm="app" capability=21 capname="sys_admin"`,
    `${avc}"ALLOWED" operation="create" profile="app" comm="app" family="inet6" sock_type="dgram"`,
    `${avc}"DENIED" operation="open" profile="app" name="/srv/denied" comm="app" requested_mask="w"`,
    `type=SYSCALL msg=audit(1.0:2): ${CALL}`,
  ]);
  expect(shown(recording)).toEqual({
    lines: 7,
    systemCalls: ['openat'],
    capabilities: ['SYS_ADMIN'],
    executes: ['/usr/bin/app', '/usr/bin/id'],
    writes: ['/srv/log'],
    families: ['AF_INET6'],
    root: false,
    gaps: ['1 accesses were denied by AppArmor: what came of them is not in it'],
  });
});

describe('several programs', () => {
  const lines = [
    `type=SECCOMP msg=audit(1.0:1): uid=0 comm="app" exe="/usr/bin/app" sig=0 arch=c000003e syscall=101 code=0x7ffc0000`,
    `type=SECCOMP msg=audit(1.0:2): uid=0 comm="db" exe=2F6F70742F641B62 sig=0 arch=c000003e syscall=272 code=0x7ffc0000`,
  ];
  test.each(['app', '/usr/bin/app'])('%s is meant', async (program) =>
    expect((await audit(lines, program)).systemCalls).toEqual(['ptrace']),
  );
  test('one must be meant, and nothing of theirs gets onto a terminal', async () => {
    const reason = await reasonOf(lines);
    expect(reason).toContain('--process');
    expect(reason).toContain('/usr/bin/app');
    expect(reason).not.toContain('\u001b');
  });
  test('another is not there', async () => expect(await reasonOf(lines, 'web')).toContain('nothing of web'));
});

test.each(['constructor', '__proto__', '40000003', 'c000003f'])(
  'the architecture %s is a gap',
  async (arch) => {
    const { gaps, systemCalls } = await audit([
      `type=1326 audit(1.0:1): uid=0 exe="/a" arch=${arch} syscall=1`,
    ]);
    expect(systemCalls).toEqual([]);
    expect(gaps.join()).toContain('architecture');
  },
);

test('what is no log is told', async () => expect(await reasonOf(['hello'])).toContain('no record'));
