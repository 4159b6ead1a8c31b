import type { PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import {
  SEVERITIES,
  type Evidence,
  type Phase,
  type SemanticPath,
  type SourceDocument,
  type TransformMeta,
} from '../core/types.js';
import type { DockerfileDocument } from '../formats/dockerfile/document.js';
import type { Survey, SurveyedFile } from '../survey.js';

/** What is done about a finding. */
export type Outcome =
  /** harden changes it, in the finding's phase. */
  | 'changed'
  /** A person must decide. */
  | 'open'
  /** Rightly left as it is. */
  | 'accepted';

/** A finding as reports tell it: nothing in it shows a secret. */
export interface ReportFinding {
  readonly meta: TransformMeta;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** `service web`, `stage build`; empty for the whole file. */
  readonly subject: string;
  /** The line that it is about, as it stands in the file. */
  readonly quoted: string;
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly outcome: Outcome;
  /** The phase in which it is changed, or could be at the earliest. */
  readonly phase: Phase;
  readonly safety: PlanEntry['finding']['safety'];
  /** What changes, or what is suggested. */
  readonly change: string | undefined;
  /** Why it is not changed. */
  readonly reason: string | undefined;
  /** The lines of the original that its change touches, the last one included. */
  readonly touches: readonly { readonly from: number; readonly to: number }[];
}

/** The findings of a survey, the gravest first, then by file and line. */
export function findingsOf({ files }: Survey): readonly ReportFinding[] {
  const rank = ({ meta }: ReportFinding): number => SEVERITIES.indexOf(meta.severity);
  return files
    .flatMap(findingsIn)
    .sort((a, b) => rank(a) - rank(b) || (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** The findings of one file, in the order of its lines. */
export function findingsIn({ entries, original, path }: SurveyedFile): readonly ReportFinding[] {
  const lines = redact(original.text).split(/\r?\n/);
  return entries
    .map((entry): ReportFinding => {
      const { meta, finding, phase, disposition, reason } = entry;
      const line = original.lines.lineOf(finding.range.start);
      const change =
        'change' in finding ? finding.change : 'suggestion' in finding ? finding.suggestion : undefined;
      const edits = 'edits' in finding ? finding.edits : [];
      return {
        meta,
        path,
        line,
        subject: subjectName(finding.subject, original),
        quoted: (lines[line - 1] ?? '').trim(),
        message: redact(finding.message),
        evidence: finding.evidence,
        outcome: disposition === 'accepted' ? 'accepted' : disposition === 'applied' ? 'changed' : 'open',
        phase,
        safety: finding.safety,
        change: change === undefined ? undefined : redact(change),
        reason: reason === undefined ? undefined : redact(reason),
        touches: edits.map(({ start, end }) => ({
          from: original.lines.lineOf(start),
          to: original.lines.lineOf(end),
        })),
      };
    })
    .sort((a, b) => a.line - b.line);
}

function subjectName([section = '', name]: SemanticPath, original: SourceDocument): string {
  if (section === '') return '';
  if (section === 'services') return `service ${name ?? ''}`;
  if (section === 'stages') return stageName(name, (original as DockerfileDocument).stages);
  // A unit has one section that findings are about.
  return name === undefined ? '' : `${section} ${name}`;
}

/** `stage build`; one without a name by its number, and the only one not at all. */
function stageName(index: string | undefined, stages: DockerfileDocument['stages']): string {
  if (index === undefined) return '';
  const at = Number(index);
  if (at >= stages.length) return 'the stage that harden adds';
  return stages.length === 1 ? '' : `stage ${stages[at]?.name ?? index}`;
}
