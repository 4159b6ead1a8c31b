import { HTTP_PORTS, parseDestination } from '../../core/destination.js';
import { environmentOf } from './plain.js';
import { stemOf } from './file-names.js';
import type { ServiceWorkload } from './service.js';

/** The port of the proxy, as Squid's own configuration has it: http://www.squid-cache.org/Doc/config/http_port/ */
export const EGRESS_PORT = 3128;

/** The service that is the proxy. */
export const EGRESS_PROXY = 'egress-proxy';

export function proxyUrl(service: string): string {
  return `http://${service}:${EGRESS_PORT}`;
}

/** Where the proxy's configuration is, relative to the folder of the Compose file. */
export function egressConfigPath(composeFile: string): string {
  const stem = stemOf(composeFile);
  return `./egress/${stem === '' ? 'squid' : stem}.conf`;
}

/** The rules of the services that go by the proxy. */
export function egressRules(workloads: readonly ServiceWorkload[]): readonly EgressRule[] {
  return workloads.flatMap(({ name, outside, view }): EgressRule[] => {
    const variables = view.fields('environment').flatMap(({ value }) => Object.entries(environmentOf(value)));
    const goes = variables.some(([key, value]) => key === 'HTTPS_PROXY' && value === proxyUrl(EGRESS_PROXY));
    const hosts = outside.value.map(({ value }) => value);
    return goes && outside.certainty !== 'unknown' ? [{ service: name, hosts }] : [];
  });
}

/** Who may reach what, as the proxy's configuration tells it. */
export interface EgressRule {
  readonly service: string;
  /** Destinations as an override names them. */
  readonly hosts: readonly string[];
}

/**
 * The configuration of a proxy that lets through the listed hosts and nothing else. It keeps nothing, and writes only its
 * log, to its output. http://www.squid-cache.org/Doc/config/
 */
export function squidConfig(rules: readonly EgressRule[]): string {
  const hosts = [...new Set(rules.flatMap((rule) => rule.hosts))].sort();
  const groups = new Map<string, { readonly names: string[]; readonly addresses: string[] }>();
  for (const host of hosts) {
    const destination = parseDestination(host);
    if (destination === undefined) continue;
    const ports = (destination.port === undefined ? HTTP_PORTS : [destination.port]).join(' ');
    const group = groups.get(ports) ?? { names: [], addresses: [] };
    groups.set(ports, group);
    if (destination.kind === 'host') group.names.push(destination.name);
    else {
      const { address, prefix } = destination;
      group.addresses.push(prefix === undefined ? address : `${address}/${prefix}`);
    }
  }
  // -n: an address is not looked up for a name, which whoever owns it chooses.
  const lines = [...groups].flatMap(([ports, { names, addresses }]) => {
    const suffix = ports.replaceAll(' ', '_');
    const allowed = (kind: string, acl: string, words: readonly string[]): string[] =>
      words.length === 0
        ? []
        : [
            `acl ${kind}_${suffix} ${acl} ${words.join(' ')}`,
            `http_access allow ${kind}_${suffix} ports_${suffix}`,
          ];
    return [
      `acl ports_${suffix} port ${ports}`,
      ...allowed('names', 'dstdomain -n', withoutCovered(names)),
      ...allowed('addresses', 'dst', addresses),
    ];
  });
  return `${[
    ...rules.map(
      ({ service, hosts: own }) => `# ${service.replace(/[^\w.-]/g, '?')}: ${[...own].sort().join(', ')}`,
    ),
    `http_port ${EGRESS_PORT}`,
    '',
    ...lines,
    'http_access deny all',
    '',
    ...SETTINGS,
  ].join('\n')}\n`;
}

/** Squid does not take a name beside a domain that holds it: http://www.squid-cache.org/Doc/config/acl/ */
function withoutCovered(names: readonly string[]): readonly string[] {
  const domains = names.filter((name) => name.startsWith('.'));
  return names.filter((name) => !domains.some((domain) => domain !== name && `.${name}`.endsWith(domain)));
}

/** Nothing is kept, nothing is told of who asks, and no file is written. */
const SETTINGS = [
  'cache deny all',
  'cache_mem 8 MB',
  'via off',
  'forwarded_for delete',
  'access_log stdio:/dev/stdout',
  'cache_log /dev/stderr',
  'cache_store_log none',
  'pid_filename none',
  'netdb_filename none',
  'pinger_enable off',
  'digest_generation off',
  'max_filedescriptors 8192',
  'shutdown_lifetime 3 seconds',
];
