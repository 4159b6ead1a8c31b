import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { pathInConfig } from '../src/config/place.js';
import { recordOverride } from '../src/config/record.js';
import { readConfig } from '../src/io/config.js';
import { writeConfig } from '../src/io/write.js';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import type { Tree } from './support/memory.js';

const COMPOSE = `services:
  web:
    image: nginx:1.27
  cache:
    image: memcached:1.6
`;
const UNIT = '[Service]\nExecStart=/usr/bin/node /srv/app.js\nUser=app\nStateDirectory=app\n';
const CONTAINER = '[Container]\nImage=docker.io/library/memcached:1.6\n';

const CONFIG = `overrides:
  - file: deploy/docker-compose.yml
    service: web
    capabilities: [KILL, NET_ADMIN]
    writable: [/var/spool/web]
    executable: [/tmp]
  - file: deploy/docker-compose.yml
    service: cache
    writable: [/spool]
  - file: deploy/docker-compose.yml
    service: cache
    skip: [limit-pids]
    reason: it starts many
  - file: "units/*.service"
    capabilities: [CHOWN]
    writable: [/var/spool/app]
  - file: app.container
    writable: [/spool]
    skip: [quadlet/limit-pids]
`;

const TREE: Tree = {
  'deploy/docker-compose.yml': COMPOSE,
  'units/app.service': UNIT,
  'app.container': CONTAINER,
  'harden.config.yml': CONFIG,
};

interface Service {
  readonly cap_add?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly pids_limit?: number;
}

/** The services of a Compose file that harden wrote. */
function servicesIn(root: string, path: string): Readonly<Record<string, Service>> {
  return (parse(get(root, path)) as { services: Record<string, Service> }).services;
}

interface Findings {
  readonly files: readonly {
    readonly path: string;
    readonly findings: readonly {
      readonly id: string;
      readonly disposition: string;
      readonly subject: readonly string[];
      readonly reason?: string;
      readonly evidence: readonly { readonly file?: string; readonly line?: number; readonly text: string }[];
    }[];
  }[];
}

