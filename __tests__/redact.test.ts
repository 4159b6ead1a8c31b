import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../src/core/redact.js';
import { OUTPUT_NAMES } from '../src/render/output.js';
import { folderOf, harden } from './support/cli.js';
import type { Tree } from './support/memory.js';

const MASK = '********';

/** A secret as generators make them, and as people do: it has no place in any other part of a line. */
const plainSecret = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.@%^+=!-]{7,20}[A-Za-z0-9]$/)
  .filter((text) => !/secret|pass|key|token/i.test(text));
/** One with characters that end a value elsewhere. */
const oddSecret = fc
  .tuple(plainSecret, fc.constantFrom(', ', '#', '}', ']', ' ', ':', '/', '&'), plainSecret)
  .map((parts) => parts.join(''));

const NAMES = [
  ...['POSTGRES_PASSWORD', 'db_password', 'MYSQL_ROOT_PASSWD', 'API_TOKEN', 'JWT_SECRET', 'SECRET_KEY_BASE'],
  ...['aws_secret_access_key', 'STRIPE_API_KEY', 'apiKey', 'SSH_PRIVATE_KEY', 'APP_KEY', 'SESSION_COOKIE'],
  ...[
    'SENTRY_DSN',
    'ENCRYPTION_KEY',
    'REDIS_AUTH',
    'PGPASSWORD',
    'credentials',
    'HASH_SALT',
    'passphrase',
    'MY_PWD',
  ],
];
const name = fc.constantFrom(...NAMES);

/** Ways to write a secret down that keep any of its characters. */
const ANYWHERE: readonly [string, (name: string, secret: string) => string][] = [
  ['an environment map', (key, secret) => `      ${key}: ${secret}`],
  ['in double quotes', (key, secret) => `${key}: "${secret}"`],
  ['in single quotes', (key, secret) => `${key}: '${secret}' # why`],
  ['an environment list', (key, secret) => `      - ${key}=${secret}`],
  ['a quoted item of a list', (key, secret) => `      - "${key}=${secret}"`],
  ['an item in brackets', (key, secret) => `environment: ["A=1", "${key}=${secret}"]`],
  ['a flow map', (key, secret) => `environment: { A: 1, ${key}: "${secret}", B: 2 }`],
  ['a JSON object', (key, secret) => `{"a":{"${key}":"${secret}","b":1}}`],
  ['an environment file', (key, secret) => `${key}=${secret}`],
  ['a comment', (key, secret) => `# - ${key}=${secret}`],
  ['a commented key', (key, secret) => `  # ${key}: ${secret}`],
  ['ENV with quotes', (key, secret) => `ENV A=b ${key}="${secret}" C=d`],
  ['ENV in its old form', (key, secret) => `ENV ${key} ${secret}`],
  ['a unit', (key, secret) => `Environment=A=b "${key}=${secret}"`],
  ['an option in a JSON array', (key, secret) => `CMD ["x", "--${key}", "${secret}", "-v"]`],
  ['an option with = in a JSON array', (key, secret) => `CMD ["x", "--${key}=${secret}"]`],
  ['an item below its option', (key, secret) => `command:\n  - --${key}\n  - "${secret}"\n  - -v`],
  ['a block of text', (key, secret) => `  ${key}: |\n    ${secret}\n  next: 1`],
  ['a folded block', (key, secret) => `  ${key}: >-\n\n    ${secret}\n  next: 1`],
  ['a value that goes on below', (key, secret) => `  ${key}: begin\n    ${secret}`],
  ['a quoted value that goes on below', (key, secret) => `  ${key}: "begin\n  ${secret}\n  end"\n  next: 1`],
  ['a default', (key, secret) => `  X: "\${${key}:-${secret.replaceAll('}', '')}}"`],
  ['a header', (_key, secret) => `curl -H "Authorization: Bearer ${secret}" http://x`],
];

