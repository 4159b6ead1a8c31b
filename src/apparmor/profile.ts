import { fileRule, literal } from './glob.js';
import { networkRules, type SocketUse } from './network.js';
import { isCovered, outermost, resolved } from './places.js';
import { programGlob } from './programs.js';
import { isSecretPlace, SECRET_PLACES } from '../workload/secret-places.js';

/** What a workload needs, in the terms of AppArmor. A path that ends with `/` stands for all that is below it. */
export interface ProfileNeeds {
  /** The profile's own name. */
  readonly name: string;
  /** What it is for, in one line. */
  readonly about: string;
  readonly kind: 'unit' | 'container';
  readonly mode: 'complain' | 'enforce';
  /** The programs of the workload itself. */
  readonly executables: readonly string[];
  /** Other programs that these start. */
  readonly execs: readonly string[];
  /** What is read besides the files of packages and /etc, and of these what is secret. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Sockets of others that it connects to. */
  readonly peers: readonly string[];
  /** `/dev/fuse`. */
  readonly devices: readonly string[];
  /** Without `CAP_`. */
  readonly capabilities: readonly string[];
  readonly sockets: readonly SocketUse[];
  /** It connects to others, by their names. */
  readonly resolves: boolean;
  /** It mounts. */
  readonly mounts: boolean;
  /** It traces other processes. */
  readonly traces: boolean;
}

export type ProfileResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

interface Section {
  readonly why: string;
  readonly rules: readonly string[];
}

/** A name that needs no quotes in a profile, in a unit and in a shell, and is no path. */
const NAME = /^[A-Za-z][\w.@-]{0,120}$/;

/**
 * An AppArmor profile that allows what a workload needs, and nothing else: apparmor.d(5). It names its features
 * (`abi <abi/3.0>`), which the parsers since AppArmor 3.0 have: Debian 12, Ubuntu 22.04, openSUSE Leap 15.4. It is
 * attached to no path: what starts the workload names it.
 */
export function apparmorProfile(needs: ProfileNeeds): ProfileResult {
  if (!NAME.test(needs.name))
    return { ok: false, reason: `${JSON.stringify(needs.name)} is no name for a profile` };
  const paths = [
    ...needs.executables,
    ...needs.execs,
    ...needs.reads,
    ...needs.writes,
    ...needs.peers,
    ...needs.devices,
  ];
  const odd = paths.find((path) => literal(path) === undefined);
  if (odd !== undefined) return { ok: false, reason: `no rule can name ${JSON.stringify(odd)}` };
  if (needs.writes.some((path) => /^\/+$/.test(path)))
    return { ok: false, reason: 'it would write everywhere' };
  const unknown = needs.capabilities.find((name) => !/^[A-Z_]+$/.test(name));
  if (unknown !== undefined) return { ok: false, reason: `${JSON.stringify(unknown)} is no capability` };
  const flags = [
    ...(needs.mode === 'complain' ? ['complain'] : []),
    // In a mount namespace of its own some paths (sockets, inherited files) have no root above them.
    'attach_disconnected',
    ...(needs.kind === 'container' ? ['mediate_deleted'] : []),
  ];
  const text = [
    `# ${needs.about.replace(/[^\x20-\x7e]/g, '?')}`,
    'abi <abi/3.0>,',
    '',
    'include <tunables/global>',
    '',
    `profile ${needs.name} flags=(${flags.join(',')}) {`,
    ...sections(needs)
      .filter(({ rules }) => rules.length > 0)
      .flatMap(({ why, rules }, at) => [...(at > 0 ? [''] : []), `# ${why}`, ...rules])
      .map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    '  # Rules of this host, which stay when the profile is written anew.',
    `  include if exists <local/${needs.name}>`,
    '}',
    '',
  ];
  return { ok: true, text: text.join('\n') };
}

