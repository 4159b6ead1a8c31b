import { expect, test } from '@jest/globals';
import { createRun } from '../src/harden.js';
import { memoryWorkspace } from './support/memory.js';

/** What phase 3 makes of a Compose file, with what could not be joined. */
function hardened(text: string): { readonly result: string; readonly unsound: readonly string[] } {
  const run = createRun(memoryWorkspace({ 'compose.yml': text }), { phase: 3 });
  const outcome = run.plan(run.files[0]!);
  if (outcome.kind !== 'planned') throw new Error(JSON.stringify(outcome));
  const { entries, result } = outcome.plan;
  const unsound = entries.filter(({ disposition }) => disposition === 'unsound').map(({ meta }) => meta.id);
  return { result, unsound };
}

/** The lines of a service's security_opt and volumes. */
function optionsAndMounts(text: string): readonly string[] {
  return text.split('\n').filter((line) => /security_opt|label|seccomp|privileges|\.\//.test(line));
}

test.each([
  ['a list of it alone', ['label=disable'], ['no-new-privileges:true', 'seccomp=./seccomp/web.json']],
  [
    'before an option that goes too',
    ['label=disable', 'seccomp=unconfined'],
    ['no-new-privileges:true', 'seccomp=./seccomp/web.json'],
  ],
  [
    'behind an option that goes too',
    ['seccomp=unconfined', 'label=disable'],
    ['no-new-privileges:true', 'seccomp=./seccomp/web.json'],
  ],
  [
    'before one that stays',
    ['label=disable', 'no-new-privileges:true'],
    ['no-new-privileges:true', 'seccomp=./seccomp/web.json'],
  ],
])('label=disable goes from a list that others write to: %s', (_, before, after) => {
  const list = (options: readonly string[]): string =>
    options.map((option) => `      - ${option}\n`).join('');
  const text = `services:\n  web:\n    image: nginx\n    security_opt:\n${list(before)}    volumes:\n      - ./conf.d:/etc/nginx/conf.d\n`;
  const { result, unsound } = hardened(text);
  expect(unsound).toEqual([]);
  expect(optionsAndMounts(result)).toEqual([
    '    security_opt:',
    ...after.map((option) => `      - ${option}`),
    '      - ./conf.d:/etc/nginx/conf.d:ro,Z',
  ]);
});

test('label=disable goes from brackets that others write to', () => {
  const { result, unsound } = hardened(
    'services:\n  web:\n    image: nginx\n    security_opt: [label=disable]\n    volumes: [./other:/other]\n',
  );
  expect(unsound).toEqual([]);
  expect(optionsAndMounts(result)).toEqual([
    '    security_opt: ["no-new-privileges:true", "seccomp=./seccomp/web.json"]',
    '    volumes: [./other:/other:Z]',
  ]);
});
