/**
 * Harden as a library. What is exported here, and from `harden/plugin`, follows semantic versioning; nothing else of the
 * package can be imported.
 */
import type { TransformMeta } from './core/types.js';
import { unifiedDiff } from './render/diff.js';
import { builtIn } from './registry.js';
import type { PlannedFile } from './library/types.js';

export { apply, type ApplyOptions } from './library/apply.js';
export { planText, type TextRequest, type TextResult } from './library/memory.js';
export { plan } from './library/plan.js';
export type {
  Plan,
  PlanFailure,
  PlannedCompanion,
  PlannedFile,
  PlanRequest,
  PlanResult,
  PlanSettings,
  PluginValue,
} from './library/types.js';
export type { CompanionNote } from './core/companion.js';
export type { Disposition, TransformFailure } from './core/plan.js';
export type { TextEdit } from './core/text.js';
export type { Evidence, Format, Phase, SemanticPath, Severity, TransformMeta } from './core/types.js';
export type { Notice } from './harden.js';
export type { ToldFinding } from './render/finding.js';
export type { WrittenFile } from './render/output.js';
export type { RuntimeBase } from './workload/context.js';

/** The policies of harden's own transforms, in the order in which they act. */
export const transforms: readonly TransformMeta[] = builtIn.policies;

/** A file's changes as a unified diff that `git apply` takes in the root; empty where nothing changes. */
export function diff({ path, original, result }: Pick<PlannedFile, 'path' | 'original' | 'result'>): string {
  return unifiedDiff(path, original, result);
}
