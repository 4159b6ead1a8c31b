import { isAlias } from 'yaml';
import { refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { cite } from '../../src/core/evidence.js';
import { addToMap, prefixScalar, sharedReason } from '../../src/formats/compose/edit.js';
import {
  isExposed,
  longEntry,
  publishedPorts,
  type PublishedPort,
} from '../../src/workload/compose/ports.js';
import { edgeReason, manualReason, withoutAddress } from '../../src/workload/compose/published.js';
import type { Field } from '../../src/workload/compose/project.js';
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
  const change = port.form === 'long' ? 'host_ip: 127.0.0.1' : `127.0.0.1:${withoutAddress(port)}`;
  const obstacle = edge?.reason ?? manualReason(workload, port);
  if (obstacle !== undefined) return { ...base, safety: 'manual', reason: obstacle, suggestion: change };
  const edit = bind(document, service, field, port);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: change };
  return { ...base, safety: 'unsafe', change, edits: edit.edits };
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
