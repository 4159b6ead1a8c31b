import { describe, expect, test } from '@jest/globals';
import { holdsSecret, namesSecret } from '../src/core/secrets.js';

describe('holdsSecret', () => {
  test.each([
    ['POSTGRES_PASSWORD', 'correct-horse'],
    ['POSTGRES_PASSWORD', '123456'],
    ['database__connection__password', '"correct-horse"'],
    ['API_KEY', 'abcdef'],
    ['SESSION_SECRET', '${SESSION_SECRET:-correct-horse}'],
    ['DATABASE_URL', 'postgres://app:correct-horse@db/app'],
    ['DATABASE_URL', 'postgres://app:${PASSWORD:-correct-horse}@db/app'],
    ['SETTINGS', 'user: app\npassword: correct-horse\n'],
  ])('%s', (name, value) => {
    expect(holdsSecret(name, value)).toBe(true);
  });

  test.each([
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD}'],
    ['POSTGRES_PASSWORD', '${POSTGRES_PASSWORD:?}'],
    ['POSTGRES_PASSWORD', ''],
    ['POSTGRES_PASSWORD_FILE', '/run/secrets/db'],
    ['POSTGRES_HOST_AUTH_METHOD', 'trust'],
    ['MYSQL_ALLOW_EMPTY_PASSWORD', 'yes'],
    ['MYSQL_RANDOM_ROOT_PASSWORD', '1'],
    ['DATABASE_URL', 'postgres://app:${PASSWORD}@db/app'],
    ['MONGO_CONNECTION_STRING', 'mongodb://db:27017'],
    ['TOKEN_BATCH', '100'],
    ['TLS_KEY', 'server.key'],
    ['CLIENT_AUTH', 'required'],
    ['PROXY_AUTH_WHITELIST', '/api/*'],
    ['ENABLE_TOKENIZER', '${ENABLE_TOKENIZER:-true}'],
    ['NEXT_PUBLIC_API_KEY', 'abcdef'],
    ['LOG_LEVEL', 'debug'],
  ])('not %s=%s', (name, value) => {
    expect(holdsSecret(name, value)).toBe(false);
  });
});

test('a name alone may say that its value is secret', () => {
  expect(['DB_PASSWORD', 'GITHUB_TOKEN', 'DB_HOST', 'OAUTH_CLIENT_ID'].map(namesSecret)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
