import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { remoteImage } from '../src/io/registry.js';
import { folderOf, get, harden, put, type CliResult } from './support/cli.js';

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' });
const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
const SECRET = 'correct horse battery staple';
const BASIC = `Basic ${Buffer.from(`robot:${SECRET}`).toString('base64')}`;

interface Registry {
  /** `localhost:<port>`. */
  readonly host: string;
  readonly asked: string[];
}

type Answer = (
  request: IncomingMessage,
  host: string,
) => [status: number, headers: Record<string, string>, body?: string];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A registry on this machine that answers as it is told. */
async function registry(answer: Answer): Promise<Registry> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const [status, headers, body = ''] = answer(request, host);
    response.writeHead(status, headers).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, asked };
}

const open: Answer = ({ url }) =>
  url?.endsWith('/manifests/1.2') === true ? [200, { 'docker-content-digest': DIGEST }, MANIFEST] : [404, {}];

/** Wants a token for the repository, which only a robot with the secret gets. */
const guarded: Answer = ({ url = '', headers }, host) => {
  if (url.startsWith('/token?')) {
    const scope = new URL(url, `http://${host}`).searchParams.get('scope');
    const granted = headers.authorization === BASIC && scope === 'repository:acme/app:pull';
    return granted ? [200, {}, JSON.stringify({ token: 'granted' })] : [401, {}];
  }
  if (headers.authorization === 'Bearer granted') return [200, {}, MANIFEST];
  return [401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="acme"` }];
};

function composeOf(...images: readonly string[]): string {
  return `services:\n${images.map((image, at) => `  s${at}:\n    image: ${image}\n`).join('')}`;
}

function pin(
  root: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<CliResult> {
  const config = env.DOCKER_CONFIG ?? join(root, 'no-docker-config');
  return harden(root, ['--pin-digests', '--only', 'pin-image', ...args], {
    env: { ...env, DOCKER_CONFIG: config },
  });
}

describe('--pin-digests', () => {
  test('asks once for an image that Compose and a Dockerfile name', async () => {
    const { host, asked } = await registry(open);
    const image = `${host}/acme/app:1.2`;
    const root = folderOf({
      'compose.yml': composeOf(image),
      'base/Dockerfile': `FROM ${image} AS build\nFROM scratch\nCOPY --from=build /app /app\n`,
    });
    const { code, stderr } = await pin(root, ['--in-place']);
    expect([code, stderr]).toEqual([0, '']);
    expect(get(root, 'base/Dockerfile')).toContain(`FROM ${image}@${DIGEST} AS build\n`);
    expect(get(root, 'compose.yml')).toBe(composeOf(`${image}@${DIGEST}`));
    expect(asked).toEqual(['/v2/acme/app/manifests/1.2']);
  });

  test('asks the registry, pins in place, and goes by the lock from then on', async () => {
    const { host, asked } = await registry(open);
    const root = folderOf({ 'compose.yml': composeOf(`${host}/acme/app:1.2`, `${host}/acme/app:1.2`) });
    const first = await pin(root, ['--in-place']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const pinned = `${host}/acme/app:1.2@${DIGEST}`;
    expect(get(root, 'compose.yml')).toBe(composeOf(pinned, pinned));
    expect(asked).toEqual(['/v2/acme/app/manifests/1.2']);
    expect(JSON.parse(get(root, 'harden.lock'))).toEqual({
      version: 1,
      images: { [`${host}/acme/app:1.2`]: DIGEST },
    });

    put(root, 'compose.yml', composeOf(`${host}/acme/app:1.2`));
    await pin(root, ['--in-place']);
    expect(get(root, 'compose.yml')).toBe(composeOf(pinned));
    expect(asked).toHaveLength(1);

    put(root, 'compose.yml', composeOf(`${host}/acme/app:1.2`));
    await pin(root, ['--in-place', '--refresh-digests']);
    expect(asked).toHaveLength(2);
  });

  test('writes nothing in a dry run', async () => {
    const { host } = await registry(open);
    const root = folderOf({ 'compose.yml': composeOf(`${host}/acme/app:1.2`) });
    const { code, stdout } = await pin(root);
    expect(code).toBe(0);
    expect(stdout).toContain(`+    image: ${host}/acme/app:1.2@${DIGEST}`);
    expect(existsSync(join(root, 'harden.lock'))).toBe(false);
  });

  test('logs in with what the configuration of Docker has, and never shows it', async () => {
    const { host } = await registry(guarded);
    const auth = BASIC.replace('Basic ', '');
    const root = folderOf({
      'compose.yml': composeOf(`${host}/acme/app:1.2`),
      'docker/config.json': JSON.stringify({ auths: { [host]: { auth } } }),
    });
    const { code, stdout, stderr } = await pin(root, [], { DOCKER_CONFIG: join(root, 'docker') });
    expect(code).toBe(0);
    expect(stdout).toContain(DIGEST);
    expect(stdout + stderr).not.toMatch(/battery|granted/);
  });

  test('asks a credential helper', async () => {
    const { host } = await registry(guarded);
    const root = folderOf({
      'compose.yml': composeOf(`${host}/acme/app:1.2`),
      'docker/config.json': JSON.stringify({ credHelpers: { [host]: 'test' } }),
      'bin/docker-credential-test': `#!/bin/sh\nread server\n[ "$1 $server" = "get ${host}" ] || exit 1\necho '{"Username":"robot","Secret":"${SECRET}"}'\n`,
    });
    chmodSync(join(root, 'bin/docker-credential-test'), 0o755);
    const { stdout } = await pin(root, [], {
      DOCKER_CONFIG: join(root, 'docker'),
      PATH: [join(root, 'bin'), process.env.PATH ?? ''].join(delimiter),
    });
    expect(stdout).toContain(DIGEST);
  });

  test('names what it could not resolve, does the rest, and ends with 2', async () => {
    const { host } = await registry((request, at) =>
      request.url?.includes('private') === true ? guarded(request, at) : open(request, at),
    );
    const text = composeOf(
      `${host}/acme/app:1.2`,
      `${host}/acme/app:9`,
      `${host}/private/app:1`,
      '127.0.0.1:1/a:1',
    );
    const root = folderOf({ 'compose.yml': text });
    const { code, stdout } = await pin(root, ['--in-place']);
    expect(code).toBe(2);
    expect(stdout).toContain(`${host} has no acme/app:9`);
    expect(stdout).toContain(`docker login ${host}`);
    expect(stdout).toContain("127.0.0.1:1 can't be reached");
    expect(get(root, 'compose.yml')).toBe(text.replace('app:1.2', `app:1.2@${DIGEST}`));
    expect(Object.keys((JSON.parse(get(root, 'harden.lock')) as { images: object }).images)).toHaveLength(1);
  });

  test('does not believe a registry that names another digest than its manifest has', async () => {
    const { host } = await registry(() => [
      200,
      { 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
      MANIFEST,
    ]);
    const root = folderOf({ 'compose.yml': composeOf(`${host}/acme/app:1.2`) });
    const { code, stdout } = await pin(root);
    expect(code).toBe(2);
    expect(stdout).toContain('names another digest');
  });

  test('refuses a lock that is broken, and leaves it alone', async () => {
    const root = folderOf({ 'compose.yml': composeOf('127.0.0.1:1/a:1'), 'harden.lock': '<<<<<<< HEAD\n' });
    const { code, stdout } = await pin(root, ['--in-place']);
    expect(code).toBe(2);
    expect(stdout).toContain('harden.lock: error: is not a lock of harden');
    expect(get(root, 'harden.lock')).toBe('<<<<<<< HEAD\n');
  });
});

test.each([
  ['postgres', 'registry-1.docker.io', 'library/postgres', 'latest'],
  ['grafana/grafana:11.2', 'registry-1.docker.io', 'grafana/grafana', '11.2'],
  ['docker.io/library/redis:7-alpine', 'registry-1.docker.io', 'library/redis', '7-alpine'],
  ['ghcr.io/acme/app:1', 'ghcr.io', 'acme/app', '1'],
  ['localhost:5000/app', 'localhost:5000', 'app', 'latest'],
  ['registry.example.com:8443/a/b/c:v1', 'registry.example.com:8443', 'a/b/c', 'v1'],
])('%s is asked of %s', (reference, host, repository, tag) => {
  expect(remoteImage(reference)).toMatchObject({ host, repository, tag });
});

test.each(['', 'postgres@sha256:0', 'acme/${APP}:1', 'UPPER/case', '../../etc/passwd', 'a b'])(
  '%j is asked of nobody',
  (reference) => {
    expect(remoteImage(reference)).toBeUndefined();
  },
);
