import { expect, test } from '@jest/globals';
import { withSoonerImageChecks } from '../../../src/verify/compose/image-checks.js';
import { paceOf } from '../../../src/verify/compose/pace.js';
import type { ServiceSight, Sight } from '../../../src/verify/compose/trial.js';
import type { Engine } from '../../../src/verify/tools.js';

function sight(took: number, after: number, restarts: number): Sight {
  const web: ServiceSight = {
    state: 'up',
    says: 'it runs',
    id: 'a',
    ports: [{ target: 80, published: 32000, after, reach: 'answers', status: 200 }],
    inside: undefined,
    log: '',
    denied: [],
    restarts,
  };
  return { services: new Map([['web', web]]), trouble: undefined, smoke: undefined, left: new Map(), took };
}

test('a trial gets more time and restarts than the original took, and no more than the user gives', () => {
  expect(paceOf(sight(4000, 500, 1), 120_000)).toEqual({ up: 27_000, listening: 3500, restarts: 4 });
  expect(paceOf(sight(60_000, 0, 0), 120_000)).toEqual({ up: 120_000, listening: 2000, restarts: 2 });
});

test('the check of an image is made sooner with the same patience; images without one and unknown ones get none', async () => {
  const checks: Readonly<Record<string, string>> = {
    slow: '{"Test":["CMD","true"],"Interval":60000000000}',
    fast: '{"Test":["CMD","true"],"Interval":500000000,"Retries":5}',
    none: 'null',
  };
  const engine: Engine = {
    name: 'docker',
    version: '26',
    call: (args) => {
      const stdout = checks[args.at(-1)!];
      return Promise.resolve({ code: stdout === undefined ? 1 : 0, stdout: stdout ?? '', stderr: '' });
    },
  };
  const images = [...Object.keys(checks), 'unknown'].map((image) => [image, { image }] as const);
  const own = { image: 'slow', healthcheck: { test: ['CMD', 'false'] } };
  const model = { services: { ...Object.fromEntries(images), own } };
  const { services } = await withSoonerImageChecks(model, engine, new AbortController().signal);
  expect(services.slow).toEqual({ image: 'slow', healthcheck: { interval: '1s', retries: 180 } });
  expect(services.fast).toEqual({ image: 'fast', healthcheck: { interval: '500ms', retries: 5 } });
  expect([services.none, services.unknown, services.own]).toEqual([
    { image: 'none' },
    { image: 'unknown' },
    own,
  ]);
});
