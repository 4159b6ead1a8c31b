import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/interactive/question.js';
import { answered, beginReview, keysOf, press, type Review } from '../../src/interactive/review.js';

interface Named {
  readonly kind: string;
}

const MADE: Answer = { kind: 'made' };
const SKIPPED: Answer = { kind: 'skipped' };

/** Questions of transforms that are named by letters. */
function begin(kinds: string, rules: ReadonlyMap<string, Answer> = new Map()): Review<Named> {
  return beginReview(
    [...kinds].map((kind) => ({ kind })),
    { rules },
  );
}

/** Presses keys one after the other, each of which must be one that goes on. */
function play(review: Review<Named>, keys: string): Review<Named> {
  return [...keys].reduce((before, key) => {
    const step = press(before, key);
    if (step.kind !== 'on') throw new Error(`${key}: ${JSON.stringify(step)}`);
    return step.review;
  }, review);
}

/** `y`, `n` or `.` for each question, and the place that is asked about. */
function state({ answers, at }: Review<Named>): string {
  const marks = { made: 'y', skipped: 'n', edited: 'e' };
  return `${answers.map((answer) => (answer === undefined ? '.' : marks[answer.kind])).join('')} ${at ?? '-'}`;
}

describe('the keys that answer', () => {
  test.each([
    ['aabb', '', '.... 0'],
    ['aabb', 'y', 'y... 1'],
    ['aabb', 'n', 'n... 1'],
    ['aabb', 'ynyn', 'ynyn -'],
    // Of its transform, what is open.
    ['abab', 'a', 'y.y. 1'],
    ['abab', 'd', 'n.n. 1'],
    ['aaba', 'na', 'ny.y 2'],
    // Of the file.
    ['aabb', 'nA', 'nyyy -'],
    ['aabb', 'yD', 'ynnn -'],
  ])('%s, and then %s', (kinds, keys, expected) => {
    expect(state(play(begin(kinds), keys))).toBe(expected);
  });

  test('what was left open before is answered with the rest of its transform', () => {
    expect(state(play(begin('aba'), 'jJa'))).toBe('y.y 1');
    expect(state(play(begin('aba'), 'jnA'))).toBe('yny -');
  });

  test('an answer can be changed', () => {
    expect(state(play(begin('ab'), 'yKn'))).toBe('n. 1');
    expect(state(answered(play(begin('ab'), 'yK'), { kind: 'edited', edits: [] }))).toBe('e. 1');
  });
});

describe('the keys that move', () => {
  test.each([
    ['abc', 'j', '... 1'],
    ['abc', 'jj', '... 2'],
    ['abc', 'jjj', '... 0'],
    // The next one that is open, from the beginning where there is none behind.
    ['abc', 'jyy', '.yy 0'],
    ['abc', 'yJ', 'y.. 2'],
    ['abc', 'yK', 'y.. 0'],
    ['abc', 'jyk', '.y. 0'],
    ['abc', 'jyK', '.y. 1'],
  ])('%s, and then %s', (kinds, keys, expected) => {
    expect(state(play(begin(kinds), keys))).toBe(expected);
  });

  test.each([
    ['a', 'j', 'No other change of this file is open.'],
    ['ab', 'K', 'This is the first change of the file.'],
    ['ab', 'k', 'No change before this one is open.'],
    ['a', 'J', 'This is the last change of the file.'],
    ['ab', 'Y', '"Y" does nothing here; ? lists the keys.'],
    ['ab', 'yes', '"yes" does nothing here; ? lists the keys.'],
  ])('%s: %s is refused', (kinds, key, reason) => {
    expect(press(begin(kinds), key)).toEqual({ kind: 'refused', reason });
  });
});

describe('what was answered for a transform', () => {
  test('holds in the files that follow', () => {
    const { rules } = play(begin('ab'), 'dy');
    expect(state(begin('bab', rules))).toBe('.n. 0');
    expect(state(begin('aa', rules))).toBe('nn -');
    expect(rules).toEqual(new Map([['a', SKIPPED]]));
  });

  test('may be answered anew', () => {
    const { rules } = play(begin('aba', new Map([['b', SKIPPED]])), 'a');
    expect(rules).toEqual(
      new Map<string, Answer>([
        ['b', SKIPPED],
        ['a', MADE],
      ]),
    );
  });
});

describe('the questions of a part of a file', () => {
  const part = beginReview([{ kind: 'a' }], { rules: new Map(), isPart: true });

  test('what is answered for the rest holds for the part that follows', () => {
    const { rest, rules } = play(part, 'D');
    expect(state(beginReview([{ kind: 'b' }], { rules, rest }))).toBe('n -');
  });

  test('what came before can not be gone back to', () => {
    expect(press(part, 'K')).toMatchObject({ kind: 'refused', reason: expect.stringContaining('settled') });
  });
});

test('only the keys that do something are offered', () => {
  const offered = (review: Review<Named>): string =>
    keysOf(review)
      .map(({ key }) => key)
      .join('');
  expect(offered(begin('a'))).toBe('ynqadewxp?');
  expect(offered(begin('ab'))).toBe('ynqadADjJewxp?');
  expect(offered(play(begin('ab'), 'j'))).toBe('ynqadADjkKewxp?');
  for (const { key } of keysOf(begin('ab'))) expect(press(begin('ab'), key).kind).not.toBe('refused');
});
