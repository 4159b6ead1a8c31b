import type { Disposition, PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import type { TextEdit } from '../core/text.js';
import type { Evidence, Finding, Phase, SemanticPath, SourceDocument } from '../core/types.js';
import { withoutSecrets } from './secret-edits.js';

/** A finding as other programs are told of it, without secrets. */
export interface ToldFinding {
  /** The transform that has found it: `compose/drop-capabilities`. */
  readonly id: string;
  /** The phase in which its change may be applied. */
  readonly phase: Phase;
  readonly safety: Finding['safety'];
  /** What became of it in this run. */
  readonly disposition: Disposition;
  /** The part of the file that it is about: `['services', 'web']`. */
  readonly subject: SemanticPath;
  /** The other parts that change with it, because they take it over. */
  readonly sharedBy: readonly SemanticPath[] | undefined;
  readonly line: number;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What changes, in a few words; undefined where there is no change to make. */
  readonly change: string | undefined;
  /** What a person may want to write. */
  readonly suggestion: string | undefined;
  /** Why it was not applied; undefined for what was. */
  readonly reason: string | undefined;
  readonly evidence: readonly Evidence[];
  /** In UTF-16 code units of the original; undefined where there are none, or where they would tell a secret. */
  readonly edits: readonly TextEdit[] | undefined;
}

export function toldFinding(
  { meta, finding, disposition, phase, reason }: PlanEntry,
  original: SourceDocument,
): ToldFinding {
  return {
    id: meta.id,
    phase,
    safety: finding.safety,
    disposition,
    subject: finding.subject,
    sharedBy: 'sharedBy' in finding ? finding.sharedBy : undefined,
    line: original.lines.lineOf(finding.range.start),
    message: redact(finding.message),
    change: 'change' in finding ? redact(finding.change) : undefined,
    suggestion: 'suggestion' in finding ? redact(finding.suggestion ?? '') || undefined : undefined,
    reason: redact(reason ?? '') || undefined,
    // Evidence is masked where it is cited.
    evidence: finding.evidence,
    edits: 'edits' in finding ? withoutSecrets(finding.edits, original.text) : undefined,
  };
}
