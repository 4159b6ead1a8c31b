import { socketMounts } from '../../workload/compose/docker-socket.js';
import type { Mount } from '../../workload/compose/mounts.js';
import { hostPath } from '../../workload/compose/needs/read-mounts.js';
import { strings } from '../../workload/compose/plain.js';
import { citeField, type ServiceView } from '../../workload/compose/project.js';
import { sensitivity, sharedPropagation } from '../../workload/compose/sensitive.js';
import type { ContainerCheck } from '../types.js';
import { privilegedBy, settingOf } from './settings.js';
import { ABSENT, met, undecided, unmet } from '../verdict.js';

const NAMESPACES = [
  'compose/report-host-namespaces',
  'quadlet/report-unconfined',
  'quadlet/use-user-namespace',
];

function ownNamespace(key: string, name: string): ContainerCheck {
  return {
    name: `own-${name}-namespace`,
    of: 'container',
    transforms: NAMESPACES,
    decide: ({ workload: { view } }) => {
      const setting = settingOf(view, key);
      if (setting?.variable !== undefined)
        return undecided(`what its ${key} is, is left to \${${setting.variable}}`);
      return setting?.text === 'host'
        ? unmet(`it shares the host's ${name} namespace`, citeField(setting.field))
        : met(`it does not share the host's ${name} namespace`);
    },
  };
}

export const ownNetwork = ownNamespace('network_mode', 'network');
export const ownProcesses = ownNamespace('pid', 'process');
export const ownIpc = ownNamespace('ipc', 'IPC');
export const ownUts = ownNamespace('uts', 'UTS');
export const ownUsers = ownNamespace('userns_mode', 'user');

/** True for `${DATA}`, which may be any directory; `${DATA}/media` is none that gives more away. */
function isOpen(view: ServiceView, mount: Mount): boolean {
  const path = hostPath(view, mount);
  const variable = mount.kind === 'bind' ? /^\/?\$(?:\w+|\{[^{}]*\})/.exec(path)?.[0] : undefined;
  if (variable === undefined || /^\$\{?PWD\b/.test(variable)) return false;
  const rest = path.slice(variable.length);
  return rest === '' || sensitivity(view, { ...mount, source: rest }) !== undefined;
}

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
    if (first === undefined) {
      const open = mounts.find((mount) => isOpen(view, mount));
      return open === undefined
        ? met('it mounts no directory of the host that gives more away than data')
        : undecided(`which directory of the host ${open.source ?? ''} is, is not in the repository`);
    }
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
  decide: ({ workload }) => {
    const { view } = workload;
    const privileged = privilegedBy(workload);
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
