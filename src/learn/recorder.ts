import { isSecretPlace } from '../workload/secret-places.js';
import { createPathSet } from './paths.js';
import type { Behaviour, Recording, RecordingSource } from './recording.js';

/** Endpoints of the same kind that are told apart; a client's counterparts may be any number. */
const MAX_ENDPOINTS = 256;

/** Collects what a workload was seen to do, in bounded memory. */
export interface Recorder {
  call(name: string): void;
  capability(name: string): void;
  executed(path: string): void;
  wrote(path: string): void;
  read(path: string): void;
  family(name: string): void;
  listens(endpoint: string): void;
  connects(endpoint: string): void;
  namespace(kind: string): void;
  behaves(how: Behaviour): void;
  /** The user that a process of it ran as. */
  user(uid: number): void;
  gap(sentence: string): void;
  result(source: RecordingSource, lines: number): Recording;
}

/** Every process has these, with PrivateDevices= and in a container: systemd.exec(5). */
const USUAL_DEVICES =
  /^\/dev\/(?:null|zero|full|u?random|tty|ptmx|pts(?:\/.*)?|shm(?:\/.*)?|std(?:in|out|err)|fd(?:\/.*)?|log|mqueue(?:\/.*)?|console)$/;

/** Of what is read, the files of packages and their configuration tell of no need, but for secrets. */
const HOME = /^\/(?:home\/[^/]+|root|run\/user\/\d+)(?=\/|$)/;
const PACKAGED = /^\/(?:$|(?:usr|bin|sbin|lib\w*|etc)(?:\/|$))/;

/** A process's own: always there. */
const OWN_PROC = /^\/proc\/(?:self|thread-self|\d+)(?:\/|$)/;

export function createRecorder(): Recorder {
  const calls = new Set<string>();
  const capabilities = new Set<string>();
  const executes = createPathSet();
  const writes = createPathSet();
  const reads = createPathSet();
  const homes = new Set<string>();
  const devices = createPathSet();
  const families = new Set<string>();
  const listens = new Set<string>();
  const connects = new Set<string>();
  const namespaces = new Set<string>();
  const behaviours = new Set<Behaviour>();
  const gaps = new Set<string>();
  const users = { root: false, other: false };

  const endpoint = (set: Set<string>, one: string, what: string): void => {
    if (set.has(one)) return;
    if (set.size < MAX_ENDPOINTS) set.add(one);
    else gaps.add(`it ${what} more than ${MAX_ENDPOINTS} addresses: the rest is left out`);
  };

  const device = (path: string): boolean => {
    if (!path.startsWith('/dev/')) return false;
    if (!USUAL_DEVICES.test(path)) devices.add(path);
    return true;
  };

  return {
    call: (name) => calls.add(name),
    capability: (name) => capabilities.add(name),
    executed: (path) => executes.add(path),
    wrote: (written) => {
      const path = inRun(written);
      if (!device(path) && !OWN_PROC.test(path)) writes.add(path);
    },
    read: (opened) => {
      const path = inRun(opened);
      if (device(path) || OWN_PROC.test(path)) return;
      const home = HOME.exec(path)?.[0];
      if (home !== undefined) homes.add(`${home}/`);
      else if (!PACKAGED.test(path) || isSecretPlace(path)) reads.add(path);
    },
    family: (name) => families.add(name),
    listens: (one) => endpoint(listens, one, 'listens on'),
    connects: (one) => endpoint(connects, one, 'connects to'),
    namespace: (kind) => namespaces.add(kind),
    behaves: (how) => behaviours.add(how),
    user: (uid) => {
      if (uid === 0) users.root = true;
      else if (uid > 0) users.other = true;
    },
    gap: (sentence) => gaps.add(sentence),
    result: (source, lines) => {
      for (const [set, what] of [
        [executes, 'programs'],
        [writes, 'written files'],
        [reads, 'read files'],
        [devices, 'devices'],
      ] as const) {
        if (set.overflown) gaps.add(`too many ${what} to tell apart: some are left out`);
      }
      return {
        source,
        lines,
        systemCalls: sorted(calls),
        capabilities: sorted(capabilities),
        executes: executes.list(),
        writes: writes.list(),
        reads: [...homes, ...reads.list()].sort(),
        devices: devices.list(),
        families: sorted(families),
        listens: sorted(listens),
        connects: sorted(connects),
        namespaces: sorted(namespaces),
        behaviours: sorted(behaviours),
        root: users.root ? true : users.other ? false : undefined,
        gaps: [...gaps],
      };
    },
  };
}

/** One of them is a link to the other, in every system that has both: hier(7). */
function inRun(path: string): string {
  return path.replace(/^\/var\/run(?=\/|$)/, '/run');
}

function sorted<T extends string>(set: ReadonlySet<T>): readonly T[] {
  return [...set].sort();
}
