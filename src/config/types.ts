import type { Evidence, Phase } from '../core/types.js';
import type { RuntimeBase } from '../workload/context.js';
import type { RecordedNeeds } from '../workload/recorded.js';
import type { Stated, StatedNeeds } from '../workload/stated.js';
import type { ConfigPlace } from './place.js';

/** The lists of an override: each says something that harden can't see in the files. */
export const OVERRIDE_LISTS = ['capabilities', 'writable', 'executable', 'egress', 'skip'] as const;
export type OverrideList = (typeof OVERRIDE_LISTS)[number];

/** An override as it is to be written. */
export interface Override extends Readonly<Partial<Record<OverrideList, readonly string[]>>> {
  /** The file that it is about, relative to the config's folder, with `/`: see `pathInConfig`. */
  readonly file: string;
  /** The Compose service that it is about; undefined for the whole file. */
  readonly service?: string | undefined;
  readonly reason?: string | undefined;
}

/** A value for an option of a transform, with the line that says so. */
export interface OptionSetting {
  readonly transform: string;
  readonly name: string;
  readonly value: string | number;
  readonly evidence: Evidence;
}

/** What is written of a file or a service. */
interface Scoped {
  /** A path, or a pattern as in a `.gitignore`. */
  readonly file: string;
  readonly service: string | undefined;
  /** Where it begins; undefined in a config that is a program. */
  readonly line: number | undefined;
}

/** An override as it was read: each item with its line. */
export interface ConfigOverride extends StatedNeeds, Scoped {
  /** Transforms to leave out, by id, name or format. */
  readonly skip: readonly Stated[];
  readonly options: readonly OptionSetting[];
  readonly reason: string | undefined;
}

/** A finding that somebody answers for, until a day. */
export interface AcceptedRisk extends Scoped {
  /** The transform that finds it, by id, name or format. */
  readonly transform: string;
  /** What the finding's line holds; undefined for all findings of the transform there. */
  readonly contains: string | undefined;
  readonly reason: string;
  /** The last day on which it holds: `2027-03-31`. */
  readonly expires: string;
  /** That day is over. */
  readonly expired: boolean;
  readonly evidence: Evidence;
}

/** What recordings say of a file, or of a service of it. */
export interface RecordedWorkload extends RecordedNeeds {
  /** A path from the needs file's folder. */
  readonly file: string;
  readonly service: string | undefined;
}

/** The needs file of a project. */
export interface Recorded {
  readonly place: ConfigPlace;
  readonly workloads: readonly RecordedWorkload[];
}

/** A project's config. Plain data, so that it can be passed to other threads. */
export interface HardenConfig {
  /** Its path relative to the root of the run, as people read it. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** What the command line says in other words; that goes before it. */
  readonly phase: Phase | undefined;
  readonly base: RuntimeBase | undefined;
  readonly systemdVersion: number | undefined;
  readonly pinDigests: boolean | undefined;
  /** The ids of transforms that never run. */
  readonly off: readonly string[];
  /** The phases in which transforms act, where the project wants others than theirs. */
  readonly phases: Readonly<Record<string, Phase>>;
  readonly options: readonly OptionSetting[];
  readonly overrides: readonly ConfigOverride[];
  readonly accept: readonly AcceptedRisk[];
  /** What `harden learn` has recorded; undefined where nothing is. */
  readonly recorded: Recorded | undefined;
}
