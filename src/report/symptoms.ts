/** What people see when a change goes too far, and what to do. */
export interface Symptom {
  readonly seen: string;
  /** The transforms whose changes may cause it. */
  readonly transforms: readonly string[];
  /** How to find out what it is. */
  readonly look: string;
  readonly remedy: string;
}

export const SYMPTOMS: readonly Symptom[] = [
  {
    seen: '"Read-only file system" (EROFS) in the log of a container',
    transforms: ['compose/read-only-rootfs', 'quadlet/read-only-rootfs', 'compose/mount-read-only'],
    look: '`docker diff` of the original container lists what it writes',
    remedy:
      'a `writable` path in harden.config.yml, from which the service gets a tmpfs, or a volume where the data must stay',
  },
  {
    seen: '"Permission denied" when a program in /tmp or in another tmpfs is started or loaded',
    transforms: ['compose/read-only-rootfs', 'quadlet/read-only-rootfs'],
    look: 'the path in the message, against the tmpfs entries of the service',
    remedy: 'an `executable` path in harden.config.yml',
  },
  {
    seen: 'a container is not started, and the engine says "unable to apply apparmor profile"',
    transforms: ['compose/use-apparmor-profile'],
    look: '`sudo aa-status` lists the profiles that the host has loaded',
    remedy: 'load the profile on the host, or take `profiles: loaded` out of harden.config.yml',
  },
  {
    seen: '"Operation not permitted" (EPERM) in the log of a container',
    transforms: ['compose/drop-capabilities', 'quadlet/drop-capabilities', 'compose/remove-privileged'],
    look: '`harden verify` names the fewest capabilities with which it works',
    remedy: '`capabilities` in harden.config.yml',
  },
  {
    seen: 'a setuid program (sudo, su, ping) fails',
    transforms: [
      'compose/no-new-privileges',
      'quadlet/no-new-privileges',
      'dockerfile/strip-setuid',
      'dockerfile/remove-sudo',
      'systemd/no-new-privileges',
    ],
    look: '`find / -xdev -perm /6000` in the container',
    remedy: 'run that step as the right user from the start, or skip the transform for the service',
  },
  {
    seen: '"Permission denied" (EACCES) on a file, a folder or a volume',
    transforms: [
      'dockerfile/run-as-non-root',
      'compose/run-as-non-root',
      'quadlet/run-as-non-root',
      'systemd/use-dynamic-user',
    ],
    look: '`id` and `ls -ln` of the path in the container: volumes keep the owner that wrote them',
    remedy: '`chown` the data once to the new user before the first start',
  },
  {
    seen: 'a service can no longer be reached from another machine',
    transforms: ['compose/bind-ports-to-loopback', 'quadlet/bind-ports-to-loopback'],
    look: '`docker ps` shows 127.0.0.1 before the port',
    remedy:
      'a reverse proxy or a tunnel on the host, or the port as before where other machines must reach it',
  },
  {
    seen: 'two services can no longer reach each other',
    transforms: ['compose/isolate-data-stores'],
    look: '`docker network inspect`, for who is on which network',
    remedy: "the other's network in `networks` of the service that calls it",
  },
  {
    seen: 'a service no longer reaches a host of the internet ("Temporary failure in name resolution", "403 Forbidden")',
    transforms: ['compose/limit-egress'],
    look: '`docker compose logs egress-proxy`: a refused host stands there as TCP_DENIED; without such a line the program did not go by the proxy',
    remedy: 'the host in `egress` of an override in `harden.config.yml`, and `harden --write` again',
  },
  {
    seen: 'a container is "unhealthy", or what depends on it does not start',
    transforms: ['dockerfile/add-healthcheck', 'compose/add-healthcheck'],
    look: "`docker inspect --format '{{json .State.Health}}'` shows what the check printed",
    remedy: 'a longer start period, or the port and path that the service really answers at',
  },
  {
    seen: 'a container ends with exit code 137, or OOMKilled is true',
    transforms: ['compose/limit-memory'],
    look: '`docker stats` at the busiest hour',
    remedy: 'a limit of twice the peak',
  },
  {
    seen: '"Resource temporarily unavailable" (EAGAIN) when a thread or process is started',
    transforms: ['compose/limit-pids', 'quadlet/limit-pids'],
    look: '`docker stats`, column PIDS',
    remedy: 'a higher limit',
  },
  {
    seen: '"Cannot find module", "not found" or "no such file" when the image starts or a feature is used',
    transforms: ['dockerfile/separate-build', 'dockerfile/no-install-recommends'],
    look: 'the path in the message, against the COPY lines of the last stage',
    remedy: 'COPY what is missing into the last stage, or install its package there',
  },
  {
    seen: 'lines of the log that used to arrive elsewhere are gone',
    transforms: ['compose/rotate-logs'],
    look: "`docker inspect --format '{{.HostConfig.LogConfig}}'`",
    remedy: "the daemon's own driver: skip the transform",
  },
  {
    seen: 'a unit fails with "226/NAMESPACE"',
    transforms: ['systemd/protect-system', 'systemd/protect-home', 'systemd/allow-execution'],
    look: '`systemctl status` and the path in its message',
    remedy: 'make the path, or write `-` before it in the unit',
  },
  {
    seen: '"Read-only file system" or "No such file or directory" in the journal of a unit',
    transforms: ['systemd/protect-system', 'systemd/protect-home', 'systemd/private-tmp'],
    look: 'the path in the message',
    remedy:
      '`ReadWritePaths=` or `StateDirectory=` for it, or the setting as before where it is in a home or in /tmp',
  },
  {
    seen: '"Operation not permitted" in the journal of a unit, or it ends with SIGSYS',
    transforms: ['systemd/filter-system-calls', 'systemd/limit-capabilities', 'systemd/private-users'],
    look: '`journalctl -k -g audit` for the system call, or `harden verify --allow-host`',
    remedy: 'the group of the call in `SystemCallFilter=`, or the capability in `CapabilityBoundingSet=`',
  },
  {
    seen: 'a unit ends with SIGSEGV or "Cannot allocate memory" as soon as it runs code that it generates',
    transforms: ['systemd/deny-write-execute'],
    look: 'whether it has a just-in-time compiler',
    remedy: 'no `MemoryDenyWriteExecute=`: skip the transform',
  },
  {
    seen: '"Address family not supported by protocol" (EAFNOSUPPORT)',
    transforms: ['systemd/restrict-address-families', 'systemd/private-network'],
    look: 'which family the program opens: `strace -e trace=socket`',
    remedy: 'the family in `RestrictAddressFamilies=`',
  },
  {
    seen: 'a connection of a unit, or to it, is refused or times out',
    transforms: ['systemd/restrict-addresses', 'systemd/restrict-binding', 'systemd/private-network'],
    look: '`systemctl show -p IPAddressAllow,IPAddressDeny,SocketBindAllow`',
    remedy: 'the address in `IPAddressAllow=`, or the port in `SocketBindAllow=`',
  },
  {
    seen: 'a device is missing: a GPU, a serial port, a sound card',
    transforms: ['systemd/private-devices', 'systemd/restrict-devices'],
    look: '`systemctl show -p DeviceAllow,PrivateDevices`',
    remedy: '`DeviceAllow=` for the device, with `PrivateDevices=no`',
  },
];
