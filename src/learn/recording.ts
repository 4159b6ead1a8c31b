/** What was read to make a recording: an strace log, the kernel's audit log, the profile that an OCI hook writes. */
export type RecordingSource = 'strace' | 'audit' | 'oci-seccomp';

/** Ways in which a process uses the machine that settings of a unit can forbid. */
export const BEHAVIOURS = [
  'executable-memory',
  'realtime',
  'set-id-files',
  'personality',
  'locked-memory',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** What a workload was seen to do. A list says nothing of what the recording did not come by. */
export interface Recording {
  readonly source: RecordingSource;
  /** Lines that were read. */
  readonly lines: number;
  /** Every call that was made, whatever came of it: a program may count on its refusal. */
  readonly systemCalls: readonly string[];
  /** Without `CAP_`: those whose use a call shows. */
  readonly capabilities: readonly string[];
  /** Programs that were started. */
  readonly executes: readonly string[];
  /** Files that were made, changed or removed; a folder with `/` at its end stands for all that is below it. */
  readonly writes: readonly string[];
  /** What was read besides the files of packages and of /etc: homes (`/root/`), /proc and /sys, data; and secrets in /etc. */
  readonly reads: readonly string[];
  /** Below /dev, without those that every process has. */
  readonly devices: readonly string[];
  /** `AF_INET`. */
  readonly families: readonly string[];
  /** `tcp 0.0.0.0:8080`, `udp [::]:53`. */
  readonly listens: readonly string[];
  /** The same form; addresses as they were seen, names are not known to a kernel. `unix /run/dbus/system_bus_socket`. */
  readonly connects: readonly string[];
  /** Kinds of namespaces that were made or joined: `user`, `mnt`, `net`. */
  readonly namespaces: readonly string[];
  readonly behaviours: readonly Behaviour[];
  /**
   * Whether it was root at some time; undefined where nothing shows as whom it ran. What root may do, and another may
   * not, is no call of its own (capabilities(7): CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_KILL).
   */
  readonly root: boolean | undefined;
  /** What the recording does not hold, each in one sentence. Empty for one that was read whole. */
  readonly gaps: readonly string[];
}

/** What may be wrong with something that was given as a recording. */
export type RecordingResult =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly line: number | undefined; readonly reason: string };
