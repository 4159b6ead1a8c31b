import { isExposed, publishedPorts, type PublishedPort } from '../../workload/compose/ports.js';
import { citeField, type ServiceView } from '../../workload/compose/project.js';
import type { Evidence } from '../../core/types.js';
import type { ContainerCheck } from '../types.js';
import { ABSENT, byFindings, met, undecided, unmet } from '../verdict.js';

interface Published {
  readonly port: PublishedPort;
  readonly evidence: Evidence;
}

function published(view: ServiceView): readonly Published[] {
  return view
    .fields('ports')
    .flatMap((field) =>
      publishedPorts(field, view.project).map((port) => ({ port, evidence: citeField(field) })),
    );
}

export const boundToInterface: ContainerCheck = {
  name: 'bound-to-an-interface',
  of: 'container',
  transforms: ['compose/bind-ports-to-loopback', 'quadlet/bind-ports-to-loopback'],
  decide: ({ workload: { view } }) => {
    const ports = published(view);
    if (ports.length === 0) return ABSENT;
    const open = ports.filter(({ port }) => isExposed(port));
    const [first] = open;
    if (first === undefined) return met('its ports are published on addresses that it names');
    const names = open.map(({ port }) => port.target).join(', ');
    return unmet(`port ${names} is published on every interface of the host`, first.evidence);
  },
};

const PRIVILEGED = 1024;

export const noPrivilegedPorts: ContainerCheck = {
  name: 'privileged-host-ports',
  of: 'container',
  transforms: [],
  decide: ({ workload: { view } }) => {
    const ports = published(view).filter(({ port }) => port.published !== undefined);
    if (ports.length === 0) return ABSENT;
    const low = ports.find(({ port }) => Number.parseInt(port.published!, 10) < PRIVILEGED);
    if (low !== undefined) return unmet(`it takes port ${low.port.published!} of the host`, low.evidence);
    const variable = ports.find(({ port }) => !/^\d/.test(port.published!));
    return variable === undefined
      ? met('it takes no port of the host below 1024')
      : undecided(`what ${variable.port.text} stands for is not in the repository`);
  },
};

export const noDefaultBridge: ContainerCheck = {
  name: 'network-of-its-own',
  of: 'container',
  transforms: [],
  decide: ({ workload: { view }, podman }) => {
    if (podman) return ABSENT;
    const field = view.last('network_mode');
    const mode = typeof field?.value === 'string' ? view.project.interpolate(field.value).text : '';
    return field !== undefined && mode === 'bridge'
      ? unmet("it is on Docker's default bridge", citeField(field))
      : met("it is not on Docker's default bridge");
  },
};

export const dataStoreApart: ContainerCheck = {
  name: 'data-store-apart',
  of: 'container',
  transforms: ['compose/isolate-data-stores'],
  decide: ({ found, workload: { origin } }) =>
    origin.kind === 'server' && origin.facts.role === 'data-store'
      ? byFindings(found('compose/isolate-data-stores'), 'it shares a network only with those that use it')
      : ABSENT,
};
