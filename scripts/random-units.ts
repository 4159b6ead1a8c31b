import { systemCallGroups } from '../src/formats/systemd/system-calls.js';

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const BOOLEANS = ['yes', 'no', 'true', 'off', '1', '0', 'Y', 'maybe', '', 'yes # no comment'];

const CAPABILITIES = [
  '',
  '~',
  'CAP_NET_BIND_SERVICE',
  'CAP_SETUID CAP_SETGID',
  '~CAP_SYS_ADMIN',
  '~CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_NOTHING',
  '~CAP_CHOWN CAP_FSETID CAP_SETFCAP CAP_AUDIT_CONTROL CAP_AUDIT_READ CAP_AUDIT_WRITE',
  '~CAP_SYS_BOOT CAP_MAC_ADMIN CAP_MAC_OVERRIDE CAP_BPF CAP_LEASE CAP_WAKE_ALARM 36',
  'cap_kill cap_sys_nice',
  '21',
  '0x15 0o7 0b11',
  '64',
  '-1',
  '"CAP_SYSLOG" CAP_MKNOD',
  'CAP_LINUX_IMMUTABLE CAP_IPC_LOCK CAP_SYS_CHROOT "CAP_SYS_TTY_CONFIG',
  'CAP_WRONG',
  'cap_dac_override, cap_fowner',
];

const BOOLEAN_SETTINGS = `
  DynamicUser LockPersonality MemoryDenyWriteExecute NoNewPrivileges PrivateDevices PrivateMounts PrivateNetwork
  PrivateTmp PrivateUsers ProtectClock ProtectControlGroups ProtectHostname ProtectKernelLogs ProtectKernelModules
  ProtectKernelTunables RemoveIPC RestrictRealtime RestrictSUIDSGID`
  .trim()
  .split(/\s+/);

