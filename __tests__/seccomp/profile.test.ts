import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as prettier from 'prettier';
import { engineDefault, type Comparison, type EngineRule } from '../../src/seccomp/engine-default.js';
import {
  countAllowed,
  countDefault,
  seccompProfile,
  type ProfileRequest,
  type ProfileRule,
  type SeccompProfile,
} from '../../src/seccomp/profile.js';
import { serializeProfile } from '../../src/seccomp/serialize.js';
import { isSystemCall } from '../../src/seccomp/system-calls.js';
import { names } from './support.js';

const CAPABILITIES = [
  'SYS_ADMIN',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_NICE',
  'SYS_TIME',
  'BPF',
  'SYSLOG',
  'CHOWN',
];

/** What a rule is asked with: a machine, a kernel, and the arguments of a call. */
interface Situation {
  readonly architecture: string;
  readonly capabilities: readonly string[];
  readonly oldKernel: boolean;
  readonly args: readonly number[];
}

type Rule = Omit<ProfileRule, 'names' | 'action'> & {
  readonly calls: readonly string[];
  readonly allows: boolean;
};

const request = fc.record<ProfileRequest>({
  calls: fc.array(names, { maxLength: 40 }),
  capabilities: fc.subarray(CAPABILITIES),
  noNewPrivileges: fc.boolean(),
  init: fc.boolean(),
});

/** Values of both sides of each condition that a rule has, and flags of clone. */
const VALUES = [
  0, 1, 2, 8, 17, 37, 38, 39, 40, 41, 131072, 131080, 0x00020000, 0x10000000, 0x7e020000, 4294967295,
];

const situation = fc.record<Situation>({
  architecture: fc.constantFrom('amd64', 'arm64', 's390x', 'x86'),
  capabilities: fc.subarray(CAPABILITIES.map((name) => `CAP_${name}`)),
  oldKernel: fc.boolean(),
  args: fc.array(fc.constantFrom(...VALUES), { minLength: 6, maxLength: 6 }),
});

const ofProfile = ({ syscalls }: SeccompProfile): readonly Rule[] =>
  syscalls.map((rule) => ({ ...rule, calls: rule.names, allows: rule.action === 'SCMP_ACT_ALLOW' }));

const ofEngine = (rules: readonly EngineRule[]): readonly Rule[] =>
  rules.map((rule) => ({ ...rule, allows: rule.errno === undefined }));

function holds({ index, value, valueTwo = 0, op }: Comparison, args: readonly number[]): boolean {
  const given = args[index]!;
  switch (op) {
    case 'SCMP_CMP_NE':
      return given !== value;
    case 'SCMP_CMP_LT':
      return given < value;
    case 'SCMP_CMP_LE':
      return given <= value;
    case 'SCMP_CMP_EQ':
      return given === value;
    case 'SCMP_CMP_GE':
      return given >= value;
    case 'SCMP_CMP_GT':
      return given > value;
    case 'SCMP_CMP_MASKED_EQ':
      return Number(BigInt(given) & BigInt(value)) === valueTwo;
  }
}

/** The names that rules allow in a situation, by what the engine does with conditions. */
function allowed(
  rules: readonly Rule[],
  { architecture, capabilities, oldKernel, args }: Situation,
): Set<string> {
  const applies = ({ includes, excludes, args: conditions }: Rule): boolean =>
    !excludes?.caps?.some((name) => capabilities.includes(name)) &&
    !excludes?.arches?.includes(architecture) &&
    (includes?.caps?.every((name) => capabilities.includes(name)) ?? true) &&
    (includes?.arches?.includes(architecture) ?? true) &&
    !(includes?.minKernel !== undefined && oldKernel) &&
    (conditions?.every((condition) => holds(condition, args)) ?? true);
  return new Set(rules.filter((rule) => rule.allows && applies(rule)).flatMap(({ calls }) => calls));
}

