import { describe, expect, test } from '@jest/globals';
import { savingsOf, type Choice } from '../../src/interactive/choices.js';

const [PIDS, LOGS] = ['compose/limit-pids', 'compose/rotate-logs'];

function choice(id: string, path: string, services: string, answer: Choice['answer']): Choice {
  return { id, path, services: services === '' ? [] : services.split(','), answer };
}

function saved(
  choices: readonly Choice[],
  rules: readonly string[] = [],
  isWhole = true,
): ReturnType<typeof savingsOf> {
  const named = (path: string): string | undefined => (path.startsWith('..') ? undefined : path);
  return savingsOf(choices, { rules: new Set(rules), isWhole, named });
}

describe('what was skipped', () => {
  test('is left out for its services', () => {
    const { mixed, savings } = saved([
      choice(PIDS, 'a.yml', 'web', 'skipped'),
      choice(PIDS, 'a.yml', 'db', 'made'),
      choice(PIDS, 'a.yml', 'cache,queue', 'skipped'),
      choice(LOGS, 'a.yml', 'web', 'made'),
    ]);
    expect(mixed).toEqual([]);
    expect(savings).toEqual([
      {
        ...{ kind: 'skip', id: PIDS, path: 'a.yml' },
        overrides: ['web', 'cache', 'queue'].map((service) => ({ file: 'a.yml', service, skip: [PIDS] })),
      },
    ]);
  });

  test('is left out for a file where it is about no service', () => {
    expect(saved([choice('dockerfile/add-init', 'Dockerfile', '', 'skipped')]).savings).toMatchObject([
      { overrides: [{ file: 'Dockerfile', skip: ['dockerfile/add-init'] }] },
    ]);
  });

  test.each<[string, readonly Choice[]]>([
    ['in one file', [choice('x/y', 'Dockerfile', '', 'skipped'), choice('x/y', 'Dockerfile', '', 'made')]],
    ['left open', [choice('x/y', 'Dockerfile', '', 'skipped'), choice('x/y', 'Dockerfile', '', undefined)]],
    ['in one service', [choice('x/y', 'a.yml', 'web', 'skipped'), choice('x/y', 'a.yml', 'web', 'edited')]],
    [
      'with others at an anchor',
      [choice('x/y', 'a.yml', 'web,db', 'skipped'), choice('x/y', 'a.yml', 'db', 'made')],
    ],
  ])('is not, where others are made %s', (_, choices) => {
    expect(saved(choices)).toEqual({ savings: [], mixed: [{ id: 'x/y', path: choices[0]!.path }] });
  });

  test('is not, where the config can not name the file', () => {
    expect(saved([choice(PIDS, '../a.yml', 'web', 'skipped')]).savings).toEqual([]);
  });
});

describe('a transform of which all was skipped by one answer', () => {
  const all = [choice(PIDS, 'a.yml', 'web', 'skipped'), choice(PIDS, 'b.yml', 'db', 'skipped')];

  test('is turned off', () => {
    expect(saved(all, [PIDS]).savings).toEqual([{ kind: 'off', id: PIDS, files: 2 }]);
  });

  test('is not, when one of its changes was made before', () => {
    const { savings } = saved([...all, choice(PIDS, 'b.yml', 'cache', 'made')], [PIDS]);
    expect(savings.map(({ kind }) => kind)).toEqual(['skip', 'skip']);
  });

  test('is not, when only a part of the project was asked about', () => {
    expect(saved(all, [PIDS], false).savings.map(({ kind }) => kind)).toEqual(['skip', 'skip']);
  });
});
