import { expandSystemCalls, isOnX8664 } from '../formats/systemd/system-calls.js';
import { capability } from './names.js';
import type { ServiceSettings } from './settings.js';

/** How bad the settings are, from 0 up to the assessor's range; undefined where the check means nothing. */
type Rule = (settings: ServiceSettings) => number | undefined;

/** One check of `systemd-analyze security`. */
export interface Assessor {
  /** `name` in the output of `--json=short`. */
  readonly id: string;
  readonly weight: number;
  readonly range: number;
  /** The manual page, and the directive's anchor on it. */
  readonly page: string;
  /** Left out of the score of a unit with DefaultDependencies=no, which runs early at boot or late at shutdown. */
  readonly normalPhase?: true;
  readonly rule: Rule;
}

function on(setting: string): Rule {
  return ({ flags }) => (flags.get(setting) === true ? 0 : 1);
}

function off(setting: string): Rule {
  return ({ flags }) => (flags.get(setting) === true ? 1 : 0);
}

function runsAsRoot({ user, flags }: ServiceSettings): boolean {
  return user === '0' || user === 'root' || (flags.get('DynamicUser') !== true && user === undefined);
}

const isNoRoot: Rule = ({ user }) =>
  user === 'nobody' ? 9 : user === undefined || user === 'root' || user === '0' ? 10 : 0;

const hasNoGroups: Rule = (settings) =>
  runsAsRoot(settings) ? undefined : Number(settings.supplementaryGroups.length > 0);

const removesIpc: Rule = (settings) => (runsAsRoot(settings) ? undefined : on('RemoveIPC')(settings));

/** The badness by the value of a setting; `otherwise` for every other value and for none. */
function byValue(setting: string, badness: Readonly<Record<string, number>>, otherwise: number): Rule {
  return ({ choices }) => badness[choices.get(setting) ?? ''] ?? otherwise;
}

const hasOwnRoot: Rule = ({ roots }) => Number([...roots.values()].every((path) => path === '/'));

function lacks(...names: readonly string[]): Rule {
  const bits = names.reduce((sum, name) => sum | capability(name), 0n);
  return ({ boundingSet }) => Number((boundingSet & bits) !== 0n);
}

/** The first of these permissions that new files keep decides. */
const UMASK_BITS: readonly (readonly [bit: number, badness: number])[] = [
  [0o002, 10],
  [0o004, 5],
  [0o020, 2],
  [0o040, 1],
];

const keepsFilesPrivate: Rule = ({ umask }) => UMASK_BITS.find(([bit]) => (umask & bit) === 0)?.[1] ?? 0;

function entersNo(namespace: string): Rule {
  return ({ namespaces }) => Number(namespaces?.has(namespace) ?? true);
}

/** A family of the kind that the list allows, or that a list of denied ones lacks, is one too many. */
function usesNoFamily(isOfKind: (family: string) => boolean): Rule {
  return ({ addressFamilies: { allows, members } }) =>
    Number([...(members ?? [])].some(isOfKind) ? allows : !allows);
}

function usesNo(...families: readonly string[]): Rule {
  return usesNoFamily((family) => families.includes(family));
}

function usesNoneBut(...families: readonly string[]): Rule {
  return usesNoFamily((family) => !families.includes(family));
}

const runsOnlyNative: Rule = ({ architectures }) =>
  architectures.size === 0 ? 10 : architectures.size === 1 && architectures.has('native') ? 0 : 8;

/** An allow list may have none of the group's system calls, a deny list must have all that x86-64 has. */
function callsNo(group: string): Rule {
  const calls = [...expandSystemCalls([group])].filter(isOnX8664);
  return ({ systemCalls: { allows, members } }) => {
    if (allows) return calls.some((call) => members?.has(call) === true) ? 9 : 0;
    return calls.every((call) => members?.has(call) === true) ? 0 : 10;
  };
}

const filtersPackets: Rule = ({ packetFilters, addresses: { allow, deny } }) => {
  if (packetFilters.size > 0) return 0;
  const deniesAll = [4, 6].every((family) =>
    deny.some((range) => range.everything && range.family === family),
  );
  if (!deniesAll) return 10;
  return allow.some((range) => !range.localhost) ? 5 : allow.length > 0 ? 2 : 0;
};

const restrictsDevices: Rule = ({ choices, deviceAllow }) =>
  (choices.get('DevicePolicy') ?? 'auto') === 'auto' ? 10 : deviceAllow.length > 0 ? 5 : 0;