describe('a profile', () => {
  test("allows nothing that the engine's default doesn't, under any condition", () => {
    const standard = ofEngine(engineDefault().rules);
    fc.assert(
      fc.property(request, situation, (asked, where) => {
        const given = allowed(ofProfile(seccompProfile(asked)), where);
        const before = allowed(standard, where);
        expect([...given].filter((name) => !before.has(name))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('names only what libseccomp resolves, sorted, and no rule twice', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { syscalls } = seccompProfile(asked);
        for (const { names: found } of syscalls) {
          expect(found.filter((name) => !isSystemCall(name))).toEqual([]);
          expect(found).toEqual([...new Set(found)].sort());
          expect(found).not.toEqual([]);
        }
        const texts = syscalls.map((rule) => JSON.stringify(rule));
        expect(new Set(texts).size).toBe(texts.length);
      }),
    );
  });

  test('allows all that was asked for and that the default allows, but for two families of sockets', () => {
    const standard = ofEngine(engineDefault().rules);
    fc.assert(
      fc.property(request, situation, (asked, where) => {
        const capabilities = where.capabilities.map((name) => name.slice('CAP_'.length));
        const given = allowed(ofProfile(seccompProfile({ ...asked, capabilities })), where);
        const before = allowed(standard, where);
        for (const call of asked.calls) {
          if (call === 'socket' && [38, 40].includes(where.args[0]!)) expect(given).not.toContain(call);
          else expect(given.has(call)).toBe(before.has(call));
        }
      }),
      { numRuns: 500 },
    );
  });

  const small: ProfileRequest = {
    calls: ['epoll_wait', 'socket', 'clone', 'mount', 'chroot'],
    capabilities: ['CAP_SYS_CHROOT'],
    noNewPrivileges: true,
    init: false,
  };

  test('keeps what the engine says beside the rules', () => {
    const profile = seccompProfile(small);
    expect(profile).toMatchObject({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1 });
    expect(profile.archMap).toContainEqual({
      architecture: 'SCMP_ARCH_X86_64',
      subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    });
    const { archMap } = seccompProfile({ ...small, architectures: ['SCMP_ARCH_AARCH64'] });
    expect(archMap).toEqual([{ architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] }]);
  });

  test('has a rule for a capability only where it is given, but both rules of clone', () => {
    const rules = seccompProfile(small).syscalls;
    const of = (name: string): readonly ProfileRule[] =>
      rules.filter(({ names: found }) => found.includes(name));
    expect(of('chroot')).toHaveLength(1);
    expect(of('mount')).toEqual([]);
    expect(of('clone').map(({ includes, excludes }) => includes?.caps ?? excludes?.caps)).toEqual([
      ['CAP_SYS_ADMIN'],
      ['CAP_SYS_ADMIN'],
      ['CAP_SYS_ADMIN'],
    ]);
    expect(of('clone3').map(({ action, errnoRet }) => [action, errnoRet])).toContainEqual([
      'SCMP_ACT_ERRNO',
      38,
    ]);
  });

  test.each([
    [1, true],
    [2, true],
    [16, true],
    [37, true],
    [38, false],
    [39, true],
    [40, false],
    [41, true],
  ])('lets a socket of family %i be opened: %s', (family, opens) => {
    const args = [family, 1, 0, 0, 0, 0];
    const where = { architecture: 'amd64', capabilities: [], oldKernel: false, args };
    expect(allowed(ofProfile(seccompProfile(small)), where).has('socket')).toBe(opens);
  });

  test('is counted by what it allows here', () => {
    expect(countAllowed(seccompProfile(small), [])).toBe(
      countAllowed(seccompProfile(small), ['SYS_CHROOT']) - 1,
    );
    expect(countDefault([])).toBeGreaterThan(countAllowed(seccompProfile(small), []) * 2);
    expect(countDefault(['SYS_ADMIN'])).toBeGreaterThan(countDefault([]) + 15);
    const all = engineDefault().rules.flatMap(({ calls }) => calls);
    expect(countAllowed(seccompProfile({ ...small, calls: all }), [])).toBe(countDefault([]));
  });

  test('is written as prettier would write it, and the same each time', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const text = serializeProfile(seccompProfile(asked));
        expect(await prettier.format(text, { parser: 'json' })).toBe(text);
        expect(JSON.parse(text)).toEqual(seccompProfile(asked));
        const reordered = { ...asked, calls: [...asked.calls].reverse() };
        expect(serializeProfile(seccompProfile(reordered))).toBe(text);
      }),
      { numRuns: 10 },
    );
  });

  test('is broken into lines where prettier does', async () => {
    for (let length = 40; length < 70; length += 1) {
      const profile: SeccompProfile = {
        ...seccompProfile(small),
        syscalls: [{ names: ['a', 'x'.repeat(length)], action: 'SCMP_ACT_ALLOW', excludes: { caps: [] } }],
      };
      const text = serializeProfile(profile);
      expect(await prettier.format(text, { parser: 'json' })).toBe(text);
    }
  });
});
