import { socketMounts } from '../../workload/compose/docker-socket.js';
import { strings } from '../../workload/compose/plain.js';
import { citeField, type Field, type ServiceView } from '../../workload/compose/project.js';
import { sensitivity, sharedPropagation } from '../../workload/compose/sensitive.js';
import type { ContainerCheck } from '../types.js';
import { ABSENT, met, unmet } from '../verdict.js';

const NAMESPACES = [
  'compose/report-host-namespaces',
  'quadlet/report-unconfined',
  'quadlet/use-user-namespace',
];

/** The field when the service asks for the host's namespace. */
function hostField(view: ServiceView, key: string): Field | undefined {
  const field = view.last(key);
  return typeof field?.value === 'string' && view.project.interpolate(field.value).text === 'host'
    ? field
    : undefined;
}

function ownNamespace(key: string, name: string): ContainerCheck {
  return {
    name: `own-${name}-namespace`,
    of: 'container',
    transforms: NAMESPACES,
    decide: ({ workload: { view } }) => {
      const field = hostField(view, key);
      return field === undefined
        ? met(`it does not share the host's ${name} namespace`)
        : unmet(`it shares the host's ${name} namespace`, citeField(field));
    },
  };
}

export const ownNetwork = ownNamespace('network_mode', 'network');
export const ownProcesses = ownNamespace('pid', 'process');
export const ownIpc = ownNamespace('ipc', 'IPC');
export const ownUts = ownNamespace('uts', 'UTS');
export const ownUsers = ownNamespace('userns_mode', 'user');

export const noSensitiveMounts: ContainerCheck = {
  name: 'sensitive-mounts',
  of: 'container',
  transforms: ['compose/report-sensitive-mounts', 'compose/mount-read-only'],
  decide: ({ workload: { view, mounts } }) => {
    const found = mounts.flatMap((mount) => {
      const sensitive = sensitivity(view, mount);
      return sensitive === undefined || sensitive.kind === 'socket' ? [] : [{ mount, sensitive }];
    });
    const [first] = found;
    if (first === undefined) return met('it mounts no directory of the host that gives more away than data');
    return unmet(
      `it is given ${first.sensitive.gives}: ${found.map(({ sensitive }) => sensitive.path).join(', ')}`,
      first.mount.evidence,
    );
  },
};

export const noEngineSocket: ContainerCheck = {
  name: 'engine-socket',
  of: 'container',
  transforms: ['compose/proxy-docker-socket', 'compose/report-sensitive-mounts'],
  decide: ({ workload }) => {
    const { view, mounts } = workload;
    const wider = mounts.find((mount) => sensitivity(view, mount)?.kind === 'socket');
    const evidence = socketMounts(workload)[0]?.evidence ?? wider?.evidence;
    return evidence === undefined
      ? met("it is not given the engine's socket")
      : unmet("it is given the engine's socket", evidence);
  },
};

export const noSharedPropagation: ContainerCheck = {
  name: 'mount-propagation',
  of: 'container',
  transforms: ['compose/report-sensitive-mounts'],
  decide: ({ workload: { mounts } }) => {
    const binds = mounts.filter(({ kind }) => kind !== 'tmpfs');
    if (binds.length === 0) return ABSENT;
    const shared = binds.find(sharedPropagation);
    return shared === undefined
      ? met('what it mounts does not appear on the host')
      : unmet('what it mounts appears on the host', shared.evidence);
  },
};

export const noHostDevices: ContainerCheck = {
  name: 'host-devices',
  of: 'container',
  transforms: ['compose/remove-privileged'],
  decide: ({ workload: { view, privileged } }) => {
    if (privileged !== undefined) return unmet('privileged gives it every device', privileged);
    const field = view.fields('devices').find(({ value }) => strings(value).length > 0);
    return field === undefined
      ? met('it is given no device')
      : unmet(`it is given ${strings(field.value).join(', ')}`, citeField(field));
  },
};

export const ownCgroup: ContainerCheck = {
  name: 'control-group',
  of: 'container',
  transforms: [],
  decide: ({ workload: { view } }) => {
    const field = view.last('cgroup_parent');
    return field === undefined
      ? met('it stays in the control group that the engine gives it')
      : unmet('it names another control group', citeField(field));
  },
};
