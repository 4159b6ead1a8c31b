import { edits, lineEnding, refused, type Edits } from '../../core/text.js';
import type { UnitDocument, UnitEntry } from './document.js';

/**
 * Adds assignments to the last section of that name, behind its last assignment and the comments that follow
 * it directly. Every edit starts with a line ending and ends without one, so several can share an offset.
 */
export function addAssignments(
  document: UnitDocument,
  section: string,
  assignments: readonly string[],
): Edits {
  const target = document.lastSection(section);
  if (target === undefined) return refused(`the file has no [${section}] section`);
  const bad = assignments.find((assignment) => !/^[A-Za-z]+=(?:[^\r\n]*[^\r\n\\])?$/.test(assignment));
  if (bad !== undefined) return refused(`${bad} can't be written on one line`);
  const { logicalLines } = document;
  const after = lineToFollow(document, target.lastLine);
  if (logicalLines[target.lastLine]!.dangling) {
    return refused(
      'the last line of the section ends in a backslash, so a new line would become a part of it',
    );
  }
  const newline = lineEnding(document.text);
  const offset = logicalLines[after]!.end;
  return edits({ start: offset, end: offset, text: assignments.map((line) => newline + line).join('') });
}

/**
 * Comments right below the last assignment are about this section (often alternatives, commented out) when a
 * blank line or the file's end follows them; when the next header follows, they are about that one.
 */
function lineToFollow(document: UnitDocument, last: number): number {
  const { logicalLines } = document;
  let at = last;
  while (logicalLines[at + 1]?.kind === 'comment') at += 1;
  const next = logicalLines[at + 1];
  return next === undefined || next.kind === 'blank' ? at : last;
}

/** Replaces an assignment's value, its continuation lines included. */
export function replaceValue(entry: UnitEntry, value: string): Edits {
  if (/[\r\n]|\\$/.test(value)) return refused(`a value that can't be written on one line`);
  return edits({ ...entry.valueRange, text: value });
}
