import { redact } from '../core/redact.js';
import type { Evidence, Finding, SourceDocument, Transform } from '../core/types.js';
import { isObject } from './check-meta.js';

/**
 * A transform of a plugin whose findings are looked at before harden uses them: one of a wrong shape is an error of that
 * transform, and the others go on. What it cites is masked, as what harden cites itself.
 */
export function guarded<D extends SourceDocument, C>(transform: Transform<D, C>): Transform<D, C> {
  return {
    meta: transform.meta,
    run: (document, context, option) => {
      const found: unknown = transform.run(document, context, option);
      if (!Array.isArray(found)) throw new Error('run must return a list of findings, and at once');
      return found.map((finding: unknown, at) => {
        const problem = findingProblem(finding, document.text.length);
        if (problem !== undefined) throw new Error(`finding ${at + 1} ${problem}`);
        const { evidence, ...rest } = finding as Finding;
        return { ...rest, evidence: evidence.map(masked) } as Finding;
      });
    },
  };
}

/** Masking takes time, and not all evidence is read. */
function masked(evidence: Evidence): Evidence {
  return {
    ...('source' in evidence ? { source: evidence.source } : { file: evidence.file, line: evidence.line }),
    get text() {
      return redact(evidence.text);
    },
  };
}

function findingProblem(finding: unknown, length: number): string | undefined {
  if (!isObject(finding)) return 'is no object';
  const { subject, range, message, evidence, safety } = finding;
  if (!isPath(subject)) return 'needs a subject: a list of texts';
  if (!isRange(range, length)) return 'needs a range within the text';
  if (!isText(message)) return 'needs a message';
  if (!Array.isArray(evidence) || !evidence.every(isEvidence))
    return 'needs evidence: a list of { file, line, text } or { source, text }';
  switch (safety) {
    case 'safe':
    case 'unsafe':
      return fixProblem(finding, length);
    case 'manual':
    case 'accepted':
      return isText(finding.reason) ? undefined : 'needs a reason';
    default:
      return 'needs a safety: safe, unsafe, manual or accepted';
  }
}

function fixProblem(
  { change, edits, sharedBy }: Readonly<Record<string, unknown>>,
  length: number,
): string | undefined {
  if (!isText(change)) return 'needs a change: what it does, in a few words';
  if (!Array.isArray(edits) || edits.length === 0) return 'needs edits';
  const isEdit = (edit: unknown): boolean =>
    isRange(edit, length) && typeof (edit as { text?: unknown }).text === 'string';
  if (!edits.every(isEdit)) return 'has an edit that is no { start, end, text } within the text';
  if (sharedBy !== undefined && !(Array.isArray(sharedBy) && sharedBy.every(isPath)))
    return 'must have a list of subjects in sharedBy';
  return undefined;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function isPath(value: unknown): boolean {
  return Array.isArray(value) && value.every((part) => typeof part === 'string');
}

function isRange(value: unknown, length: number): boolean {
  if (!isObject(value)) return false;
  const [start, end] = [Number(value.start), Number(value.end)];
  return (
    Number.isInteger(value.start) &&
    Number.isInteger(value.end) &&
    start >= 0 &&
    start <= end &&
    end <= length
  );
}

function isEvidence(value: unknown): boolean {
  if (!isObject(value) || typeof value.text !== 'string') return false;
  return typeof value.source === 'string'
    ? value.file === undefined
    : typeof value.file === 'string' && Number.isInteger(value.line);
}
