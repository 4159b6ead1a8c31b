import { refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { cite } from '../../src/core/evidence.js';
import type { UnitEntry } from '../../src/formats/systemd/document.js';
import { replaceValue } from '../../src/formats/systemd/edit.js';
import { isExposed, publishedPorts, type PublishedPort } from '../../src/workload/compose/ports.js';
import { edgeReason, manualReason, withoutAddress } from '../../src/workload/compose/published.js';
import type { Field } from '../../src/workload/compose/project.js';
import type { ContainerWorkload } from '../../src/workload/quadlet/workload.js';
import { forContainer, quadletKey } from './container.js';

export const bindPortsToLoopback = forContainer(
  {
    id: 'quadlet/bind-ports-to-loopback',
    title: 'Publish ports on the loopback address of the host',
    description:
      "A port that is published without an address listens on every interface of the host. It is published on 127.0.0.1 instead: programs on the host and a reverse proxy there still reach it, containers of the same network never needed it. The address goes on the host's side; the process goes on listening on all addresses inside its container, or nothing could reach it. Public edges and protocols between machines stay as they are; the ports of a pod are the pod's.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'Other machines no longer reach the port: put a reverse proxy or a tunnel before it where they must.',
    touches: ['Container.PublishPort'],
    controls: ['CIS-Docker-5.14', 'NIST-800-190-4.4.2'],
    references: [quadletKey('PublishPort')],
  },
  (container) => {
    const { view } = container.service;
    if (view.last('network_mode')?.value === 'host' || container.pod !== undefined) return undefined;
    return view.fields('ports').flatMap((field) =>
      publishedPorts(field, view.project)
        .filter(isExposed)
        .map((port) => decide(container, field, port)),
    );
  },
);

function decide({ file, service }: ContainerWorkload, field: Field, port: PublishedPort): Finding {
  const entry = file
    .assignments('Container', 'PublishPort')
    .find(({ range, origin }) => field.own && origin === undefined && range.start === field.offset);
  const base = {
    subject: ['Container'],
    range: entry?.valueRange ?? file.lastSection('Container')!.headerRange,
    message: `port ${port.text} is published on every interface of the host`,
    evidence: [cite(field.document, field.offset)],
  };
  const edge = edgeReason(service, port);
  if (edge?.accepted === true) {
    const evidence = [...base.evidence, ...edge.evidence];
    return { ...base, evidence, safety: 'accepted', reason: edge.reason };
  }
  const change = `PublishPort=127.0.0.1:${withoutAddress(port)}`;
  const obstacle = edge?.reason ?? manualReason(service, port);
  if (obstacle !== undefined) return { ...base, safety: 'manual', reason: obstacle, suggestion: change };
  const edit = bind(entry, port);
  if (!edit.ok) return { ...base, safety: 'manual', reason: edit.reason, suggestion: change };
  return { ...base, safety: 'unsafe', change, edits: edit.edits };
}

function bind(entry: UnitEntry | undefined, port: PublishedPort): Edits {
  if (entry === undefined) return refused('it stands in a drop-in or in PodmanArgs=');
  if (/\s|["'\\]/.test(entry.value)) return refused('it is not written as one plain word');
  return replaceValue(entry, `127.0.0.1:${port.published === undefined ? ':' : ''}${entry.value}`);
}
