import { wordsOf, type RecordedNeeds } from '../workload/recorded.js';
import type { UnitWorkload } from '../workload/unit.js';
import { baseName } from '../workload/unit/scripts.js';
import type { SocketKind, SocketUse } from './network.js';
import { outermost, placeOf, resolved } from './places.js';
import type { ProfileNeeds } from './profile.js';

/** What the unit's name is as that of a profile, which may neither hold what a shell reads nor be another's. */
export function profileName(unit: string): string {
  return `harden.${unit.replace(/\.service$/, '').replace(/[^\w.@-]+/g, '_')}`;
}

/**
 * What a unit's profile allows: what a recording shows, with what its files say that it writes and may do. The recording
 * is whole: what it does not hold was not exercised.
 */
export function unitProfileNeeds(
  unit: UnitWorkload,
  recorded: RecordedNeeds,
  mode: ProfileNeeds['mode'],
): ProfileNeeds {
  const name = baseName(unit.file.path);
  const calls = wordsOf(recorded.systemCalls);
  const capabilities = unit.capabilities.value.map((capability) => capability.replace(/^CAP_/, ''));
  const { programs } = unit.commands;
  const executables = programs.map(({ path }) => path).filter((path) => isPath(path));
  const writes = [
    ...wordsOf(recorded.writes).map(placeOf),
    ...unit.writable.value.map(({ path }) => `${path}/`).filter((path) => isPath(path) && isOwn(path)),
  ];
  const peers = wordsOf(recorded.connects).flatMap((peer) => /^unix (\/.*)$/.exec(peer)?.[1] ?? []);
  return {
    name: profileName(name),
    about: `What ${name} needs, as harden saw it work.`,
    kind: 'unit',
    mode,
    executables,
    execs: wordsOf(recorded.executes).filter((path) => !executables.includes(path)),
    reads: [
      ...wordsOf(recorded.reads).map(placeOf),
      ...(HOLDS_CREDENTIALS.some((setting) => unit.document.has('Service', setting))
        ? [`/run/credentials/${name}/`]
        : []),
    ],
    writes: outermost(writes.map(resolved)),
    peers,
    programs: [],
    volumes: [],
    devices: wordsOf(recorded.devices),
    capabilities,
    sockets: socketsOf(recorded),
    resolves: wordsOf(recorded.connects).some((peer) => /^(?:tcp|udp) /.test(peer)),
    mounts: unit.hostMounts.value.length > 0 || calls.some((call) => MOUNTS.test(call)),
    traces: capabilities.includes('SYS_PTRACE') || calls.includes('ptrace'),
  };
}

const HOLDS_CREDENTIALS = [
  'LoadCredential',
  'LoadCredentialEncrypted',
  'SetCredential',
  'SetCredentialEncrypted',
];

const MOUNTS = /^(?:mount|umount2?|pivot_root|move_mount|fsmount|open_tree)$/;

/** Absolute, and without a specifier of systemd's. */
function isPath(path: string): boolean {
  return path.startsWith('/') && !path.includes('%');
}

/** False for a folder that is shared: of its files, those count that were seen. */
function isOwn(path: string): boolean {
  return path.split('/').length > 3 && placeOf(`${path}x`) !== `${path}x`;
}

const KINDS: Readonly<Record<string, readonly SocketKind[]>> = {
  tcp: ['stream'],
  udp: ['dgram'],
  sctp: ['stream', 'seqpacket'],
  icmp: ['dgram', 'raw'],
  raw: ['raw'],
  ip: ['stream', 'dgram'],
};

/** A socket of which no address was seen asks for interfaces and names: of either kind, and never raw. */
export function socketsOf({ families, listens, connects }: RecordedNeeds): readonly SocketUse[] {
  const endpoints = [...wordsOf(listens), ...wordsOf(connects)];
  return wordsOf(families).map((family) => {
    if (family !== 'AF_INET' && family !== 'AF_INET6') return { family, kinds: undefined };
    const own = endpoints.filter((endpoint) => endpoint.includes('[') === (family === 'AF_INET6'));
    const kinds = own.flatMap((endpoint) => KINDS[endpoint.split(' ')[0] ?? ''] ?? []);
    return { family, kinds: kinds.length > 0 ? [...new Set(kinds)] : (['stream', 'dgram'] as const) };
  });
}
