import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { engineDefault } from '../../src/seccomp/engine-default.js';
import { hasSystemCall, isSystemCall, systemCallName } from '../../src/seccomp/system-calls.js';

describe('numbers of system calls', () => {
  // arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h, on both sides of each gap.
  test.each([
    ['x86_64', 0, 'read'],
    ['x86_64', 59, 'execve'],
    ['x86_64', 257, 'openat'],
    ['x86_64', 334, 'rseq'],
    ['x86_64', 424, 'pidfd_send_signal'],
    ['x86_64', 435, 'clone3'],
    ['aarch64', 56, 'openat'],
    ['aarch64', 221, 'execve'],
    ['aarch64', 260, 'wait4'],
    ['aarch64', 435, 'clone3'],
  ] as const)('%s %i is %s', (architecture, number, name) => {
    expect(systemCallName(architecture, number)).toBe(name);
    expect(hasSystemCall(architecture, name)).toBe(true);
  });

  test('a number that no call has gives no name', () => {
    for (const number of [-1, 0.5, 400, 9999, Number.NaN]) {
      expect(systemCallName('x86_64', number)).toBeUndefined();
    }
  });

  test('a name of another architecture is one, but has no number here', () => {
    expect(isSystemCall('s390_pci_mmio_read')).toBe(true);
    expect(isSystemCall('socketcall')).toBe(true);
    expect(hasSystemCall('x86_64', 'socketcall')).toBe(false);
    expect(hasSystemCall('aarch64', 'open')).toBe(false);
    for (const name of ['', 'reed', 'open ', 'constructor', 'SYS_read'])
      expect(isSystemCall(name)).toBe(false);
  });

  const resolver = spawnSync('scmp_sys_resolver', ['0'], { encoding: 'utf8' });
  (resolver.status === 0 ? test : test.skip)('agree with the libseccomp of this machine', () => {
    for (const number of [1, 59, 101, 272, 317, 332]) {
      const { stdout } = spawnSync('scmp_sys_resolver', ['-a', 'x86_64', String(number)], {
        encoding: 'utf8',
      });
      expect(systemCallName('x86_64', number)).toBe(stdout.trim());
    }
  });
});

describe("the engine's default profile", () => {
  const rules = engineDefault().rules;

  test('names only what libseccomp knows', () => {
    expect(rules.flatMap(({ calls }) => calls).filter((name) => !isSystemCall(name))).toEqual([]);
  });

  test('refuses new namespaces to clone, and answers clone3 as an old kernel does', () => {
    const clone = rules.find(({ calls, args }) => calls.includes('clone') && args);
    // CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
    expect(clone?.args).toEqual([{ index: 0, value: 0x7e020000, op: 'SCMP_CMP_MASKED_EQ' }]);
    expect(clone?.excludes?.caps).toEqual(['CAP_SYS_ADMIN']);
    const clone3 = rules.find(({ calls, errno }) => calls.includes('clone3') && errno !== undefined);
    expect(clone3?.errno).toBe(38);
  });

  test('gives mounts only to CAP_SYS_ADMIN, and io_uring to nobody', () => {
    for (const { calls, includes } of rules) {
      if (calls.includes('mount')) expect(includes?.caps).toEqual(['CAP_SYS_ADMIN']);
      expect(calls).not.toContain('io_uring_setup');
    }
  });
});
