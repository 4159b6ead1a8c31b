import { expect, test } from '@jest/globals';
import { withBuildOptions } from '../../../src/verify/compose/builds.js';
import { secretValues, withoutValues } from '../../../src/verify/compose/secrets.js';

test('values of secrets are masked wherever a log has them, longer ones first', () => {
  const values = secretValues({
    services: {
      db: {
        environment: {
          POSTGRES_PASSWORD: 'hunter22',
          MODE: 'production',
          DB_PASSWORD_FILE: '/run/secrets/db',
        },
      },
      app: {
        build: { args: { NPM_TOKEN: 'hunter22-and-more' } },
        environment: { API_TOKEN: 'on', NONE: null },
      },
    },
  });
  expect(values).toEqual(['hunter22-and-more', 'hunter22']);
  expect(withoutValues('login with hunter22-and-more, then hunter22', values)).toBe(
    'login with ********, then ********',
  );
});

test('a build gets the secrets and the network that are given, in the place of its own', () => {
  const model = withBuildOptions(
    {
      services: {
        app: { build: { context: '/x', secrets: [{ source: 'token' }, { source: 'other' }] } },
        db: {},
      },
      secrets: { token: { file: '/old' }, other: { file: '/other' } },
    },
    { secrets: ['id=token,src=/new', 'id=key,env=KEY'], network: 'host' },
  );
  expect(model.services).toEqual({
    app: {
      build: {
        context: '/x',
        network: 'host',
        secrets: [{ source: 'other' }, { source: 'token' }, { source: 'key' }],
      },
    },
    db: {},
  });
  expect(model.secrets).toEqual({
    token: { file: '/new' },
    other: { file: '/other' },
    key: { environment: 'KEY' },
  });
});
