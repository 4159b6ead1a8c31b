import { expect, test } from '@jest/globals';
import type { ComposeModel } from '../../../src/verify/compose/model.js';
import { describeStep, mixed, stepsOf } from '../../../src/verify/compose/steps.js';

const ORIGINAL: ComposeModel = {
  services: {
    web: { image: 'nginx:1.27', environment: { MODE: 'dev', DB_PASSWORD: 'old' }, cap_add: ['NET_RAW'] },
    db: { image: 'postgres:16' },
  },
};
const HARDENED: ComposeModel = {
  services: {
    web: {
      image: 'nginx:1.27',
      environment: { MODE: 'prod', DB_PASSWORD: 'new-secret' },
      read_only: true,
      tmpfs: ['/run'],
      cap_drop: ['ALL'],
    },
    db: { image: 'postgres:16', networks: { data: null } },
    proxy: { image: 'proxy' },
  },
  networks: { data: { internal: true } },
};

test('keys that mean something only together are one step, and those that restrict come last', () => {
  expect(stepsOf(ORIGINAL, HARDENED)).toEqual([
    { service: 'web', keys: ['environment'] },
    { service: 'web', keys: ['cap_drop', 'cap_add'] },
    { service: 'web', keys: ['read_only', 'tmpfs'] },
    { service: 'db', keys: ['networks'] },
  ]);
});

test('with none of the steps the services are the original, with all the hardened', () => {
  const none = mixed(ORIGINAL, HARDENED, []);
  expect(none.services.web).toEqual(ORIGINAL.services.web);
  expect(none.services.db).toEqual(ORIGINAL.services.db);
  expect(mixed(ORIGINAL, HARDENED, stepsOf(ORIGINAL, HARDENED)).services).toEqual(HARDENED.services);
});

test('a step takes its keys and no others', () => {
  const step = { service: 'web', keys: ['cap_drop', 'cap_add'] };
  expect(mixed(ORIGINAL, HARDENED, [step]).services.web).toEqual({
    image: 'nginx:1.27',
    environment: { MODE: 'dev', DB_PASSWORD: 'old' },
    cap_drop: ['ALL'],
  });
});

test('a step is told in the words of the file, without secrets', () => {
  const [environment, capabilities] = stepsOf(ORIGINAL, HARDENED).map((step) =>
    describeStep(step, ORIGINAL, HARDENED),
  );
  expect(capabilities).toBe('cap_drop: [ALL], no cap_add');
  expect(environment).toContain('MODE=prod');
  expect(environment).not.toContain('new-secret');
});
