/** What probe.py found in a sandbox, by the name of what it tried. */
export type Facts = Readonly<Record<string, string>>;

export interface Surroundings {
  /** Namespaces of the first process. */
  readonly namespaces: Facts;
  /** The system calls of each group, from systemd itself. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

export interface Probe {
  /** How the directive is told apart: alone it denies; or it allows what the others deny; or it is only set. */
  readonly kind: 'denies' | 'allows' | 'set';
  /** It is about who runs the unit; others are tried as root, so that nothing else denies. */
  readonly identity?: boolean;
  /** Whether the facts are as the directive with this value makes them. */
  holds(value: string, facts: Facts, surroundings: Surroundings): boolean;
}

type Holds = Probe['holds'];

const denies = (holds: Holds): Probe => ({ kind: 'denies', holds });
const allows = (holds: Holds): Probe => ({ kind: 'allows', holds });
/** For what can't be enforced in a container, or has no effect to be seen: that systemd took it is all there is. */
const SET: Probe = { kind: 'set', holds: () => true };

const on = (value: string): boolean => /^(?:1|yes|true|on)$/i.test(value);
const words = (value: string): readonly string[] => value.split(/\s+/).filter((word) => word !== '');
/** A path of a list, without the prefixes that say how it is taken. */
const pathsIn = (value: string): readonly string[] =>
  words(value).map((word) => word.replace(/^[-+]*/, '').replace(/:.*$/, ''));

/** Whether trying it fails with one of these errors. */
const fails =
  (name: string, ...errors: readonly string[]): Holds =>
  (_value, facts) =>
    errors.includes(facts[name] ?? '');

const is =
  (name: string, wanted: string): Holds =>
  (_value, facts) =>
    facts[name] === wanted;

const inOwn =
  (name: string): Holds =>
  (_value, facts, { namespaces }) =>
    facts[`namespace ${name}`] !== namespaces[name];

/** Whether a list that may begin with `~` has the word, or for such a list, has it not. */
function listed(value: string, word: string): boolean {
  const inverted = value.startsWith('~');
  return words(inverted ? value.slice(1) : value).includes(word) !== inverted;
}

const protectSystem: Holds = (value, facts) => {
  const read = ['/usr', ...(value === 'full' || value === 'strict' ? ['/etc'] : [])];
  return [...read, ...(value === 'strict' ? ['/opt'] : [])].every(
    (path) => facts[`write ${path}`] === 'EROFS',
  );
};

const protectHome: Holds = (value, facts) =>
  ['/home', '/root'].every((path) =>
    value === 'read-only' ? facts[`write ${path}`] === 'EROFS' : facts[`see ${path}`] !== 'ok',
  );

const restrictNamespaces: Holds = (value, facts) =>
  ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'].every(
    (name) => (!on(value) && listed(value, name)) || facts[`unshare ${name}`] === 'EPERM',
  );

const FAMILIES = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK'];
const restrictAddressFamilies: Holds = (value, facts) =>
  FAMILIES.every(
    (family) => (value !== 'none' && listed(value, family)) || facts[`socket ${family}`] === 'EAFNOSUPPORT',
  );

/** By number. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT ' +
  'SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP ' +
  'MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

function capabilitiesOf(mask: string | undefined): readonly string[] {
  const bits = BigInt(`0x${mask ?? '0'}`);
  return CAPABILITIES.filter((_name, number) => ((bits >> BigInt(number)) & 1n) === 1n).map(
    (name) => `CAP_${name}`,
  );
}

const capabilityBoundingSet: Holds = (value, facts) =>
  capabilitiesOf(facts['status CapBnd']).every((capability) => listed(value, capability));

/**
 * Whether the lines of a filter deny a call, as systemd-analyze lists the groups: the first line says whether the list
 * allows or denies, the others add to it and take from it. Options such as `:errno` are left out.
 */
