import { diffChars } from 'diff';
import { isChanged, type Companion, type ImageBuilder } from '../core/companion.js';
import type { PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import type { TextEdit } from '../core/text.js';
import type { SourceDocument } from '../core/types.js';
import type { Exposure } from '../exposure/exposure.js';
import type { FileOutcome } from '../harden.js';
import { allTransforms } from '../../transforms/index.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import type { Totals } from './totals.js';

/** The version of the JSON output's shape. */
const SCHEMA = 1;

/**
 * A run as one JSON object, written file by file so that no plan has to be kept: the head, the outcomes with commas
 * between them, the foot. What is said of a transform stands once, in the head. Offsets are UTF-16 code units of the
 * original text.
 */
export function jsonHead(version: string): string {
  const policies = [...allTransforms.map(({ meta }) => meta), ignoreMeta];
  const transforms = Object.fromEntries(policies.map(({ id, ...meta }) => [id, meta]));
  return `{"schema":${SCHEMA},"version":${JSON.stringify(version)},"transforms":${JSON.stringify(transforms)},"files":[\n`;
}

/** A companion, and what became of it when it was to be written. */
export interface ToldCompanion {
  readonly companion: Companion;
  readonly written: object | undefined;
}

export function jsonOutcome(
  outcome: FileOutcome,
  written: object | undefined,
  companions: readonly ToldCompanion[] = [],
  builders: readonly ImageBuilder[] = [],
): string {
  return JSON.stringify({
    ...toJson(outcome),
    written,
    companions: companions.length === 0 ? undefined : companions.map(companionToJson),
    builders: builders.length === 0 ? undefined : builders,
  });
}

function companionToJson({ companion, written }: ToldCompanion): object {
  const { kind, path, variant, source, original, edits, notes } = companion;
  const status = original === undefined ? 'new' : isChanged(companion) ? 'changed' : 'unchanged';
  return { kind, path, variant, source, status, notes, edits, written };
}

export function jsonFoot(totals: Totals): string {
  return `\n],"totals":${JSON.stringify(totals)}}\n`;
}

function toJson(outcome: FileOutcome): object {
  if (outcome.kind !== 'planned') {
    const { path } = outcome;
    const reason = redact(outcome.reason);
    const line = outcome.kind === 'failed' ? outcome.line : undefined;
    return { path, status: outcome.kind, line, reason };
  }
  const { plan, file, exposure } = outcome;
  return {
    path: plan.path,
    format: file.format,
    status: plan.result === plan.original.text ? 'unchanged' : 'changed',
    exposure:
      exposure === undefined ? undefined : { before: scored(exposure.before), after: scored(exposure.after) },
    findings: plan.entries.map((entry) => findingToJson(entry, plan.original)),
    failures: plan.failures.map(({ id, error }) => ({ id, error: redact(error) })),
  };
}

/** A unit's score; the checks behind it are `systemd-analyze security`'s to list. */
function scored({ rating, score }: Exposure): object {
  return { score, rating };
}

function findingToJson(
  { meta, finding, disposition, phase, reason }: PlanEntry,
  original: SourceDocument,
): object {
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
    edits:
      'edits' in finding ? finding.edits.flatMap((edit) => withoutSecrets(edit, original.text)) : undefined,
  };
}

/** An edit that writes a secret again (in other quotes) is told as the edits around it. */
function withoutSecrets(edit: TextEdit, text: string): readonly TextEdit[] {
  if (redact(edit.text) === edit.text) return [edit];
  const order = {
    ...(edit.depth === undefined ? {} : { depth: edit.depth }),
    ...(edit.under === undefined ? {} : { under: edit.under }),
  };
  const parts: TextEdit[] = [];
  let at = edit.start;
  for (const { added, removed, value } of diffChars(text.slice(edit.start, edit.end), edit.text)) {
    if (added) parts.push({ start: at, end: at, text: value, ...order });
    else {
      if (removed) parts.push({ start: at, end: at + value.length, text: '', ...order });
      at += value.length;
    }
  }
  return parts;
}
