/** What a rule of another tool and transforms of harden are both about. */
export interface EquivalentRule {
  readonly names: readonly string[];
  /**
   * `stage`: where the transform reports at another instruction of the stage than the one that breaks the rule, or
   * changes more than that one.
   */
  readonly scope?: 'stage';
  /** The keys of a service that the rule is about, where its comments or the transform are about others too. */
  readonly keys?: readonly string[];
}

/** The rules that have an equivalent, by their names. */
export type EquivalentRules = Readonly<Record<string, EquivalentRule>>;