function filterDenies(value: string, name: string, groups: Surroundings['groups']): boolean {
  const has = (entry: string): boolean =>
    entry === name || (entry.startsWith('@') && (groups.get(entry) ?? []).some(has));
  const lines = value.split('\n').map((line) => splitFilter(line));
  let denied = !lines[0]!.inverted;
  for (const { entries, inverted } of lines) if (entries.some(has)) denied = inverted;
  return denied;
}

function splitFilter(line: string): { readonly inverted: boolean; readonly entries: readonly string[] } {
  const text = line.replace(/^SystemCallFilter=/, '').trim();
  const inverted = text.startsWith('~');
  const entries = words(inverted ? text.slice(1) : text).map((word) => word.replace(/:.*$/, ''));
  return { inverted, entries };
}

const DENIED_CALL = /^E(?!FAULT|BADF)|^signal 31$/;

const systemCallFilter: Holds = (value, facts, { groups }) => {
  const tried = Object.keys(facts).flatMap((fact) => (fact.startsWith('call ') ? fact.slice(5) : []));
  const denied = tried.filter((name) => filterDenies(value, name, groups));
  return (
    denied.length > 0 &&
    denied.every((name) => DENIED_CALL.test(facts[`call ${name}`]!)) &&
    new Set(denied.map((name) => facts[`call ${name}`])).size === 1
  );
};

const noCallKills: Holds = (_value, facts) =>
  Object.entries(facts).every(([fact, came]) => !fact.startsWith('call ') || came !== 'signal 31');

/** Members of root's group see all processes, and beside other directives the probe can't leave it. */
const protectProc: Holds = (value, facts, surroundings) =>
  fails('see /proc/1', 'ENOENT', 'EACCES', 'EPERM')(value, facts, surroundings) ||
  facts['hidden processes'] === value;

const writable: Holds = (value, facts) => pathsIn(value).every((path) => facts[`write ${path}`] !== 'EROFS');

/** A directory that systemd makes, named below this one. */
const directory = (parent: string): Probe =>
  allows((value, facts) =>
    pathsIn(value).every(
      (name) => !['EROFS', 'ENOENT'].includes(facts[`write ${parent}/${name}`] ?? 'ENOENT'),
    ),
  );

const flagged =
  (flag: string, wanted: boolean): Holds =>
  (value, facts) =>
    pathsIn(value).every(
      (path) =>
        facts[`flags ${path}`] === 'ENOENT' || (facts[`flags ${path}`] ?? '').includes(flag) === wanted,
    );

const limit = (name: string): Probe =>
  denies((value, facts) => {
    const [soft, hard] = value.split(':');
    return facts[`limit ${name}`] === `${soft!}:${hard ?? soft!}`;
  });

