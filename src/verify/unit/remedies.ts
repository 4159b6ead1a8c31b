import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { fewest } from '../bisect.js';
import type { Override } from '../diagnosis.js';
import { deniedPaths, readOnlyPaths } from './journal.js';
import { assign, linesOf, type Step, takeBack } from './steps.js';
import type { Observation } from './trial.js';

/** A change to the hardened unit's text that may mend it. */
export interface Remedy {
  readonly says: string;
  readonly override?: Override;
  change(document: UnitDocument): string;
}

/** A step that breaks the unit, and what is known of how. */
export interface Case {
  readonly step: Step;
  /** All steps: those that one transform makes belong together. */
  readonly steps: readonly Step[];
  readonly before: Observation;
  readonly failing: Observation;
  /** Starts the unit with a change, to see whether it does what its original did. */
  attempt(change: Remedy['change']): Promise<Attempt>;
}

export interface Attempt {
  readonly works: boolean;
  readonly seen: Observation;
}

type Find = (found: Case) => Promise<Remedy | undefined>;

/** The remedy that keeps the most of the step; it was tried. */
export async function remedyFor(found: Case): Promise<Remedy | undefined> {
  const { step } = found;
  const precise: Find[] = [
    ...(step.after.length > 0 ? (PRECISE[step.key] ?? []) : []),
    // What harden set it sets again at the next run, unless its whole transform is left out.
    ...(step.entries.length === 0 && step.after.length > 0 ? (WRITTEN[step.key] ?? []) : []),
    without,
  ];
  for (const find of precise) {
    const remedy = await find(found);
    if (remedy !== undefined) return remedy;
  }
  return undefined;
}

