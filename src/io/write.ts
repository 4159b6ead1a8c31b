import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { lineEnding } from '../core/text.js';
import { isInside, readTextFile, systemReason } from './files.js';

export type WriteOutcome =
  /** Written; `changed` is false when the same bytes were there already. */
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly reason: string };

/** The last line of a file that harden wrote: it tells harden's own text from one that somebody has edited. */
const SEAL = /(?:\r?\n)?# Written by harden from [^\n]*; sha256 ([0-9a-f]{64})\r?\n?$/;

/** Adds the last line, a comment in each of the formats, with the digest of all that is above it. */
export function seal(text: string, source: string): string {
  const eol = lineEnding(text);
  const separator = text.endsWith('\n') ? '' : eol;
  return `${text}${separator}# Written by harden from ${basename(source)}; sha256 ${digest(text)}${eol}`;
}

/** True for a text that harden sealed and that nobody has changed since. */
export function isSealed(sealed: string): boolean {
  const match = SEAL.exec(sealed);
  if (match === null) return false;
  const body = sealed.slice(0, match.index);
  // The separating line ending belongs to the text when the text ended with one.
  const eol = /^\r?\n/.exec(match[0])?.[0] ?? '';
  return [body, body + eol].some((text) => digest(text) === match[1]);
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
  const target = resolve(root, path);
  const sealed = seal(text, source);
  const existing = lstatSync(target, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isFile()) return { ok: false, reason: 'is not a regular file' };
  if (existing !== undefined) {
    const current = readTextFile(target);
    if (current.ok && current.text === sealed) return { ok: true, changed: false };
    if (!force && !(current.ok && isSealed(current.text))) {
      return { ok: false, reason: 'was edited since harden wrote it; --force replaces it' };
    }
  }
  return replaceFile(target, sealed, statSync(resolve(root, source)).mode);
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
    return replaceFile(target, text, statSync(target).mode);
  } catch (error) {
    return { ok: false, reason: systemReason(error) };
  }
}

/** Writes a temporary file beside the target and renames it: a reader sees the old or the new text, never a part. */
function replaceFile(target: string, text: string, mode: number): WriteOutcome {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    chmodSync(temporary, mode & 0o777);
    renameSync(temporary, target);
    return { ok: true, changed: true };
  } catch (error) {
    rmSync(temporary, { force: true });
    return { ok: false, reason: systemReason(error) };
  }
}
