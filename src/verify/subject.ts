import type { FilePlan } from '../core/plan.js';
import type { Format } from '../core/types.js';

/** A file and its hardened variant. */
export interface Pair {
  readonly format: Format;
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Where the hardened variant stands in the working copy, beside the original. */
  readonly hardenedPath: string;
  readonly original: string;
  readonly hardened: string;
  /**
   * `plan`: what a dry run makes of it. `file`: what stands beside it in the tree, as harden or a person wrote it.
   * `in-place`: what stands in its place; the original is that of another commit.
   */
  readonly from: 'plan' | 'file' | 'in-place';
  /** Who changed what, and why; of the original. */
  readonly plan: FilePlan;
}

/** A copy of the tree in which nothing is the user's: both variants of each file stand in it. */
export interface WorkingCopy {
  /** Absolute path. */
  readonly folder: string;
  readonly pairs: readonly Pair[];
}