describe('what a config says', () => {
  test('is planned with, in every format', async () => {
    const root = folderOf(TREE);
    const { code, stderr } = await harden(root, ['--write']);
    expect([code, stderr]).toEqual([0, '']);
    const { web, cache } = servicesIn(root, 'deploy/docker-compose.hardened.yml');
    expect(web?.cap_add).toContain('KILL');
    // It doesn't have that today.
    expect(web?.cap_add).not.toContain('NET_ADMIN');
    expect(web?.tmpfs).toContain('/var/spool/web:noexec,nosuid,nodev,size=64m,mode=1777');
    expect(web?.tmpfs?.find((entry) => entry.startsWith('/tmp:'))).toContain(':exec,');
    expect(cache?.tmpfs?.find((entry) => entry.startsWith('/spool:'))).toMatch(/noexec.*,uid=11211/);
    expect([web?.pids_limit, cache?.pids_limit]).toEqual([expect.any(Number), undefined]);
    const unit = get(root, 'units/app.service.hardened');
    expect(unit).toContain('CapabilityBoundingSet=CAP_CHOWN\n');
    expect(unit).toMatch(/^ReadWritePaths=.*-\/var\/spool\/app\b/m);
    expect(unit).toMatch(/^SystemCallFilter=.*@chown/m);
    expect(unit).not.toContain('PrivateUsers=');
    const container = get(root, 'app.container.hardened');
    expect(container).toContain('Tmpfs=/spool:noexec,nosuid,nodev,size=64m,U\n');
    expect(container).not.toContain('PidsLimit=');
    expect(get(root, 'harden.config.yml')).toBe(CONFIG);
  });

  test('is cited with its line, in JSON and in text', async () => {
    const root = folderOf(TREE);
    const { stdout } = await harden(root, ['--output', 'json']);
    const findings = (JSON.parse(stdout) as Findings).files.find(({ path }) =>
      path.startsWith('deploy'),
    )?.findings;
    const of = (id: string, service: string): Findings['files'][number]['findings'][number] | undefined =>
      findings?.find((finding) => finding.id === id && finding.subject[1] === service);
    expect(of('compose/drop-capabilities', 'web')?.evidence[0]).toEqual({
      file: 'harden.config.yml',
      line: 4,
      text: 'capabilities: [KILL, NET_ADMIN]',
    });
    expect(of('compose/limit-pids', 'cache')).toMatchObject({
      disposition: 'accepted',
      reason: 'left out by harden.config.yml:12: it starts many',
    });
    expect(of('compose/limit-pids', 'cache')?.evidence[0]).toEqual({
      file: 'harden.config.yml',
      line: 12,
      text: 'skip: [limit-pids]',
    });
    const text = (await harden(root, [])).stdout;
    expect(text).toContain('harden.config.yml:5: writable: [/var/spool/web]');
    expect(text).toContain('left out by harden.config.yml:12: it starts many');
  });

  test('is what a second run finds', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--in-place', '--phase', '2']);
    const first = treeOf(root);
    const { code } = await harden(root, ['--in-place', '--phase', '2']);
    expect(code).toBe(0);
    expect(treeOf(root)).toEqual(first);
    expect((await harden(root, ['--check', '--phase', '2'])).code).toBe(0);
  });

  test('comes from the file that is named, or from none', async () => {
    const root = folderOf({
      ...TREE,
      'other.yml': 'overrides:\n  - file: "**"\n    skip: [compose, systemd, quadlet]\n',
    });
    expect((await harden(root, ['--check', '--config', 'other.yml'])).code).toBe(0);
    const { stdout, stderr } = await harden(root, ['--no-config']);
    expect(stdout + stderr).not.toContain('harden.config.yml');
  });

  test('reaches the threads of a large run', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 520 }, (_, at) => [`s${at}/compose.yml`, 'services:\n  a:\n    image: redis:7\n']),
    );
    const root = folderOf({
      ...many,
      'harden.config.yml': 'overrides:\n  - file: "**"\n    skip: [compose]\n',
    });
    const { code, stderr } = await harden(root, ['--check', '--jobs', '2']);
    expect([code, stderr]).toEqual([0, '']);
  });

  test('leaves a shared change to a person where it is left out for some of its services only', async () => {
    const anchored = `x-base: &base
  restart: always
services:
  one:
    <<: *base
    image: redis:7
  two:
    <<: *base
    image: redis:7
`;
    const skip = (services: readonly string[]): string =>
      `overrides:\n${services.map((name) => `  - { file: compose.yml, service: ${name}, skip: [no-new-privileges] }\n`).join('')}`;
    const run = async (services: readonly string[]): Promise<readonly string[]> => {
      const root = folderOf({ 'compose.yml': anchored, 'harden.config.yml': skip(services) });
      const { stdout } = await harden(root, ['--output', 'json']);
      const [file] = (JSON.parse(stdout) as Findings).files;
      return file!.findings
        .filter(({ id }) => id === 'compose/no-new-privileges')
        .map(({ disposition }) => disposition);
    };
    expect(await run(['gone'])).toEqual(['applied']);
    expect(await run(['one'])).toEqual(['manual']);
    expect(await run(['one', 'two'])).toEqual(['accepted']);
    expect(await run(['x-base'])).toEqual(['accepted']);
  });

  test('the ignore file of a Dockerfile is left alone', async () => {
    const tree = {
      Dockerfile: 'FROM node:22\nCOPY . .\nCMD ["node", "a.js"]\n',
      '.git/HEAD': 'ref: x\n',
      'a.js': '',
    };
    const config = 'overrides:\n  - file: Dockerfile\n    skip: [complete-dockerignore]\n';
    expect((await harden(folderOf(tree), [])).stdout).toContain('.dockerignore');
    const { stdout } = await harden(folderOf({ ...tree, 'harden.config.yml': config }), []);
    expect(stdout).not.toContain('.dockerignore');
  });
});

describe('where a config is', () => {
  const skip = 'overrides:\n  - file: deploy\n    skip: [compose]\n';

  test('in the root of the run or above it, up to the repository', async () => {
    const tree = { 'deploy/compose.yml': COMPOSE, '.git/HEAD': 'ref: x\n' };
    const above = folderOf({ ...tree, 'harden.config.yaml': skip });
    expect((await harden(join(above, 'deploy'), ['--check'])).code).toBe(0);
    const outer = folderOf({ 'harden.config.yml': 'overrides: 1\n' });
    mkdirSync(join(outer, 'inner'));
    for (const [path, text] of Object.entries(tree)) put(outer, `inner/${path}`, text as string);
    expect((await harden(join(outer, 'inner'), ['--check'])).code).toBe(1);
  });

  test('one that is named below the root names files from its own folder', async () => {
    const root = folderOf({
      'deploy/compose.yml': COMPOSE,
      'deploy/harden.yml': 'overrides:\n  - file: compose.yml\n    skip: [compose]\n',
    });
    expect((await harden(root, ['--check', '--config', 'deploy/harden.yml'])).code).toBe(0);
    expect(pathInConfig({ folder: 'deploy', root: '..' }, 'deploy/a/b.yml')).toBe('a/b.yml');
    expect(pathInConfig({ folder: 'deploy', root: '..' }, 'other/b.yml')).toBeUndefined();
    expect(pathInConfig({ folder: '../..', root: 'a/b' }, 'c.yml')).toBe('a/b/c.yml');
  });

  test('an installed unit has one too', async () => {
    const root = folderOf({
      'usr/lib/systemd/system/app.service': UNIT,
      'harden.yml':
        'overrides:\n  - file: usr/lib/systemd/system/app.service\n    writable: [/var/spool/app]\n',
    });
    const { stdout } = await harden(root, ['unit', 'app', '--root', '.', '--config', 'harden.yml']);
    expect(stdout).toContain('-/var/spool/app');
    expect((await harden(root, ['unit', 'app', '--root', '.'])).stdout).not.toContain('/var/spool/app');
    expect((await harden(root, ['unit', 'app', '--root', '.', '--config', 'gone.yml'])).code).toBe(2);
  });
});

