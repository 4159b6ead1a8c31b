import { resolve } from 'node:path';
import type { HardenConfig } from '../config/types.js';
import type { Digests, RuntimeBase } from '../workload/context.js';
import type { Baseline } from '../render/baseline.js';
import { OUTPUT_NAMES, type OutputName } from '../render/output.js';
import type { Format, Phase } from '../core/types.js';
import { createRunBelow, type Run, type RunOptions } from '../harden.js';
import type { SourceFile } from '../io/discover.js';
import type { PluginModule, Registry } from '../registry.js';
import type { LoadedConfig } from './config.js';
import { selectTransforms } from '../select.js';

export interface HardenArguments {
  readonly paths: readonly string[];
  readonly write?: boolean;
  readonly overlay?: boolean;
  readonly dropIn?: boolean;
  readonly inPlace?: boolean;
  readonly check?: boolean;
  /** Asks about each change. */
  readonly interactive?: boolean;
  readonly phase?: Phase;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly format?: readonly Format[];
  readonly output: OutputName;
  /** `<output>=<file>` each. */
  readonly outputFile?: readonly string[];
  readonly force: boolean;
  readonly pinDigests?: boolean;
  readonly refreshDigests?: boolean;
  readonly base?: RuntimeBase;
  readonly systemdVersion?: number;
  /** Threads at most; undefined for as many as help. */
  readonly jobs?: number;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  /** A baseline to go by in place of the one that is found; false for none. */
  readonly baseline?: string | false;
  /** A commit: only what has changed since is looked at. */
  readonly since?: string;
  /** The paths are what has changed: they, and what depends on them, are looked at. */
  readonly changed?: boolean;
  readonly color?: boolean;
}

/** All that a run's reports depend on. */
export interface Settings {
  readonly args: HardenArguments;
  /** Real path of the tree. */
  readonly root: string;
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** What images are pinned to; undefined when they are not to be pinned. */
  readonly digests: Digests | undefined;
  /** The project's config; undefined where there is none. */
  readonly config: HardenConfig | undefined;
  /** The plugins that the config names. */
  readonly plugins: readonly PluginModule[];
  /** The project's baseline; undefined where there is none. */
  readonly baseline: Baseline | undefined;
  /** The paths of the files to look at; undefined for all. */
  readonly selected: ReadonlySet<string> | undefined;
  /** The outputs that go to files. */
  readonly reports: readonly ReportTarget[];
}

/** An output that goes to a file. */
export interface ReportTarget {
  readonly output: OutputName;
  /** As it was given. */
  readonly path: string;
}

/** What `--output-file` asks for, or the message for what can't be understood. */
export function reportTargetsOf({ outputFile = [] }: HardenArguments): readonly ReportTarget[] | string {
  const targets: ReportTarget[] = [];
  for (const given of outputFile) {
    const [, name = '', path = ''] = /^([^=]*)=(.*)$/s.exec(given) ?? [];
    if (path === '')
      return `--output-file takes an output and a file, as in sarif=harden.sarif, not ${given}.`;
    const output = OUTPUT_NAMES.find((known) => known === name);
    if (output === undefined) return `there is no output ${name}: it is one of ${OUTPUT_NAMES.join(', ')}.`;
    if (targets.some((other) => resolve(other.path) === resolve(path)))
      return `two outputs can't go to the same file ${path}.`;
    targets.push({ output, path });
  }
  return targets;
}

/** The arguments that every command with a run may have. */
export type RunArguments = Pick<
  HardenArguments,
  'phase' | 'inPlace' | 'interactive' | 'dropIn' | 'base' | 'systemdVersion' | 'only' | 'skip' | 'format'
>;

/**
 * What a run is to do, or the message for a name that no transform or format has. The command line goes before the config.
 */
export function runOptionsOf(args: RunArguments, { config, registry }: LoadedConfig): RunOptions | string {
  const phase = args.phase ?? config?.phase ?? (args.inPlace === true && args.interactive !== true ? 1 : 2);
  if (args.base !== undefined && args.base !== 'slim' && phase !== 3) {
    return `an image without a shell is an advanced change: --base ${args.base} goes with --phase 3.`;
  }
  const enabled = selectTransforms(args, registry);
  if (typeof enabled === 'string') return enabled;
  return {
    phase,
    base: phase === 3 ? (args.base ?? config?.base) : undefined,
    systemdVersion: args.systemdVersion ?? config?.systemdVersion,
    replacesDropIn: args.dropIn,
    enabled: (id) => config?.off.includes(id) !== true && enabled(id),
    formats: args.format === undefined ? undefined : new Set(args.format),
    config,
    registry,
  };
}

/** The run of settings that were accepted already, over the files that were found for it. */
export function resume(
  { args, root, digests, config, selected }: Settings,
  files: readonly SourceFile[],
  registry: Registry,
): Run {
  const options = runOptionsOf(args, { config, registry });
  if (typeof options === 'string') throw new Error(options);
  return createRunBelow(root, files, { ...options, digests, selected });
}
