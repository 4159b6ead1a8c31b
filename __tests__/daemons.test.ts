import { describe, expect, test } from '@jest/globals';
import { daemonEntries } from '../scripts/catalogue-schema.js';

const entries = daemonEntries();

describe('every daemon', () => {
  test.each(entries.map(({ file, problems }) => [file, problems] as const))(
    '%s follows the schema, with a source for every fact, and is named like its file',
    (_, problems) => {
      expect(problems).toEqual([]);
    },
  );

  test('claims programs that no other claims', () => {
    const programs = entries.flatMap(({ facts }) => facts.programs);
    expect(programs.filter((program, index) => programs.indexOf(program) !== index)).toEqual([]);
  });

  test('says by a regular expression what a unit must mention', () => {
    const needs = entries.flatMap(({ facts }) => facts.optional ?? []);
    for (const { mentions } of needs) expect(() => new RegExp(mentions ?? '')).not.toThrow();
  });
});
