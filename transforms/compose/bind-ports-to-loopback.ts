import { isAlias, isMap } from 'yaml';
import { refused, type Edits } from '../../src/core/text.js';
import type { Evidence, Finding } from '../../src/core/types.js';
import { cite } from '../../src/core/evidence.js';
import { addToMap, prefixScalar, sharedReason } from '../../src/formats/compose/edit.js';
import {
  isExposed,
  longEntry,
  publishedPorts,
  type PublishedPort,
} from '../../src/workload/compose/ports.js';
import { citations } from '../../src/workload/model.js';
import { BETWEEN_MACHINES } from '../../src/workload/compose/protocols.js';
import { splitOutsideBraces } from '../../src/workload/compose/mounts.js';
import { environmentOf } from '../../src/workload/compose/plain.js';
import type { Field, ServiceView } from '../../src/workload/compose/project.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import type { ComposeTransform } from './service.js';
import { unlockedFor } from './share.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';

export const bindPortsToLoopback: ComposeTransform = {
  meta: {
    id: 'compose/bind-ports-to-loopback',
    title: 'Publish ports on the loopback address of the host',
    description:
      "A port that is published without an address listens on every interface of the host, and Docker's rules pass by ufw and firewalld. It is published on 127.0.0.1 instead: programs on the host and a reverse proxy there still reach it, other containers never needed it. The address goes on the host's side; the process goes on listening on all addresses inside its container, or nothing could reach it. Public edges and protocols between machines stay as they are.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'Other machines no longer reach the port: put a reverse proxy or a tunnel before it where they must.',
    touches: ['services.*.ports'],
    controls: ['CIS-Docker-5.14', 'NIST-800-190-4.4.2'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#ports',
      'https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw',
    ],
  },
  run: (document, context) =>
    document.services.flatMap((service) => {
      const workload = context.workload(service.name);
      if (workload === undefined || workload.view.last('network_mode')?.value === 'host') return [];
      const fields = workload.view
        .fields('ports')
        .filter((field) => field.document === document && !field.extended);
      return fields.flatMap((field) => {
        const editable = unlockedFor(document, service, 'ports', field, context);
        return publishedPorts(field, workload.view.project)
          .filter(isExposed)
          .map((port) => decide(document, editable, workload, field, port));
      });
    }),
};

function decide(
  document: ComposeDocument,
  service: ComposeService,
  workload: ServiceWorkload,
  field: Field,
  port: PublishedPort,
): Finding {
  const shared = isAlias(field.node);
  const [start, end] = (shared ? undefined : port.node.range) ?? [field.offset, field.offset, 0];
  const base = {
    subject: ['services', service.name],
    range: { start, end },
    message: `port ${port.text} is published on every interface of the host`,
    evidence: [cite(document, start)],
  };
  const edge = edgeReason(workload, port);
  if (edge?.accepted === true) {
    return {
      ...base,
      evidence: [...base.evidence, ...edge.evidence],
      safety: 'accepted',
      reason: edge.reason,
    };
  }
  const change = port.form === 'long' ? 'host_ip: 127.0.0.1' : `127.0.0.1:${shown(port)}`;
  const obstacle = edge?.reason ?? manualReason(workload, port);
  if (obstacle !== undefined) return { ...base, safety: 'manual', reason: obstacle, suggestion: change };
  const edit = bind(document, service, field, port);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: change };
  return { ...base, safety: 'unsafe', change, edits: edit.edits };
}

/** What the short form says behind the address: a lone container port gets an empty host port. */
function shown(port: PublishedPort): string {
  if (port.hostIp !== undefined) return splitOutsideBraces(port.text, ':').slice(-2).join(':');
  return port.published === undefined ? `:${port.text}` : port.text;
}

function bind(document: ComposeDocument, service: ComposeService, field: Field, port: PublishedPort): Edits {
  const lock = service.locked ?? (field.node === undefined ? undefined : sharedReason(service, field.node));
  if (lock !== undefined) return refused(lock);
  if (field.map !== service.map) return refused('its ports come from an anchor');
  if (port.form === 'short') {
    return prefixScalar(service, port.node, port.published === undefined ? '127.0.0.1::' : '127.0.0.1:');
  }
  const entry = longEntry(port);
  if (entry === undefined) return refused('its entry is not written in place');
  return addToMap(document, entry, 'host_ip', '127.0.0.1');
}

interface Edge {
  readonly accepted: boolean;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** A reverse proxy's own ports are meant for the world; 80 and 443 of anything else probably are. */
function edgeReason(workload: ServiceWorkload, port: PublishedPort): Edge | undefined {
  const web = port.published === '80' || port.published === '443';
  if (workload.origin.kind === 'server') {
    const { ports, name, role } = workload.origin.facts;
    if (ports?.edge?.includes(Number(port.target)) === true && (web || port.published === port.target)) {
      const evidence = citations(ports.cites);
      return { accepted: true, reason: `the public edge: ${name} serves the web on it`, evidence };
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

function manualReason(workload: ServiceWorkload, port: PublishedPort): string | undefined {
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
  const user = hostGatewayUser(view);
  return user === undefined ? undefined : `${user} reaches the host's ports through host.docker.internal`;
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

/** A container that talks to published ports through the host can't reach the host's loopback address. */
function hostGatewayUser(view: ServiceView): string | undefined {
  return view.project.services().find((other) =>
    ['environment', 'command', 'extra_hosts'].some((key) =>
      other.fields(key).some((field) => {
        const texts =
          key === 'environment' ? Object.values(environmentOf(field.value)) : [JSON.stringify(field.value)];
        return texts.some((text) => text?.includes('host.docker.internal') === true);
      }),
    ),
  )?.name;
}