/** Values by directive: valid ones, resets, and some that systemd can't read. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(BOOLEAN_SETTINGS.map((key) => [key, BOOLEANS])),
  // systemd refuses a unit for a value of these that it can't read.
  DynamicUser: ['yes', 'no', 'yes', 'on'],
  User: ['root', '0', 'nobody', 'app', '1000', '', '%i', '%u', '%p', 'www-data', 'Mixed.Case'],
  Group: ['app', '', 'a:b'],
  SupplementaryGroups: ['', 'audio', 'audio video', '%i', '1000'],
  RootDirectory: ['/', '/srv/root', '', '//', '/srv/./root', '%S/root'],
  RootImage: ['/var/lib/image.raw', '', '/'],
  ProtectHome: ['yes', 'no', 'read-only', 'tmpfs', '', 'TRUE', 'readonly', 'full'],
  ProtectSystem: ['yes', 'no', 'full', 'strict', '', 'true', 'Strict', 'read-only'],
  ProtectProc: ['noaccess', 'invisible', 'ptraceable', 'default', '', 'no'],
  ProcSubset: ['all', 'pid', '', 'none'],
  KeyringMode: ['inherit', 'private', 'shared', '', 'none'],
  NotifyAccess: ['none', 'main', 'exec', 'all', '', 'any'],
  UMask: ['0077', '077', '0022', '0', '7', '0027', '0007', '0002', '', '0o77', '+077', '8', '10000', 'u=rwx'],
  CapabilityBoundingSet: CAPABILITIES,
  AmbientCapabilities: CAPABILITIES,
  RestrictNamespaces: [
    ...[
      'yes',
      'no',
      '',
      '~',
      'user',
      'user mnt',
      '~user',
      '~user mnt pid',
      'net uts ipc cgroup',
      '~net wrong',
    ],
    ...['wrong', 'mnt "pid"', 'mnt\\', '~uts', 'pid,net', 'time'],
  ],
  RestrictAddressFamilies: [
    ...[
      'none',
      '',
      '~',
      'AF_UNIX',
      'AF_INET AF_INET6',
      'AF_UNIX AF_INET AF_INET6',
      '~AF_PACKET',
      '~AF_NETLINK',
    ],
    ...[
      '~AF_UNIX AF_INET',
      'af_inet',
      'AF_LOCAL',
      'AF_ROUTE',
      'AF_WRONG',
      'inet',
      '~AF_VSOCK',
      '"AF_CAN" AF_KEY',
    ],
    ...['AF_UNIX "AF_INET', '~none', 'AF_PACKET AF_NETLINK', 'AF_UNSPEC'],
  ],
  SystemCallArchitectures: [
    'native',
    'native x86',
    'x86-64',
    '',
    'wrong',
    'native native',
    '"native"',
    'arm native',
  ],
  SystemCallFilter: [
    ...[
      '@system-service',
      '',
      '~',
      '~@privileged @resources',
      '~@mount',
      '~@debug:EPERM',
      '@system-service @mount',
    ],
    ...[
      '~@swap @obsolete @clock',
      '~@cpu-emulation @module @raw-io @reboot',
      '@known',
      '~@known',
      '@wrong',
      '~@wrong',
    ],
    ...[
      'read write',
      '~ptrace',
      '@default',
      '@basic-io:EPERM',
      '~@obsolete:kill',
      '~@clock:EWRONG',
      '~@clock:4095',
    ],
    ...[
      '~@clock:4096',
      '~swapon swapoff',
      '~swapon:1',
      '~@reboot reboot:',
      '"@mount"',
      '~@system-service',
      'mount',
    ],
    ...['~@resources:0', '@clock @debug', '~umount2 mount', '~@mount:eperm', '~:EPERM', '@file-system\\'],
  ],
  IPAddressDeny: [
    'any',
    '',
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/0 ::/0',
    '10.0.0.0/8',
    'localhost',
    'wrong',
    '0.0.0.0',
  ],
  IPAddressAllow: [
    ...[
      'localhost',
      '',
      'any',
      '127.0.0.1',
      '127.0.0.0/8',
      '::1',
      '::1/128',
      '::1/64',
      '10.0.0.0/8 localhost',
    ],
    ...[
      'link-local',
      'multicast',
      '127.0.0.1/4',
      'wrong',
      '127.1',
      '127.0.0.01',
      '1.2.3.4/33',
      '::ffff:127.0.0.1',
    ],
    ...[
      'LOCALHOST',
      'app.localhost',
      '::1/129',
      'fe80::1%eth0',
      '127.0.0.1/0x8',
      '0:0:0:0:0:0:0:1',
      '::1::',
      '1::/+8',
    ],
  ],
  IPIngressFilterPath: ['/sys/fs/bpf/in', '', 'relative', '/sys/../x'],
  IPEgressFilterPath: ['/sys/fs/bpf/out', ''],
  DevicePolicy: ['auto', 'closed', 'strict', '', 'open'],
  DeviceAllow: [
    ...[
      '/dev/null rw',
      '',
      'char-rtc r',
      'block-loop',
      '/dev/sda',
      '/dev',
      'null rw',
      '/tmp/x',
      '/dev/../etc/x',
    ],
    ...[
      '/dev/fuse rwx',
      '"/dev/fuse" rw',
      '/dev/%i',
      '/dev/%z',
      '/dev/a b c',
      '/run/systemd/inaccessible/chr rw',
    ],
  ],
  MountImages: ['/a.raw:/b', '', '/a.raw', 'a.raw:/b', '-/a.raw:/b:root:ro'],
  LoadCredential: ['a:/etc/a', 'a', '', 'b:/etc/b'],
  LoadCredentialEncrypted: ['a:/etc/a', 'a', '', 'a:/etc/../b', 'x/y:/etc/a'],
  SetCredential: ['a:text', ''],
  SetCredentialEncrypted: ['a:AAAA', '', 'a:====', 'a:', 'b:QUJD QUI='],
  Delegate: ['yes', 'no', '', 'cpu memory', 'wrong', 'cpu "memory'],
};

/** Words of which a list is put together, with and without `~`. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  SystemCallFilter: [
    ...systemCallGroups,
    ...'swapon swapoff mount umount2 chroot ptrace reboot init_module nice ioprio_set iopl stime bpf setuid'.split(
      ' ',
    ),
    ...'modify_ldt settimeofday adjtimex clock_settime uselib personality no_such_call socket _sysctl'.split(
      ' ',
    ),
  ],
  CapabilityBoundingSet: (
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
    'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT ' +
    'SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP ' +
    'MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
  )
    .split(' ')
    .map((name) => `CAP_${name}`),
  RestrictAddressFamilies:
    'AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET AF_VSOCK AF_ALG AF_XDP AF_MCTP AF_BAD'.split(' '),
  RestrictNamespaces: ['cgroup', 'ipc', 'net', 'mnt', 'pid', 'user', 'uts', 'time'],
  IPAddressAllow: [
    'localhost',
    '127.0.0.1',
    '::1',
    '10.0.0.0/8',
    'any',
    'multicast',
    '127.255.255.255/32',
    '::/0',
  ],
  IPAddressDeny: ['any', '0.0.0.0/0', '::/0', '192.168.0.0/16', '1.2.3.4/0', 'fe80::/0'],
  SystemCallArchitectures: ['native', 'x86', 'x86-64', 'arm64', 'bad'],
};

/** A directive twice in the list is drawn twice as often: these have the most to get wrong. */
const KEYS = [
  ...Object.keys(VALUES),
  ...[
    'CapabilityBoundingSet',
    'SystemCallFilter',
    'RestrictAddressFamilies',
    'RestrictNamespaces',
    'IPAddressAllow',
  ],
];

export interface RandomUnit {
  readonly text: string;
  readonly template: boolean;
  /** The text of its drop-in, if it has one. */
  readonly dropIn: string | undefined;
}

/** Hardened units with every directive that the score depends on, the same ones for the same seed. */
export function randomUnits(count: number, seed: number): readonly RandomUnit[] {
  const next = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const value = (key: string): string => {
    const words = WORDS[key];
    if (words === undefined || next() < 0.5) return pick(VALUES[key]!);
    const list = Array.from({ length: Math.ceil(next() * pick([3, 12, 40])) }, () => pick(words));
    return `${pick(['', '~'])}${list.join(' ')}`;
  };
  const assignments = (most: number): string =>
    Array.from({ length: Math.ceil(next() * most) }, () => {
      const key = pick(KEYS);
      return `${key}=${value(key)}\n`;
    }).join('');
  return Array.from({ length: count }, () => {
    const early = next() < 0.15 ? `[Unit]\nDefaultDependencies=${pick(BOOLEANS)}\n` : '';
    return {
      text: `${early}[Service]\nExecStart=/bin/true\n${assignments(pick([8, 40, 120]))}`,
      template: next() < 0.15,
      dropIn: next() < 0.2 ? `[Service]\n${assignments(20)}` : undefined,
    };
  });
}
