import type { Recorder } from '../recorder.js';
import { annotation, pathOf, stringOf, succeeded, type TracedCall } from './call.js';
import { startsProcess, type Surroundings, type Tracee } from './processes.js';
import { endpointOf, familyOf, messageNames, type Endpoint } from './sockets.js';

type Observer = (call: TracedCall, to: Recorder, tracee: Tracee) => void;

/** A path that an argument names, from strace's own root, where that can be known. */
function absolute(
  text: string | undefined,
  folder: string | undefined,
  { root }: Surroundings,
): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (text.startsWith('/')) return root === undefined ? undefined : root + text;
  return folder === undefined ? undefined : `${folder}/${text}`;
}

/** The path of an argument, relative to the descriptor before it or to the working directory. */
function pathAt(call: TracedCall, at: number, tracee: Tracee, folderAt?: number): string | undefined {
  const descriptor = folderAt === undefined ? undefined : call.args[folderAt];
  const here = descriptor === undefined || descriptor.startsWith('AT_FDCWD');
  const folder = (here ? undefined : pathOf(descriptor)) ?? (here ? tracee.fs.cwd : undefined);
  const text = call.args[at];
  // AT_EMPTY_PATH, and utimensat() of a descriptor.
  if (!here && (text === '""' || text === 'NULL')) return folder;
  return absolute(stringOf(text), folder, tracee.fs);
}

const JAIL = 'some paths are below a changed root that is not known: they are left out';
const RELATIVE = 'some paths are relative, and strace was not told to print folders: use -yy';

/** Why a path is not known. */
function lost({ fs }: Tracee): string {
  return fs.root === undefined ? JAIL : RELATIVE;
}

/** Tells of a file that was changed by its name. */
function writing(...places: readonly (readonly [path: number, folder?: number])[]): Observer {
  return (call, to, tracee) => {
    for (const [at, folder] of places) {
      const path = pathAt(call, at, tracee, folder);
      if (path !== undefined) to.wrote(path);
      else to.gap(lost(tracee));
    }
  };
}

/** Tells of a file that was changed by its descriptor. */
const writingOpen: Observer = ({ args }, to) => {
  const path = pathOf(args[0]);
  if (path !== undefined) to.wrote(path);
};

function needing(capability: string): Observer {
  return (_, to) => to.capability(capability);
}

/** setuid() and the like: who is not root may call them too, and changes nothing by it. */
function becoming(capability: string): Observer {
  return (_, to) => {
    to.changesUser();
    to.capability(capability);
  };
}

function both(...observers: readonly Observer[]): Observer {
  return (call, to, tracee) => observers.forEach((observe) => observe(call, to, tracee));
}

function opening(flagsAt: number, pathPlace: number, folderAt?: number): Observer {
  return (call, to, tracee) => {
    const path = pathOf(call.result) ?? pathAt(call, pathPlace, tracee, folderAt);
    if (setsIds(call.args[flagsAt + 1])) to.behaves('set-id-files');
    if (path === undefined) {
      to.gap(lost(tracee));
      return;
    }
    if (/O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/.test(call.args[flagsAt] ?? '')) to.wrote(path);
    else to.read(path);
  };
}

const executing =
  (at: number, folderAt?: number): Observer =>
  (call, to, tracee) => {
    const path = pathAt(call, at, tracee, folderAt);
    if (path !== undefined) to.executed(path);
    else if (folderAt === undefined && tracee.fs.root !== undefined) tracee.program = stringOf(call.args[at]);
    else to.gap(lost(tracee));
  };

/** Whether a call gives a file to another user or group: -1 leaves it. */
const owning =
  (userAt: number): Observer =>
  ({ args }, to) => {
    if (args.slice(userAt, userAt + 2).some((id) => id !== '-1')) to.capability('CHOWN');
  };

const moding =
  (at: number): Observer =>
  ({ args }, to) => {
    if (setsIds(args[at])) to.behaves('set-id-files');
  };

/** A mode with a set-user-ID or set-group-ID bit, as RestrictSUIDSGID= refuses it: systemd.exec(5). */
function setsIds(mode: string | undefined): boolean {
  const octal = /(?:^|\|)0([0-7]+)$/.exec(mode ?? '')?.[1];
  const bits = octal === undefined ? 0 : parseInt(octal, 8);
  return (bits & 0o6000) !== 0 || /S_IS[UG]ID/.test(mode ?? '');
}

