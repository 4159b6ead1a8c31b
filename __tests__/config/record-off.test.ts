import { expect, test } from '@jest/globals';
import { recordOff } from '../../src/config/record-off.js';
import { policies } from '../../transforms/index.js';

const ID = 'compose/limit-pids';

function recorded(text: string | undefined, reason = 'it forks'): string {
  const outcome = recordOff(text, ID, reason, policies);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.text;
}

test('a config that there is none of yet has a comment and the transform', () => {
  expect(recorded(undefined)).toMatch(/^# [^\n]+\ntransforms:\n {2}compose\/limit-pids: off # it forks\n$/);
  expect(recorded(undefined, '')).toMatch(/ off\n$/);
  expect(recorded(undefined, 'two\n lines')).toMatch(/ off # two lines\n$/);
});

test.each([
  ['', 'transforms:\n  compose/limit-pids: off # it forks\n'],
  ['# mine\nphase: 1 # so', '# mine\nphase: 1 # so\ntransforms:\n  compose/limit-pids: off # it forks'],
  [
    'transforms:\n    compose/limit-cpus: off\n    # and\noverrides: []\n',
    'transforms:\n    compose/limit-cpus: off\n    compose/limit-pids: off # it forks\n    # and\noverrides: []\n',
  ],
  ['transforms:\nphase: 1\r\n', 'transforms:\n  compose/limit-pids: off # it forks\nphase: 1\r\n'],
  [
    'phase: 1\r\nbase: slim\r\n',
    'phase: 1\r\nbase: slim\r\ntransforms:\r\n  compose/limit-pids: off # it forks\r\n',
  ],
  [
    'transforms: { compose/limit-cpus: off }\n',
    'transforms: { compose/limit-cpus: off, "compose/limit-pids": "off" }\n',
  ],
  ['{"phase": 1}', '{"phase": 1, "transforms": { "compose/limit-pids": "off" }}'],
])('%j has it too, and all else stays', (before, after) => {
  expect(recorded(before)).toBe(after);
  expect(recorded(after)).toBe(after);
});

test.each([
  ['transforms:\n  compose/limit-pids: { phase: 3 }\n', 'it sets something of compose/limit-pids already'],
  ['phase: 9\n', 'line 1: phase must be 1, 2 or 3'],
  ['a: [\n', /^line \d/],
])('%j is refused', (before, reason) => {
  const outcome = recordOff(before, ID, '', policies);
  expect(outcome).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
});