/** Each directive that can be emitted, and how it is seen to be in force. */
export const PROBES: Readonly<Record<string, Probe>> = {
  NoNewPrivileges: denies(is('status NoNewPrivs', '1')),
  ProtectSystem: denies(protectSystem),
  ProtectHome: denies(protectHome),
  ProtectKernelTunables: denies(fails('write /proc/sys/net/ipv4/ip_forward', 'EROFS', 'EACCES', 'ENOENT')),
  ProtectKernelModules: denies(fails('see /usr/lib/modules', 'ENOENT', 'EACCES')),
  ProtectKernelLogs: denies(fails('call syslog', 'EPERM')),
  ProtectControlGroups: denies(fails('make group', 'EROFS')),
  ProtectClock: denies(fails('call adjtimex', 'EPERM')),
  ProtectHostname: denies(fails('set host name', 'EPERM')),
  ProtectProc: denies(protectProc),
  ProcSubset: denies(fails('see /proc/meminfo', 'ENOENT')),
  PrivateTmp: denies((_value, facts) =>
    ['/tmp', '/var/tmp'].every((path) => facts[`see ${path}`] === 'ENOENT'),
  ),
  PrivateDevices: denies(fails('see /dev', 'ENOENT')),
  PrivateNetwork: denies(inOwn('net')),
  PrivateIPC: denies(inOwn('ipc')),
  PrivateMounts: denies(inOwn('mnt')),
  PrivateUsers: denies((_value, facts) => facts['user map'] !== '0 0 4294967295'),
  RestrictNamespaces: denies(restrictNamespaces),
  RestrictAddressFamilies: denies(restrictAddressFamilies),
  RestrictRealtime: denies(fails('realtime', 'EPERM')),
  RestrictSUIDSGID: denies(fails('set user bit', 'EPERM')),
  LockPersonality: denies(fails('personality', 'EPERM')),
  MemoryDenyWriteExecute: denies(fails('writable code', 'EPERM', 'EACCES')),
  CapabilityBoundingSet: denies(capabilityBoundingSet),
  AmbientCapabilities: {
    kind: 'allows',
    identity: true,
    holds: (value, facts) =>
      words(value).every((name) => capabilitiesOf(facts['status CapAmb']).includes(name)),
  },
  SystemCallFilter: denies(systemCallFilter),
  SystemCallErrorNumber: allows(noCallKills),
  SystemCallArchitectures: denies(fails('other architecture', 'signal 31')),
  UMask: denies(
    (value, facts) => Number.parseInt(facts['status Umask'] ?? '', 8) === Number.parseInt(value, 8),
  ),
  DevicePolicy: denies(fails('make device', 'EPERM')),
  IPAddressDeny: denies(fails('send 192.0.2.1', 'EPERM')),
  IPAddressAllow: allows(is('send 127.0.0.1', 'ok')),
  NoExecPaths: denies(flagged('noexec', true)),
  ExecPaths: allows(flagged('noexec', false)),
  ReadOnlyPaths: denies(flagged('readonly', true)),
  ReadWritePaths: allows(writable),
  InaccessiblePaths: denies((value, facts) =>
    pathsIn(value).every((path) => ['EACCES', 'EROFS', 'ENOENT'].includes(facts[`write ${path}`] ?? '')),
  ),
  StateDirectory: directory('/var/lib'),
  CacheDirectory: directory('/var/cache'),
  LogsDirectory: directory('/var/log'),
  RuntimeDirectory: directory('/run'),
  ConfigurationDirectory: directory('/etc'),
  User: {
    kind: 'denies',
    identity: true,
    holds: (_value, facts) => !/^0\t/.test(facts['status Uid'] ?? '0\t'),
  },
  DynamicUser: {
    kind: 'denies',
    identity: true,
    holds: (_value, facts) => /^6[1-5]\d{3}\t/.test(facts['status Uid'] ?? ''),
  },
  LimitNOFILE: limit('NOFILE'),
  LimitNPROC: limit('NPROC'),
  LimitCORE: limit('CORE'),
  LimitMEMLOCK: limit('MEMLOCK'),
  // Its effect shows when the unit has stopped, and only for a user's own objects.
  RemoveIPC: SET,
  // A container has no keyrings.
  KeyringMode: SET,
  Group: SET,
  SupplementaryGroups: SET,
  Delegate: SET,
  DeviceAllow: SET,
  // The machine's controllers are not the container's.
  MemoryMax: SET,
  MemoryHigh: SET,
  TasksMax: SET,
  // Debian 12's systemd is built without what enforces these.
  RestrictFileSystems: SET,
  SocketBindDeny: SET,
  SocketBindAllow: SET,
  StateDirectoryMode: SET,
  CacheDirectoryMode: SET,
  LogsDirectoryMode: SET,
  RuntimeDirectoryMode: SET,
};

/** The paths that a directive is about, for the probe to try. */
export function pathsOf(directive: string): readonly string[] {
  const [name, value] = splitDirective(directive);
  const parents: Readonly<Record<string, string>> = {
    StateDirectory: '/var/lib/',
    CacheDirectory: '/var/cache/',
    LogsDirectory: '/var/log/',
    RuntimeDirectory: '/run/',
    ConfigurationDirectory: '/etc/',
  };
  if (name.endsWith('Paths')) return pathsIn(value);
  const parent = parents[name];
  return parent === undefined ? [] : pathsIn(value).map((path) => `${parent}${path}`);
}

export function splitDirective(line: string): readonly [name: string, value: string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}
