import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { lineEnding } from '../core/text.js';
import type { ConfigFile } from './config.js';
import { isInside, readTextFile, systemReason, writeReason } from './files.js';

export type WriteOutcome =
  /** Written; `changed` is false when the same bytes were there already. */
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly reason: string };

/** How a comment is written: what stands before it, and behind it. */
interface Comment {
  readonly open: string;
  readonly close: string;
}

/** In each of the formats that harden reads. */
const HASH: Comment = { open: '# ', close: '' };
/** In Markdown and HTML. */
const MARKUP: Comment = { open: '<!-- ', close: ' -->' };

/** The last line of a file that harden wrote: it tells harden's own text from one that somebody has edited. */
const SEAL = /(?<=^|\n)(?:# |<!-- )Written by harden from [^\n]*; sha256 ([0-9a-f]{64})((?: -->)?\r?\n)$/;

/** Adds the last line, a comment, with the digest of all the rest of the file. */
export function seal(text: string, source: string, { open, close }: Comment = HASH): string {
  const eol = lineEnding(text);
  const separator = text === '' || text.endsWith('\n') ? '' : eol;

  const name = basename(source).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
  const head = `${text}${separator}${open}Written by harden from ${name}; sha256 `;
  const tail = `${close}${eol}`;
  return `${head}${digest(head + tail)}${tail}`;
}

/** The same for JSON, which has no comments: a member at the beginning, before all that means something. */
export function sealedJson(text: string, source: string): string {
  const name = JSON.stringify(basename(source)).slice(1, -1);
  const head = `{\n  "comment": "Written by harden from ${name}; sha256 `;
  const tail = `",\n${text.replace(/^\{\n/, '')}`;
  return `${head}${digest(head + tail)}${tail}`;
}

/** The first member of a JSON file that harden wrote. */
const JSON_SEAL = /^(\{\n {2}"comment": "Written by harden from [^\n]*?; sha256 )([0-9a-f]{64})(?=",\n)/;

/** How harden stands to a file's text: it wrote it, somebody has edited that since, or it didn't write it. */
export function sealOf(text: string): 'intact' | 'edited' | 'none' {
  const json = JSON_SEAL.exec(text);
  if (json !== null) {
    const [whole, head = '', found = ''] = json;
    return digest(head + text.slice(whole.length)) === found ? 'intact' : 'edited';
  }
  const match = SEAL.exec(text);
  if (match === null) return /^(?:# |<!-- )Written by harden from /m.test(text) ? 'edited' : 'none';
  const [, found = '', tail = ''] = match;
  const head = text.slice(0, text.length - found.length - tail.length);
  return digest(head + tail) === found ? 'intact' : 'edited';
}

/** The text without the last line of harden's; the same text where somebody has edited it, or harden didn't write it. */
export function unseal(text: string): string {
  return sealOf(text) === 'intact' ? text.replace(SEAL, '') : text;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Writes a hardened variant beside its source, with the source's permissions. A variant that somebody has edited
 * since harden wrote it, or that harden did not write, is only replaced with `force`.
 * @param root real path of the tree.
 * @param path of the variant, relative to the root.
 */
export function writeSidecar(
  root: string,
  path: string,
  source: string,
  text: string,
  force: boolean,
): WriteOutcome {
  return writeSealed(resolve(root, path), seal(text, source), force, () => statSync(resolve(root, source)));
}

/**
 * Writes a file that has its seal, as a variant is written, and makes its folder when there is none.
 * @param root real path of the tree; a folder that leads out of it is refused.
 */
export function writeSealedFile(root: string, path: string, sealed: string, force: boolean): WriteOutcome {
  const folder = dirname(resolve(root, path));
  try {
    mkdirSync(folder, { recursive: true });
    if (!isInside(root, realpathSync(folder)))
      return { ok: false, reason: 'its folder is a link that leads out of the tree' };
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
  return writeSealed(resolve(root, path), sealed, force, () => newFileIn(statSync(folder)));
}

/**
 * Writes a report, Markdown or HTML, and makes its folder when there is none. One that somebody has edited since, or that
 * harden did not write, is only replaced with `force`.
 * @param root real path of the tree; a folder that leads out of it is refused.
 * @param source what the report is about.
 */
export function writeReport(
  root: string,
  path: string,
  source: string,
  text: string,
  force: boolean,
): WriteOutcome {
  return writeSealedFile(root, path, seal(text, source, MARKUP), force);
}

/** @param like whose permissions and owner a file gets that was not there. */
function writeSealed(target: string, sealed: string, force: boolean, like: () => Owned): WriteOutcome {
  try {
    const current =
      lstatSync(target, { throwIfNoEntry: false })?.isFile() === true ? readTextFile(target) : undefined;
    if (current?.ok === true && current.text === sealed) return { ok: true, changed: false };
    const reason = keptFrom(target, force);
    return reason === undefined ? replaceFile(target, sealed, like()) : { ok: false, reason };
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/**
 * Why what stands in the place of a variant is not replaced; undefined where it is, and where there is nothing.
 * @param target absolute.
 * @throws when it can't be looked at.
 */
export function keptFrom(target: string, force: boolean): string | undefined {
  const existing = lstatSync(target, { throwIfNoEntry: false });
  if (existing === undefined) return undefined;
  if (!existing.isFile()) return 'is not a regular file';
  const current = readTextFile(target);
  const state = current.ok ? sealOf(current.text) : 'none';
  if (force || state === 'intact') return undefined;
  const what = state === 'edited' ? 'was edited since harden wrote it' : 'was not written by harden';
  return `${what}; --force replaces it`;
}

/**
 * Replaces a hardened variant by a mended text, unless it has changed since it was read; what harden had sealed is sealed
 * again.
 * @param before the variant's text without its seal.
 */
export function writeMended(
  root: string,
  path: string,
  source: string,
  before: string,
  text: string,
): WriteOutcome {
  const current = readTextFile(resolve(root, path));
  if (!current.ok || unseal(current.text) !== before)
    return { ok: false, reason: 'has changed since it was read' };
  const sealed = sealOf(current.text) === 'intact' ? seal(text, source) : text;
  return writeInPlace(root, path, current.text, sealed);
}

/** Writes a drop-in as `writeSidecar` writes a variant, and makes its folder when there is none. */
export function writeDropIn(
  root: string,
  path: string,
  source: string,
  text: string,
  force: boolean,
): WriteOutcome {
  try {
    const folder = dirname(resolve(root, path));
    if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirSync(folder, { recursive: true });
    if (!isInside(root, realpathSync(folder)))
      return { ok: false, reason: 'its folder is a link that leads out of the tree' };
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
  return writeSidecar(root, path, source, text, force);
}

/**
 * Replaces a file of the tree by its hardened text, unless it has changed since it was read.
 * @param original the text that the plan was made from.
 */
export function writeInPlace(root: string, path: string, original: string, text: string): WriteOutcome {
  try {
    const target = realpathSync(resolve(root, path));
    if (!isInside(root, target)) return { ok: false, reason: 'is a link that leads out of the tree' };
    const current = readTextFile(target);
    if (!current.ok || current.text !== original)
      return { ok: false, reason: 'has changed since it was read' };
    return replaceFile(target, text, statSync(target));
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/**
 * Writes a file where there was none when the tree was read.
 * @param like a file of the tree whose permissions it gets.
 */
export function writeNew(root: string, path: string, like: string, text: string): WriteOutcome {
  try {
    const target = join(realpathSync(resolve(root, dirname(path))), basename(path));
    if (!isInside(root, target)) return { ok: false, reason: 'is a link that leads out of the tree' };
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
      return { ok: false, reason: 'has changed since it was read' };
    return replaceFile(target, text, statSync(resolve(root, like)));
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/** Writes a file that belongs to a project, and makes its folder when there is none; one that is there is left alone. */
export function writeNewFile(root: string, path: string, text: string): WriteOutcome {
  try {
    const folder = dirname(resolve(root, path));
    mkdirSync(folder, { recursive: true });
    const target = join(realpathSync(folder), basename(path));
    if (!isInside(root, target)) return { ok: false, reason: 'is behind a link that leads out of the tree' };
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined)
      return { ok: false, reason: 'is there already' };
    return replaceFile(target, text, newFileIn(statSync(folder)));
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/**
 * Writes a file of the tree as a plan changes it, be it new or there already.
 * @param original what it was planned from; undefined for a file that was not there.
 * @param like for a new file: the one whose permissions it gets.
 */
export function writeChanged(
  root: string,
  path: string,
  original: string | undefined,
  text: string,
  like: string,
): WriteOutcome {
  return original === undefined ? writeNew(root, path, like, text) : writeInPlace(root, path, original, text);
}

/**
 * Replaces a project's config, or makes one, unless it has changed since it was read.
 * @param root real path of the tree: a config elsewhere is not harden's to write.
 */
export function writeConfig(
  root: string,
  { absolute, text: original }: ConfigFile,
  text: string,
): WriteOutcome {
  try {
    const folder = realpathSync(dirname(absolute));
    const target = original === undefined ? join(folder, basename(absolute)) : realpathSync(absolute);
    if (!isInside(root, target))
      return { ok: false, reason: `is not below ${root}: harden writes nothing there` };
    const existing = lstatSync(target, { throwIfNoEntry: false });
    if (original === undefined) {
      if (existing !== undefined) return { ok: false, reason: 'has changed since it was read' };
      return replaceFile(target, text, newFileIn(statSync(folder)));
    }
    const current = readTextFile(target);
    if (!current.ok || current.text !== original)
      return { ok: false, reason: 'has changed since it was read' };
    return text === original ? { ok: true, changed: false } : replaceFile(target, text, statSync(target));
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/** A new file belongs to the owner of its folder, as what is beside it does, and is there for whom the umask lets. */
export function newFileIn({ uid, gid }: Stats): Owned {
  return { uid, gid, mode: 0o666 & ~process.umask() };
}

type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/**
 * Writes a temporary file beside the target and renames it: a reader sees the old or the new text, never a part.
 * @param like whose permissions and owner the file gets.
 */
export function replaceFile(target: string, text: string, like: Owned): WriteOutcome {
  const temporary = join(dirname(target), `.harden-${randomUUID()}.tmp`);
  let created = false;
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    created = true;
    try {
      writeFileSync(descriptor, text);
      keepOwner(descriptor, like);
      fchmodSync(descriptor, like.mode & 0o777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
    return { ok: true, changed: true };
  } catch (error) {
    if (created) rmSync(temporary, { force: true });
    return { ok: false, reason: writeReason(error) };
  }
}

/** A file that root replaces stays its owner's; nobody else may give a file away. */
function keepOwner(descriptor: number, { uid, gid }: Owned): void {
  if (process.getuid?.() === 0) fchownSync(descriptor, uid, gid);
}