describe('a config that is wrong', () => {
  test.each([
    ['overrides:\n  - file: a\n    skip: [compos]\n  - fil: b\n', [], ':3: skip names compos'],
    ['overrides: [\n', [], ':2: YAML: '],
    ['\u0000', [], 'is a binary file'],
    ['# fine\n', ['--config', 'gone.yml'], 'gone.yml does not exist'],
    ['# fine\n', ['--config'], 'config'],
    ['# fine\n', ['--config', 'a', '--config', 'b'], '--config was given twice'],
  ])('%j with %j ends the run before anything is written', async (config, args, message) => {
    const tree = { 'docker-compose.yml': COMPOSE, 'harden.config.yml': config };
    const root = folderOf(tree);
    const { code, stdout, stderr } = await harden(root, ['--write', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^harden: /);
    expect(treeOf(root)).toEqual(tree);
  });

  test('two in one folder are one too many', async () => {
    const root = folderOf({ 'harden.config.yml': '', 'harden.config.json': '{}' });
    const { code, stderr } = await harden(root, []);
    expect([code, stderr]).toEqual([
      2,
      'harden: harden.config.yml and harden.config.json are both there: put all into one\n',
    ]);
  });

  test('what it says of nothing is told, when the whole tree is planned', async () => {
    const config = `overrides:
  - file: gone.yml
    skip: [compose]
  - file: docker-compose.yml
    service: gone
    skip: [compose]
  - file: docker-compose.yml
    service: web
    writable: [/a]
`;
    const root = folderOf({ 'docker-compose.yml': COMPOSE, 'harden.config.yml': config });
    expect((await harden(root, [])).stderr).toBe(
      'harden: harden.config.yml:2: no file here is gone.yml; the override has no effect\n' +
        'harden: harden.config.yml:4: no docker-compose.yml here has a service gone; the override has no effect\n',
    );
    expect((await harden(root, ['docker-compose.yml'])).stderr).toBe('');
  });
});

describe('writing a config', () => {
  const override = { file: 'a.yml', writable: ['/a'] };

  test('makes it, extends it with its permissions, and keeps what was written meanwhile', async () => {
    const root = folderOf({ 'a.yml': COMPOSE });
    const none = await readConfig(root);
    if (!none.ok) throw new Error(none.reasons.join());
    const first = recordOverride(none.file.text, override);
    expect(first.ok && writeConfig(root, none.file, first.text)).toEqual({ ok: true, changed: true });
    expect(writeConfig(root, none.file, 'x')).toEqual({ ok: false, reason: 'has changed since it was read' });
    chmodSync(join(root, 'harden.config.yml'), 0o640);
    const some = await readConfig(root);
    if (!some.ok) throw new Error(some.reasons.join());
    expect(some.config?.overrides).toMatchObject([{ file: 'a.yml' }]);
    const second = recordOverride(some.file.text, { ...override, service: 'web' });
    expect(second.ok && writeConfig(root, some.file, second.text)).toEqual({ ok: true, changed: true });
    expect(statSync(join(root, 'harden.config.yml')).mode & 0o777).toBe(0o640);
    expect(writeConfig(root, some.file, 'x')).toEqual({ ok: false, reason: 'has changed since it was read' });
  });

  test('outside the root of the run is refused', async () => {
    const outer = folderOf({ 'harden.config.yml': '# keep\n', 'inner/a.yml': COMPOSE });
    const inner = join(outer, 'inner');
    const found = await readConfig(inner);
    if (!found.ok) throw new Error(found.reasons.join());
    expect(found.file).toMatchObject({
      path: '../harden.config.yml',
      place: { folder: '..', root: 'inner' },
    });
    expect(writeConfig(inner, found.file, 'x')).toMatchObject({ ok: false });
    symlinkSync(join(outer, 'harden.config.yml'), join(inner, 'harden.config.yml'));
    const linked = await readConfig(inner);
    expect(linked.ok && writeConfig(inner, linked.file, 'x')).toMatchObject({ ok: false });
    expect(readFileSync(join(outer, 'harden.config.yml'), 'utf8')).toBe('# keep\n');
  });
});
