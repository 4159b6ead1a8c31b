import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPathSet, plainPath } from '../../src/learn/paths.js';

function summed(...paths: readonly string[]): readonly string[] {
  const set = createPathSet();
  for (const path of paths) set.add(path);
  return set.list();
}
const numbered = (folder: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${folder}/${at}`);

test.each([
  ['/srv/app', 6, 6],
  ['/srv/app', 7, 1],
  ['/etc', 7, 7],
  ['/usr/bin', 40, 40],
  ['/var/lib', 40, 40],
])('%s with %d names is listed as %d', (folder, count, listed) => {
  const list = summed(...numbered(folder, count));
  expect(list).toHaveLength(listed);
  if (listed === 1) expect(list).toEqual([`${folder}/`]);
});

test('a folder of the system is never given as a whole', () => {
  const set = createPathSet();
  for (const path of numbered('/etc', 1000)) set.add(path);
  expect(set.list()).not.toContain('/etc/');
  expect(set.overflown).toBe(true);
});

test.each([
  ['/a/../b//./c/', '/b/c'],
  ['/../..', '/'],
  ['relative', undefined],
  ['/a\u001b[31m', undefined],
  ['/a\u009b31m', undefined],
  ['/a\u202eb', undefined],
  ['/a\ufffd', undefined],
  [`/${'a'.repeat(4096)}`, undefined],
])('%j is %j', (path, plain) => expect(plainPath(path)).toBe(plain));

test('every path is in the list or below a folder of it', () => {
  const path = fc
    .array(
      fc.constantFrom('a', 'b', 'etc', 'var', 'lib', '__proto__', 'constructor', '0', '1', '2', '3', '4'),
      { minLength: 1, maxLength: 5 },
    )
    .map((names) => `/${names.join('/')}`);
  fc.assert(
    fc.property(fc.array(path, { maxLength: 60 }), (paths) => {
      const list = summed(...paths);
      for (const one of paths)
        expect(list.some((item) => item === one || (item.endsWith('/') && `${one}/`.startsWith(item)))).toBe(
          true,
        );
      for (const item of list) expect(paths.some((one) => `${one}/`.startsWith(item))).toBe(true);
    }),
  );
});
