import {
  readDefault,
  type Chosen,
  type OptionReader,
  type OptionValue,
  type TransformOption,
} from '../core/options.js';
import { isNamed } from '../core/select.js';
import type { Finding, TransformMeta } from '../core/types.js';
import { NOTHING_STATED, type KnownBesides } from '../workload/stated.js';
import { decide, placeOf, type Decision } from '../core/decision.js';
import { createScopes } from './scope.js';
import type { ConfigOverride, HardenConfig, OptionSetting } from './types.js';

/** What a project's config says of the files of a run. */
export interface Overrides {
  /**
   * What is stated and recorded for a file as a whole, and for a service of it.
   * @param path relative to the root of the run.
   */
  needs(path: string, service?: string): KnownBesides;
  /** What is set of a transform's policy in a file; the last of several overrides goes first, the project's own last. */
  optionsFor(path: string, id: string): OptionReader;
  /** True for a transform that is left out for the whole file. */
  skips(path: string, id: string): boolean;
  /** The finding as the config leaves it: one of a transform that is left out is accepted, with the line that says so. */
  review(path: string, meta: TransformMeta, finding: Finding): Finding;
  /**
   * The overrides that are about none of these files.
   * @param servicesOf the names of the services in a file.
   */
  unused(
    files: readonly string[],
    servicesOf: (path: string) => readonly string[],
  ): readonly ConfigOverride[];
}

export function createOverrides(config: HardenConfig | undefined): Overrides {
  const { overrides = [], options = [] } = config ?? {};
  const scopes = createScopes(overrides, config?.place);
  const recorded = createScopes(config?.recorded?.workloads ?? [], config?.recorded?.place);
  const forService = (path: string, service: string | undefined): readonly ConfigOverride[] =>
    scopes.about(path).filter((one) => one.service === undefined || one.service === service);

  const skipOf = (path: string, id: string, service: string | undefined): Decision | undefined => {
    for (const { skip, reason } of forService(path, service)) {
      const item = skip.find(({ value }) => isNamed(id, value));
      if (item === undefined) continue;
      const { evidence } = item;
      return {
        evidence,
        reason: `left out by ${placeOf(evidence)}${reason === undefined ? '' : `: ${reason}`}`,
      };
    }
    return undefined;
  };

  return {
    needs: (path, service) => {
      const found = forService(path, service);
      const seen = recorded.about(path).find((one) => one.service === service);
      if (found.length === 0 && seen === undefined) return NOTHING_STATED;
      return {
        recorded: seen,
        capabilities: found.flatMap(({ capabilities }) => capabilities),
        writable: found.flatMap(({ writable }) => writable),
        executable: found.flatMap(({ executable }) => executable),
        egress: found.flatMap(({ egress }) => egress),
      };
    },
    optionsFor: (path, id) => (option, service) => {
      const isAsked = ({ transform, name }: OptionSetting): boolean =>
        transform === id && name === option.name;
      const settings = [...options, ...forService(path, service).flatMap((override) => override.options)];
      return chosen(option, settings.findLast(isAsked));
    },
    skips: (path, id) => skipOf(path, id, undefined) !== undefined,
    review: (path, { id }, finding) =>
      overrides.length === 0 ? finding : decide(finding, (service) => skipOf(path, id, service)),
    unused: (files, servicesOf) => {
      const unused = new Set(overrides);
      for (const path of files) {
        for (const override of scopes.about(path)) {
          const { service } = override;
          if (service === undefined || servicesOf(path).includes(service)) unused.delete(override);
        }
      }
      return [...unused];
    },
  };
}

/** The config's reader has checked that the value is one of the option's. */
function chosen<O extends TransformOption>(
  option: O,
  setting: OptionSetting | undefined,
): Chosen<OptionValue<O>> {
  if (setting === undefined) return readDefault(option);
  return { value: setting.value as OptionValue<O>, evidence: [setting.evidence] };
}
