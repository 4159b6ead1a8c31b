import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Citation, ImageFacts } from '../src/catalogue/types.js';
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
    expect(meta.touches.length).toBeGreaterThan(0);
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
    expect(outcomes.some(({ changes }) => changes)).toBe(true);
    expect(outcomes.some(({ silent }) => silent)).toBe(true);
    expect(outcomes.some(({ refuses }) => refuses)).toBe(true);
  });
});

test('ids are unique', () => {
  const ids = allTransforms.map(({ meta }) => meta.id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('the image catalogue', () => {
  const folder = join(root, 'src', 'catalogue', 'images');
  const entries = readdirSync(folder).map((file) => {
    const facts = parse(readFileSync(join(folder, file), 'utf8')) as ImageFacts & Record<string, unknown>;
    return [file, facts] as const;
  });
  const sections: Readonly<Record<string, readonly string[]>> = {
    user: ['starts', 'uid', 'gid', 'stepsDownTo', 'available'],
    capabilities: ['certainty', 'asRoot', 'file'],
    volumes: ['paths'],
    writable: ['paths'],
    temp: ['used', 'executable'],
    ports: ['listens', 'edge'],
    setuidHelpers: ['programs'],
    tasks: ['limit'],
    init: ['brings'],
  };

  test.each(entries)('%s has only known keys, and a source for every fact', (file, facts) => {
    expect(file).toBe(`${facts.name}.yml`);
    expect(['server', 'runtime']).toContain(facts.kind);
    expect(facts.match.length).toBeGreaterThan(0);
    expect(facts.commands).toEqual(expect.any(Array));
    for (const [name, value] of Object.entries(facts)) {
      if (['name', 'match', 'kind', 'commands'].includes(name)) continue;
      const known = sections[name];
      if (known === undefined) throw new Error(`${file}: unknown section ${name}`);
      const section = value as Record<string, unknown> & { cites: readonly Citation[] };
      const unknown = Object.keys(section).filter((key) => key !== 'cites' && !known.includes(key));
      expect(unknown).toEqual([]);
      expectCited(section.cites);
    }
    for (const path of facts.writable?.paths ?? []) {
      expect(path.path).toMatch(/^\//);
      if (path.mode !== undefined) expect(path.mode).toMatch(/^[0-7]{3,4}$/);
      if (path.size !== undefined) expect(path.size).toMatch(/^\d+[kmg]$/);
      expectCited(path.cites);
    }
    for (const name of facts.capabilities?.asRoot ?? []) expect(name).toMatch(/^[A-Z_]+$/);
  });

  test('names no repository twice', () => {
    const patterns = entries.flatMap(([, facts]) => facts.match);
    expect(new Set(patterns).size).toBe(patterns.length);
  });

  function expectCited(cites: readonly Citation[]): void {
    expect(cites.length).toBeGreaterThan(0);
    for (const { at, text } of cites) {
      expect(at).toMatch(/^https:\/\/|^[\w.-]+\/[\w.-]+@[\w.-]+:\S+$/);
      expect(text.length).toBeGreaterThan(0);
    }
  }
});
