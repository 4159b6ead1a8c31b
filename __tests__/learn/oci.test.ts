import { expect, test } from '@jest/globals';
import { readOciProfile } from '../../src/learn/oci.js';

const profile = (syscalls: unknown): string => JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls });

test('what it allows was called; names that no kernel knows are a gap', () => {
  const text = profile([
    { action: 'SCMP_ACT_ALLOW', names: ['read', 'accept4', '__proto__'] },
    { action: 'SCMP_ACT_ERRNO', names: ['mount'] },
    null,
    { action: 'SCMP_ACT_ALLOW', names: 'bpf' },
  ]);
  const read = readOciProfile(text);
  expect(read).toMatchObject({ ok: true, recording: { systemCalls: ['accept4', 'read'], root: undefined } });
  expect(read.ok && read.recording.gaps).toEqual([
    '1 names of system calls are not known: they are left out',
  ]);
});

test.each([
  '{',
  '{}',
  profile({}),
  profile([]),
  profile([{ action: 'SCMP_ACT_ALLOW', names: ['toString', 7] }]),
])('%s is no recording', (text) => expect(readOciProfile(text).ok).toBe(false));
