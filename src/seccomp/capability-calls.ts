/**
 * The calls for which a capability is of use: without them a container that is given it for a reason could not do what it
 * is for. https://man7.org/linux/man-pages/man7/capabilities.7.html
 */
const CALLS: Readonly<Record<string, string>> = {
  CHOWN: 'chown fchown fchownat lchown',
  DAC_OVERRIDE: 'mkdir open rename unlink',
  FOWNER: 'chmod fchmod fchmodat utimensat',
  FSETID: 'chmod fchmod',
  KILL: 'kill tgkill tkill',
  MKNOD: 'mknod mknodat',
  NET_BIND_SERVICE: 'bind',
  NET_RAW: 'bind recvfrom recvmsg sendto setsockopt socket',
  SETFCAP: 'setxattr fsetxattr',
  SETGID: 'setgid setgroups setregid setresgid',
  SETPCAP: 'capget capset prctl',
  SETUID: 'capget capset prctl setresuid setreuid setuid',
  SYS_CHROOT: 'chdir chroot',
};

/** @param capabilities without `CAP_`. */
export function capabilityCalls(capabilities: Iterable<string>): readonly string[] {
  return [...capabilities].flatMap((name) => CALLS[name]?.split(' ') ?? []);
}
