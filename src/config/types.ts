import type { ConfigPlace } from './place.js';
import type { Stated, StatedNeeds } from '../workload/stated.js';

/** The lists of an override: each says something that harden can't see in the files. */
export const OVERRIDE_LISTS = ['capabilities', 'writable', 'executable', 'skip'] as const;
export type OverrideList = (typeof OVERRIDE_LISTS)[number];

/** An override as it is to be written. */
export interface Override extends Readonly<Partial<Record<OverrideList, readonly string[]>>> {
  /** The file that it is about, relative to the config's folder, with `/`: see `pathInConfig`. */
  readonly file: string;
  /** The Compose service that it is about; undefined for the whole file. */
  readonly service?: string | undefined;
  readonly reason?: string | undefined;
}

/** An override as it was read: each item with its line. */
export interface ConfigOverride extends StatedNeeds {
  /** A path, or a pattern as in a `.gitignore`. */
  readonly file: string;
  readonly service: string | undefined;
  /** Transforms to leave out, by id, name or format. */
  readonly skip: readonly Stated[];
  readonly reason: string | undefined;
  /** Where it begins. */
  readonly line: number;
}

/** A project's config. Plain data, so that it can be passed to other threads. */
export interface HardenConfig {
  /** Its path relative to the root of the run, as people read it. */
  readonly path: string;
  readonly place: ConfigPlace;
  readonly overrides: readonly ConfigOverride[];
}