function sections(needs: ProfileNeeds): readonly Section[] {
  const { kind, reads, writes, devices, capabilities, peers } = needs;
  const written = outermost(writes.map(resolved));
  const read = outermost(reads.map(resolved)).filter((place) => !isData(place) || !isCovered(place, written));
  return [
    {
      why: 'What every program needs.',
      rules: [
        'include <abstractions/base>',
        ...(needs.resolves ? ['include <abstractions/nameservice>'] : []),
        'owner @{PROC}/@{pid}/{,**} r,',
        '@{PROC}/@{pid}/{cgroup,cmdline,limits,mountinfo,mounts,stat,statm} r,',
        'owner @{PROC}/@{pid}/{comm,oom_score_adj} rw,',
        // The names of its threads are root's where it has changed its user; the kernel lets no other process in.
        '@{PROC}/@{pid}/task/@{pid}/comm rw,',
        '/dev/{ptmx,tty} rw,',
        '/dev/pts/[0-9]* rw,',
        'owner /dev/shm/{,**} rwkl,',
      ],
    },
    kind === 'unit'
      ? { why: 'The service tells systemd that it is ready.', rules: ['@{run}/systemd/notify w,'] }
      : {
          why: 'The engine stops it.',
          rules: ['signal (receive) peer=runc,', 'signal (receive) peer=crun,'],
        },
    kind === 'unit'
      ? {
          why: 'What packages install, and its configuration: which of these files it reads was not recorded.',
          rules: ['/ r,', '/{bin,lib*,sbin,usr}/{,**} mr,', '/etc/{,**} r,'],
        }
      : { why: 'The image, which holds no files of the host.', rules: ['/{,**} mr,'] },
    {
      why: 'Its programs, and those that they start, which have this profile too. No other can be started.',
      rules: sorted(
        [...needs.executables, ...needs.execs].map((path) =>
          fileRule(programGlob(literal(resolved(path))!), 'mrix'),
        ),
      ),
    },
    {
      why: 'What else it was seen to read.',
      rules: read.flatMap((place) => placeRules(place, isData(place) ? 'r' : 'mr')),
    },
    {
      why: 'What it writes.',
      rules: written.flatMap((place) =>
        /^\/(?:var\/)?tmp\/$/.test(place)
          ? placeRules(place, 'rwkl').map((rule) => `owner ${rule}`)
          : placeRules(place, 'rwkl'),
      ),
    },
    {
      why: 'Sockets of other services, and devices.',
      rules: sorted([...peers, ...devices].map((path) => fileRule(literal(resolved(path))!, 'rw'))),
    },
    {
      why: 'Privileges of root that it uses.',
      rules: sorted(capabilities.map((name) => `capability ${name.toLowerCase()},`)),
    },
    { why: 'Sockets.', rules: networkRules(needs.sockets) },
    ...(needs.mounts ? [{ why: 'It mounts.', rules: ['mount,', 'umount,', 'pivot_root,'] }] : []),
    ...(needs.traces ? [{ why: 'It traces other processes.', rules: ['ptrace (read, trace),'] }] : []),
    ...denied(needs),
  ];
}

/** What no rule of this host or of an abstraction may give back. It is refused in complain mode too, and logged. */
function denied({ kind, reads, writes, mounts, traces, capabilities }: ProfileNeeds): readonly Section[] {
  const wants = (folder: string): boolean => writes.some((path) => resolved(path).startsWith(folder));
  const undoing = ['MAC_ADMIN', 'MAC_OVERRIDE', 'SYS_MODULE'].filter((name) => !capabilities.includes(name));
  const secret = SECRET_PLACES.filter((place) => ![...reads, ...writes].some((path) => isSame(place, path)));
  return [
    {
      why: "Settings of the kernel are the host's.",
      rules: [
        ...(wants('/proc/sys/') ? [] : ['audit deny @{PROC}/sys/** wklx,']),
        ...(wants('/sys/') ? [] : ['audit deny @{sys}/** wklx,']),
      ],
    },
    {
      why: "The kernel's memory, its emergency keys, and the policy of its security modules.",
      rules: [
        'audit deny @{PROC}/{kcore,kmem,mem,sysrq-trigger} rwklx,',
        'audit deny @{sys}/kernel/security/{,**} rwklx,',
      ],
    },
    {
      why: 'A mount puts a file where a rule allows it.',
      rules: mounts ? [] : ['audit deny mount,', 'audit deny umount,', 'audit deny pivot_root,'],
    },
    {
      why: 'Who traces a process acts as that process.',
      rules: traces ? [] : ['audit deny ptrace (trace),'],
    },
    {
      why: 'Modules of the kernel, and changes of profiles, undo all confinement.',
      rules: undoing.map((name) => `audit deny capability ${name.toLowerCase()},`),
    },
    {
      why: 'Secrets of the host that it was not seen to read.',
      rules:
        kind === 'unit'
          ? secret.flatMap((place) => placeRules(place, 'rwklx')).map((rule) => `audit deny ${rule}`)
          : [],
    },
  ];
}

/** True where a place of secrets and a path have to do with each other. */
function isSame(place: string, path: string): boolean {
  return (
    path === place ||
    (place.endsWith('/') && path.startsWith(place)) ||
    (path.endsWith('/') && place.startsWith(path))
  );
}

/** Data, of which nothing is mapped as a program. */
function isData(place: string): boolean {
  return /^\/(?:proc|sys|dev|run|var|tmp|mnt|media)\//.test(place) || isSecretPlace(place);
}

/** A folder is one path, which ends with `/` here and not in a recording; what is below it is another: apparmor.d(5). */
function placeRules(place: string, access: string): readonly string[] {
  const path = literal(place)!;
  if (path.endsWith('/')) return [fileRule(`${path}{,**}`, access)];
  const isFile = /^\/(?:proc|sys)\//.test(place) || isSecretPlace(place);
  return [fileRule(isFile ? path : `${path}{,/}`, access)];
}

function sorted(rules: readonly string[]): readonly string[] {
  return [...new Set(rules)].sort();
}
