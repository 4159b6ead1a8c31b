import { CAPABILITIES } from '../exposure/names.js';
import { denied } from './denials.js';
import { fileRule, literal } from './glob.js';
import { networkRules, type SocketUse } from './network.js';
import { isCovered, outermost, resolved } from './places.js';
import { namedGlob } from './programs.js';
import { isData, pathGlob, placeRules, programRules, sorted, targetRules, type Section } from './rules.js';

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
  /** The same by their names alone, as a shell finds them. */
  readonly programs: readonly string[];
  /** What is read besides the files of packages and /etc, and of these what is secret. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Mounts that it may write, each a file or a folder. */
  readonly volumes: readonly string[];
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

/** Ends a line that goes when the profile of a container is enforced. */
export const WATCH = '# watch';

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
    ...needs.programs.map((name) => `/bin/${name}`),
    ...needs.reads,
    ...needs.writes,
    ...needs.volumes,
    ...needs.peers,
    ...needs.devices,
  ];
  const odd = paths.find((path) => literal(path) === undefined);
  if (odd !== undefined) return { ok: false, reason: `no rule can name ${JSON.stringify(odd)}` };
  if ([...needs.writes, ...needs.volumes].some((path) => /^\/+$/.test(path)))
    return { ok: false, reason: 'it would write everywhere' };
  const unknown = needs.capabilities.find((name) => !CAPABILITIES.includes(name));
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
  const { kind, reads, writes, volumes, devices, capabilities, peers } = needs;
  const written = outermost(writes.map(resolved));
  const read = outermost(reads.map(resolved)).filter((place) => !isData(place) || !isCovered(place, written));
  const rulesOf = (place: string, access: string): readonly string[] => placeRules(kind, place, access);
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
        // Those of a container are its own.
        ...(kind === 'unit'
          ? ['owner /dev/shm/{,**} rwkl,']
          : ['/dev/{console,full,null,random,urandom,zero} rw,', '/dev/{mqueue,shm}/{,**} rwkl,']),
      ],
    },
    ...(kind === 'unit' ? UNIT_SECTIONS : containerSections(needs)),
    {
      why:
        kind === 'unit'
          ? 'Its programs, and those that they start, which have this profile too. No other can be started.'
          : 'Its programs, and those that they start, which have this profile too. What the engine starts needs no rule.',
      rules: sorted([
        ...[...needs.executables, ...needs.execs].flatMap((path) => programRules(kind, path)),
        ...needs.programs.map((name) => fileRule(namedGlob(literal(`/${name}`)!.slice(1)), 'mrix')),
        ...needs.programs.flatMap((name) => targetRules(kind, `/bin/${name}`)),
      ]),
    },
    {
      why: 'What else it was seen to read.',
      rules: read.flatMap((place) => rulesOf(place, isData(place) ? 'r' : 'mr')),
    },
    {
      why: 'What it writes.',
      rules: written.flatMap((place) =>
        kind === 'unit' && /^\/(?:var\/)?tmp\/$/.test(place)
          ? rulesOf(place, 'rwkl').map((rule) => `owner ${rule}`)
          : rulesOf(place, 'rwkl'),
      ),
    },
    {
      why: 'Its mounts that are not read-only.',
      rules: sorted(volumes.map((path) => fileRule(`${pathGlob(kind, path)}{,/,/**}`, 'rwkl'))),
    },
    {
      why: 'Sockets of other services, and devices.',
      rules: sorted([...peers, ...devices].map((path) => fileRule(pathGlob(kind, path), 'rw'))),
    },
    {
      why: 'Privileges of root that it uses.',
      rules: sorted(capabilities.map((name) => `capability ${name.toLowerCase()},`)),
    },
    { why: 'Sockets.', rules: networkRules(needs.sockets) },
    ...(needs.mounts
      ? [{ why: 'It mounts.', rules: kind === 'unit' ? ['mount,', 'umount,', 'pivot_root,'] : ['umount,'] }]
      : []),
    ...(needs.traces
      ? [
          {
            why: 'It traces other processes.',
            rules: kind === 'unit' ? ['ptrace (read, trace),'] : [`ptrace (read, trace) peer=${needs.name},`],
          },
        ]
      : []),
    ...denied(needs),
  ];
}

const UNIT_SECTIONS: readonly Section[] = [
  { why: 'The service tells systemd that it is ready.', rules: ['@{run}/systemd/notify w,'] },
  {
    why: 'What packages install, and its configuration: which of these files it reads was not recorded.',
    rules: ['/ r,', '/{bin,lib*,sbin,usr}/{,**} mr,', '/etc/{,**} r,'],
  },
];

/**
 * What a container has besides. In complain mode a program that no rule names gets a profile that denies nothing, not even
 * what the engine's default profile denies. So it keeps this one until that is enforced: security/apparmor/domain.c
 * (profile_transition) of Linux 6.1.
 */
function containerSections({ name, mode }: ProfileNeeds): readonly Section[] {
  return [
    {
      why: 'The engine stops it, and its own processes signal and look at one another.',
      rules: ['signal (receive),', `signal (send) peer=${name},`, `ptrace (read) peer=${name},`],
    },
    { why: 'The image, and what is mounted into it.', rules: ['/{,**} mr,'] },
    {
      why: 'Until it is enforced, other programs start too, with this profile: the log has them as AUDIT.',
      rules: mode === 'complain' ? [`audit /{,**} ix, ${WATCH}`] : [],
    },
  ];
}
