import type { Certainty, Evidence } from '../../core/types.js';

/**
 * What is decided of an image: an addition with its reasons, why a person must decide, why it is rightly left, or
 * nothing to say.
 */
export type RuntimePlan<T> =
  | {
      readonly kind: 'add';
      readonly value: T;
      readonly certainty: Exclude<Certainty, 'unknown'>;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly kind: 'manual';
      readonly reason: string;
      readonly evidence: readonly Evidence[];
      readonly suggestion?: string;
    }
  | { readonly kind: 'accepted'; readonly reason: string; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'none' };

export const NOTHING: RuntimePlan<never> = { kind: 'none' };

export function manualPlan(
  reason: string,
  evidence: readonly Evidence[],
  suggestion?: string,
): RuntimePlan<never> {
  return { kind: 'manual', reason, evidence, ...(suggestion === undefined ? {} : { suggestion }) };
}

export function acceptedPlan(reason: string, evidence: readonly Evidence[]): RuntimePlan<never> {
  return { kind: 'accepted', reason, evidence };
}
