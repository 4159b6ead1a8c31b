import type { Capability, Cited } from './types.js';

/** What a daemon is to the machine that it runs on. */
export type DaemonKind =
  | 'web'
  | 'proxy'
  | 'data-store'
  | 'broker'
  | 'mail'
  | 'dns'
  | 'time'
  | 'monitoring'
  | 'vpn'
  | 'sync'
  | 'media'
  | 'application'
  | 'runtime'
  | 'tool';

/** A directory that the daemon writes with the configuration that its package or its documentation gives it. */
export interface DaemonPath extends Cited {
  readonly path: string;
  /**
   * Who makes it, so that a sandbox knows whether it exists when the service starts: the `package` (or an
   * administrator), the `daemon` itself as root, or `runtime` for what is made anew below /run at each start.
   */
  readonly madeBy: 'package' | 'daemon' | 'runtime';
  /** Programs or libraries that the daemon itself puts there are run from it. */
  readonly exec?: boolean;
}

/** A need that only some configurations have. */
export interface OptionalNeed extends Cited {
  /** What it is for, as the end of a sentence: `it drops packets by a firewall rule`. */
  readonly for: string;
  /** A regular expression for what the unit or its arguments say when this is meant; without it, a person knows. */
  readonly mentions?: string;
  readonly capabilities?: readonly Capability[];
  readonly families?: readonly string[];
  /** As DeviceAllow= takes them. */
  readonly devices?: readonly string[];
}

/**
 * What a daemon needs of the kernel and the file system, each fact with its sources. A section that is missing is not
 * known: nothing that depends on it is changed. Where a section has a list, the list is complete.
 */
