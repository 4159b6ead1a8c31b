import { parseInteger } from './values.js';

/** In the order of their numbers. https://github.com/torvalds/linux/blob/v6.1/include/uapi/linux/capability.h */
export const CAPABILITIES: readonly string[] = `
  CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
  NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
  SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`
  .trim()
  .split(/\s+/);

/** The names of the bits that are set in a mask, as the kernel shows it: hexadecimal digits. */
export function capabilitiesIn(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask === '' ? '0' : mask}`);
  return CAPABILITIES.filter((_, number) => ((bits >> BigInt(number)) & 1n) === 1n);
}

/** All 64 bits, those that no kernel has yet too. */
export const ALL_CAPABILITIES = (1n << 64n) - 1n;

/** The bit of a capability by its name without `CAP_`. */
export function capability(name: string): bigint {
  return 1n << BigInt(CAPABILITIES.indexOf(name));
}

/** The bit of a capability as a unit may name it: `CAP_KILL`, `cap_kill`, 5; undefined for no capability. */
export function capabilityBit(word: string): bigint | undefined {
  const number = parseInteger(word);
  if (number !== undefined) return number >= 0 && number < 64 ? 1n << BigInt(number) : undefined;
  const name = word.toUpperCase();
  const index = name.startsWith('CAP_') ? CAPABILITIES.indexOf(name.slice(4)) : -1;
  return index < 0 ? undefined : 1n << BigInt(index);
}

const FAMILIES: ReadonlySet<string> = new Set(
  `
  UNIX INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE NETBEUI SECURITY KEY NETLINK PACKET ASH ECONET ATMSVC
  RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET IEEE802154 CAIF ALG NFC VSOCK KCM
  QIPCRTR SMC XDP MCTP`
    .trim()
    .split(/\s+/),
);

const SAME_FAMILY: Readonly<Record<string, string>> = { LOCAL: 'UNIX', FILE: 'UNIX', ROUTE: 'NETLINK' };

/** An address family's name without `AF_`; undefined for none that glibc 2.36 has. */
export function addressFamily(word: string): string | undefined {
  const name = word.toUpperCase();
  if (!name.startsWith('AF_')) return undefined;
  const family = SAME_FAMILY[name.slice(3)] ?? name.slice(3);
  return FAMILIES.has(family) ? family : undefined;
}

/** seccomp_arch_from_string() */
export const ARCHITECTURES: ReadonlySet<string> = new Set(
  `
  native x86 x86-64 x32 arm arm64 mips mips64 mips64-n32 mips-le mips64-le mips64-le-n32 parisc parisc64 ppc ppc64
  ppc64-le riscv64 s390 s390x`
    .trim()
    .split(/\s+/),
);

/** Those that RestrictNamespaces= may name; `time` is known to it and restricted by nothing. */
export const NAMESPACES: readonly string[] = ['cgroup', 'ipc', 'net', 'mnt', 'pid', 'time', 'user', 'uts'];

const ERRORS: ReadonlySet<string> = new Set(
  `
  2BIG ACCES ADDRINUSE ADDRNOTAVAIL ADV AFNOSUPPORT AGAIN ALREADY BADE BADF BADFD BADMSG BADR BADRQC BADSLT BFONT BUSY
  CANCELED CHILD CHRNG COMM CONNABORTED CONNREFUSED CONNRESET DEADLK DEADLOCK DESTADDRREQ DOM DOTDOT DQUOT EXIST FAULT
  FBIG HOSTDOWN HOSTUNREACH HWPOISON IDRM ILSEQ INPROGRESS INTR INVAL IO ISCONN ISDIR ISNAM KEYEXPIRED KEYREJECTED
  KEYREVOKED L2HLT L2NSYNC L3HLT L3RST LIBACC LIBBAD LIBEXEC LIBMAX LIBSCN LNRNG LOOP MEDIUMTYPE MFILE MLINK MSGSIZE
  MULTIHOP NAMETOOLONG NAVAIL NETDOWN NETRESET NETUNREACH NFILE NOANO NOBUFS NOCSI NODATA NODEV NOENT NOEXEC NOKEY NOLCK
  NOLINK NOMEDIUM NOMEM NOMSG NONET NOPKG NOPROTOOPT NOSPC NOSR NOSTR NOSYS NOTBLK NOTCONN NOTDIR NOTEMPTY NOTNAM
  NOTRECOVERABLE NOTSOCK NOTSUP NOTTY NOTUNIQ NXIO OPNOTSUPP OVERFLOW OWNERDEAD PERM PFNOSUPPORT PIPE PROTO
  PROTONOSUPPORT PROTOTYPE RANGE REMCHG REMOTE REMOTEIO RESTART RFKILL ROFS SHUTDOWN SOCKTNOSUPPORT SPIPE SRCH SRMNT
  STALE STRPIPE TIME TIMEDOUT TOOMANYREFS TXTBSY UCLEAN UNATCH USERS WOULDBLOCK XDEV XFULL`
    .trim()
    .split(/\s+/),
);

/** What may follow the colon in `SystemCallFilter=~@mount:EPERM`. */
export function isErrorOrAction(word: string): boolean {
  if (word === 'kill' || (/^e/i.test(word) && ERRORS.has(word.slice(1).toUpperCase()))) return true;
  const number = parseInteger(word);
  return number !== undefined && number >= 0 && number <= 4095;
}
