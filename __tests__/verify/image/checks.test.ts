import { writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { imageChecks, type ImagePair } from '../../../src/verify/image/checks.js';
import type { Check } from '../../../src/verify/check.js';
import type { Command, Tools } from '../../../src/verify/tools.js';
import { archiveOf, fakeEngine, fakeCommand, noTools, type FakeImage } from '../fake-tools.js';
import { copyOf, pairOf } from '../working-copy.js';

const ORIGINAL = 'FROM node:22\nWORKDIR /app\nENV A=1\nCOPY . .\nEXPOSE 3000\nCMD ["node", "server.js"]\n';
const HARDENED = ORIGINAL.replace('CMD', 'USER node\nCMD').replace('node:22', 'node:22-slim');

const PASSWD = 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';
const image: FakeImage = {
  size: 1_051_000_000,
  layers: 12,
  config: {
    ...{ User: '', WorkingDir: '/app', Env: ['PATH=/usr/bin', 'A=1', 'TOKEN=hunter22'] },
    ...{ ExposedPorts: { '3000/tcp': {} }, Cmd: ['node', 'server.js'], Entrypoint: ['docker-entrypoint.sh'] },
  },
  files: archiveOf({
    'etc/passwd': PASSWD,
    'var/lib/dpkg/status': 'Status: install ok installed\n'.repeat(3),
    'usr/bin/su': { text: '', mode: 0o4755 },
  }),
};
const slim: FakeImage = {
  size: 325_000_000,
  layers: 8,
  config: { ...image.config, User: 'node' },
  files: archiveOf({ 'etc/passwd': PASSWD, 'var/lib/dpkg/status': 'Status: install ok installed\n' }),
};

async function checksOf(
  tools: Partial<Tools>,
  copy = copyOf({}, [pairOf('Dockerfile', ORIGINAL, HARDENED)]),
  more: { buildArgs?: string[]; secrets?: string[]; signal?: AbortSignal } = {},
): Promise<{ checks: readonly Check[]; figures: readonly ImagePair[] }> {
  const options = {
    ...{ tools: { ...noTools, ...tools }, signal: new AbortController().signal },
    ...{ buildArgs: [], secrets: [], envFiles: [], owner: 'harden-verify-test', ...more },
  };
  const [checks, figures]: [Check[], ImagePair[]] = [[], []];
  for await (const check of imageChecks(copy, options, (_subject, images) => figures.push(images)))
    checks.push(check);
  return { checks, figures };
}

describe('the images of both variants', () => {
  test('are built, compared and removed', async () => {
    const engine = fakeEngine({ original: image, hardened: slim });
    const { checks, figures } = await checksOf({ engine });
    expect(checks).toEqual([
      expect.objectContaining({
        stage: 'build',
        subject: 'Dockerfile',
        name: 'it builds',
        outcome: 'passed',
      }),
      expect.objectContaining({
        outcome: 'passed',
        detail:
          'size 1051 → 325 MB, layers 12 → 8, packages 3 → 1, setuid files 1 → 0, user root → node (1000), ports 3000',
      }),
    ]);
    expect(figures[0]?.original.setuid).toEqual(['usr/bin/su']);
    expect(JSON.stringify(figures)).not.toContain('hunter22');
    expect(engine.left()).toEqual([]);
    const [first, second] = engine.calls.filter(([command]) => command === 'build');
    expect(first).toEqual(expect.arrayContaining(['--file', 'Dockerfile', '--label']));
    expect(second).toEqual(expect.arrayContaining(['--file', 'Dockerfile.hardened']));
  });

  const lost: readonly [what: string, config: FakeImage['config'], said: string][] = [
    ['a port', { ExposedPorts: {} }, 'it exposes 3000 no more'],
    ['a variable', { Env: ['PATH=/usr/bin'] }, 'it has no A in its environment'],
    ['the start command', { Cmd: null }, 'its CMD is [], and was ["node","server.js"]'],
    ['the working folder', { WorkingDir: '' }, 'its WORKDIR is /, and was /app'],
    ['its user', { User: 'app' }, 'its user app is not in its /etc/passwd'],
  ];
  test.each(lost)('must not lose %s', async (_what, config, said) => {
    const hardened = { ...slim, config: { ...slim.config, ...config } };
    const { checks } = await checksOf({ engine: fakeEngine({ original: image, hardened }) });
    expect(checks.at(-1)).toMatchObject({ outcome: 'failed' });
    expect(checks.at(-1)?.detail).toContain(`${said} (size`);
  });

  test('must not become root', async () => {
    const engine = fakeEngine({ original: slim, hardened: image });
    const { checks } = await checksOf({ engine });
    expect(checks.at(-1)?.detail).toContain('it runs as root, and not as node');
  });

  test('may lose what the change of the Dockerfile takes away', async () => {
    const hardened = HARDENED.replace('ENV A=1\n', '')
      .replace('3000', '8080')
      .replace('["node", ', '["node22", ');
    const config = { Env: [], ExposedPorts: { '8080/tcp': {} }, Cmd: ['node22', 'server.js'] };
    const engine = fakeEngine({
      original: image,
      hardened: { ...slim, config: { ...slim.config, ...config } },
    });
    const { checks } = await checksOf({ engine }, copyOf({}, [pairOf('Dockerfile', ORIGINAL, hardened)]));
    expect(checks.at(-1)).toMatchObject({ outcome: 'passed' });
    expect(checks.at(-1)?.detail).toContain('ports 3000 → 8080');
  });
});

describe('a build that fails', () => {
  const failure = 'step 3\nAPI_TOKEN=abc123def456\nERROR: failed to solve: exit code: 1';

  test("is the hardened file's fault when the original builds", async () => {
    const engine = fakeEngine({ original: image, hardened: failure });
    const { checks } = await checksOf({ engine });
    expect(checks).toEqual([expect.objectContaining({ name: 'it builds', outcome: 'failed' })]);
    expect(checks[0]?.detail).toContain('failed to solve');
    expect(checks[0]?.detail).not.toContain('abc123def456');
    expect(engine.left()).toEqual([]);
  });

  test('is skipped when the original fails too', async () => {
    const { checks } = await checksOf({ engine: fakeEngine({ original: failure, hardened: failure }) });
    expect(checks).toEqual([expect.objectContaining({ outcome: 'skipped' })]);
    expect(checks[0]?.detail).toMatch(/^the original doesn't build here either: step 3/);
  });

  test('is skipped when it seems to need the network', async () => {
    const hardened = 'ERROR: node:22-slim: failed to resolve source metadata: dial tcp: no such host';
    const { checks } = await checksOf({ engine: fakeEngine({ original: image, hardened }) });
    expect(checks[0]).toMatchObject({ outcome: 'skipped' });
    expect(checks[0]?.detail).toMatch(/^it seems to need the network: ERROR/);
  });

  test('tells no value of a secret argument', async () => {
    const engine = fakeEngine({ original: image, hardened: 'ERROR: cloning https://x/abc123def456' });
    const { checks } = await checksOf({ engine }, undefined, { buildArgs: ['API_TOKEN=abc123def456'] });
    expect(checks[0]?.detail).toBe('ERROR: cloning https://x/********');
  });
});

test('an abort removes what was made, and says nothing more', async () => {
  const controller = new AbortController();
  const engine = fakeEngine({ original: image, hardened: slim }, (args) => {
    if (args.includes('Dockerfile.hardened')) controller.abort();
  });
  const { checks } = await checksOf({ engine }, undefined, { signal: controller.signal });
  expect(checks).toEqual([]);
  expect(engine.left()).toEqual([]);
});

test('without an engine the checks are skipped with its reason', async () => {
  const { checks } = await checksOf({});
  expect(checks).toEqual([
    expect.objectContaining({ outcome: 'skipped', detail: 'docker is not installed' }),
  ]);
});

test('a service of a Compose project says how its Dockerfile is built', async () => {
  const copy = copyOf({ 'compose.yml': 'services: {}\n', 'api/x': '' }, [
    pairOf('api/Dockerfile', ORIGINAL, HARDENED),
  ]);
  const build = {
    ...{ context: copy.folder, dockerfile: 'api/Dockerfile', target: 'run' },
    ...{ args: { A: '1', B: null }, secrets: [{ source: 'npm' }, { source: 'key', target: 'id' }] },
  };
  const secrets = { npm: { environment: 'NPM_TOKEN' }, key: { file: '/keys/id' } };
  const compose = fakeCommand(() => ({ stdout: JSON.stringify({ services: { api: { build } }, secrets }) }));
  const engine = fakeEngine({ original: image, hardened: slim });
  const { checks } = await checksOf({ engine, compose }, copy, {
    ...{ buildArgs: ['A=2'], secrets: ['id=npm,src=/home/token'] },
  });
  expect(checks[0]).toMatchObject({ subject: 'api/Dockerfile (target run)', outcome: 'passed' });
  const [first] = engine.calls.filter(([command]) => command === 'build');
  expect(first?.slice(7)).toEqual([
    ...['--target', 'run', '--build-arg', 'A=1', '--build-arg', 'B', '--build-arg', 'A=2'],
    ...['--secret', 'id=id,src=/keys/id', '--secret', 'id=npm,src=/home/token', '.'],
  ]);
});

test('buildah alone builds, and writes the files of an image as the output of another build', async () => {
  const calls: (readonly string[])[] = [];
  const buildah: Command = fakeCommand((args) => {
    calls.push(args);
    if (args[0] === 'inspect')
      return {
        stdout: JSON.stringify({ Docker: { config: slim.config, rootfs: { diff_ids: ['a', 'b'] } } }),
      };
    const output = args.find((arg) => arg.startsWith('type=tar,dest='));
    if (output !== undefined) writeFileSync(output.slice('type=tar,dest='.length), slim.files);
    return {};
  });
  const { checks } = await checksOf({ buildah });
  expect(checks[0]).toMatchObject({ outcome: 'passed', detail: 'with buildah' });
  expect(checks[1]?.detail).toBe(
    'size 0.0 MB, layers 2, packages 1, setuid files 0, user node (1000), ports 3000',
  );
  expect(calls.filter(([command]) => command === 'rmi')).toHaveLength(2);
});
