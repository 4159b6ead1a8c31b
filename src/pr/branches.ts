import type { Phase } from '../core/types.js';

/** A branch that harden pushes, and what it holds. */
export interface BranchPlan {
  readonly branch: string;
  readonly phase: Phase;
  /** The only transform that acts; undefined for all. */
  readonly transform: string | undefined;
}

/** A branch for each phase up to one: each holds the changes that the one before it does not. */
export function phaseBranches(prefix: string, last: Phase): readonly BranchPlan[] {
  return ([1, 2, 3] as const)
    .filter((phase) => phase <= last)
    .map((phase) => ({ branch: `${prefix}phase-${phase}`, phase, transform: undefined }));
}

/** A branch for each transform; none needs another. */
export function transformBranches(
  prefix: string,
  phase: Phase,
  ids: readonly string[],
): readonly BranchPlan[] {
  return ids.map((transform) => ({ branch: prefix + transform, phase, transform }));
}

/** Why a name can't begin a branch's; undefined where it can. https://git-scm.com/docs/git-check-ref-format */
export function prefixProblem(prefix: string): string | undefined {
  return /^[A-Za-z0-9._-]+(?:[/-][A-Za-z0-9._-]+)*[/-]?$/.test(prefix) &&
    !/\.\.|\/\.|\.lock(?:\/|$)|^[.-]/.test(prefix)
    ? undefined
    : `--branch-prefix ${prefix}: a branch can't begin so`;
}