/** A check of a directive that the id names first; systemd.exec(5) describes all but four of them. */
function check(id: string, weight: number, range: number, rule: Rule, page = 'systemd.exec'): Assessor {
  return { id, weight, range, page: `${page}#${id.slice(0, id.indexOf('=') + 1)}`, rule };
}

function normalPhase(assessor: Assessor): Assessor {
  return { ...assessor, normalPhase: true };
}

/**
 * The checks of systemd 252, in its order: security_assessor_table[] in src/analyze/analyze-security.c.
 * https://github.com/systemd/systemd/blob/v252/src/analyze/analyze-security.c
 */
export const assessors: readonly Assessor[] = [
  check('User=/DynamicUser=', 2000, 10, isNoRoot),
  check('SupplementaryGroups=', 200, 1, hasNoGroups),
  check('PrivateDevices=', 1000, 1, on('PrivateDevices')),
  check('PrivateMounts=', 1000, 1, on('PrivateMounts')),
  check('PrivateNetwork=', 2500, 1, on('PrivateNetwork')),
  normalPhase(check('PrivateTmp=', 1000, 1, on('PrivateTmp'))),
  check('PrivateUsers=', 1000, 1, on('PrivateUsers')),
  check('ProtectControlGroups=', 1000, 1, on('ProtectControlGroups')),
  check('ProtectKernelModules=', 1000, 1, on('ProtectKernelModules')),
  check('ProtectKernelTunables=', 1000, 1, on('ProtectKernelTunables')),
  check('ProtectKernelLogs=', 1000, 1, on('ProtectKernelLogs')),
  check('ProtectClock=', 1000, 1, on('ProtectClock')),
  normalPhase(
    check('ProtectHome=', 1000, 10, byValue('ProtectHome', { yes: 0, tmpfs: 1, 'read-only': 5 }, 10)),
  ),
  check('ProtectHostname=', 50, 1, on('ProtectHostname')),
  normalPhase(
    check('ProtectSystem=', 1000, 10, byValue('ProtectSystem', { strict: 0, full: 3, yes: 5 }, 10)),
  ),
  normalPhase(check('RootDirectory=/RootImage=', 200, 1, hasOwnRoot)),
  check('LockPersonality=', 100, 1, on('LockPersonality')),
  check('MemoryDenyWriteExecute=', 100, 1, on('MemoryDenyWriteExecute')),
  check('NoNewPrivileges=', 1000, 1, on('NoNewPrivileges')),
  check('CapabilityBoundingSet=~CAP_SYS_ADMIN', 1500, 1, lacks('SYS_ADMIN')),
  check('CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)', 1500, 1, lacks('SETUID', 'SETGID', 'SETPCAP')),
  check('CapabilityBoundingSet=~CAP_SYS_PTRACE', 1500, 1, lacks('SYS_PTRACE')),
  check('CapabilityBoundingSet=~CAP_SYS_TIME', 1000, 1, lacks('SYS_TIME')),
  check('CapabilityBoundingSet=~CAP_NET_ADMIN', 1000, 1, lacks('NET_ADMIN')),
  check('CapabilityBoundingSet=~CAP_SYS_RAWIO', 1000, 1, lacks('SYS_RAWIO')),
  check('CapabilityBoundingSet=~CAP_SYS_MODULE', 1000, 1, lacks('SYS_MODULE')),
  check('CapabilityBoundingSet=~CAP_AUDIT_*', 500, 1, lacks('AUDIT_CONTROL', 'AUDIT_READ', 'AUDIT_WRITE')),
  check('CapabilityBoundingSet=~CAP_SYSLOG', 500, 1, lacks('SYSLOG')),
  check('CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)', 500, 1, lacks('SYS_NICE', 'SYS_RESOURCE')),
  check('CapabilityBoundingSet=~CAP_MKNOD', 500, 1, lacks('MKNOD')),
  check('CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)', 1000, 1, lacks('CHOWN', 'FSETID', 'SETFCAP')),
  check(
    'CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)',
    1000,
    1,
    lacks('DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'IPC_OWNER'),
  ),
  check('CapabilityBoundingSet=~CAP_KILL', 500, 1, lacks('KILL')),
  check(
    'CapabilityBoundingSet=~CAP_NET_(BIND_SERVICE|BROADCAST|RAW)',
    500,
    1,
    lacks('NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_RAW'),
  ),
  check('CapabilityBoundingSet=~CAP_SYS_BOOT', 100, 1, lacks('SYS_BOOT')),
  check('CapabilityBoundingSet=~CAP_MAC_*', 100, 1, lacks('MAC_ADMIN', 'MAC_OVERRIDE')),
  check('CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE', 75, 1, lacks('LINUX_IMMUTABLE')),
  check('CapabilityBoundingSet=~CAP_IPC_LOCK', 50, 1, lacks('IPC_LOCK')),
  check('CapabilityBoundingSet=~CAP_SYS_CHROOT', 50, 1, lacks('SYS_CHROOT')),
  check('CapabilityBoundingSet=~CAP_BLOCK_SUSPEND', 25, 1, lacks('BLOCK_SUSPEND')),
  check('CapabilityBoundingSet=~CAP_WAKE_ALARM', 25, 1, lacks('WAKE_ALARM')),
  check('CapabilityBoundingSet=~CAP_LEASE', 25, 1, lacks('LEASE')),
  check('CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG', 25, 1, lacks('SYS_TTY_CONFIG')),
  check('CapabilityBoundingSet=~CAP_SYS_PACCT', 25, 1, lacks('SYS_PACCT')),
  check('CapabilityBoundingSet=~CAP_BPF', 25, 1, lacks('BPF')),
  check('UMask=', 100, 10, keepsFilesPrivate),
  check('KeyringMode=', 1000, 1, byValue('KeyringMode', { private: 0 }, 1)),
  check('ProtectProc=', 1000, 3, byValue('ProtectProc', { invisible: 0, ptraceable: 0, noaccess: 1 }, 3)),
  check('ProcSubset=', 10, 1, byValue('ProcSubset', { pid: 0 }, 1)),
  check('NotifyAccess=', 1000, 1, byValue('NotifyAccess', { all: 1 }, 0), 'systemd.service'),
  check('RemoveIPC=', 100, 1, removesIpc),
  check('Delegate=', 100, 1, off('Delegate'), 'systemd.resource-control'),
  check('RestrictRealtime=', 500, 1, on('RestrictRealtime')),
  check('RestrictSUIDSGID=', 1000, 1, on('RestrictSUIDSGID')),
  check('RestrictNamespaces=~user', 1500, 1, entersNo('user')),
  check('RestrictNamespaces=~mnt', 500, 1, entersNo('mnt')),
  check('RestrictNamespaces=~ipc', 500, 1, entersNo('ipc')),
  check('RestrictNamespaces=~pid', 500, 1, entersNo('pid')),
  check('RestrictNamespaces=~cgroup', 500, 1, entersNo('cgroup')),
  check('RestrictNamespaces=~net', 500, 1, entersNo('net')),
  check('RestrictNamespaces=~uts', 100, 1, entersNo('uts')),
  check('RestrictAddressFamilies=~AF_(INET|INET6)', 1500, 1, usesNo('INET', 'INET6')),
  check('RestrictAddressFamilies=~AF_UNIX', 25, 1, usesNo('UNIX')),
  check('RestrictAddressFamilies=~AF_NETLINK', 200, 1, usesNo('NETLINK')),
  check('RestrictAddressFamilies=~AF_PACKET', 1000, 1, usesNo('PACKET')),
  check('RestrictAddressFamilies=~…', 1250, 1, usesNoneBut('INET', 'INET6', 'UNIX', 'NETLINK', 'PACKET')),
  check('SystemCallArchitectures=', 1000, 10, runsOnlyNative),
  check('SystemCallFilter=~@swap', 1000, 10, callsNo('@swap')),
  check('SystemCallFilter=~@obsolete', 250, 10, callsNo('@obsolete')),
  check('SystemCallFilter=~@clock', 1000, 10, callsNo('@clock')),
  check('SystemCallFilter=~@cpu-emulation', 250, 10, callsNo('@cpu-emulation')),
  check('SystemCallFilter=~@debug', 1000, 10, callsNo('@debug')),
  check('SystemCallFilter=~@mount', 1000, 10, callsNo('@mount')),
  check('SystemCallFilter=~@module', 1000, 10, callsNo('@module')),
  check('SystemCallFilter=~@raw-io', 1000, 10, callsNo('@raw-io')),
  check('SystemCallFilter=~@reboot', 1000, 10, callsNo('@reboot')),
  check('SystemCallFilter=~@privileged', 700, 10, callsNo('@privileged')),
  check('SystemCallFilter=~@resources', 700, 10, callsNo('@resources')),
  check('IPAddressDeny=', 1000, 10, filtersPackets, 'systemd.resource-control'),
  check('DeviceAllow=', 1000, 10, restrictsDevices, 'systemd.resource-control'),
  check('AmbientCapabilities=', 500, 1, ({ ambientSet }) => Number(ambientSet !== 0n)),
];
