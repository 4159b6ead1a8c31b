import fc from 'fast-check';
import { engineDefault } from '../../src/seccomp/engine-default.js';
import { GROUPS } from '../../src/seccomp/relatives.js';

/** Calls by which a process leaves its confinement or looks into others; those of a line are one power. */
export const DANGEROUS: readonly (readonly string[])[] = [
  ['mount'],
  ['umount', 'umount2'],
  ['mount_setattr', 'move_mount', 'open_tree', 'fsopen', 'fsconfig', 'fsmount', 'fspick'],
  ['ptrace'],
  ['process_vm_readv', 'process_vm_writev', 'process_madvise', 'pidfd_getfd', 'kcmp'],
  ['unshare'],
  ['setns'],
  ['bpf'],
  ['keyctl', 'add_key', 'request_key'],
  ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  ['userfaultfd'],
  ['perf_event_open'],
  ['kexec_load', 'kexec_file_load'],
  ['init_module', 'finit_module', 'delete_module'],
  ['reboot'],
  ['personality'],
  ['pivot_root'],
  ['chroot'],
  ['mknod', 'mknodat'],
  ['swapon', 'swapoff'],
  ['acct'],
  ['quotactl', 'quotactl_fd'],
  ['open_by_handle_at', 'name_to_handle_at'],
  ['iopl', 'ioperm'],
  ['settimeofday', 'clock_settime', 'clock_settime64', 'stime'],
  ['clock_adjtime', 'clock_adjtime64', 'adjtimex'],
  ['sethostname', 'setdomainname'],
  ['socketcall'],
  ['ipc'],
  ['modify_ldt', 'vm86', 'vm86old'],
  ['fanotify_init', 'syslog', 'lookup_dcookie', 'nfsservctl', 'vhangup'],
];

/** Names that exist, dangerous ones among them, and garbage. */
export const names: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...new Set([...engineDefault().rules.flatMap(({ calls }) => calls), ...GROUPS.flat()])),
  fc.constantFrom(...DANGEROUS.flat()),
  fc.string(),
  fc.constantFrom('', 'constructor', '__proto__', 'open\n', '@system-service', 'READ', '*'),
);
