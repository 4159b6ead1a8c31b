import { expect, test } from '@jest/globals';
import { enumeration } from '../../src/core/words.js';
import { escape, lower, prose, proseCell } from '../../src/report/markdown.js';

test('text stays text', () => {
  expect(escape('a * b_ [c] <d> `e` NET_RAW __f')).toBe('a \\* b\\_ \\[c\\] &lt;d> \\`e\\` NET_RAW \\_\\_f');
});

test('code spans of a sentence stay, all else is text', () => {
  expect(prose('`docker stats` shows *it* ` alone')).toBe('`docker stats` shows \\*it\\* \\` alone');
  expect(proseCell('`a | b` | c')).toBe('`a \\| b` \\| c');
});

test('names are listed as one says them', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(enumeration)).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});

test('a keyword at the start of a sentence stays', () => {
  expect(['SHELL is', 'A build', 'Programs'].map(lower)).toEqual(['SHELL is', 'a build', 'programs']);
});
