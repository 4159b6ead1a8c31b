import type { PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import type { FileOutcome } from '../harden.js';
import type { Totals } from './totals.js';

/** The version of the JSON output's shape. */
const SCHEMA = 1;

/**
 * Renders a run as one JSON object, file by file, so that no plan has to be kept: the head, then each outcome,
 * then the foot. Offsets are UTF-16 code units of the original text.
 */
export function createJsonRenderer(version: string): {
  head(): string;
  outcome(outcome: FileOutcome, written: object | undefined): string;
  foot(totals: Totals): string;
} {
  let first = true;
  return {
    head: () => `{"schema":${SCHEMA},"version":${JSON.stringify(version)},"files":[`,
    outcome: (outcome, written) => {
      const text = `${first ? '' : ','}\n${JSON.stringify({ ...toJson(outcome), written })}`;
      first = false;
      return text;
    },
    foot: (totals) => `\n],"totals":${JSON.stringify(totals)}}\n`,
  };
}

function toJson(outcome: FileOutcome): object {
  if (outcome.kind !== 'planned') {
    const { path, reason } = outcome;
    const line = outcome.kind === 'failed' ? outcome.line : undefined;
    return { path, status: outcome.kind, line, reason };
  }
  const { plan, file } = outcome;
  return {
    path: plan.path,
    format: file.format,
    status: plan.result === plan.original.text ? 'unchanged' : 'changed',
    findings: plan.entries.map((entry) =>
      findingToJson(entry, plan.original.lines.lineOf(entry.finding.range.start)),
    ),
    failures: plan.failures,
  };
}

function findingToJson({ meta, finding, disposition, phase, reason }: PlanEntry, line: number): object {
  return {
    id: meta.id,
    severity: meta.severity,
    phase,
    safety: finding.safety,
    disposition,
    subject: finding.subject,
    line,
    message: redact(finding.message),
    change: 'change' in finding ? finding.change : undefined,
    suggestion: 'suggestion' in finding ? finding.suggestion : undefined,
    reason,
    evidence: finding.evidence.map((item) => ({ ...item, text: redact(item.text) })),
    mayBreak: meta.mayBreak,
    controls: meta.controls,
    references: meta.references,
    edits: 'edits' in finding ? finding.edits : undefined,
  };
}
