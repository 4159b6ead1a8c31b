import type { Evidence, Finding } from '../../src/core/types.js';
import type { Range } from '../../src/core/text.js';
import type { Instruction, Stage } from '../../src/formats/dockerfile/document.js';
import type { RuntimePlan } from '../../src/workload/runtime/plan.js';

/** What every finding about a stage's start has. */
export interface StartFinding {
  readonly subject: readonly string[];
  readonly range: Range;
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

/** A finding about what a stage starts, at its own instruction for that or, when it has none, at its FROM. */
export function aboutStart(
  stage: Stage,
  start: Instruction | undefined,
  message: string,
  evidence: readonly Evidence[],
): StartFinding {
  const range = start?.stage === stage.index ? start : stage.from;
  return { subject: ['stages', String(stage.index)], range, message, evidence };
}

/** The finding of a plan that adds nothing. */
export function leftFinding(
  base: StartFinding,
  plan: Extract<RuntimePlan<never>, { kind: 'manual' | 'accepted' }>,
): Finding {
  const { kind, reason } = plan;
  if (kind === 'accepted') return { ...base, safety: kind, reason };
  const suggestion = plan.suggestion === undefined ? {} : { suggestion: plan.suggestion };
  return { ...base, safety: kind, reason, ...suggestion };
}
