import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exampleNames, examplesRoot, hardenExample } from '../scripts/example.js';

describe.each(exampleNames())('examples/%s', (name) => {
  const folder = join(examplesRoot, name);
  const today = hardenExample(name);

  test('after/ holds what --write emits today (npm run examples)', () => {
    const after = join(folder, 'after');
    const files = readdirSync(after, { recursive: true })
      .map(String)
      .filter((path) => statSync(join(after, path)).isFile());
    expect(new Map(files.sort().map((path) => [path, readFileSync(join(after, path), 'utf8')]))).toEqual(
      new Map([...today.sidecars].sort(([a], [b]) => (a < b ? -1 : 1))),
    );
  });

  test('harden.diff is the patch of today', () => {
    expect(readFileSync(join(folder, 'harden.diff'), 'utf8')).toBe(today.patch);
  });
});
