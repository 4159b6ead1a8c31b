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

  const whenOf = (name: string): RegExp =>
    new RegExp(entries.find(({ facts }) => facts.name === name)!.facts.when!);

  test.each([
    ['ntfy', 'serve', true],
    ['ntfy', '--debug serve --config /etc/ntfy/server.yml', true],
    ['ntfy', 'subscribe --config /etc/ntfy/client.yml --from-config', false],
    ['ntfy', 'subscribe serve-room', false],
    ['gitea', 'web --config /etc/gitea/app.ini', true],
    ['gitea', '--config /etc/gitea/app.ini web', true],
    ['gitea', '', true],
    ['gitea', '--config=/etc/gitea/app.ini', true],
    ['gitea', 'dump -c /etc/gitea/app.ini', false],
    ['gitea', 'daemon --config runner.yml', false],
  ])('knows what %s does with the arguments "%s": %s', (name, args, known) => {
    expect(whenOf(name).test(args)).toBe(known);
  });
});
