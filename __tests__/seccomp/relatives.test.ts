import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closure, floor, GROUPS } from '../../src/seccomp/relatives.js';
import { containerRuntime } from '../../src/seccomp/runtime.js';
import { isSystemCall } from '../../src/seccomp/system-calls.js';
import { DANGEROUS, names } from './support.js';

describe('relatives', () => {
  test('are names that exist, each in one group', () => {
    const all = GROUPS.flat();
    expect(all.filter((name) => !isSystemCall(name))).toEqual([]);
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
    expect([...floor()].filter((name) => !isSystemCall(name))).toEqual([]);
  });

  test.each([
    ['open', 'openat2'],
    ['access', 'faccessat2'],
    ['stat', 'statx'],
    ['epoll_wait', 'epoll_pwait2'],
    ['fork', 'clone3'],
    ['accept', 'accept4'],
    ['fsync', 'fdatasync'],
    ['recvfrom', 'recvmmsg_time64'],
    ['nanosleep', 'clock_nanosleep'],
    ['dup2', 'dup3'],
  ])('%s and %s stand in for one another', (one, other) => {
    expect(closure([one])).toContain(other);
    expect(closure([other])).toContain(one);
  });

  test('a closure holds what was given, is closed, and is the union of the single ones', () => {
    fc.assert(
      fc.property(fc.array(names), (calls) => {
        const found = closure(calls);
        for (const call of calls) expect(found).toContain(call);
        expect(closure(found)).toEqual(found);
        expect(found).toEqual(new Set(calls.flatMap((call) => [...closure([call])])));
      }),
    );
  });

  test('never bring in a call of more power', () => {
    fc.assert(
      fc.property(fc.array(names), (calls) => {
        const given = new Set(calls);
        for (const call of closure(calls)) {
          const [kind] = DANGEROUS.filter((group) => group.includes(call));
          if (kind !== undefined) expect(kind.some((name) => given.has(name))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('neither does what every process or the runtime needs', () => {
    const dangerous = new Set(DANGEROUS.flat());
    const needs = containerRuntime({ noNewPrivileges: false, init: true });
    expect([...floor(), ...needs].filter((name) => dangerous.has(name))).toEqual([]);
    expect([...needs].filter((name) => !isSystemCall(name))).toEqual([]);
  });

  test('the runtime sets the user under the filter only without no-new-privileges', () => {
    const late = containerRuntime({ noNewPrivileges: true, init: false });
    const early = containerRuntime({ noNewPrivileges: false, init: false });
    for (const name of ['setuid', 'setgid', 'setgroups', 'capset']) {
      expect(early).toContain(name);
      expect(late).not.toContain(name);
    }
    for (const name of late) expect(early).toContain(name);
    expect(containerRuntime({ noNewPrivileges: true, init: true })).toContain('rt_sigtimedwait');
  });
});
