import type { Companion } from '../core/companion.js';
import type { TransformFailure } from '../core/plan.js';
import type { Format, Phase, TransformMeta } from '../core/types.js';
import type { Notice } from '../harden.js';
import type { ToldFinding } from '../render/finding.js';
import type { RuntimeBase } from '../workload/context.js';

/** How far to go, and with which transforms. */
export interface PlanSettings {
  /** 1 immediate, 2 needs testing, 3 advanced. By default what the config says, else 2. */
  readonly phase?: Phase | undefined;
  /** Transforms to run, by id, name or format; all by default. */
  readonly only?: readonly string[] | undefined;
  /** Transforms to leave out, by id, name or format. */
  readonly skip?: readonly string[] | undefined;
  /** The oldest systemd that is to understand what units get. */
  readonly systemdVersion?: number | undefined;
  /** With phase 3: what a Dockerfile that gets a runtime stage runs on. */
  readonly base?: RuntimeBase | undefined;
  /** Plugins besides those of the config. */
  readonly plugins?: readonly PluginValue[] | undefined;
}

/** A plugin that was imported already. */
export interface PluginValue {
  /** By which messages call it. */
  readonly name: string;
  readonly transforms: readonly unknown[];
}

export interface PlanRequest extends PlanSettings {
  /** The tree's root: paths are relative to it, and nothing outside it is read. */
  readonly root: string;
  /** Files and folders, relative to the root; the whole tree by default. */
  readonly paths?: readonly string[] | undefined;
  /** Formats to plan; all by default. Files of the others are still read for what they say of these. */
  readonly formats?: readonly Format[] | undefined;
  /** `find` follows the config that is found, as the command line does; false follows none; else the path of one. */
  readonly config?: string | false | undefined;
  /** Pins images to the digests of harden.lock. No registry is asked: `harden --pin-digests --write` fills the lock. */
  readonly pinDigests?: boolean | undefined;
}

/** A file that goes with one that was planned: an ignore file, a deployment file that builds the hardened Dockerfile. */
export type PlannedCompanion = Pick<
  Companion,
  'kind' | 'path' | 'variant' | 'source' | 'original' | 'text' | 'notes'
>;

/** A file with all that was found in it. Nothing is written by planning. */
export interface PlannedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly format: Format;
  readonly status: 'changed' | 'unchanged';
  readonly original: string;
  /** The text with the changes of this phase. */
  readonly result: string;
  readonly findings: readonly ToldFinding[];
  /** Transforms that threw; the others went on. */
  readonly failures: readonly TransformFailure[];
  /** Comments to harden in the file that have no effect. */
  readonly notices: readonly Notice[];
  /** Of a unit: what `systemd-analyze security` makes of it, as it is and with the changes. */
  readonly exposure: { readonly before: number; readonly after: number } | undefined;
  /** What changes with the file when it is changed itself. */
  readonly companions: readonly PlannedCompanion[];
}

/** A file or folder that could not be read or parsed. */
export interface PlanFailure {
  readonly path: string;
  readonly line: number | undefined;
  readonly reason: string;
}

export type PlanResult =
  | {
      readonly ok: true;
      /** Real path of the tree. */
      readonly root: string;
      readonly phase: Phase;
      readonly files: readonly PlannedFile[];
      readonly failures: readonly PlanFailure[];
      /** What findings name by their id: harden's transforms and those of plugins. */
      readonly transforms: readonly TransformMeta[];
    }
  /** Nothing was planned: the config is broken, the root does not exist, a name is unknown. */
  | { readonly ok: false; readonly reasons: readonly string[] };

/** A plan that was made. */
export type Plan = Extract<PlanResult, { ok: true }>;
