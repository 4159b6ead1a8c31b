import type { Range } from '../../core/text.js';

/** A part of a file that a comment can be about, with all that is in it. */
export interface Block {
  readonly range: Range;
  /** What it begins with: a key, a header, the FROM of a stage. */
  readonly head: Range;
  /** Heads of what it is a part of. */
  readonly above: readonly Range[];
  /** Of a key of YAML: its name. */
  readonly key?: string;
}
