import { uniqueEvidence } from '../../core/evidence.js';
import type { DaemonFacts } from '../../catalogue/daemon-types.js';
import type { Certainty, Evidence } from '../../core/types.js';
import { citations, isWithin } from '../model.js';
import type { UnitWorkload } from '../unit.js';
import { daemonsOf, isUnderstood } from './daemons.js';

/** How a service of root could run as a user that exists only while it runs. */
export interface DynamicUserMove {
  /** Directories of its own that systemd makes and gives to the user: `StateDirectory=name`. */
  readonly directories: readonly string[];
  /** It may have a user namespace of its own too. */
  readonly privateUsers: boolean;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  /** What a person must know first. */
  readonly question: string | undefined;
}

/** Directories below a place, and the setting that makes them. */
const PLACES: readonly (readonly [root: string, setting: string])[] = [
  ['/var/lib', 'StateDirectory'],
  ['/var/cache', 'CacheDirectory'],
  ['/var/log', 'LogsDirectory'],
];

/** Assignments that tell of an account, of a start as root, or of others who use what the service has. */
const TIED = [
  'AmbientCapabilities',
  'BindPaths',
  'BindReadOnlyPaths',
  'BusName',
  'Delegate',
  'DynamicUser',
  'Group',
  'NetworkNamespacePath',
  'PAMName',
  'PermissionsStartOnly',
  'PIDFile',
  'ReadWriteDirectories',
  'ReadWritePaths',
  'Sockets',
  'SupplementaryGroups',
  'User',
] as const;

/** Keys and passwords are root's to read, ports below 1024 root's to bind. */
const ROOTS_OWN =
  /\.(?:key|pem|p12|pfx|jks)\b|secret|passw|credential|(?:^|[\s=,])[\w.[\]*-]*:(?:[1-9]\d{0,2}|10[01]\d|102[0-3])(?=[\s,]|$)/i;

/** Undefined where anything speaks against it: a capability, another's files, a place to write that isn't its own. */
export function dynamicUserMove(unit: UnitWorkload): DynamicUserMove | undefined {
  const { capabilities, commands, document, user, writable } = unit;
  if (unit.manager.value === 'user' || user.value.kind !== 'root' || unit.ownRoot || document.template)
    return undefined;
  if (TIED.some((key) => document.has('Service', key))) return undefined;
  const facts = daemonsOf(commands);
  if (!isUnderstood(commands) || commands.shell || facts.length === 0) return undefined;
  if (facts.some((entry) => entry.user.starts === 'root' || entry.user.stepsDown)) return undefined;
  // Commands of coreutils before the start prepare what root owns.
  const signals = /^(kill|pkill|true|sleep)$/;
  if (commands.programs.some(({ closed, keepsUser, name }) => keepsUser || (closed && !signals.test(name))))
    return undefined;
  const needs = [
    unit.devices,
    unit.hostMounts,
    unit.kernel,
    unit.namespaces,
    unit.realtime,
    unit.setuid,
    unit.sharedTemp,
    unit.suidSgid,
    unit.sharedFiles,
  ];
  if (needs.some(({ value }) => value.length > 0) || unit.home.value !== 'none') return undefined;
  const signalled = capabilities.value.filter((name) => name !== 'CAP_KILL');
  if (capabilities.certainty === 'unknown' || signalled.length > 0) return undefined;
  if (commands.programs.some(({ args, closed }) => !closed && ROOTS_OWN.test(args.join(' '))))
    return undefined;
  const directories = directoriesOf(unit, facts);
  if (directories === undefined) return undefined;
  return {
    directories,
    privateUsers: !document.has('Service', 'PrivateUsers') && unit.hostUsers.value.length === 0,
    certainty: writable.certainty === 'unknown' ? 'unknown' : 'likely',
    evidence: uniqueEvidence([
      ...user.evidence,
      ...commands.programs.map(({ evidence }) => evidence),
      ...facts.flatMap((entry) => citations(entry.capabilities.cites).slice(0, 1)),
    ]),
    question: writable.reason,
  };
}

/**
 * The directories that it writes, each named like the service: one of another name may be another service's too, and
 * systemd would take it away from that.
 */
function directoriesOf(unit: UnitWorkload, facts: readonly DaemonFacts[]): readonly string[] | undefined {
  const { commands, document, writable } = unit;
  const args = commands.programs.flatMap((program) => program.args);
  const moved = facts.some((entry) =>
    entry.writable.options.some((option) => args.some((arg) => arg.split('=')[0] === option)),
  );
  const own = new Set([
    document.unitName.replace(/\.service(\..*)?$/, ''),
    ...commands.programs.filter(({ main }) => main).map(({ name }) => name),
    ...facts.map(({ name }) => name),
  ]);
  const found = new Map<string, Set<string>>();
  for (const { evidence, managed, path } of writable.value) {
    // An option has moved the usual place.
    if (managed || (moved && 'source' in evidence)) continue;
    const place = PLACES.find(([root]) => isWithin(path, root));
    const name = place === undefined ? undefined : path.slice(place[0].length + 1).split('/')[0];
    if (place === undefined || name === undefined || !own.has(name)) return undefined;
    if (document.has('Service', place[1])) return undefined;
    found.set(place[1], (found.get(place[1]) ?? new Set()).add(name));
  }
  return [...found].map(([setting, names]) => `${setting}=${[...names].join(' ')}`);
}