/** What MemoryDenyWriteExecute= refuses: systemd.exec(5). */
const mapping: Observer = ({ name, args }, to) => {
  const protection = args[2] ?? '';
  const executable = protection.includes('PROT_EXEC');
  if (executable && (name !== 'mmap' || protection.includes('PROT_WRITE'))) to.behaves('executable-memory');
};

/** CLONE_NEWNS and the like: https://man7.org/linux/man-pages/man7/namespaces.7.html */
const NAMESPACES: Readonly<Record<string, string>> = {
  CLONE_NEWCGROUP: 'cgroup',
  CLONE_NEWIPC: 'ipc',
  CLONE_NEWNET: 'net',
  CLONE_NEWNS: 'mnt',
  CLONE_NEWPID: 'pid',
  CLONE_NEWUSER: 'user',
  CLONE_NEWUTS: 'uts',
};

const separating: Observer = ({ args, name }, to, tracee) => {
  // A mount namespace of its own takes these from the other threads too: unshare(2).
  if (name === 'unshare' && /CLONE_(?:FS|NEWNS)\b/.test(args[0] ?? '')) tracee.fs = { ...tracee.fs };
  const kinds = [...args.join(' ').matchAll(/CLONE_NEW[A-Z]+/g)].flatMap(([flag]) => NAMESPACES[flag] ?? []);
  // setns(2) takes 0 for whatever kind the descriptor is of: `3<net:[4026531840]>`.
  const joined = /^([a-z]+):\[\d+\]$/.exec((name === 'setns' && annotation(args[0])) || '')?.[1];
  if (joined !== undefined && Object.values(NAMESPACES).includes(joined)) kinds.push(joined);
  for (const kind of kinds) to.namespace(kind);
  // In a user namespace of its own a process has the capability for the others.
  if (kinds.length > 0 && !kinds.includes('user')) to.capability('SYS_ADMIN');
};

const socketing: Observer = ({ args }, to) => {
  const family = familyOf(args[0]);
  if (family !== undefined) to.family(family);
  // packet(7), raw(7)
  if (family === 'AF_PACKET' || args[1]?.includes('SOCK_RAW') === true) {
    if (family === 'AF_INET' || family === 'AF_INET6' || family === 'AF_PACKET') to.capability('NET_RAW');
  }
  // audit_user_avc_message() of login, su and sudo.
  if (args[2]?.includes('NETLINK_AUDIT') === true) to.capability('AUDIT_WRITE');
};

const binding: Observer = (call, to, tracee) => {
  const { args } = call;
  const endpoint = endpointOf(args[0], args[1]);
  if (endpoint?.kind === 'path') {
    const path = absolute(endpoint.path, tracee.fs.cwd, tracee.fs);
    if (path !== undefined) to.wrote(path);
  }
  if (endpoint?.kind !== 'address' || endpoint.port === 0) return;
  to.listens(endpoint.text);
  if (endpoint.port < 1024) to.capability('NET_BIND_SERVICE');
};

/** getaddrinfo() connects by UDP to what a server would listen on, or to port 0, only to see which address it would use. */
const UNSPECIFIED = / (?:0\.0\.0\.0|\[::\]):/;

/** Sockets that send without ports: raw(7), icmp(7). */
const PORTLESS = /^(?:raw|icmp) /;

/** Tells of an end of a connection that is no unspecified address. */
function reaching(endpoint: Endpoint | undefined, to: Recorder, { fs }: Tracee): void {
  if (endpoint?.kind === 'address' && !UNSPECIFIED.test(endpoint.text)) to.connects(endpoint.text);
  const socket = endpoint?.kind === 'path' ? absolute(endpoint.path, fs.cwd, fs) : undefined;
  if (socket !== undefined) to.connects(`unix ${socket}`);
}

const connecting: Observer = ({ args }, to, tracee) => {
  const endpoint = endpointOf(args[0], args[1]);
  const asks = endpoint?.kind === 'address' && endpoint.port === 0 && !PORTLESS.test(endpoint.text);
  if (!asks) reaching(endpoint, to, tracee);
};

/** sendto(): one to port 0 succeeds where there are no ports, as when a host is pinged. */
const sendingTo: Observer = ({ args }, to, tracee) => {
  reaching(endpointOf(args[0], args[4]), to, tracee);
};

/** sendmsg() and sendmmsg() */
const sending: Observer = ({ args }, to) => {
  for (const name of messageNames(args[1])) {
    const endpoint = endpointOf(args[0], name);
    if (endpoint?.kind === 'address') to.connects(endpoint.text);
  }
};

