import type { FilePlan } from './plan.js';
import { overlap, type TextEdit } from './text.js';
import type { Finding, FixFinding, Phase, TransformMeta } from './types.js';

/** A change that isn't sure never acts before phase 2, whatever phase its transform belongs to. */
export function phaseOf(meta: TransformMeta, finding: Finding): Phase {
  return finding.safety === 'unsafe' && meta.phase === 1 ? 2 : meta.phase;
}

export function isFix(finding: Finding): finding is FixFinding {
  return finding.safety === 'safe' || finding.safety === 'unsafe';
}

/** The fixes among the findings that act in the given phase. */
export function fixesOf(meta: TransformMeta, findings: readonly Finding[], phase: Phase): FixFinding[] {
  return findings.filter(isFix).filter((fix) => phaseOf(meta, fix) <= phase);
}

/** The edits of a plan that are applied, in coordinates of its original. */
export function appliedEdits({ entries }: Pick<FilePlan, 'entries'>): TextEdit[] {
  return entries.flatMap(({ disposition, finding }) =>
    disposition === 'applied' && isFix(finding) ? finding.edits : [],
  );
}

/** The first pair of edits that can't both be applied. */
export function firstOverlap(edits: readonly TextEdit[]): readonly [TextEdit, TextEdit] | undefined {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  for (let at = 1; at < ordered.length; at += 1) {
    const [before, after] = [ordered[at - 1]!, ordered[at]!];
    if (overlap(before, after)) return [before, after];
  }
  return undefined;
}
