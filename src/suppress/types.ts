import type { Range } from '../core/text.js';

/** Whose comment it is. */
export type SuppressionTool = 'harden' | 'hadolint' | 'dclint' | 'composelint' | 'compose-lint';

/** A comment of a file that says which findings are not to be reported. */
export interface Suppression {
  readonly tool: SuppressionTool;
  /** Names of transforms as `isNamed` takes them: ids, names without the format, or formats. */
  readonly names: readonly string[];
  /** The text that it is about. */
  readonly range: Range;
  /**
   * What that text is a part of: the key of a service, the header of a section. Many findings about one line of a
   * service stand at its key.
   */
  readonly heads: readonly Range[];
  /** Line of the comment. */
  readonly line: number;
  /** The comment as written, trimmed. */
  readonly text: string;
  /** Why: of harden's own what stands behind ` -- `, else which rule the other tool ignores. */
  readonly reason: string;
}

/** A comment of harden's own that has no effect, or not the whole of it. */
export interface SuppressionProblem {
  readonly line: number;
  readonly reason: string;
}

export interface Suppressions {
  readonly found: readonly Suppression[];
  readonly problems: readonly SuppressionProblem[];
}
