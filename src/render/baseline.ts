import type { ConfigPlace } from '../config/place.js';
import { pathInConfig } from '../config/place.js';

/** A finding as a baseline keeps it: for people the first two, for harden the third. */
export interface BaselineFinding {
  readonly transform: string;
  readonly subject: string;
  readonly fingerprint: string;
}

/** The findings that a project had when it began to look at new ones only. Plain data, so that it can be passed to other threads. */
export interface Baseline {
  /** Its path relative to the root of the run, as people read it. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** By the files' paths from the baseline's folder. */
  readonly files: Readonly<Record<string, readonly BaselineFinding[]>>;
}

/** Tells what a baseline has. */
export interface Known {
  /** The path by which findings of a file are known, wherever the run begins. */
  nameOf(path: string): string;
  has(fingerprint: string): boolean;
}

export function knownBy({ place, files }: Baseline): Known {
  const fingerprints = new Set(
    Object.values(files).flatMap((list) => list.map(({ fingerprint }) => fingerprint)),
  );
  return {
    nameOf: (path) => pathInConfig(place, path) ?? path,
    has: (fingerprint) => fingerprints.has(fingerprint),
  };
}