/** The lines are taken back, with all that the transform set which set them. */
async function without({ step, steps, attempt }: Case): Promise<Remedy | undefined> {
  const ids = [...new Set(step.entries.map(({ meta }) => meta.id))];
  const together = steps.filter(
    (other) => other === step || other.entries.some(({ meta }) => ids.includes(meta.id)),
  );
  const lines = together.flatMap(linesOf);
  const [gone, back] = [
    lines.filter((line) => !line.startsWith('-')),
    lines.filter((line) => line.startsWith('-')),
  ];
  const says = [
    ...(gone.length > 0 ? [`without ${gone.join(', ')}`] : []),
    ...(back.length > 0 ? [`with ${back.map((line) => line.slice(1)).join(', ')} again`] : []),
  ];
  const remedy: Remedy = {
    says: `${says.join(' and ')} it works`,
    ...(ids.length > 0 ? { override: { skip: ids } } : {}),
    change: (document) => takeBack(document, together),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/**
 * What container engines leave to root, which nearly all daemons are content with: they are tried first.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
const USUAL =
  /^CAP_(?:CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|SETGID|SETUID|SETPCAP|NET_BIND_SERVICE|NET_RAW|SYS_CHROOT|MKNOD)$/;

/** Capabilities of the original's bounding set, the fewest that it needs. */
async function moreCapabilities({ before, failing, attempt }: Case): Promise<Remedy | undefined> {
  const had = capabilitiesOf(before, 'CapabilityBoundingSet');
  const has = new Set(capabilitiesOf(failing, 'CapabilityBoundingSet'));
  const dropped = had.filter((capability) => !has.has(capability));
  const change =
    (given: readonly string[]): Remedy['change'] =>
    (document) =>
      withWords(document, 'CapabilityBoundingSet', given);
  const works = async (given: readonly string[]): Promise<boolean> => (await attempt(change(given))).works;
  const needed =
    (await fewest(
      dropped.filter((name) => USUAL.test(name)),
      works,
    )) ?? (await fewest(dropped, works));
  if (needed === undefined) return undefined;
  return {
    says: `with ${needed.join(' ')} in CapabilityBoundingSet= it works`,
    override: { capabilities: needed.map(bareCapability) },
    change: change(needed),
  };
}

/** A user that is not root gets a low port by an ambient capability. */
async function ambientCapability({ before, attempt }: Case): Promise<Remedy | undefined> {
  const low = before.listening?.some((name) => Number(/:(\d+)$/.exec(name)?.[1] ?? 1024) < 1024) ?? false;
  if (!low) return undefined;
  const remedy: Remedy = {
    says: 'with AmbientCapabilities=CAP_NET_BIND_SERVICE it works',
    override: { capabilities: ['NET_BIND_SERVICE'] },
    change: (document) => withWords(document, 'AmbientCapabilities', ['CAP_NET_BIND_SERVICE']),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/** How often a further path may turn up once the first is writable. */
const ROUNDS = 5;

/** The folders that it complains of are made writable. */
async function writablePaths({ failing, attempt }: Case): Promise<Remedy | undefined> {
  const change =
    (paths: readonly string[]): Remedy['change'] =>
    (document) =>
      withWords(document, 'ReadWritePaths', paths);
  const works = async (paths: readonly string[]): Promise<boolean> => (await attempt(change(paths))).works;
  let paths: readonly string[] = [];
  let last: Attempt = { works: false, seen: failing };
  for (let round = 0; round < ROUNDS && !last.works; round += 1) {
    const named = readOnlyPaths(last.seen.journal).flatMap((path) => writableFolder(path) ?? []);
    const all = [...new Set([...paths, ...named])];
    if (all.length === paths.length) return undefined;
    paths = all;
    last = await attempt(change(paths));
  }
  // A line names the program too that complains.
  const needed = await fewest(paths, works);
  if (needed === undefined) return undefined;
  return {
    says: `with ReadWritePaths=${needed.join(' ')} it works`,
    override: { writable: needed },
    change: change(needed),
  };
}

/** Folders that hold more than one service's files. */
const SHARED =
  /^\/(?:[^/]*|var\/(?:lib|log|cache|spool|tmp|opt|run)|usr\/(?:local|lib|share|bin|sbin)|usr\/local\/[^/]*|home\/[^/]*)$/;

/** The folder that has to be writable for a file, or the file where its folder is everyone's; undefined when all is. */
function writableFolder(path: string): string | undefined {
  if (!existsSync(path)) return SHARED.test(dirname(path)) ? undefined : writableFolder(dirname(path));
  if (statSync(path).isDirectory()) return SHARED.test(path) ? undefined : path;
  return SHARED.test(dirname(path)) ? path : dirname(path);
}

/** A folder below /run that root could make and another user can't. */
async function runtimeFolder({ failing, attempt }: Case): Promise<Remedy | undefined> {
  const complaints = [...deniedPaths(failing.journal), ...readOnlyPaths(failing.journal)];
  const name = complaints.flatMap((path) => /^\/(?:var\/)?run\/([^/]+)(?=\/|$)/.exec(path)?.[1] ?? [])[0];
  if (name === undefined || existsSync(`/run/${name}`)) return undefined;
  const remedy: Remedy = {
    says: `with RuntimeDirectory=${name} it works`,
    override: { writable: [`/run/${name}`] },
    change: (document) => withWords(document, 'RuntimeDirectory', [name]),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/** Paths that are not there may be missing, behind a `-`. */
async function missingPaths({ step, attempt }: Case): Promise<Remedy | undefined> {
  const optional = step.after.map((value) =>
    value
      .split(/\s+/)
      .map((word) => (/^\+?\//.test(word) && !existsSync(word.replace(/^\+/, '')) ? `-${word}` : word))
      .join(' '),
  );
  const remedy: Remedy = {
    says: `with ${optional.map((value) => `${step.key}=${value}`).join(', ')} it works`,
    change: (document) => assign(document, step.section, step.key, optional),
  };
  return (await attempt(remedy.change)).works ? remedy : undefined;
}

/** Those that hold others first, so that the smaller one is found. */
const CALL_GROUPS = [
  ...['@privileged', '@raw-io', '@resources', '@chown', '@clock', '@module', '@reboot', '@swap', '@setuid'],
  ...['@process', '@file-system', '@network-io', '@basic-io', '@io-event', '@ipc', '@signal', '@sync'],
  ...['@timer', '@aio', '@keyring', '@memlock', '@mount', '@sandbox', '@pkey', '@debug', '@cpu-emulation'],
  ...['@obsolete'],
];

const FAMILIES = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK', 'AF_ALG'];

/** Adds the fewest words to a list of what is allowed. */
function moreOf(key: string, words: readonly string[]): Find {
  return async ({ attempt }) => {
    const change =
      (given: readonly string[]): Remedy['change'] =>
      (document) =>
        withLine(document, key, given);
    const needed = await fewest(words, async (given) => (await attempt(change(given))).works);
    return needed === undefined
      ? undefined
      : { says: `with ${needed.join(' ')} in ${key}= it works`, change: change(needed) };
  };
}

/** By the setting, what keeps more of it than to leave it out. */
const PRECISE: Readonly<Record<string, readonly Find[]>> = {
  CapabilityBoundingSet: [moreCapabilities],
  DynamicUser: [ambientCapability, runtimeFolder],
  ProtectHome: [writablePaths],
  ProtectSystem: [writablePaths, runtimeFolder],
  ReadOnlyPaths: [writablePaths],
  ReadWritePaths: [missingPaths, writablePaths],
  User: [ambientCapability, runtimeFolder],
};

/** The same of a unit that a person wrote: no setting of the configuration would make harden write it. */
const WRITTEN: Readonly<Record<string, readonly Find[]>> = {
  BindPaths: [missingPaths],
  BindReadOnlyPaths: [missingPaths],
  ExecPaths: [missingPaths],
  InaccessiblePaths: [missingPaths],
  NoExecPaths: [missingPaths],
  RestrictAddressFamilies: [moreOf('RestrictAddressFamilies', FAMILIES)],
  SystemCallFilter: [moreOf('SystemCallFilter', CALL_GROUPS)],
};

/** Adds words to the last list of a setting; behind one of what is refused, in a line of their own. */
function withWords(document: UnitDocument, key: string, words: readonly string[]): string {
  const values = document.entries.flatMap((entry) =>
    entry.section === 'Service' && entry.key === key ? [entry.value] : [],
  );
  const last = values.at(-1);
  if (last === undefined || last.startsWith('~')) return withLine(document, key, words);
  return assign(document, 'Service', key, [...values.slice(0, -1), [last, ...words].join(' ').trim()]);
}

/** Adds a line: what it allows is added to what those above it do. */
function withLine(document: UnitDocument, key: string, words: readonly string[]): string {
  const values = document.entries.flatMap((entry) =>
    entry.section === 'Service' && entry.key === key ? [entry.value] : [],
  );
  const none = values.length === 1 && (values[0] === '' || parseBoolean(values[0]!) === false);
  return assign(document, 'Service', key, [...(none ? [] : values), words.join(' ')]);
}

/** A set of capabilities as the manager shows it, in the form of unit files. */
function capabilitiesOf({ settings }: Observation, key: string): readonly string[] {
  const words = (settings.get(key) ?? '').split(/\s+/);
  return words.filter((word) => word !== '').map((word) => word.toUpperCase());
}

function bareCapability(name: string): string {
  return name.replace(/^CAP_/, '');
}
