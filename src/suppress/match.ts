import { isFix } from '../core/fixes.js';
import { isNamed } from '../core/select.js';
import type { Finding, SourceDocument } from '../core/types.js';
import type { Suppression } from './types.js';

/**
 * True for a finding that a comment suppresses: it begins in what the comment is about; or it stands at the head of what
 * that is a part of (a missing setting of a service at the service's key), and what it cites or changes is there.
 * @param document the one in which the finding was made, and of which the suppression was read.
 */
export function isSuppressed(
  document: SourceDocument,
  { names, range, heads }: Suppression,
  id: string,
  finding: Finding,
): boolean {
  if (!names.some((name) => isNamed(id, name))) return false;
  // What is to be added at the end of the file belongs to what stands there.
  const end = range.end === document.text.length ? range.end + 1 : range.end;
  const isIn = (offset: number): boolean => range.start <= offset && offset < end;
  if (isIn(finding.range.start)) return true;
  if (!heads.some(({ start }) => start === finding.range.start)) return false;
  const first = document.lines.lineOf(range.start);
  const last = document.lines.lineOf(Math.max(range.start, range.end - 1));
  return (
    finding.evidence.some(
      (one) => 'file' in one && one.file === document.path && first <= one.line && one.line <= last,
    ) ||
    (isFix(finding) && finding.edits.some(({ start }) => isIn(start)))
  );
}
