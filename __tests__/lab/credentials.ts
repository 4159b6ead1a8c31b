/** What the kernel says of a process: https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export interface Credentials {
  readonly uid: number;
  /** The capabilities that it has in effect, and those that it or a program that it starts may ever have. */
  readonly effective: readonly string[];
  readonly bounding: readonly string[];
  readonly noNewPrivileges: boolean;
}

/** By their numbers: https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...[
    'LINUX_IMMUTABLE',
    'NET_BIND_SERVICE',
    'NET_BROADCAST',
    'NET_ADMIN',
    'NET_RAW',
    'IPC_LOCK',
    'IPC_OWNER',
  ],
  ...[
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_CHROOT',
    'SYS_PTRACE',
    'SYS_PACCT',
    'SYS_ADMIN',
    'SYS_BOOT',
    'SYS_NICE',
  ],
  ...[
    'SYS_RESOURCE',
    'SYS_TIME',
    'SYS_TTY_CONFIG',
    'MKNOD',
    'LEASE',
    'AUDIT_WRITE',
    'AUDIT_CONTROL',
    'SETFCAP',
  ],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  'CHECKPOINT_RESTORE',
];

/** Reads `/proc/PID/status`. */
export function credentialsIn(status: string): Credentials {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    // Real, effective, saved and file system identity.
    uid: Number(field('Uid').split(/\s+/)[1]),
    effective: capabilitiesIn(field('CapEff')),
    bounding: capabilitiesIn(field('CapBnd')),
    noNewPrivileges: field('NoNewPrivs') === '1',
  };
}

/** The names of the bits that are set in a mask of hexadecimal digits. */
export function capabilitiesIn(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask === '' ? '0' : mask}`);
  return CAPABILITIES.filter((_, number) => ((bits >> BigInt(number)) & 1n) === 1n);
}
