import { lazy } from '../core/lazy.js';
import { seccompData } from './data.js';

export type Operator =
  | 'SCMP_CMP_NE'
  | 'SCMP_CMP_LT'
  | 'SCMP_CMP_LE'
  | 'SCMP_CMP_EQ'
  | 'SCMP_CMP_GE'
  | 'SCMP_CMP_GT'
  | 'SCMP_CMP_MASKED_EQ';

/** A condition on an argument of a call. For SCMP_CMP_MASKED_EQ `value` is the mask and `valueTwo` (0) the datum. */
export interface Comparison {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: Operator;
}

/**
 * What the container, the machine and the kernel must have (`includes`: all of `caps`, one of `arches`) or must not have
 * (`excludes`: none of them). Capabilities are those of the bounding set; architectures have the engine's names.
 */
export interface Condition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  readonly minKernel?: string;
}

export interface Conditional {
  /** Conditions that all must hold. */
  readonly args?: readonly Comparison[];
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

/** Calls that are allowed, or refused with an errno of their own. */
export interface EngineRule extends Conditional {
  readonly calls: readonly string[];
  readonly errno?: number;
}

/** data/engine-default.yml: the default profile of the Docker engine, its names separated by spaces. */
export interface EngineDefaultSource {
  readonly source: string;
  readonly version: string;
  readonly license: string;
  readonly errno: number;
  readonly architectures: Readonly<Record<string, readonly string[]>>;
  readonly rules: readonly (Conditional & { readonly calls: string; readonly errno?: number })[];
}

/** The default profile of the Docker engine. */
export interface EngineDefault {
  /** Of what is refused without a rule. */
  readonly errno: number;
  /** An architecture, and those whose calls the same kernel takes. */
  readonly architectures: ReadonlyMap<string, readonly string[]>;
  readonly rules: readonly EngineRule[];
}

export const engineDefault = lazy<EngineDefault>(() => {
  const { errno, architectures, rules } = seccompData().engineDefault;
  return {
    errno,
    architectures: new Map(Object.entries(architectures)),
    rules: rules.map((rule) => ({ ...rule, calls: rule.calls.split(' ') })),
  };
});