/**
 * Options of sockets that need a capability: socket(7), ip(7). sd_notify(3) and sd_journal_send(3) ask for a large buffer
 * of their local socket in this way, and do without it:
 * https://github.com/systemd/systemd/blob/v252/src/libsystemd/sd-daemon/sd-daemon.c
 */
const setting: Observer = ({ args }, to) => {
  const option = args[2] ?? '';
  if (option === 'SO_SNDBUFFORCE' && /^\d+<UNIX\b/.test(args[0] ?? '')) return;
  if (/^SO_(?:MARK|PRIORITY|RCVBUFFORCE|SNDBUFFORCE)$|^IP(?:V6)?_TRANSPARENT$/.test(option)) {
    to.capability('NET_ADMIN');
  }
  if (option === 'SO_BINDTODEVICE') to.capability('NET_RAW');
};

const scheduling: Observer = ({ args }, to) => {
  if (args.some((argument) => /SCHED_(?:FIFO|RR|DEADLINE)/.test(argument))) {
    to.behaves('realtime');
    to.capability('SYS_NICE');
  }
};

/** Raising a hard limit needs it, which one call does not show; what is above the default is likely raised. */
const limiting: Observer = ({ args }, to) => {
  if (/RLIMIT_(?:MEMLOCK|NICE|RTPRIO)/.test(args.join(' ')) && /RLIM64_INFINITY/.test(args[2] ?? '')) {
    to.capability('SYS_RESOURCE');
  }
};

/** What it asks to keep: capset(2). */
const keeping: Observer = ({ args }, to) => {
  const effective = /effective=([^,}]*)/.exec(args[1] ?? '')?.[1] ?? '';
  const names = [...effective.matchAll(/CAP_([A-Z_]+)/g)].map(([, name]) => name!);
  // All at once is what a process that was root keeps, and no choice.
  if (names.length <= 20) names.forEach((name) => to.capability(name));
};

const controlling: Observer = ({ args }, to) => {
  if (args[0] === 'PR_CAPBSET_DROP') to.capability('SETPCAP');
};

const making: Observer = (call, to) => {
  if (call.args.some((argument) => /S_IF(?:CHR|BLK)/.test(argument))) to.capability('MKNOD');
};

const personalising: Observer = ({ args }, to) => {
  // 0xffffffff asks which one is in force.
  if (!/0xffffffff/i.test(args[0] ?? '')) to.behaves('personality');
};

const being: Observer = ({ result }, to) => to.user(Number(result));

/** Keeps where a process is, as a text of its own: a part of a line would keep the line. */
function goTo({ fs }: Tracee, path: string | undefined): void {
  if (path !== fs.cwd) fs.cwd = path === undefined ? undefined : Buffer.from(path).toString();
}

const moving: Observer = (call, to, tracee) => {
  forget(to, tracee);
  goTo(tracee, call.name === 'fchdir' ? pathOf(call.args[0]) : pathAt(call, 0, tracee));
};

/** Of descriptors strace tells the whole path; a path in the call of a process in a jail is one below it. */
const rooting: Observer = (call, to, tracee) => {
  to.capability('SYS_CHROOT');
  tracee.fs.root = pathAt(call, 0, tracee)?.replace(/\/+\.?$/, '');
  if (tracee.fs.root === undefined) to.gap(JAIL);
};

