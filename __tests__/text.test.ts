import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { firstOverlap } from '../src/core/fixes.js';
import {
  applyEdits,
  combine,
  edits,
  inOrder,
  lineEnding,
  LineIndex,
  overlap,
  refused,
  type TextEdit,
} from '../src/core/text.js';

/** A text of pieces with separators, and edits that replace some of the pieces: so they never overlap. */
const edited = fc
  .array(fc.record({ keep: fc.string(), old: fc.string(), by: fc.option(fc.string()) }), { maxLength: 12 })
  .map((pieces) => {
    let text = '';
    let expected = '';
    const list: TextEdit[] = [];
    for (const { keep, old, by } of pieces) {
      text += `<${keep}`;
      expected += `<${keep}`;
      if (by !== null) list.push({ start: text.length, end: text.length + old.length, text: by });
      text += old;
      expected += by ?? old;
    }
    return { text, expected, list };
  });

describe('applyEdits', () => {
  test('replaces what the edits name and nothing else, in whatever order they are given', () => {
    fc.assert(
      fc.property(edited, fc.nat(), ({ text, expected, list }, seed) => {
        const shuffled = [...list].sort(
          (a, b) => ((a.start * 7919 + seed) % 31) - ((b.start * 7919 + seed) % 31),
        );
        expect(applyEdits(text, list)).toBe(expected);
        expect(applyEdits(text, shuffled)).toBe(expected);
        expect(firstOverlap(list)).toBeUndefined();
      }),
    );
  });

  test('applies any subset of edits that do not overlap', () => {
    fc.assert(
      fc.property(edited, fc.func(fc.boolean()), ({ text, list }, chosen) => {
        const some = list.filter((edit) => chosen(edit.start));
        const length = some.reduce(
          (sum, { start, end, text: by }) => sum + by.length - (end - start),
          text.length,
        );
        expect(applyEdits(text, some)).toHaveLength(length);
      }),
    );
  });

  test('puts insertions at one offset by depth, then as listed, before a replacement that starts there', () => {
    const at = (text: string, depth?: number): TextEdit => ({
      start: 1,
      end: 1,
      text,
      ...(depth === undefined ? {} : { depth }),
    });
    const list = [{ start: 1, end: 2, text: 'R' }, at('a'), at('deep', 4), at('b'), at('deeper', 8)];
    expect(applyEdits('xyz', list)).toBe('xdeeperdeepabRz');
    expect(inOrder(list).map(({ text }) => text)).toEqual(['deeper', 'deep', 'a', 'b', 'R']);
  });

  test('puts what several insertions stand under before the first of them, once at each offset', () => {
    const at = (start: number, text: string, under?: string): TextEdit => ({
      start,
      end: start,
      text,
      depth: 1,
      ...(under === undefined ? {} : { under }),
    });
    const list = [at(1, 'a', 'N:'), at(1, 'x'), at(1, 's', 'S:'), at(1, 'b', 'N:'), at(2, 'c', 'N:')];
    expect(applyEdits('__', list)).toBe('_N:abxS:s_N:c');
    // Any of them can be applied without the others.
    expect(applyEdits('__', list.slice(1, 4))).toBe('_xS:sN:b_');
  });

  test.each([
    [
      'an overlap',
      [
        [0, 3],
        [2, 4],
      ],
    ],
    [
      'an insertion within a replacement',
      [
        [0, 3],
        [1, 1],
      ],
    ],
    ['a range outside the text', [[4, 9]]],
    ['a range before the text', [[-1, 1]]],
    ['a range that ends before it starts', [[3, 2]]],
  ] as [string, [number, number][]][])('throws at %s', (_name, ranges) => {
    const list = ranges.map(([start, end]) => ({ start, end, text: 'x' }));
    expect(() => applyEdits('abcde', list)).toThrow(RangeError);
  });

  test('throws exactly where firstOverlap finds something', () => {
    const range = fc.tuple(fc.nat(10), fc.nat(10)).map(([a, b]) => ({
      start: Math.min(a, b),
      end: Math.max(a, b),
      text: '-',
    }));
    fc.assert(
      fc.property(fc.array(range, { maxLength: 5 }), (list) => {
        const apply = (): string => applyEdits('0123456789', list);
        if (firstOverlap(list) === undefined) expect(apply).not.toThrow();
        else expect(apply).toThrow(RangeError);
        const pairs = list.some((a, i) => list.some((b, j) => i < j && overlap(a, b)));
        expect(firstOverlap(list) !== undefined).toBe(pairs);
      }),
    );
  });
});

test('combine joins edits, and the first refusal wins', () => {
  const [a, b] = [
    { start: 0, end: 0, text: 'a' },
    { start: 1, end: 1, text: 'b' },
  ];
  expect(combine(edits(a), edits(b))).toEqual(edits(a, b));
  expect(combine(edits(a), refused('one'), refused('two'))).toEqual(refused('one'));
});

test.each([
  ['', '\n'],
  ['one line', '\n'],
  ['a\nb\n', '\n'],
  ['a\r\nb\r\n', '\r\n'],
  ['a\r\nb\r\nc\n', '\r\n'],
  ['a\r\nb\n', '\n'],
  ['a\rb\r', '\n'],
])('the line ending of %j is %j', (text, expected) => {
  expect(lineEnding(text)).toBe(expected);
});

test('LineIndex agrees with counting', () => {
  const texts = fc.array(fc.constantFrom('a', '🛡️', '\n', '\r\n', '\r', ' ')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, fc.nat(), (text, seed) => {
      const offset = seed % (text.length + 1);
      const index = new LineIndex(text);
      const before = text.slice(0, offset);
      const start = before.lastIndexOf('\n') + 1;
      expect(index.lineOf(offset)).toBe(before.split('\n').length);
      expect(index.columnOf(offset)).toBe(offset - start + 1);
      expect(index.startOfLine(offset)).toBe(start);
      expect(index.offsetOf(index.lineOf(offset) - 1, index.columnOf(offset) - 1)).toBe(offset);
      // Between \r and \n a line has no text left.
      if (text[offset - 1] === '\r' && text[offset] === '\n') return;
      expect(index.lineText(offset)).toBe(text.slice(start).split(/\r?\n/, 1)[0]);
    }),
  );
});
