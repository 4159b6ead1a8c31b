import type { SemanticPath } from '../../core/types.js';
import { entriesAt, isTable, valueAt, type FlyDocument } from '../../formats/toml/document.js';

/** A port of Fly's proxy: https://fly.io/docs/reference/configuration/#services-ports */
export interface FlyPort {
  /** Undefined for the ports 80 and 443 that an `http_service` stands for. */
  readonly path: SemanticPath | undefined;
  readonly from: number;
  readonly to: number;
  readonly handlers: readonly string[];
  /** Undefined where the file says nothing. */
  readonly forceHttps: boolean | undefined;
}

/** What Fly's proxy hands to the Machines: the `http_service`, or one of the `services`. */
export interface FlyService {
  readonly path: SemanticPath;
  readonly kind: 'http_service' | 'service';
  readonly protocol: string;
  readonly internalPort: number | undefined;
  /** The process groups that it belongs to. */
  readonly processes: readonly string[];
  readonly ports: readonly FlyPort[];
  /** It has a check of its own, of any kind. */
  readonly checked: boolean;
}

export function textsOf(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.filter((item) => typeof item === 'string');
}

/** flyctl reads a port that is written as a text too. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}

/** The tables of a list; flyctl reads a table of its own as a list of one. */
function tablesAt(document: FlyDocument, path: SemanticPath): readonly SemanticPath[] {
  const value = valueAt(document, path);
  if (isTable(value)) return [path];
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, at) => (isTable(item) ? [[...path, String(at)]] : []));
}

function holds(document: FlyDocument, path: SemanticPath, keys: readonly string[]): boolean {
  return keys.some((key) => tablesAt(document, [...path, key]).length > 0);
}

/** The services of a file, in the order in which flyctl lists them. */
export function flyServices(document: FlyDocument): readonly FlyService[] {
  const http = ['http_service'];
  const services = tablesAt(document, ['services'])
    .filter((path) => entriesAt(document, path).length > 0)
    .map((path) => serviceAt(document, path));
  return isTable(valueAt(document, http)) ? [httpService(document, http), ...services] : services;
}

/** https://fly.io/docs/reference/configuration/#the-http_service-section */
function httpService(document: FlyDocument, path: SemanticPath): FlyService {
  const forceHttps = valueAt(document, [...path, 'force_https']);
  const port = (number: number, ...handlers: readonly string[]): FlyPort => ({
    ...{ path: undefined, from: number, to: number, handlers, forceHttps: undefined },
  });
  return {
    path,
    kind: 'http_service',
    protocol: 'tcp',
    internalPort: numberOf(valueAt(document, [...path, 'internal_port'])),
    processes: textsOf(valueAt(document, [...path, 'processes'])),
    ports: [
      { ...port(80, 'http'), forceHttps: typeof forceHttps === 'boolean' ? forceHttps : undefined },
      port(443, 'tls', 'http'),
    ],
    checked: holds(document, path, ['checks', 'machine_checks']),
  };
}

function serviceAt(document: FlyDocument, path: SemanticPath): FlyService {
  const protocol = valueAt(document, [...path, 'protocol']);
  return {
    path,
    kind: 'service',
    protocol: typeof protocol === 'string' ? protocol : 'tcp',
    internalPort: numberOf(valueAt(document, [...path, 'internal_port'])),
    processes: textsOf(valueAt(document, [...path, 'processes'])),
    ports: tablesAt(document, [...path, 'ports']).flatMap((port) => portAt(document, port)),
    checked: holds(document, path, ['tcp_checks', 'http_checks', 'machine_checks']),
  };
}

function portAt(document: FlyDocument, path: SemanticPath): readonly FlyPort[] {
  const port = numberOf(valueAt(document, [...path, 'port']));
  const from = numberOf(valueAt(document, [...path, 'start_port'])) ?? port;
  const to = numberOf(valueAt(document, [...path, 'end_port'])) ?? port;
  if (from === undefined || to === undefined) return [];
  const forceHttps = valueAt(document, [...path, 'force_https']);
  return [
    {
      ...{ path, from, to, handlers: textsOf(valueAt(document, [...path, 'handlers'])) },
      forceHttps: typeof forceHttps === 'boolean' ? forceHttps : undefined,
    },
  ];
}

/** A port as people write it: `80`, `8000-8010`. */
export function portText({ from, to }: FlyPort): string {
  return from === to ? String(from) : `${from}-${to}`;
}

/** True where something of the app answers HTTPS on its own port. */
export function answersHttps(services: readonly FlyService[]): boolean {
  return services.some(({ ports }) =>
    ports.some(
      ({ from, to, handlers }) =>
        from <= 443 && to >= 443 && handlers.includes('tls') && handlers.includes('http'),
    ),
  );
}

/** The place of a service in words: `http_service`, `services, internal port 5432`. */
export function serviceName({ kind, internalPort }: FlyService): string {
  if (kind === 'http_service') return 'the http_service';
  return internalPort === undefined ? 'the service' : `the service of port ${internalPort}`;
}