/** The calls whose arguments tell something, each with what they tell when they succeed. */
const OBSERVERS: ReadonlyMap<string, Observer> = new Map<string, Observer>([
  ['execve', executing(0)],
  ['execveat', executing(1, 0)],
  ['open', opening(1, 0)],
  ['openat', opening(2, 1, 0)],
  ['openat2', opening(2, 1, 0)],
  ['creat', both(writing([0]), moding(1))],
  ['mkdir', both(writing([0]), moding(1))],
  ['mkdirat', both(writing([1, 0]), moding(2))],
  ['rmdir', writing([0])],
  ['unlink', writing([0])],
  ['unlinkat', writing([1, 0])],
  ['rename', writing([0], [1])],
  ['renameat', writing([1, 0], [3, 2])],
  ['renameat2', writing([1, 0], [3, 2])],
  ['link', writing([1])],
  ['linkat', writing([3, 2])],
  ['symlink', writing([1])],
  ['symlinkat', writing([2, 1])],
  ['truncate', writing([0])],
  ['ftruncate', writingOpen],
  ['mknod', both(writing([0]), making, moding(1))],
  ['mknodat', both(writing([1, 0]), making, moding(2))],
  ['chmod', both(writing([0]), moding(1))],
  ['fchmod', both(writingOpen, moding(1))],
  ['fchmodat', both(writing([1, 0]), moding(2))],
  ['fchmodat2', both(writing([1, 0]), moding(2))],
  ['chown', both(writing([0]), owning(1))],
  ['lchown', both(writing([0]), owning(1))],
  ['fchown', both(writingOpen, owning(1))],
  ['fchownat', both(writing([1, 0]), owning(2))],
  ['utime', writing([0])],
  ['utimes', writing([0])],
  ['utimensat', writing([1, 0])],
  ['futimesat', writing([1, 0])],
  ['setxattr', writing([0])],
  ['lsetxattr', writing([0])],
  ['fsetxattr', writingOpen],
  ['removexattr', writing([0])],
  ['lremovexattr', writing([0])],
  ['fremovexattr', writingOpen],
  ['chdir', moving],
  ['fchdir', moving],
  ['mmap', mapping],
  ['mprotect', mapping],
  ['pkey_mprotect', mapping],
  ['clone', separating],
  ['clone3', separating],
  ['unshare', separating],
  ['setns', separating],
  ['socket', socketing],
  ['socketpair', socketing],
  ['bind', binding],
  ['connect', connecting],
  ['sendto', sendingTo],
  ['sendmsg', sending],
  ['sendmmsg', sending],
  ['setsockopt', setting],
  ['sched_setscheduler', scheduling],
  ['sched_setattr', scheduling],
  ['prlimit64', limiting],
  ['capset', keeping],
  ['prctl', controlling],
  ['personality', personalising],
  ['mlockall', (_, to) => to.behaves('locked-memory')],
  ['getuid', being],
  ['geteuid', being],
  ['setgroups', becoming('SETGID')],
  ['setgid', becoming('SETGID')],
  ['setregid', becoming('SETGID')],
  ['setresgid', becoming('SETGID')],
  ['setuid', becoming('SETUID')],
  ['setreuid', becoming('SETUID')],
  ['setresuid', becoming('SETUID')],
  ['chroot', rooting],
  ['mount', needing('SYS_ADMIN')],
  ['umount2', needing('SYS_ADMIN')],
  ['pivot_root', needing('SYS_ADMIN')],
  ['sethostname', needing('SYS_ADMIN')],
  ['setdomainname', needing('SYS_ADMIN')],
  ['swapon', needing('SYS_ADMIN')],
  ['swapoff', needing('SYS_ADMIN')],
  ['settimeofday', needing('SYS_TIME')],
  ['clock_settime', needing('SYS_TIME')],
  ['init_module', needing('SYS_MODULE')],
  ['finit_module', needing('SYS_MODULE')],
  ['delete_module', needing('SYS_MODULE')],
  ['reboot', needing('SYS_BOOT')],
  ['iopl', needing('SYS_RAWIO')],
  ['ioperm', needing('SYS_RAWIO')],
  ['acct', needing('SYS_PACCT')],
  ['vhangup', needing('SYS_TTY_CONFIG')],
  ['bpf', needing('BPF')],
]);

/** True for a call of which more than the name is looked at. */
export function isObserved(name: string): boolean {
  return OBSERVERS.has(name) || startsProcess(name);
}

/** Tells that the place of a program stays unknown. */
export function forget(to: Recorder, tracee: Tracee): void {
  if (tracee.program !== undefined) to.gap(RELATIVE);
  tracee.program = undefined;
}

/** Calls that succeed later: a connection that is being made is one. */
function done(call: TracedCall): boolean {
  return succeeded(call) || (call.name === 'connect' && call.result.includes('EINPROGRESS'));
}

/** Tells the recorder what a call shows. One that failed shows nothing that was needed. */
export function observe(call: TracedCall, to: Recorder, tracee: Tracee): void {
  const cwd = call.args.find((argument) => argument.startsWith('AT_FDCWD<'));
  if (cwd !== undefined) goTo(tracee, pathOf(cwd));
  if (tracee.fs.cwd !== undefined && tracee.program !== undefined) {
    to.executed(`${tracee.fs.cwd}/${tracee.program}`);
    tracee.program = undefined;
  }
  if (!done(call)) return;
  OBSERVERS.get(call.name)?.(call, to, tracee);
}
