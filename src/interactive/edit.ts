import { structuredPatch } from 'diff';
import { appliedEdits, firstOverlap } from '../core/fixes.js';
import type { FilePlan } from '../core/plan.js';
import { rebase } from '../core/rebase.js';
import { applyEdits, LineIndex, lineEnding, type TextEdit } from '../core/text.js';
import type { FormatAdapter, SourceDocument } from '../core/types.js';
import { editProblem } from './decided.js';
import { textOfHunks } from './hunk.js';
import type { Answer, ChangeQuestion } from './question.js';

export type Edited =
  { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly reason: string };

/**
 * The answer to a change whose hunks were edited, or what is wrong with them.
 * @param after what the hunks made of the file before they were edited.
 */
export function editedAnswer(
  plan: FilePlan,
  question: ChangeQuestion,
  hunks: string,
  after: string,
  adapter: FormatAdapter<SourceDocument>,
): Edited {
  const before = plan.original.text;
  const read = textOfHunks(hunks, before, after);
  if (!read.ok) return read;
  if (read.text === question.after) return { ok: true, answer: { kind: 'made' } };
  if (read.text === before) return { ok: false, reason: 'nothing of the change is left; n leaves it out' };
  const edits = within(plan, question, read.text, adapter) ?? editsBetween(before, read.text);
  const answer: Answer = { kind: 'edited', edits };
  const problem = editProblem(plan, { question, answer }, adapter);
  return problem === undefined ? { ok: true, answer } : { ok: false, reason: problem };
}

/**
 * The edits of the change with the other text in them: they go on standing in the place, and under the key, that they have
 * among the others'. Undefined where the text differs beyond what they write.
 */
function within(
  plan: FilePlan,
  { after, entry }: ChangeQuestion,
  text: string,
  adapter: FormatAdapter<SourceDocument>,
): readonly TextEdit[] | undefined {
  const parsed = adapter.parse(plan.path, after);
  if (!parsed.ok) return undefined;
  const edits = editsBetween(after, text);
  const second = {
    ...{ path: plan.path, original: parsed.document, result: text, failures: [] },
    entries: [{ ...entry, finding: { ...entry.finding, edits } }],
  };
  const joined = rebase({ ...plan, entries: [entry], result: after }, second, false);
  if (joined === undefined) return undefined;
  const list = appliedEdits(joined);
  const exact = firstOverlap(list) === undefined && applyEdits(plan.original.text, list) === text;
  return exact ? list : undefined;
}

/** The file with a change alone, as it was edited. */
export function textWith(plan: FilePlan, { after }: ChangeQuestion, answer: Answer | undefined): string {
  return answer?.kind === 'edited' ? applyEdits(plan.original.text, answer.edits) : after;
}

/** The edits between two texts, each of whole lines, without what is the same at its beginning and its end. */
export function editsBetween(before: string, after: string): readonly TextEdit[] {
  const index = new LineIndex(before);
  const eol = lineEnding(before);
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context: 0 });
  const lines = after.split('\n');
  const count = before.split('\n').length;
  const offset = (line: number): number => (line < count ? index.offsetOf(line, 0) : before.length);
  if (before.endsWith('\n') !== after.endsWith('\n')) return [trimmed(before, 0, before.length, after)];
  return hunks.map(({ oldStart, oldLines, newStart, newLines }) => {
    const row = oldStart - 1;
    const from = newStart - 1;
    const end = offset(row + oldLines);
    const text = lines
      .slice(from, from + newLines)
      .map((line) => `${line}\n`)
      .join('');
    const atEnd = row + oldLines >= count;
    return slid(before, eol, trimmed(before, offset(row), end, atEnd ? text.slice(0, -1) : text));
  });
}

function trimmed(before: string, start: number, end: number, text: string): TextEdit {
  const old = before.slice(start, end);
  const shorter = Math.min(old.length, text.length);
  let head = 0;
  while (head < shorter && old[head] === text[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  return { start: start + head, end: end - tail, text: text.slice(head, text.length - tail) };
}

/** Lines that are put in, or taken out, end the line before them, as the changes of harden write them. */
function slid(before: string, eol: string, { start, end, text }: TextEdit): TextEdit {
  const moved = start === end ? text : before.slice(start, end);
  const pure = start === end || text === '';
  const at = start - eol.length;
  if (!pure || !moved.endsWith(eol) || at < 0 || before.slice(at, start) !== eol) return { start, end, text };
  return { start: at, end: end - eol.length, text: text === '' ? '' : eol + text.slice(0, -eol.length) };
}
