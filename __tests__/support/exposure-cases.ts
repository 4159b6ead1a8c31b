/** A unit, and what `systemd-analyze security --offline=true` of systemd 252 says of it. */
export interface ExposureCase {
  readonly name: string;
  readonly text: string;
  readonly score: number;
  readonly rating: string;
  /** What some checks add; `n/a` for one that doesn't apply. */
  readonly checks: Readonly<Record<string, number | 'n/a'>>;
}

export const exposureCases: readonly ExposureCase[] = [
  {
    name: 'nothing is set',
    text: `[Service]
ExecStart=/usr/bin/app
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'User=/DynamicUser=': 0.4, 'SupplementaryGroups=': 'n/a', 'KeyringMode=': 0, 'UMask=': 0.1 },
  },
  {
    name: 'an early service, which four checks pass over',
    text: `[Unit]
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/app
`,
    score: 9.5,
    rating: 'UNSAFE',
    checks: { 'PrivateTmp=': 'n/a', 'ProtectHome=': 'n/a', 'RootDirectory=/RootImage=': 'n/a' },
  },
  {
    name: 'a user of its own',
    text: `[Service]
ExecStart=/usr/bin/app
User=app
SupplementaryGroups=audio video
RemoveIPC=yes
`,
    score: 9.2,
    rating: 'UNSAFE',
    checks: { 'User=/DynamicUser=': 0, 'SupplementaryGroups=': 0.1, 'RemoveIPC=': 0 },
  },
  {
    name: 'nobody',
    text: `[Service]
ExecStart=/usr/bin/app
User=nobody
`,
    score: 9.5,
    rating: 'UNSAFE',
    checks: { 'User=/DynamicUser=': 0.4 },
  },
  {
    name: 'root by a specifier',
    text: `[Service]
ExecStart=/usr/bin/app
User=%u
SupplementaryGroups=audio
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'User=/DynamicUser=': 0.4, 'SupplementaryGroups=': 'n/a' },
  },
  {
    name: 'a dynamic user implies a sandbox',
    text: `[Service]
ExecStart=/usr/bin/app
DynamicUser=yes
ProtectSystem=no
NoNewPrivileges=no
`,
    score: 8.4,
    rating: 'EXPOSED',
    checks: {
      'User=/DynamicUser=': 0,
      'PrivateTmp=': 0,
      'ProtectHome=': 0.1,
      'ProtectSystem=': 0,
      'NoNewPrivileges=': 0,
      'RestrictSUIDSGID=': 0,
      'RemoveIPC=': 0,
    },
  },
  {
    name: 'a dynamic user keeps a stricter home',
    text: `[Service]
ExecStart=/usr/bin/app
DynamicUser=yes
ProtectHome=tmpfs
`,
    score: 8.3,
    rating: 'EXPOSED',
    checks: { 'ProtectHome=': 0.1 },
  },
  {
    name: 'private devices imply a bounding set and a device policy',
    text: `[Service]
ExecStart=/usr/bin/app
PrivateDevices=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
`,
    score: 8.3,
    rating: 'EXPOSED',
    checks: {
      'CapabilityBoundingSet=~CAP_MKNOD': 0,
      'CapabilityBoundingSet=~CAP_SYS_RAWIO': 0,
      'CapabilityBoundingSet=~CAP_SYS_MODULE': 0,
      'CapabilityBoundingSet=~CAP_SYSLOG': 0,
      'DeviceAllow=': 0,
    },
  },
  {
    name: 'the clock needs a device of its own',
    text: `[Service]
ExecStart=/usr/bin/app
PrivateDevices=yes
ProtectClock=yes
`,
    score: 8.7,
    rating: 'EXPOSED',
    checks: { 'CapabilityBoundingSet=~CAP_SYS_TIME': 0, 'DeviceAllow=': 0.1 },
  },
  {
    name: 'an encrypted credential needs the TPM',
    text: `[Service]
ExecStart=/usr/bin/app
DevicePolicy=closed
LoadCredentialEncrypted=key:/etc/key
`,
    score: 9.5,
    rating: 'UNSAFE',
    checks: { 'DeviceAllow=': 0.1 },
  },
  {
    name: 'a plain credential of the same name takes its place',
    text: `[Service]
ExecStart=/usr/bin/app
DevicePolicy=closed
LoadCredentialEncrypted=key:/etc/key
LoadCredential=key:/etc/key
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'DeviceAllow=': 0 },
  },
  {
    name: 'devices that are none',
    text: `[Service]
ExecStart=/usr/bin/app
DevicePolicy=strict
DeviceAllow=/dev/../etc/passwd rw
DeviceAllow=/dev/null rwx
DeviceAllow=null rw
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'DeviceAllow=': 0 },
  },
  {
    name: 'the last value that can be read counts',
    text: `[Service]
ExecStart=/usr/bin/app
ProtectSystem=strict
ProtectSystem=
ProtectSystem=always
PrivateTmp=yes
PrivateTmp=
ProtectHome=TRUE
ProtectHome=Tmpfs
UMask=0077
UMask=u=rwx
UMask=
`,
    score: 9,
    rating: 'UNSAFE',
    checks: { 'ProtectSystem=': 0, 'PrivateTmp=': 0, 'ProtectHome=': 0, 'UMask=': 0 },
  },
  {
    name: 'a umask that keeps files private',
    text: `[Service]
ExecStart=/usr/bin/app
UMask=77
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'UMask=': 0 },
  },
  {
    name: 'a umask that lets the group read',
    text: `[Service]
ExecStart=/usr/bin/app
UMask=0027
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'UMask=': 0.1 },
  },
  {
    name: 'a umask of zero',
    text: `[Service]
ExecStart=/usr/bin/app
UMask=0
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'UMask=': 0.1 },
  },
  {
    name: 'capabilities merge',
    text: `[Service]
ExecStart=/usr/bin/app
CapabilityBoundingSet=CAP_CHOWN CAP_SYS_ADMIN
CapabilityBoundingSet=cap_kill 21 CAP_NONE
CapabilityBoundingSet=~CAP_SYS_ADMIN
`,
    score: 7.3,
    rating: 'MEDIUM',
    checks: {
      'CapabilityBoundingSet=~CAP_SYS_ADMIN': 0,
      'CapabilityBoundingSet=~CAP_KILL': 0.1,
      'CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)': 0.2,
      'CapabilityBoundingSet=~CAP_SYS_PTRACE': 0,
    },
  },
  {
    name: 'no capabilities, then all but one',
    text: `[Service]
ExecStart=/usr/bin/app
CapabilityBoundingSet=
CapabilityBoundingSet=~CAP_KILL
CapabilityBoundingSet=~
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'CapabilityBoundingSet=~CAP_KILL': 0.1, 'CapabilityBoundingSet=~CAP_BPF': 0.1 },
  },
  {
    name: 'no capabilities at all',
    text: `[Service]
ExecStart=/usr/bin/app
CapabilityBoundingSet=
AmbientCapabilities=CAP_KILL
AmbientCapabilities=
`,
    score: 7.1,
    rating: 'MEDIUM',
    checks: { 'CapabilityBoundingSet=~CAP_SYS_ADMIN': 0, 'AmbientCapabilities=': 0 },
  },
  {
    name: 'ambient capabilities but one are many',
    text: `[Service]
ExecStart=/usr/bin/app
AmbientCapabilities=~CAP_KILL
`,
    score: 9.7,
    rating: 'UNSAFE',
    checks: { 'AmbientCapabilities=': 0.1 },
  },
  {
    name: 'namespaces merge',
    text: `[Service]
ExecStart=/usr/bin/app
RestrictNamespaces=~user mnt
RestrictNamespaces=user
RestrictNamespaces=~net wrong
RestrictNamespaces=~pid
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: {
      'RestrictNamespaces=~user': 0.3,
      'RestrictNamespaces=~mnt': 0,
      'RestrictNamespaces=~net': 0.1,
      'RestrictNamespaces=~pid': 0,
    },
  },
  {
    name: 'namespaces by a boolean, then reset',
    text: `[Service]
ExecStart=/usr/bin/app
RestrictNamespaces=yes
RestrictNamespaces=uts
RestrictNamespaces=no
RestrictNamespaces=
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'RestrictNamespaces=~user': 0.3, 'RestrictNamespaces=~uts': 0.1 },
  },
  {
    name: 'address families that are allowed',
    text: `[Service]
ExecStart=/usr/bin/app
RestrictAddressFamilies=AF_UNIX AF_INET6 AF_WRONG
RestrictAddressFamilies=af_netlink
RestrictAddressFamilies=~AF_LOCAL
`,
    score: 9.2,
    rating: 'UNSAFE',
    checks: {
      'RestrictAddressFamilies=~AF_(INET|INET6)': 0.3,
      'RestrictAddressFamilies=~AF_UNIX': 0,
      'RestrictAddressFamilies=~AF_NETLINK': 0.1,
      'RestrictAddressFamilies=~AF_PACKET': 0,
      'RestrictAddressFamilies=~…': 0,
    },
  },
  {
    name: 'address families that are denied',
    text: `[Service]
ExecStart=/usr/bin/app
RestrictAddressFamilies=~AF_INET AF_VSOCK
RestrictAddressFamilies=~AF_PACKET
RestrictAddressFamilies=AF_PACKET
`,
    score: 9.1,
    rating: 'UNSAFE',
    checks: {
      'RestrictAddressFamilies=~AF_(INET|INET6)': 0,
      'RestrictAddressFamilies=~AF_UNIX': 0.1,
      'RestrictAddressFamilies=~AF_PACKET': 0.2,
      'RestrictAddressFamilies=~…': 0,
    },
  },
  {
    name: 'no address family',
    text: `[Service]
ExecStart=/usr/bin/app
RestrictAddressFamilies=~AF_UNIX
RestrictAddressFamilies=none
`,
    score: 8.9,
    rating: 'EXPOSED',
    checks: { 'RestrictAddressFamilies=~AF_UNIX': 0, 'RestrictAddressFamilies=~…': 0 },
  },
  {
    name: "a system service's system calls",
    text: `[Service]
ExecStart=/usr/bin/app
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallArchitectures=native
`,
    score: 7.8,
    rating: 'EXPOSED',
    checks: {
      'SystemCallFilter=~@resources': 0,
      'SystemCallFilter=~@privileged': 0,
      'SystemCallFilter=~@mount': 0,
      'SystemCallFilter=~@clock': 0,
      'SystemCallArchitectures=': 0,
    },
  },
  {
    name: 'an allow list that takes some of a group back in',
    text: `[Service]
ExecStart=/usr/bin/app
SystemCallFilter=~mount
SystemCallFilter=
SystemCallFilter=@basic-io "@mount" chroot:EPERM
SystemCallFilter=umount2
`,
    score: 8.2,
    rating: 'EXPOSED',
    checks: { 'SystemCallFilter=~@mount': 0.2, 'SystemCallFilter=~@swap': 0 },
  },
  {
    name: 'system calls that are denied',
    text: `[Service]
ExecStart=/usr/bin/app
SystemCallFilter=~@mount:EPERM @swap:kill @clock:EWRONG @raw-io:4096
SystemCallFilter=swapon
SystemCallArchitectures=native x86
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: {
      'SystemCallFilter=~@mount': 0,
      'SystemCallFilter=~@swap': 0.2,
      'SystemCallFilter=~@clock': 0.2,
      'SystemCallFilter=~@raw-io': 0.2,
      'SystemCallArchitectures=': 0.2,
    },
  },
  {
    name: 'one that only other architectures have is not missed',
    text: `[Service]
ExecStart=/usr/bin/app
SystemCallFilter=~modify_ldt ioperm iopl
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'SystemCallFilter=~@cpu-emulation': 0, 'SystemCallFilter=~@raw-io': 0 },
  },
  {
    name: 'addresses of this host only',
    text: `[Service]
ExecStart=/usr/bin/app
IPAddressDeny=any
IPAddressAllow=127.0.0.1/16 ::1 wrong 127.0.0.01 127.0.0.1/33
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'IPAddressDeny=': 0.1 },
  },
  {
    name: 'a prefix that reaches beyond this host',
    text: `[Service]
ExecStart=/usr/bin/app
IPAddressDeny=0.0.0.0/0
IPAddressDeny=::/0
IPAddressAllow=127.0.0.1/4
`,
    score: 9.5,
    rating: 'UNSAFE',
    checks: { 'IPAddressDeny=': 0.1 },
  },
  {
    name: 'only half of the addresses are denied',
    text: `[Service]
ExecStart=/usr/bin/app
IPAddressDeny=0.0.0.0/0 10.0.0.0/8
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'IPAddressDeny=': 0.2 },
  },
  {
    name: 'no address at all',
    text: `[Service]
ExecStart=/usr/bin/app
IPAddressDeny=any
IPAddressAllow=any
IPAddressAllow=
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'IPAddressDeny=': 0 },
  },
  {
    name: 'delegation by the empty assignment',
    text: `[Service]
ExecStart=/usr/bin/app
Delegate=no
Delegate=
NotifyAccess=all
KeyringMode=shared
ProtectProc=noaccess
ProcSubset=pid
`,
    score: 9.8,
    rating: 'UNSAFE',
    checks: {
      'Delegate=': 0.1,
      'NotifyAccess=': 0.2,
      'KeyringMode=': 0.2,
      'ProtectProc=': 0.1,
      'ProcSubset=': 0,
    },
  },
  {
    name: 'a root of its own',
    text: `[Service]
ExecStart=/usr/bin/app
RootDirectory=/srv/./root
ProtectProc=invisible
`,
    score: 9.4,
    rating: 'UNSAFE',
    checks: { 'RootDirectory=/RootImage=': 0, 'ProtectProc=': 0 },
  },
  {
    name: 'a root that is no other than the host has',
    text: `[Service]
ExecStart=/usr/bin/app
RootDirectory=/srv
RootDirectory=//
`,
    score: 9.6,
    rating: 'UNSAFE',
    checks: { 'RootDirectory=/RootImage=': 0.1 },
  },
  {
    name: 'continuation lines and comments',
    text: `[Service]
ExecStart=/usr/bin/app
SystemCallFilter=~@mount \\
# not this
  @swap
; RootDirectory=/srv
PrivateNetwork=yes
`,
    score: 8.8,
    rating: 'EXPOSED',
    checks: {
      'SystemCallFilter=~@mount': 0,
      'SystemCallFilter=~@swap': 0,
      'PrivateNetwork=': 0,
      'RootDirectory=/RootImage=': 0.1,
    },
  },
  {
    name: 'all but nothing',
    text: `[Service]
ExecStart=/usr/bin/app
DynamicUser=yes
PrivateDevices=yes
PrivateMounts=yes
PrivateNetwork=yes
PrivateUsers=yes
ProtectClock=no
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=none
SystemCallArchitectures=native
SystemCallFilter=@basic-io
CapabilityBoundingSet=
IPAddressDeny=any
UMask=0077
RootDirectory=/srv
`,
    score: 0.2,
    rating: 'SAFE',
    checks: { 'ProtectClock=': 0.2, 'User=/DynamicUser=': 0 },
  },
];
