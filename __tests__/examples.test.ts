import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exampleNames, examplesRoot, hardenExample, reportExample } from '../scripts/example.js';

describe.each(exampleNames())('examples/%s', (name) => {
  const folder = join(examplesRoot, name);
  const today = hardenExample(name);

  test('after/ holds what --write emits today (npm run examples)', () => {
    expect(filesBelow(join(folder, 'after'))).toEqual(sorted(today.sidecars));
  });

  test('report/ holds what harden report writes today (npm run examples)', async () => {
    expect(filesBelow(join(folder, 'report'))).toEqual(sorted(await reportExample(name)));
  });

  test('harden.diff is the patch of today', () => {
    expect(readFileSync(join(folder, 'harden.diff'), 'utf8')).toBe(today.patch);
  });
});

function filesBelow(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(folder, path)).isFile());
  return new Map(files.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

function sorted(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
