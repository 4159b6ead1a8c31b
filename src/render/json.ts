import { isChanged } from '../core/companion.js';
import { redact } from '../core/redact.js';
import type { TransformMeta } from '../core/types.js';
import type { Exposure } from '../exposure/exposure.js';
import type { FileOutcome } from '../harden.js';
import { toldFinding } from './finding.js';
import type { Output, Told, ToldCompanion } from './output.js';

/** The version of the JSON output's shape. */
const SCHEMA = 1;

/**
 * A run as one JSON object, in the shape of output.schema.json, an outcome a line. What is said of a transform stands once,
 * in the head. Offsets are UTF-16 code units of the original text, with its byte order mark.
 */
export function createJsonOutput(version: string, policies: readonly TransformMeta[]): Output {
  return {
    head: () => {
      const transforms = Object.fromEntries(policies.map(({ id, ...meta }) => [id, meta]));
      return `{"schema":${SCHEMA},"version":${JSON.stringify(version)},"transforms":${JSON.stringify(transforms)},"files":[\n`;
    },
    separator: ',\n',
    outcome: (told) => [{ text: JSON.stringify(toldToJson(told)) }],
    foot: (totals) => `\n],"totals":${JSON.stringify(totals)}}\n`,
  };
}

function toldToJson({ outcome, written, companions, builders }: Told): object {
  return {
    ...toJson(outcome),
    written,
    companions: companions.length === 0 ? undefined : companions.map(companionToJson),
    builders: builders.length === 0 ? undefined : builders,
  };
}

function companionToJson({ companion, written }: ToldCompanion): object {
  const { kind, path, variant, source, original, edits, notes } = companion;
  const status = original === undefined ? 'new' : isChanged(companion) ? 'changed' : 'unchanged';
  return { kind, path, variant, source, status, notes, edits, written };
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
    findings: plan.entries.map((entry) => toldFinding(entry, plan.original)),
    failures: plan.failures.map(({ id, error }) => ({ id, error: redact(error) })),
  };
}

/** A unit's score; the checks behind it are `systemd-analyze security`'s to list. */
function scored({ rating, score }: Exposure): object {
  return { score, rating };
}
