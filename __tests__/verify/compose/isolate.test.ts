import { expect, test } from '@jest/globals';
import { isolate, seconds, type IsolateOptions } from '../../../src/verify/compose/isolate.js';
import type { ComposeModel } from '../../../src/verify/compose/model.js';

const OPTIONS: IsolateOptions = { owner: 'harden-verify-1', folder: '/copy', allowHost: false };

function isolated(model: ComposeModel, options = OPTIONS): ReturnType<typeof isolate> {
  return isolate(model, '/copy/scratch', options);
}

test('nothing of a service has a name or a port that another could have', () => {
  const { model } = isolated({
    name: 'shop',
    services: {
      web: {
        image: 'nginx:1.27',
        container_name: 'shop-web',
        ports: [{ target: 80, published: '8080', host_ip: '0.0.0.0', mode: 'host', protocol: 'tcp' }],
        networks: { edge: { ipv4_address: '10.1.0.2' }, other: { mac_address: '02:42:ac:11:65:43' } },
      },
    },
    networks: {
      edge: { name: 'edge', external: true, ipam: { config: [{ subnet: '10.1.0.0/24' }] } },
      other: { name: 'shop_other', driver: 'macvlan', driver_opts: { parent: 'eth0' }, ipam: {} },
    },
    volumes: { data: { name: 'shop_data', external: true, driver_opts: { device: '/srv' } } },
  });
  expect(model.name).toBeUndefined();
  expect(model.services.web).toEqual({
    image: 'nginx:1.27',
    labels: { 'dev.harden.verify': 'harden-verify-1' },
    ports: [{ target: 80, host_ip: '127.0.0.1', mode: 'ingress', protocol: 'tcp' }],
    networks: { edge: { ipv4_address: '10.1.0.2' }, other: {} },
  });
  const labels = { 'dev.harden.verify': 'harden-verify-1' };
  expect(model.networks).toEqual({
    // The address that a service asks for needs its subnet.
    edge: { ipam: { config: [{ subnet: '10.1.0.0/24' }] }, labels },
    other: { labels },
  });
  expect(model.volumes).toEqual({ data: { labels } });
});

test('what is only read stays; what may be written to is a stand-in, the same for all who share it', () => {
  const { model, standIns } = isolated({
    services: {
      a: { volumes: [bind('/copy/data', '/data'), bind('/etc/localtime', '/etc/localtime', true)] },
      b: { volumes: [bind('/copy/data', '/in'), bind('/srv/files', '/files')] },
    },
  });
  expect(model.services.a!.volumes!.map(({ source }) => source)).toEqual([
    '/copy/scratch/0',
    '/etc/localtime',
  ]);
  expect(model.services.b!.volumes!.map(({ source }) => source)).toEqual([
    '/copy/scratch/0',
    '/copy/scratch/1',
  ]);
  expect(standIns).toEqual([
    { source: '/copy/data', path: '/copy/scratch/0', own: true },
    { source: '/srv/files', path: '/copy/scratch/1', own: false },
  ]);
});

function bind(
  source: string,
  target: string,
  read_only = false,
): NonNullable<ComposeModel['services'][string]['volumes']>[number] {
  return { type: 'bind', source, target, read_only };
}

test.each([
  ['it is privileged', { privileged: true }],
  ["it uses this machine's network", { network_mode: 'host' }],
  ["it sees this machine's processes", { pid: 'host' }],
  [
    "it commands this machine's engine through /var/run/docker.sock",
    { volumes: [bind('/var/run/docker.sock', '/var/run/docker.sock', true)] },
  ],
])('a service is left out because %s, and nobody waits for it', (reason, service) => {
  const model: ComposeModel = {
    services: { reaches: service, web: { depends_on: { reaches: { condition: 'service_started' } } } },
  };
  const { left, model: apart } = isolated(model);
  expect([...left]).toEqual([['reaches', reason]]);
  expect(apart.services).toEqual({
    web: { depends_on: {}, labels: { 'dev.harden.verify': 'harden-verify-1' } },
  });
  expect(isolated(model, { ...OPTIONS, allowHost: true }).left.size).toBe(0);
});

test('an image that is built gets a tag of its own, also for those that use it without building', () => {
  const build = { context: '/copy', dockerfile: 'Dockerfile' };
  const { model, built } = isolated({
    services: {
      app: { build, image: 'app:local' },
      cli: { image: 'app:local' },
      other: { build: { ...build, dockerfile: 'Dockerfile.hardened' } },
    },
  });
  const { app, cli, other } = model.services;
  expect(app!.image).toMatch(/^harden-verify-1:[0-9a-f]{12}$/);
  expect(cli).toMatchObject({ image: app!.image, pull_policy: 'never' });
  expect(other!.image).not.toBe(app!.image);
  expect(built.map(({ service }) => service)).toEqual(['app', 'other']);
});

test('a health check is tried sooner, with the same patience', () => {
  const { model } = isolated({
    services: {
      slow: { healthcheck: { test: ['CMD', 'true'], interval: '1m30s', retries: 2 } },
      usual: { healthcheck: { test: ['CMD', 'true'] } },
      off: { healthcheck: { disable: true } },
    },
  });
  expect(model.services.slow!.healthcheck).toMatchObject({ interval: '1s', retries: 180 });
  expect(model.services.usual!.healthcheck).toMatchObject({ interval: '1s', retries: 90 });
  expect(model.services.off!.healthcheck).toEqual({ disable: true });
});

test.each([
  ['1m30s', 90],
  ['500ms', 0.5],
  ['1h', 3600],
  ['soon', undefined],
  ['5', undefined],
])('%s are %s seconds', (text, expected) => {
  expect(seconds(text)).toBe(expected);
});