export interface DaemonFacts {
  readonly name: string;
  /** Base names of the programs that a unit starts; `*` stands for any characters. */
  readonly programs: readonly string[];
  /**
   * A regular expression for the arguments with which all of this holds: with another command it is another program, of
   * which nothing is known here.
   */
  readonly when?: string;
  readonly kind: DaemonKind;
  readonly user: Cited & {
    /** `root`: it has to start as root; `any`: it runs as whoever the unit names. */
    readonly starts: 'root' | 'any';
    /** Started as root, it changes to a user of its own by itself (setuid(2), initgroups(3)). */
    readonly stepsDown: boolean;
  };
  readonly capabilities: Cited & {
    /** All that it uses when the manager starts it as root, before and after it steps down. */
    readonly asRoot: readonly Capability[];
    /**
     * All that it uses when `User=` names another user and its usual configuration applies: what it must get by
     * AmbientCapabilities= (`NET_BIND_SERVICE` for a default port below 1024) or by file capabilities of its program.
     */
    readonly asUser: readonly Capability[];
  };
  /** Its program has file capabilities or the setuid bit in the packages of a distribution. */
  readonly fileCapabilities?: Cited & { readonly capabilities: readonly Capability[] };
  readonly optional?: readonly OptionalNeed[];
  readonly writable: Cited & {
    readonly paths: readonly DaemonPath[];
    /** Options whose value is a place that it writes instead of one of `paths`: `--storage.tsdb.path`, `-d`. */
    readonly options: readonly string[];
    /** Its configuration file commonly names further places, which no unit shows (a document root with uploads, ...). */
    readonly elsewhere?: string;
  };
  readonly families: Cited & {
    /** All address families of its sockets, those of libraries (AF_NETLINK of getaddrinfo) among them. */
    readonly uses: readonly string[];
  };
  readonly network: Cited & {
    /** `none`: no socket of AF_INET at all; `loopback`: it is usually reached on this machine only. */
    readonly reaches: 'none' | 'loopback' | 'any';
  };
  /**
   * All sockets of TCP and UDP that it binds, where options alone decide about them and no file does; missing: not known.
   */
  readonly listens?: Cited & {
    readonly on: readonly {
      /** Options whose value is an address, with or without a port: `host:port`, `:port`, `host`; several with commas. */
      readonly addresses?: readonly string[];
      /** Options whose value is a port. */
      readonly ports?: readonly string[];
      readonly protocol: 'tcp' | 'udp';
      /** What holds without these options: an address, or `none` when it doesn't listen then; missing: not known. */
      readonly default?: string;
    }[];
    /** It opens connections to other hosts by itself. */
    readonly connects: boolean;
    /** A regular expression for arguments with which this says nothing: they name sockets of another kind. */
    readonly unless?: string;
  };
  readonly devices?: Cited & {
    /** As DeviceAllow= takes them: `/dev/net/tun rw`, `char-rtc r`. Pseudo devices such as /dev/null don't count. */
    readonly allow: readonly string[];
    /** Its users or its configuration choose further ones. */
    readonly chosen?: string;
  };
  /** It makes machine code at run time, or maps memory writable and executable: MemoryDenyWriteExecute= breaks it. */
  readonly jit: Cited & { readonly compiles: boolean };
  readonly systemCalls: Cited & {
    /**
     * Of the groups and calls that `@system-service` has not, or that `@privileged` and `@resources` take away again,
     * those that it can't do without, by systemd's names: `@chown`, `@setuid`, `@resources`, `@clock`, `chroot`,
     * `@keyring`, `@memlock`, `bpf`, `@mount`, ... A call that may fail with EPERM harmlessly is left out.
     */
    readonly needs: readonly string[];
  };
  /** Namespaces that it makes, by RestrictNamespaces='s names (`user`, `mnt`, `net`, ...); missing: none. */
  readonly namespaces?: Cited & { readonly makes: readonly string[] };
  /** Programs that it starts, with or without privileges; an empty list says that there are none. */
  readonly helpers: Cited & {
    readonly programs: readonly string[];
    /** Those among them that gain privileges on exec (setuid, setgid, file capabilities): NoNewPrivileges= breaks them. */
    readonly setuid: readonly string[];
    /** Its users or its configuration choose further ones. */
    readonly chosen?: string;
    /** Those are often ones that gain privileges: sudo, sendmail, ping. */
    readonly chosenGain?: boolean;
  };
  /** It asks for SCHED_FIFO or SCHED_RR and fails or suffers without. */
  readonly realtime?: Cited & { readonly asks: boolean };
  /** Kernel interfaces that it needs: what each of these restrictions would take away; missing: none. */
  readonly kernel?: Cited & {
    readonly needs: readonly ('tunables' | 'modules' | 'logs' | 'control-groups' | 'clock' | 'hostname')[];
  };
  /** What it reads below /proc beyond its own processes. */
  readonly proc?: Cited & {
    /** Files such as /proc/meminfo, /proc/sys, /proc/cpuinfo, without which it fails: ProcSubset=pid breaks it. */
    readonly host: boolean;
    /** Processes of other users: ProtectProc= breaks it. */
    readonly others: boolean;
  };
  /** What it does below /home, /root and /run/user in its usual set-up; missing: nothing. */
  readonly home?: Cited & { readonly uses: 'read' | 'write' };
  /** It shares sockets or files in /tmp or /var/tmp with other services or users: PrivateTmp= breaks it. */
  readonly sharedTemp?: Cited & { readonly because: string };
  /** It gives files or directories the setuid or setgid bit: RestrictSUIDSGID= breaks it. */
  readonly suidSgid?: Cited & { readonly because: string };
  /** Others of other users or groups read what it makes, and it counts on the umask for that: UMask=0077 breaks it. */
  readonly sharesFiles?: Cited & { readonly because: string };
  /** It reports on or copies the mounts of the host: a mount namespace shows it others. */
  readonly hostMounts?: Cited & { readonly because: string };
  /** It changes its execution domain with personality(2). */
  readonly personality?: Cited & { readonly because: string };
  /** It looks up or owns users of the host beyond its own, so that PrivateUsers= breaks it. */
  readonly hostUsers?: Cited & { readonly because: string };
}
