import { openNetworks } from '../../workload/compose/egress.js';
import { networksOf } from '../../workload/compose/networks.js';
import { isExposed, publishedPorts, type PublishedPort } from '../../workload/compose/ports.js';
import { hostPattern, mentionOf } from '../../workload/compose/mentions.js';
import { citeField, type ServiceView } from '../../workload/compose/project.js';
import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import type { ContainerCheck } from '../types.js';
import { ABSENT, byFindings, met, undecided, unmet } from '../verdict.js';

interface Published {
  readonly port: PublishedPort;
  readonly evidence: Evidence;
}

function published(view: ServiceView): readonly Published[] {
  return view.fields('ports').flatMap((field) =>
    publishedPorts(field, view.project).map((port) => ({
      port,
      evidence: cite(field.document, port.node.range?.[0] ?? field.offset),
    })),
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
    if (first === undefined) {
      const variable = ports.find(({ port }) => port.hostIp?.includes('$') === true);
      return variable === undefined
        ? met('its ports are published on addresses that it names', ports[0]!.evidence)
        : undecided(`which address ${variable.port.text} is published on is not in the repository`);
    }
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
      ? met('it takes no port of the host below 1024', ports[0]!.evidence)
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

/** A service on a network of a store's that does not name it, and that it does not name. */
function strangerOf(view: ServiceView): string | undefined {
  const networks = new Set(networksOf(view) ?? []);
  return view.project.services().find((other) => {
    if (other.name === view.name) return false;
    if (networksOf(other)?.some((name) => networks.has(name)) !== true) return false;
    return (
      mentionOf(other, hostPattern(view)) === undefined && mentionOf(view, hostPattern(other)) === undefined
    );
  })?.name;
}

export const dataStoreApart: ContainerCheck = {
  name: 'data-store-apart',
  of: 'container',
  transforms: ['compose/isolate-data-stores'],
  decide: ({ found, podman, workload: { origin, view } }) => {
    if (origin.kind !== 'server' || origin.facts.role !== 'data-store') return ABSENT;
    const left = byFindings(
      found('compose/isolate-data-stores'),
      'it shares a network only with those that use it',
    );
    if (left.kind === 'unmet') return left;
    const mode = view.last('network_mode');
    if (mode?.value === 'none') return met('it has no network', citeField(mode));
    if (mode !== undefined) return undecided(`who reaches it is for its network_mode, ${String(mode.value)}`);
    if (podman) return undecided('which containers are on its network is for all units of the host');
    const stranger = strangerOf(view);
    const field = view.last('networks');
    const evidence = field === undefined ? [] : [citeField(field)];
    return stranger === undefined
      ? met('it shares a network only with those that use it', ...evidence)
      : undecided(
          `it shares a network with ${stranger}, which does not name it: whether that uses it is not known`,
        );
  },
};

export const outsideLimited: ContainerCheck = {
  name: 'outside-limited',
  of: 'container',
  transforms: ['compose/limit-egress'],
  decide: ({ podman, workload }) => {
    const { outside, view } = workload;
    const mode = view.last('network_mode');
    if (mode?.value === 'none') return met('it has no network', citeField(mode));
    if (mode !== undefined)
      return undecided(`what it reaches is for its network_mode, ${String(mode.value)}`);
    if (podman) return undecided('what its network leads to is for the units of the host');
    const field = view.last('networks');
    if (openNetworks(workload).length === 0)
      return met('its networks are internal', ...(field === undefined ? [] : [citeField(field)]));
    if (outside.certainty === 'unknown') return undecided('what it needs outside is not known');
    if (view.fields('ports').length > 0)
      return undecided('it publishes a port, and so has a network that leads outside');
    return unmet('it reaches every address outside', ...outside.evidence);
  },
};
