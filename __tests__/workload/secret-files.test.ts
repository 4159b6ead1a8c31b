import { describe, expect, test } from '@jest/globals';
import { redact } from '../../src/core/redact.js';
import { planDocument } from '../../src/core/plan.js';
import { dockerfileAdapter } from '../../src/formats/dockerfile/parse.js';
import { secretFileKind } from '../../src/workload/secret-files.js';
import { registry } from '../../transforms/index.js';
import { planCase, readCases } from '../support/cases.js';
import { catalogue, memoryReader } from '../support/memory.js';

/** Every secret of the fixtures holds it. */
const MARK = 'Zx9q';
const VALUE = `${MARK}-7fKd2mWvT4sLb8`;

/** Files by path, with `@` in the place of the secret. */
const FILES: readonly (readonly [path: string, text: string, key: string])[] = [
  ['.npmrc', '//npm.kiosk.test/:_authToken=@\n', '//npm.kiosk.test/:_authToken'],
  ['.npmrc', '_auth = "@"\n', '_auth'],
  ['.npmrc', '//npm.kiosk.test/:username=ci\n//npm.kiosk.test/:_password=@', '//npm.kiosk.test/:_password'],
  ['.npmrc', 'registry=https://ci:@@npm.kiosk.test/\n', 'registry'],
  ['.yarnrc.yml', 'npmScopes:\n  kiosk:\n    npmAuthToken: "@"\n', 'npmAuthToken'],
  ['pip.conf', '[global]\nextra-index-url = https://ci:@@pypi.kiosk.test/simple\n', 'extra-index-url'],
  ['.pypirc', '[kiosk]\nusername = ci\npassword = @\n', 'password'],
  ['.netrc', 'machine kiosk.test\n  login ci\n  password @\n', 'password'],
  ['.git-credentials', 'https://ci:@@git.kiosk.test\n', 'address'],
  ['auth.json', '{"http-basic": {"repo.kiosk.test": {"username": "ci", "password": "@"}}}', 'password'],
  ['auth.json', '{"github-oauth": {"github.com": "@"}}', 'github.com'],
  [
    'settings.xml',
    '<settings><servers><server><password>@</password></server></servers></settings>',
    'password',
  ],
  ['NuGet.Config', '<add key="ClearTextPassword" value="@" />', 'ClearTextPassword'],
  ['.cargo/credentials.toml', '[registries.kiosk]\ntoken = "@"\n', 'token'],
  ['.docker/config.json', '{"auths": {"registry.kiosk.test": {"auth": "@"}}}', 'auth'],
  [
    '.aws/credentials',
    '[default]\naws_access_key_id = x\naws_secret_access_key = @\n',
    'aws_secret_access_key',
  ],
  ['deploy/service-account.json', '{"type": "service_account", "private_key": "@"}', 'private_key'],
  ['tls/server.pem', '-----BEGIN EC PRIVATE KEY-----\n@\n-----END EC PRIVATE KEY-----\n', 'PRIVATE KEY'],
  [
    'id_ed25519',
    '-----BEGIN OPENSSH PRIVATE KEY-----\n@\n-----END OPENSSH PRIVATE KEY-----\n',
    'PRIVATE KEY',
  ],
  ['.env.production', 'PORT=80\nexport DATABASE_PASSWORD="@"\n', 'DATABASE_PASSWORD'],
];

describe.each(FILES)('%s: %j', (path, text, key) => {
  const kind = secretFileKind(path);
  test('holds a secret under its key', () => {
    const filled = text.replace('@', VALUE);
    expect(kind?.read(filled)).toEqual({ keys: [key], references: [] });
  });

  test('is reported without its value', () => {
    const files = memoryReader({ [path]: text.replace('@', VALUE), Dockerfile: '' });
    const parsed = dockerfileAdapter.parse(
      'Dockerfile',
      `FROM node:22\nWORKDIR /srv\nCOPY ${path} ./\nRUN npm ci\n`,
    );
    if (!parsed.ok) throw new Error(parsed.reason);
    const plan = planDocument(parsed.document, {
      adapter: dockerfileAdapter,
      transforms: registry.dockerfile.filter(({ meta }) => /secrets$/.test(meta.id)),
      phase: 3,
      contextFor: () => ({
        files,
        catalogue,
        buildContext: '.',
        usedBy: [],
        runs: () => [],
        digests: undefined,
        base: 'slim' as const,
      }),
    });
    expect(plan.entries).toHaveLength(1);
    expect(JSON.stringify(plan.entries)).toContain(path);
    expect(JSON.stringify(plan.entries)).not.toContain(MARK);
  });

  test('holds none in a variable, a placeholder or an empty value', () => {
    if (key === 'PRIVATE KEY') return;
    for (const value of ['changeme', ''])
      expect(kind?.read(text.replace('@', value))).toMatchObject({ keys: [] });
    expect(kind?.read(text.replace('@', '${KIOSK_TOKEN}'))).toMatchObject({ keys: [] });
  });
});

test.each([
  ['.npmrc', '//npm.kiosk.test/:_authToken=${NPM_TOKEN}\n', 'NPM_TOKEN'],
  ['.npmrc', 'registry=https://ci:${NPM_TOKEN}@npm.kiosk.test/\n', 'NPM_TOKEN'],
  ['.yarnrc.yml', 'npmAuthToken: "${YARN_TOKEN:-none}"\n', 'YARN_TOKEN'],
  ['settings.xml', '<password>${env.MAVEN_PASSWORD}</password>', 'MAVEN_PASSWORD'],
  ['nuget.config', '<add key="Password" value="%NUGET_PASSWORD%" />', 'NUGET_PASSWORD'],
])('%s: %j names a variable', (path, text, name) => {
  expect(secretFileKind(path)?.read(text)).toEqual({ keys: [], references: [name] });
});

test.each([
  ['auth.json', '{ not JSON'],
  ['.yarnrc.yml', 'a: [b\n'],
  ['.npmrc', '[__proto__]\n_auth\n'],
  ['.npmrc', ''],
])('%s: %j tells nothing', (path, text) => {
  expect(secretFileKind(path)?.read(text)).toEqual({ keys: [], references: [] });
});

test.each(['.env.example', '.env.sample', 'package.json', 'src/keyboard.js', 'tls/server.crt'])(
  '%s is no such file',
  (path) => {
    expect(secretFileKind(path)).toBeUndefined();
  },
);

test('no finding of a fixture has the value of a secret', () => {
  const cases = readCases().filter(({ id }) =>
    /^dockerfile\/(?:mount-build-secrets|report-secrets)$/.test(id),
  );
  const withValue = cases.filter(({ text, files }) => (text + JSON.stringify(files)).includes(MARK));
  expect(withValue.length).toBeGreaterThan(15);
  for (const fixture of cases) {
    const { entries } = planCase(fixture, fixture.text);
    const shown = entries.map(({ finding, reason }) => ({
      ...finding,
      reason,
      evidence: finding.evidence.map((item) => item.text),
    }));
    expect([fixture.name, JSON.stringify(shown).includes(MARK)]).toEqual([fixture.name, false]);
    // What is rendered is masked once more: nothing that a person has to read may look like a secret.
    for (const text of shown.flatMap((item) => [
      item.message,
      item.reason,
      'change' in item ? item.change : 'suggestion' in item ? item.suggestion : '',
    ]))
      expect(redact(text ?? '')).toBe(text ?? '');
  }
});
