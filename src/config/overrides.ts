import ignore from 'ignore';
import { lazy } from '../core/lazy.js';
import { isNamed } from '../core/select.js';
import type { Finding, SemanticPath, TransformMeta } from '../core/types.js';
import { isFix } from '../core/fixes.js';
import { NOTHING_STATED, type Stated, type StatedNeeds } from '../workload/stated.js';
import { pathInConfig } from './place.js';
import type { ConfigOverride, HardenConfig } from './types.js';

/** What a project's config says of the files of a run. */
export interface Overrides {
  /**
   * What is stated for a file as a whole, and for a service of it.
   * @param path relative to the root of the run.
   */
  needs(path: string, service?: string): StatedNeeds;
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
  const rules = (config?.overrides ?? []).map((override) => ({ override, matches: matcher(override.file) }));
  const about = (path: string): readonly ConfigOverride[] => {
    if (config === undefined || rules.length === 0) return [];
    const named = pathInConfig(config.place, path);
    if (named === undefined) return [];
    return rules.filter(({ matches }) => matches(named)).map(({ override }) => override);
  };

  const skipOf = (path: string, id: string, service: string | undefined): Skip | undefined => {
    for (const override of about(path)) {
      if (override.service !== undefined && override.service !== service) continue;
      const item = override.skip.find(({ value }) => isNamed(id, value));
      if (item !== undefined) return { item, override };
    }
    return undefined;
  };

  return {
    needs: (path, service) => {
      const found = about(path).filter((one) => one.service === undefined || one.service === service);
      if (found.length === 0) return NOTHING_STATED;
      return {
        capabilities: found.flatMap(({ capabilities }) => capabilities),
        writable: found.flatMap(({ writable }) => writable),
        executable: found.flatMap(({ executable }) => executable),
      };
    },
    skips: (path, id) => skipOf(path, id, undefined) !== undefined,
    review: (path, meta, finding) => {
      if (rules.length === 0 || finding.safety === 'accepted') return finding;
      const of = (service: string | undefined): Skip | undefined => skipOf(path, meta.id, service);
      const shared = isFix(finding) ? finding.sharedBy : undefined;
      const { subject } = finding;
      const skip = of(serviceOf(subject) ?? (shared === undefined ? undefined : subject.at(-1)));
      if (skip !== undefined) return leftOut(finding, skip);
      const sharers = (shared ?? []).map(serviceOf);
      const skips = sharers.map(of);
      const first = skips.find((one) => one !== undefined);
      if (first === undefined) return finding;
      if (skips.every((one) => one !== undefined)) return leftOut(finding, first);
      return forSome(
        finding,
        first,
        sharers.filter((_, at) => skips[at] === undefined),
      );
    },
    unused: (files, servicesOf) => {
      const unused = new Set(rules.map(({ override }) => override));
      for (const path of files) {
        for (const override of about(path)) {
          const { service } = override;
          if (service === undefined || servicesOf(path).includes(service)) unused.delete(override);
        }
      }
      return [...unused];
    },
  };
}

interface Skip {
  readonly item: Stated;
  readonly override: ConfigOverride;
}

function serviceOf(subject: SemanticPath): string | undefined {
  return subject[0] === 'services' ? subject[1] : undefined;
}

function leftOut(finding: Finding, skip: Skip): Finding {
  const { subject, range, message, evidence } = finding;
  const reason = `left out by ${described(skip)}`;
  return { subject, range, message, evidence: [skip.item.evidence, ...evidence], safety: 'accepted', reason };
}

/** A change that is made once for several services, of which only some are to be left out: a person must part them. */
function forSome(finding: Finding, skip: Skip, others: readonly (string | undefined)[]): Finding {
  const { subject, range, message, evidence } = finding;
  const reason = `${others.join(', ')} would get it in the same place as a service for which it is left out by ${described(skip)}`;
  const suggestion = 'change' in finding ? finding.change : '';
  return {
    ...{ subject, range, message, reason, suggestion },
    safety: 'manual',
    evidence: [skip.item.evidence, ...evidence],
  };
}

function described({ item, override }: Skip): string {
  const { evidence } = item;
  const place = 'file' in evidence ? `${evidence.file}:${evidence.line}` : evidence.source;
  return override.reason === undefined ? place : `${place}: ${override.reason}`;
}

/** A plain path stands for itself and what is below it; anything else is read as in a `.gitignore`. */
function matcher(pattern: string): (path: string) => boolean {
  const rules = lazy(() => ignore({ ignorecase: false }).add(pattern));
  const isPattern = /[*?[\\]/.test(pattern);
  return (path) => path === pattern || path.startsWith(`${pattern}/`) || (isPattern && rules().ignores(path));
}