/** Ways that end with the first character of a certain kind, as a shell or a URL does it. */
const PLAIN: readonly [string, (name: string, secret: string) => string][] = [
  ['a flow map without quotes', (key, secret) => `{ ${key}: ${secret}, B: 2 }`],
  ['an option', (key, secret) => `command: x --${key} ${secret} -v`],
  ['an option with =', (key, secret) => `RUN x --${key}=${secret} && y`],
  ['ENV', (key, secret) => `ENV A=b ${key}=${secret} C=d`],
  ['a unit without quotes', (key, secret) => `Environment=A=b ${key}=${secret}`],
  ['an assignment in a shell', (key, secret) => `RUN export ${key}=${secret} && y`],
  ['a continued line', (key, secret) => `ENV A=b \\\n    ${key}=${secret} \\\n    C=d`],
  ['a query', (key, secret) => `url: https://x/y?${key}=${secret}`],
  ['a URL', (_key, secret) => `X: postgres://user:${encodeURIComponent(secret)}@db:5432/x`],
  ['a URL without a user', (_key, secret) => `- X=redis://:${encodeURIComponent(secret)}@redis:6379/0`],
  ['a URL with an @ in its password', (_key, secret) => `X: amqp://user:a@${secret}@mq`],
  ['a check of MySQL', (_key, secret) => `test: ["CMD", "mysqladmin", "ping", "-uroot", "-p${secret}"]`],
  ['a check of Redis', (_key, secret) => `test: redis-cli -a ${secret} ping`],
  ['curl', (_key, secret) => `RUN curl -fsS -u admin:${secret} http://x`],
  ['a list for curl', (_key, secret) => `test: ["CMD", "curl", "--user", "admin:${secret}", "http://x"]`],
];

