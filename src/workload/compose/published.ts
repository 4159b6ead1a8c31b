import { isMap } from 'yaml';
import type { Evidence } from '../../core/types.js';
import { citations } from '../model.js';
import { environmentOf } from './plain.js';
import { publishedPorts, type PublishedPort } from './ports.js';
import { splitOutsideBraces } from './mounts.js';
import type { ServiceView } from './project.js';
import { BETWEEN_MACHINES } from './protocols.js';
import type { ServiceWorkload } from './service.js';

/** Why a port stays as it is: accepted as it is meant for other machines, or for a person to decide. */
export interface Edge {
  readonly accepted: boolean;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** A reverse proxy's own ports are meant for the world; 80 and 443 of anything else probably are. */
export function edgeReason(workload: ServiceWorkload, port: PublishedPort): Edge | undefined {
  const web = port.published === '80' || port.published === '443';
  if (workload.origin.kind === 'server') {
    const { ports, name, role } = workload.origin.facts;
    if (ports?.edge?.includes(Number(port.target)) === true && (web || port.published === port.target)) {
      const evidence = citations(ports.cites);
      return { accepted: true, reason: `the public edge: ${name} serves the web on it`, evidence };
    }
    // Without a value for the variable it is not known to be another one.
    if (ports?.edge?.includes(Number(port.target)) === true && port.published?.includes('$') === true) {
      const reason = `it may be the public edge, which ${name} serves the web on: what ${port.published} stands for is not in the repository`;
      return { accepted: false, reason, evidence: [] };
    }
    // What the image itself opens beside its edge is for its administrator.
    if (role === 'proxy' && ports?.listens.includes(Number(port.target)) === false) {
      const reason = `only the configuration of ${name} opens it: it may be the door to what stands behind`;
      return { accepted: false, reason, evidence: citations(ports.cites) };
    }
  }
  if (!web) return undefined;
  const reason = `${port.published} looks like a public edge: loopback only if a proxy on this host stands before it`;
  return { accepted: false, reason, evidence: [] };
}

/** Why the address of a port that is no edge is for a person to decide. */
export function manualReason(workload: ServiceWorkload, port: PublishedPort): string | undefined {
  const { view } = workload;
  if (port.hostIp !== undefined && port.hostIp !== '') return `the file names ${port.hostIp} on purpose`;
  // A second one would be an invalid entry, or the same key twice.
  if (port.hostIp === '' || inMap(port, 'host_ip')) return 'its address is there already, and empty';
  // No host_ip in https://github.com/docker/cli/blob/master/cli/compose/schema/data/config_schema_v3.13.json
  if (inMap(port, 'mode', 'host')) return 'mode: host is for Swarm, which takes no address';
  if (workload.swarm) return 'Swarm publishes through its routing mesh, which takes no address';
  if (port.protocol !== 'tcp') return `${port.protocol.toUpperCase()} is mostly spoken with other machines`;
  if (alsoOverUdp(view, port))
    return 'the port is published over UDP too: both are spoken with other machines';
  const protocol = BETWEEN_MACHINES.get(Number(port.target));
  if (protocol !== undefined) return `${protocol} is spoken with other machines`;
  // `${ADDRESS:+${ADDRESS}:}8080:80` adds one where it is set.
  const address =
    /\$\{(\w+):?\+/.exec(port.text)?.[1] ??
    port.unresolved.find((name) => !/PORT/i.test(name) || /ADDR|HOST_?IP|BIND|LISTEN/i.test(name));
  if (address !== undefined) return `\${${address}} may hold an address already`;
  return hostGatewayUser(view);
}

function inMap({ node }: PublishedPort, key: string, value?: string): boolean {
  return isMap(node) && node.has(key) && (value === undefined || node.get(key) === value);
}

/** DNS, TURN, HTTP/3 and games speak one protocol over both; half of it on loopback is no service. */
function alsoOverUdp(view: ServiceView, port: PublishedPort): boolean {
  return view
    .fields('ports')
    .flatMap((field) => publishedPorts(field, view.project))
    .some(({ protocol, target }) => protocol === 'udp' && target === port.target);
}

/** The names by which Docker and Podman let a container call its host. */
const HOST_GATEWAY = /host\.(?:docker|containers)\.internal/;

/** A container that talks to published ports through the host can't reach the host's loopback address. */
function hostGatewayUser(view: ServiceView): string | undefined {
  for (const other of view.project.services()) {
    for (const key of ['environment', 'command', 'extra_hosts']) {
      for (const { value } of other.fields(key)) {
        const texts = key === 'environment' ? Object.values(environmentOf(value)) : [JSON.stringify(value)];
        const [name] = HOST_GATEWAY.exec(texts.join(' ')) ?? [];
        if (name !== undefined) return `${other.name} reaches the host's ports through ${name}`;
      }
    }
  }
  return undefined;
}

/** What the short form of a port says behind the address: a lone container port gets an empty host port. */
export function withoutAddress(port: PublishedPort): string {
  if (port.hostIp !== undefined) return splitOutsideBraces(port.text, ':').slice(-2).join(':');
  return port.published === undefined ? `:${port.text}` : port.text;
}
