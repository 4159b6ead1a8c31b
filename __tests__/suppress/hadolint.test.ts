import { describe, expect, test } from '@jest/globals';
import { isNamed } from '../../src/core/select.js';
import { HADOLINT_RULES } from '../../src/suppress/rules/hadolint.js';
import { ids, read } from './read.js';

const ROOT = 'dockerfile/run-as-non-root';
const PIN = 'dockerfile/pin-image';
const CACHES = 'dockerfile/clean-package-caches';
const EXEC = 'dockerfile/exec-form-command';

/** Two stages, in which a comment stands on line 1, 3, 6 or 8. */
function dockerfile(at: 1 | 3 | 6 | 8, comment: string): string {
  const lines = [
    '# one',
    'FROM debian AS build',
    '# two',
    'RUN apt-get update && \\',
    '    apt-get install -y x',
    '# three',
    'FROM debian',
    '# four',
    'USER root',
    'CMD x',
  ];
  lines[at - 1] = comment;
  return `${lines.join('\n')}\n`;
}

const CASES: readonly (readonly [1 | 3 | 6 | 8, string, readonly string[]])[] = [
  [1, '# hadolint ignore=DL3006', [`${PIN} 2`]],
  [1, '# hadolint ignore=DL3002', [`${ROOT} 2,4,5`]],
  [3, '# hadolint ignore=DL3009', [`${CACHES} 4,5`]],
  [3, '#hadolint   ignore = DL3015 , DL3009', [`${CACHES} 4,5`, 'dockerfile/no-install-recommends 4,5']],
  [3, '  # hadolint ignore=DL3008,DL3009,SC2086 # We accept these, because ...', [`${CACHES} 4,5`]],
  [8, '# hadolint ignore=DL3002', [`${ROOT} 7,9,10`]],
  [8, '# hadolint ignore=DL3006', [`${PIN} 9`]],
  [8, '# hadolint global ignore=DL3006,DL3025', [`${EXEC} 2,4,5,7,9,10`, `${PIN} 2,4,5,7,9,10`]],
  [6, '# hadolint stage ignore=DL3025', [`${EXEC} 7,9,10`]],
  [3, '# hadolint stage ignore=DL3009', [`${CACHES} 4,5`]],
  [8, '# hadolint stage ignore=DL3025', [`${EXEC} 9,10`]],
  // hadolint doesn't read these.
  [3, '# hadolint ignore=DL3009 because of the cache', []],
  [3, '# hadolint: ignore=DL3009', []],
  [3, '# hadolint ignore DL3009', []],
  [3, '# hadolint ignore=dl3009', []],
  [3, '# hadolint ignore=', []],
  [3, '# hadolint shell=powershell', []],
  // No equivalent.
  [3, '# hadolint ignore=DL3008,SC2086', []],
];

describe('a comment of hadolint', () => {
  test.each(CASES)('on line %d: %s', (at, comment, found) => {
    const result = read('dockerfile', dockerfile(at, comment));
    expect([...result.found].sort()).toEqual(found.map((row) => `hadolint ${row}`));
    expect(result.problems).toEqual([]);
  });

  test('is about the next line, not about one behind a blank line or another comment', () => {
    const comment = '# hadolint ignore=DL3006\n';
    expect(read('dockerfile', `${comment}\nFROM x\n`).found).toEqual([]);
    expect(read('dockerfile', `${comment}# why\nFROM x\n`).found).toEqual([]);
    expect(read('dockerfile', `${comment}# hadolint ignore=DL3007\nFROM x\n`).all).toMatchObject([
      { line: 2, reason: 'hadolint ignores DL3007 here' },
    ]);
  });

  test('is none between the lines of an instruction, in a heredoc, or in another format', () => {
    const comment = '# hadolint ignore=DL3009\n';
    expect(read('dockerfile', `FROM x\nRUN a && \\\n${comment}  b\n`).found).toEqual([]);
    expect(read('dockerfile', `FROM x\nRUN <<EOF\n${comment}EOF\nRUN b\n`).found).toEqual([]);
    expect(read('compose', `services:\n  ${comment}  web:\n    image: x\n`).found).toEqual([]);
  });

  test('says which rule it ignores, and where', () => {
    expect(read('dockerfile', dockerfile(8, '# hadolint global ignore=DL3002')).all).toMatchObject([
      {
        tool: 'hadolint',
        line: 8,
        text: '# hadolint global ignore=DL3002',
        reason: 'hadolint ignores DL3002 in this file',
      },
    ]);
  });

  test('each rule stands for transforms of Dockerfiles', () => {
    for (const { names } of Object.values(HADOLINT_RULES)) {
      for (const name of names) {
        expect(ids.filter((id) => isNamed(id, name))).toEqual([name]);
        expect(name).toMatch(/^dockerfile\//);
      }
    }
  });
});
