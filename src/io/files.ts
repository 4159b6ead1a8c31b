import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { keepLast } from '../core/lazy.js';
import type { FileReader } from '../core/types.js';

const MIB = 1024 * 1024;

/** Larger than any configuration file; what is above it is refused unread. */
export const MAX_FILE_BYTES = MIB;

export type ReadOutcome =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Reads a text file as UTF-8, with its byte order mark.
 * @param absolute an absolute path; links are followed, so the caller decides whether it lies in the tree.
 * @param most bytes that it may have.
 */
export function readTextFile(absolute: string, most = MAX_FILE_BYTES): ReadOutcome {
  let descriptor: number;
  try {
    // Without O_NONBLOCK a named pipe would block for ever.
    descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { ok: false, reason: 'is not a regular file' };
    if (stat.size > most) {
      const size = (stat.size / MIB).toFixed(1);
      return { ok: false, reason: `has ${size} MiB; harden reads files of up to ${most / MIB} MiB` };
    }
    const bytes = Buffer.allocUnsafe(stat.size);
    const length = readSync(descriptor, bytes, 0, stat.size, 0);
    return decode(bytes.subarray(0, length));
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  } finally {
    closeSync(descriptor);
  }
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): ReadOutcome {
  if (bytes.includes(0)) return { ok: false, reason: 'is a binary file (it holds a NUL byte)' };
  try {
    return { ok: true, text: DECODER.decode(bytes) };
  } catch {
    return { ok: false, reason: 'is not UTF-8 text' };
  }
}

/** What the operating system said, in a person's words. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'is not readable (permission denied)';
    case 'ENOENT':
    case 'ENOTDIR':
      return 'does not exist';
    case 'ELOOP':
      return 'is a link that leads to itself';
    default:
      return message;
  }
}

/** Why a file could not be written. */
export function writeReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return "can't be written (permission denied)";
    case 'EROFS':
      return "can't be written (the file system is read-only)";
    case 'ENOSPC':
    case 'EDQUOT':
      return "can't be written (no space left)";
    case 'ENAMETOOLONG':
      return "can't be written (its name would be too long)";
    default:
      return message;
  }
}

/** True when an absolute path, with its links resolved, is the root or lies below it. */
export function isInside(root: string, absolute: string): boolean {
  const path = relative(root, absolute);
  return path === '' || (path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}

/** A reader for the tree below `root` (its real path); it never leaves the tree, not through a link either. */
export function createFileReader(root: string): FileReader {
  const mayExist = createListings(root);
  const locate = (path: string): string | undefined => {
    const absolute = resolve(root, path);
    if (!mayExist(absolute)) return undefined;
    try {
      // An exception for each path that doesn't exist would cost more than the look.
      if (statSync(absolute, { throwIfNoEntry: false }) === undefined) return undefined;
      const real = realpathSync.native(absolute);
      return isInside(root, real) ? real : undefined;
    } catch {
      return undefined;
    }
  };
  const read = (path: string): string | undefined => {
    const real = locate(path);
    const outcome = real === undefined ? undefined : readTextFile(real);
    return outcome?.ok === true ? outcome.text : undefined;
  };
  const kind = (path: string): ReturnType<FileReader['kind']> => {
    const real = locate(path);
    if (real === undefined) return 'missing';
    const stat = statSync(real, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return 'directory';
    if (stat?.isFile() !== true) return 'missing';
    return isArchive(real) ? 'archive' : 'file';
  };
  const list = (path: string): ReturnType<FileReader['list']> => {
    const real = locate(path);
    if (real === undefined) return [];
    try {
      return readdirSync(real, { withFileTypes: true })
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) => ({ name: entry.name, folder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  };
  return {
    read: keepLast(KEPT_TEXTS, read),
    kind: keepLast(KEPT_KINDS, kind),
    list: keepLast(KEPT_LISTS, list),
  };
}

/**
 * Says of most paths that don't exist that they don't, from the listings of the folders that do: the places where a
 * script or a Dockerfile may stand are many, and asking the system about each is slow.
 */
function createListings(root: string): (absolute: string) => boolean {
  // There a name is found in other letters than it is listed in.
  if (process.platform === 'darwin' || process.platform === 'win32') return () => true;
  const namesIn = keepLast(KEPT_FOLDERS, (folder: string): ReadonlySet<string> | undefined => {
    try {
      return new Set(readdirSync(folder));
    } catch {
      // A folder may be open to those who know the name.
      return undefined;
    }
  });
  const mayExist = (absolute: string): boolean => {
    if (absolute === root || !absolute.startsWith(root + sep)) return true;
    const folder = dirname(absolute);
    return mayExist(folder) && namesIn(folder)?.has(basename(absolute)) !== false;
  };
  return mayExist;
}

/** The transforms of a file, and those of the files beside it, ask about the same few paths. */
const KEPT_TEXTS = 16;
const KEPT_KINDS = 256;
const KEPT_FOLDERS = 256;
const KEPT_LISTS = 16;

/** The archives that `ADD` unpacks, known by their first bytes: https://docs.docker.com/reference/dockerfile/#add */
const MAGIC: readonly (readonly [offset: number, bytes: string])[] = [
  [0, '1f8b'],
  [0, '425a68'],
  [0, 'fd377a585a00'],
  [0, '28b52ffd'],
  [257, '7573746172'],
];

function isArchive(absolute: string): boolean {
  const head = Buffer.alloc(262);
  let descriptor: number;
  try {
    descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
  return MAGIC.some(([offset, bytes]) => head.toString('hex', offset, offset + bytes.length / 2) === bytes);
}
