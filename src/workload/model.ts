import type { Citation } from '../catalogue/types.js';
import { citeSource } from '../core/evidence.js';
import type { Certainty, Evidence } from '../core/types.js';

/** Something a workload needs, how sure that is, and why. A need without a reason is `unknown`. */
export interface Need<T> {
  readonly value: T;
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  /** Why it is unknown, for the person who must decide. */
  readonly reason?: string;
}

export function known<T>(value: T, ...evidence: readonly Evidence[]): Need<T> {
  return { value, certainty: 'known', evidence };
}

export function likely<T>(value: T, ...evidence: readonly Evidence[]): Need<T> {
  return { value, certainty: 'likely', evidence };
}

/** `value` is the cautious assumption to show in a suggestion. */
export function unknown<T>(value: T, ...evidence: readonly Evidence[]): Need<T> {
  return { value, certainty: 'unknown', evidence };
}

const ORDER: readonly Certainty[] = ['known', 'likely', 'unknown'];

/** The certainty of a conclusion is that of its weakest premise. */
export function weakest(...certainties: readonly Certainty[]): Certainty {
  return ORDER[Math.max(0, ...certainties.map((certainty) => ORDER.indexOf(certainty)))]!;
}

/** Says why a need is unknown. */
export function because<T>(need: Need<T>, reason: string): Need<T> {
  return { ...need, reason };
}

/** A directory that needs a tmpfs under a read-only root, in the terms of a tmpfs. */
export interface TmpfsPath {
  readonly path: string;
  /** Undefined where nothing says how much it must hold. */
  readonly size: string | undefined;
  /**
   * Octal. Without it runc takes the mode of the directory that the image has there; where it has none, 1777 at the
   * first start and 0755 at the next one (moby/moby#20437).
   */
  readonly mode: string | undefined;
  /** Without it the tmpfs is root's, whoever owns the image's directory. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly exec: boolean;
}

/** True when `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** True for a user that is root: by name, by number, with or without a group. */
export function isRoot(user: string): boolean {
  return /^(?:root|0+)(?::|$)/.test(user);
}

/** The user that a process starts as. */
export interface ProcessUser {
  readonly name: string;
  readonly root: boolean;
}

const cited = new WeakMap<readonly Citation[], readonly Evidence[]>();

/** The sources of a catalogue's fact, as evidence: made once, for the many services of an image. */
export function citations(cites: readonly Citation[]): readonly Evidence[] {
  const known = cited.get(cites) ?? cites.map(({ at, text }) => citeSource(at, text));
  cited.set(cites, known);
  return known;
}

/** Setuid programs, and programs with file capabilities on the usual images, as alternatives of a pattern. */
export const SETUID_HELPERS = 'sudo|su|doas|pkexec|ping6?|newuidmap|newgidmap|fusermount3?|fixuid';