describe('redact', () => {
  const vanishes = (write: (key: string, secret: string) => string, secret: fc.Arbitrary<string>): void => {
    fc.assert(
      fc.property(name, secret, (key, value) => {
        const text = `before: 1\n${write(key, value)}\nafter: 2`;
        const masked = redact(text);
        // No part of it that has a length to speak of survives either.
        for (const part of value.split(/[^\w.-]+/).filter(({ length }) => length > 5)) {
          expect(masked).not.toContain(part);
        }
        expect(masked).toContain(MASK);
        expect(masked).toMatch(/^before: 1\n[^]*\nafter: 2$/);
        expect(masked.split('\n')).toHaveLength(text.split('\n').length);
        expect(redact(masked)).toBe(masked);
      }),
      { numRuns: 150 },
    );
  };

  test.each(ANYWHERE)('masks a secret in %s', (_name, write) => {
    vanishes(write, fc.oneof(plainSecret, oddSecret));
  });

  test.each(PLAIN)('masks a secret in %s', (_name, write) => {
    vanishes(write, plainSecret);
  });

  test.each([
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
    ['github_pat_abcdefghijklmnopqrstuvwxyz'],
    ['glpat-abcdefghijklmnopqrst'],
    ['xoxb-123456789012-abcdefghij'],
    ['AKIAIOSFODNN7EXAMPLE'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc123'],
  ])('masks %s by its form, whatever it is called', (token) => {
    for (const line of [
      `x: ${token}`,
      `RUN git clone https://${token}@github.com/x/y`,
      `CMD ["x", "${token}"]`,
    ]) {
      expect(redact(line)).not.toContain(token);
    }
  });

  test('masks a private key line by line', () => {
    const text =
      'k: |\n  -----BEGIN RSA PRIVATE KEY-----\n  abcdef\n  ghijkl\n  -----END RSA PRIVATE KEY-----\nnext: 1';
    expect(redact(text)).toBe(`k: |\n  ${MASK}\n  ${MASK}\n  ${MASK}\n  ${MASK}\nnext: 1`);
  });

  test.each([
    'token_path: /run/secrets/x',
    'POSTGRES_PASSWORD_FILE: ./secrets/db.txt',
    'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}',
    'POSTGRES_PASSWORD: "${POSTGRES_PASSWORD:?set it}"',
    '- POSTGRES_PASSWORD=$POSTGRES_PASSWORD',
    '- POSTGRES_PASSWORD',
    'password: ""',
    'password:',
    'password: ~',
    'url: postgres://user:${DB_PASSWORD}@db/x',
    'url: postgres://user@db:5432/x',
    'url: https://host:8080/path@2x.png',
    'git: ssh://git@github.com/x/y',
    'image: vault/secrets:1.2',
    'image: registry:5000/token-service@sha256:0123',
    'secrets: [db_password, api_token]',
    'secrets:\n  - db_password\n  - source: api_token\n    target: /x',
    'secrets:\n  db_password:\n    file: ./db.txt\n  api_token:\n    external: true',
    '- ./secrets:/run/secrets:ro',
    'POSTGRES_HOST_AUTH_METHOD: trust',
    'token_ttl: 3600',
    'LoadCredential=tls.key:/etc/tls.key',
    'RUN --mount=type=secret,id=npm_token npm ci',
    'RUN --mount=type=secret,id=npm_token export NPM_TOKEN="$(cat /run/secrets/npm_token)" && npm ci',
    'RUN cp -p a b && mkdir -p /x',
    'no-new-privileges:true',
    'RUN useradd --system --no-create-home app',
    'keepalive: 60',
    'command: --require-auth-token --port 80',
    '# The password is set in .env',
  ])('leaves %j alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('keeps quotes, names, comments and what follows', () => {
    expect(redact('environment: { A: 1, DB_PASSWORD: hunter2, B: 2 } # c')).toBe(
      `environment: { A: 1, DB_PASSWORD: ${MASK}, B: 2 } # c`,
    );
    expect(redact('ENV A=b DB_PASSWORD="hun ter2" C=d')).toBe(`ENV A=b DB_PASSWORD="${MASK}" C=d`);
    expect(redact("PASSWORD: 'x' # y\r\nB: 1\r\n")).toBe(`PASSWORD: '${MASK}' # y\r\nB: 1\r\n`);
  });

  test('leaves a text without a suspect alone, and takes time in proportion to its length', () => {
    const words = fc.array(
      fc.constantFrom('a', ': ', '=', '"', "'", '\n', ' ', '{', '[', ',', '#', '$', '8'),
    );
    fc.assert(fc.property(words, (parts) => redact(parts.join('')) === parts.join('')));
    for (const unit of [
      'pass',
      'password ',
      'a://',
      'a://:',
      'mysql ',
      'x pwd=a"',
      '${pwd-',
      'pwd="',
      '--pwd ',
    ]) {
      const lines = `${unit.repeat(Math.floor(1900 / unit.length))}\n`.repeat(100);
      for (const text of [lines, unit.repeat(100_000)]) {
        // Of the processor, not of the clock: a busy machine is no fault.
        const started = process.cpuUsage();
        redact(text);
        expect([unit, process.cpuUsage(started).user < 3_000_000]).toEqual([unit, true]);
      }
    }
  });

  test('never throws, and keeps the lines', () => {
    const soup = fc.array(
      fc.constantFrom(
        'password',
        ': ',
        '=',
        '"',
        "'",
        '\n',
        '\r\n',
        ' ',
        '|',
        '- ',
        '--',
        '\\',
        '${',
        '}',
        'x',
        '-----BEGIN PRIVATE KEY',
      ),
    );
    fc.assert(
      fc.property(soup, (parts) => {
        const text = parts.join('');
        expect(redact(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('no output but the patch', () => {
  const SECRET = 'hunter2hunter2';
  const tree: Tree = {
    Dockerfile: `FROM debian:12\nENV DB_PASSWORD=${SECRET}\nARG API_TOKEN ${SECRET}\nRUN apt-get update && apt-get install -y curl && curl -u me:${SECRET} http://x\nCMD server --password=${SECRET} --verbose\n`,
    'exec/Dockerfile': `FROM debian:12\nWORKDIR /app\nCMD server --password ${SECRET}\n`,
    'docker-compose.yml': [
      'services:',
      '  db:',
      '    image: postgres:16',
      '    environment:',
      `      POSTGRES_PASSWORD: ${SECRET}`,
      `      URL: postgres://u:${SECRET}@db/x`,
      '  cache:',
      '    image: redis:7',
      '    command:',
      '      - redis-server',
      '      - --requirepass',
      `      - ${SECRET}`,
      '  list:',
      '    image: mysql:8',
      '    ports: ["3306:3306"]',
      '    environment:',
      `      - MYSQL_ROOT_PASSWORD=${SECRET}`,
      '  block:',
      '    image: nginx',
      '    environment:',
      '      TLS_KEY: |',
      `        ${SECRET}`,
      `    command: ["${SECRET}", "--token", "${SECRET}"]`.replace(`"${SECRET}", `, ''),
      '',
    ].join('\n'),
    'app.service': `[Service]\nEnvironment="DB_PASSWORD=${SECRET}" A=b\nEnvironment=TOKEN=${SECRET}\nExecStart=/usr/bin/server --token=${SECRET} --password ${SECRET}\n`,
    'broken/compose.yml': `services:\n  a:\n    image: x\n    DB_PASSWORD: ${SECRET}\n    DB_PASSWORD: ${SECRET}\n`,
    '.env': `PASSWORD=${SECRET}\n`,
  };

  test.each([
    [['--phase', '3']],
    [['--phase', '1']],
    [['--check']],
    [['--write']],
    [['--in-place', '--phase', '2']],
    ...OUTPUT_NAMES.filter((name) => name !== 'patch').map((name) => [['--output', name, '--phase', '3']]),
  ])('holds a secret: %j', async (args) => {
    const { stdout, stderr } = await harden(folderOf(tree), args);
    expect(stdout.length).toBeGreaterThan(100);
    expect(stdout).not.toContain('a bug in harden');
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test("the patch has the user's own bytes", async () => {
    const { stdout } = await harden(folderOf(tree), ['--output', 'patch', '--phase', '3']);
    expect(stdout).toContain(SECRET);
    expect(stdout).not.toContain(MASK);
  });
});

describe('a variable whose name and value are entries of one mapping', () => {
  test.each([
    [
      '- key: SECRET_KEY # a\n  value: "b" # c\n- key: D\n  value: e\n',
      '- key: SECRET_KEY # a\n  value: "********" # c\n- key: D\n  value: e\n',
    ],
    [
      '- value: a\n  key: JWT_SECRET\n- value: b\n  key: C\n',
      '- value: ********\n  key: JWT_SECRET\n- value: b\n  key: C\n',
    ],
    ['- name: DB_PASSWORD\n\n  # a\n  value: b\n', '- name: DB_PASSWORD\n\n  # a\n  value: ********\n'],
    [
      '- key: TLS_PRIVATE_KEY\n  value: |\n    a\n    b\n  previewValue: c\n',
      '- key: TLS_PRIVATE_KEY\n  value: |\n    ********\n    ********\n  previewValue: ********\n',
    ],
    [
      '- { key: A_TOKEN, value: b }\n- { value: c, key: D_TOKEN }\n',
      '- { key: A_TOKEN, value: ******** }\n- { value: ********, key: D_TOKEN }\n',
    ],
    ['- key: DB_PASSWORD\n  fromService:\n    value: a\n- key: B\n  value: c\n', undefined],
    ['- key: PASSWORD_FILE\n  value: /a\n- { key: TOKEN_TTL, value: 5 }\n', undefined],
  ])('%j', (text, masked) => {
    expect(redact(text)).toBe(masked ?? text);
  });
});
