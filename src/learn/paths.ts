/** More names than these in one folder are its content, not a choice of the program's. */
const MAX_NAMES = 6;

/** The same of a folder of the system, where the whole is never meant. */
const MAX_SYSTEM_NAMES = 256;

/** Folders and files that are kept in all. */
const MAX_NODES = 20_000;

/** Folders that hold the state of many programs, or the system: that a program writes there does not make them its own. */
const SYSTEM =
  /^\/(?:$|(?:bin|sbin|lib\w*|boot|dev|proc|sys)(?:\/|$)|usr(?:\/(?:local|s?bin|lib\w*|share|include|src))*$|(?:etc|home|root|run|var|opt|srv|mnt|media|nix|snap)$|home\/[^/]+$|var\/(?:lib|log|cache|spool|run|mail|opt|local|www)$|run\/(?:user|systemd|lock)$|etc\/(?:systemd|ssl|ssh|pam\.d|cron\.\w+|init\.d)(?:\/|$))/;

interface Node {
  readonly below: Map<string, Node>;
  /** It was named itself. */
  named: boolean;
  whole: boolean;
}

/** Paths that were seen, in bounded memory. */
export interface PathSet {
  /** @param path absolute; others are not taken. */
  add(path: string): void;
  /** In order. A path that ends with `/` stands for all that is below the folder. */
  list(): readonly string[];
  /** True when paths were left out because there were too many. */
  readonly overflown: boolean;
}

/**
 * Sums up: where a folder of a program's own has many names, it stands for all of them. A folder of the system is never
 * summed up, since that would give away more than was used; too many names there are left out, and `overflown` says so.
 */
export function createPathSet(): PathSet {
  const root = newNode();
  let nodes = 1;
  let overflown = false;
  return {
    add: (path) => {
      const names = namesOf(path);
      if (names === undefined) return;
      let node = root;
      let at = '/';
      for (const name of names) {
        if (node.whole) return;
        const next = node.below.get(name);
        if (next === undefined) {
          const system = SYSTEM.test(at);
          if (node.below.size >= (system ? MAX_SYSTEM_NAMES : MAX_NAMES) || nodes >= MAX_NODES) {
            if (system || nodes >= MAX_NODES) {
              overflown = true;
            } else {
              nodes -= sizeOf(node) - 1;
              node.whole = true;
              node.below.clear();
            }
            return;
          }
          const made = newNode();
          node.below.set(name, made);
          nodes += 1;
          node = made;
        } else {
          node = next;
        }
        at = at === '/' ? `/${name}` : `${at}/${name}`;
      }
      node.named = true;
    },
    list: () => listOf(root, '').sort(),
    get overflown() {
      return overflown;
    },
  };
}

function newNode(): Node {
  return { below: new Map(), named: false, whole: false };
}

function sizeOf(node: Node): number {
  let size = 1;
  for (const below of node.below.values()) size += sizeOf(below);
  return size;
}

function listOf(node: Node, path: string): string[] {
  if (node.whole) return [`${path}/`];
  return [
    ...(node.named ? [path === '' ? '/' : path] : []),
    ...[...node.below].flatMap(([name, below]) => listOf(below, `${path}/${name}`)),
  ];
}

/** Deeper ones are no places of a program's. */
const MAX_DEPTH = 64;

/**
 * A path without `.`, `..` and doubled slashes; undefined for one that is not absolute, is longer than a kernel takes, or
 * holds what must not get onto a terminal.
 */
export function plainPath(path: string): string | undefined {
  const names = namesOf(path);
  return names === undefined ? undefined : `/${names.join('/')}`;
}

function namesOf(path: string): readonly string[] | undefined {
  if (!path.startsWith('/') || path.length > 4096 || hasControls(path)) return undefined;
  const names: string[] = [];
  for (const name of path.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names.length > MAX_DEPTH ? undefined : names;
}

/** Controls (C0, C1), what ends a line or turns the direction of writing, and bytes that were no text. */
export function hasControls(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]/.test(text);
}
