import { CAPABILITIES } from '../exposure/names.js';
import { isSecretPlace } from '../workload/secret-places.js';
import { createPathSet, plainPath } from './paths.js';
import type { Behaviour, Recording, RecordingSource } from './recording.js';

/** Endpoints of the same kind that are told apart; a client's counterparts may be any number. */
const MAX_ENDPOINTS = 256;

/** Homes that are told apart. */
const MAX_HOMES = 64;

/** More than Linux has: include/linux/socket.h */
const MAX_FAMILIES = 64;

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
  /** A process changed its user or its groups, as only root can where it changes anything. */
  changesUser(): void;
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
  const users = { root: false, other: false, changed: false };

  const endpoint = (set: Set<string>, one: string, what: string): void => {
    if (set.has(one)) return;
    if (set.size < MAX_ENDPOINTS) set.add(one);
    else gaps.add(`it ${what} more than ${MAX_ENDPOINTS} addresses: the rest is left out`);
  };

  const plain = (path: string, take: (path: string) => void): void => {
    const found = plainPath(inRun(path));
    if (found === undefined) gaps.add('some paths are not absolute, or no plain text: they are left out');
    // The root is every program's: named as a folder it would stand for all that there is.
    else if (found !== '/') take(found);
  };

  const device = (path: string): boolean => {
    if (!path.startsWith('/dev/')) return false;
    if (!USUAL_DEVICES.test(path)) devices.add(path);
    return true;
  };

  return {
    call: (name) => calls.add(name),
    capability: (name) => {
      if (CAPABILITIES.includes(name)) capabilities.add(name);
      else gaps.add('some capabilities are not known: they are left out');
    },
    executed: (path) => plain(path, executes.add),
    wrote: (path) =>
      plain(path, (at) => {
        if (!device(at) && !OWN_PROC.test(at)) writes.add(at);
      }),
    read: (path) =>
      plain(path, (at) => {
        if (device(at) || OWN_PROC.test(at)) return;
        const home = HOME.exec(at)?.[0];
        if (home === undefined) {
          if (!PACKAGED.test(at) || isSecretPlace(at)) reads.add(at);
        } else if (homes.size < MAX_HOMES) homes.add(`${home}/`);
        else gaps.add(`it reads more than ${MAX_HOMES} homes: the rest is left out`);
      }),
    family: (name) => {
      if (families.size < MAX_FAMILIES) families.add(name);
      else gaps.add('it opens more address families than there are: the rest is left out');
    },
    listens: (one) => endpoint(listens, one, 'listens on'),
    connects: (one) => endpoint(connects, one, 'connects to'),
    namespace: (kind) => namespaces.add(kind),
    behaves: (how) => behaviours.add(how),
    user: (uid) => {
      if (uid === 0) users.root = true;
      else if (uid > 0) users.other = true;
    },
    changesUser: () => {
      if (!users.other) users.changed = true;
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
        root: users.root ? true : users.other && !users.changed ? false : undefined,
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
