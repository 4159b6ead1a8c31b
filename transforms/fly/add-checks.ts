import type { Finding, SemanticPath } from '../../src/core/types.js';
import { citePath, isBelow, isTable, valueAt, type FlyDocument } from '../../src/formats/toml/document.js';
import { addTable, quoted, type Assignment } from '../../src/formats/toml/edit.js';
import type { FlyContext } from '../../src/workload/context.js';
import { bindAddress } from '../../src/workload/fly/bind.js';
import { healthOf } from '../../src/workload/fly/health.js';
import { serviceName, type FlyService } from '../../src/workload/fly/services.js';
import { startOf } from '../../src/workload/fly/start.js';
import { about, FLY_CONFIG, forEachService, manual, unsafe } from './service.js';

const CHECKS = 'https://fly.io/docs/reference/health-checks/';

export const addChecks = forEachService(
  {
    id: 'fly/add-checks',
    title: 'Check what a deployment brings before traffic goes there',
    description:
      'Without a check a Machine counts as well once its process runs: a release that does not answer replaces the one that does, Machine by Machine. A check makes fly deploy wait, and stop at the first Machine that fails. It asks for a path only where one is known: from the HEALTHCHECK of the Dockerfile, from that of a Compose service that builds it, or from a route that the sources register, on the port of the service. Else it opens a connection, as the proxy does for every request: for an http_service that is a check of its own section, which says nothing to the proxy. A bare TCP port gets one only where the image exposes it: nothing may listen there until somebody needs it. Where the known path belongs to another port or to another command, a person decides.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'fly deploy fails where a start takes longer than its wait_timeout (5 minutes by default), or where the path answers with a redirect or asks for a host name; the proxy sends no request to a Machine whose service check fails.',
    touches: ['http_service.checks', 'services.*.http_checks', 'services.*.tcp_checks', 'checks'],
    controls: [],
    references: [
      CHECKS,
      `${FLY_CONFIG}#http_service-checks`,
      `${FLY_CONFIG}#services-tcp_checks`,
      `${FLY_CONFIG}#the-checks-section`,
    ],
  },
  ({ document, context, service, services }) => {
    const { internalPort, path, kind } = service;
    if (service.protocol !== 'tcp' || service.checked || service.ports.length === 0) return undefined;
    if (internalPort === undefined || isChecked(document, service, services)) return undefined;
    const start = startOf(document, service, context.image);
    // Whoever listens on loopback is told so; a check would only say it again.
    if (bindAddress(start)?.reach === 'loopback') return undefined;
    const lost = kind === 'http_service' ? checksWithoutService(document) : undefined;
    if (lost !== undefined) {
      const base = about(document, path, 'its check belongs to no service', [citePath(document, lost)]);
      const reason = `${lost.slice(0, 2).join('.')} stands without a service that names a port: an http_service has checks of its own`;
      return manual(base, reason, '[[http_service.checks]] in its place');
    }
    const message = `nothing checks whether ${serviceName(service)} answers`;
    const http = speaksHttp(service);
    const health = healthOf(internalPort, start, http ? context.image : undefined);
    if (health.kind === 'unclear') {
      const name = kind === 'http_service' ? 'http_service.checks' : 'services.http_checks';
      const suggestion = `[[${name}]] with path = ${JSON.stringify(health.path)}, once it answers there with 200`;
      return manual(about(document, path, message, health.evidence), health.reason, suggestion);
    }
    if (health.kind === 'route') {
      const list = kind === 'http_service' ? 'checks' : 'http_checks';
      const base = about(document, path, message, health.evidence);
      const edit = addTable(document, path, {
        ...{ path: [...path, list], kind: 'list' },
        pairs: [
          ...every(document, '10s', '30s', '5s'),
          ['method', quoted(document, 'GET')],
          ['path', quoted(document, health.path)],
        ],
      });
      return unsafe(base, `${list}: GET ${health.path} on port ${internalPort}`, edit);
    }
    // Nothing may listen on a bare port until somebody needs it: a tunnel, a game that is not on.
    if (!http && !exposes(context, internalPort)) return undefined;
    return kind === 'http_service'
      ? ownSection(document, service, internalPort, message)
      : connection(document, path, internalPort, message);
  },
);

/** The values of Fly's own examples: https://fly.io/docs/reference/configuration/#http_service-checks */
function every(
  document: FlyDocument,
  grace: string,
  interval: string,
  timeout: string,
): readonly Assignment[] {
  return [
    ['grace_period', quoted(document, grace)],
    ['interval', quoted(document, interval)],
    ['timeout', quoted(document, timeout)],
  ];
}

/** A service of its own may be checked by a connection. */
function connection(document: FlyDocument, path: SemanticPath, port: number, message: string): Finding {
  const edit = addTable(document, path, {
    ...{ path: [...path, 'tcp_checks'], kind: 'list' },
    pairs: every(document, '10s', '15s', '2s'),
  });
  return unsafe(about(document, path, message), `tcp_checks: a connection to port ${port}`, edit);
}

/** An http_service has checks of HTTP only: https://fly.io/docs/reference/configuration/#the-checks-section has others. */
function ownSection(
  document: FlyDocument,
  { path, processes }: FlyService,
  port: number,
  message: string,
): Finding {
  const groups = processes.map((name) => quoted(document, name)).join(', ');
  const checks = document.headers.some((header) => isBelow(header.path, ['checks']));
  const edit = addTable(document, checks ? ['checks'] : path, {
    ...{ path: ['checks', 'listening'], kind: 'table' },
    pairs: [
      ['type', quoted(document, 'tcp')],
      ['port', String(port)],
      ...every(document, '10s', '15s', '2s'),
      ...(processes.length === 0 ? [] : [['processes', `[${groups}]`] as const]),
    ],
  });
  const base = { ...about(document, path, message), subject: ['checks'] };
  return unsafe(base, `checks.listening: a connection to port ${port}`, edit);
}

/** `[[services.http_checks]]` with no `[[services]]` above it: it makes a service that has no port, and checks nothing. */
function checksWithoutService(document: FlyDocument): SemanticPath | undefined {
  const services = valueAt(document, ['services']);
  if (!isTable(services) || services.internal_port !== undefined || services.ports !== undefined)
    return undefined;
  const key = ['http_checks', 'tcp_checks'].find((name) => services[name] !== undefined);
  return key === undefined ? undefined : ['services', key, '0'];
}

function speaksHttp({ ports }: FlyService): boolean {
  return ports.some(({ handlers }) => handlers.includes('http'));
}

function exposes({ image }: FlyContext, port: number): boolean {
  return image?.build.ports.some((exposed) => new RegExp(`^${port}(?:/tcp)?$`, 'i').test(exposed)) === true;
}

/** True where a check of the top level, or of another service, asks the port of the service, or will. */
function isChecked(document: FlyDocument, service: FlyService, services: readonly FlyService[]): boolean {
  const { internalPort, kind } = service;
  const same = services.filter((other) => other.internalPort === internalPort && other.protocol === 'tcp');
  if (same[0] !== service || same.some(({ checked }) => checked)) return true;
  const checks = valueAt(document, ['checks']);
  const list: readonly unknown[] = Array.isArray(checks)
    ? checks
    : isTable(checks)
      ? Object.values(checks)
      : [];
  return list.some(
    (check) =>
      isTable(check) &&
      (check.port === undefined ? kind === 'http_service' : Number(check.port) === internalPort),
  );
}
