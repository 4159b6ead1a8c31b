import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageRoot } from '../src/io/package.js';
import { allTransforms } from '../transforms/index.js';
import { casesRoot, planCase, readCases } from './support/cases.js';

const root = packageRoot();
const cases = readCases();

describe.each(allTransforms.map(({ meta }) => [meta.id, meta] as const))('%s', (id, meta) => {
  test('stands in the file that its id names', () => {
    const [, name = ''] = id.split('/');
    const source = readFileSync(join(root, 'transforms', `${id}.ts`), 'utf8');
    const exported = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(source).toContain(`export const ${exported}`);
    expect(source).toContain(`'${id}'`);
  });

  test('says what a reviewer needs', () => {
    for (const text of [meta.title, meta.description, meta.mayBreak]) expect(text.length).toBeGreaterThan(10);
    expect(meta.title).not.toMatch(/\.$/);
    expect(meta.description).toMatch(/\.$/);
    expect(meta.mayBreak).toMatch(/\.$/);
    expect(meta.references.length).toBeGreaterThan(0);
    for (const url of meta.references) expect(() => new URL(url)).not.toThrow();
  });

  test('has a fixture with a change, one without a finding, and one that is refused or rightly left', () => {
    expect(existsSync(join(casesRoot, id))).toBe(true);
    const outcomes = cases
      .filter((fixture) => fixture.id === id)
      .map((fixture) => {
        const { entries, original, result } = planCase(fixture, fixture.text);
        return {
          changes: result !== original.text,
          silent: entries.length === 0,
          refuses: entries.some(({ disposition }) => disposition === 'manual' || disposition === 'accepted'),
        };
      });
    // One that touches nothing only reports.
    expect(outcomes.some(({ changes }) => changes)).toBe(meta.touches.length > 0);
    expect(outcomes.some(({ silent }) => silent)).toBe(true);
    expect(outcomes.some(({ refuses }) => refuses)).toBe(true);
  });
});

test('ids are unique', () => {
  const ids = allTransforms.map(({ meta }) => meta.id);
  expect(new Set(ids).size).toBe(ids.length);
});
