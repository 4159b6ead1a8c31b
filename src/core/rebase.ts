import { appliedEdits, isFix } from './fixes.js';
import type { FilePlan, PlanEntry } from './plan.js';
import { applyEdits, byEffect, inOrder, type Range, type TextEdit } from './text.js';
import type { Evidence, Finding } from './types.js';

/** An applied edit of the first plan, and the range that its text has in the first plan's result. */
interface Span {
  readonly edit: TextEdit;
  /** How much stands before its text: what it stands under. */
  readonly under: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Joins two plans of which the second was made from the result of the first, as one plan of the first's original: its
 * edits are put in coordinates of that original, and those inside text that the first plan wrote become part of the
 * edit that writes it. Their findings keep no edit of their own: without that text there is nothing to change.
 * @param apart an insertion right before or behind such text is no part of it, where it comes to stand there by itself.
 * @returns undefined when an edit reaches over the border of such text.
 */
export function rebase(first: FilePlan, second: FilePlan, apart: boolean): FilePlan | undefined {
  const spans = spansOf(first);
  const inside = new Map<Span, TextEdit[]>(spans.map((span) => [span, []]));
  const above = new Map<string, TextEdit[]>();

  const entries = second.entries.map((entry): PlanEntry | undefined => {
    const finding = placed(first, second, spans, entry.finding);
    if (!isFix(finding)) return { ...entry, finding };
    const outside: TextEdit[] = [];
    for (const edit of finding.edits.flatMap((one) => atBorders(one, spans))) {
      const header = spans.find((one) => isInHeader(edit, one));
      if (header !== undefined) {
        const from = header.start - header.under;
        const own = { ...edit, start: edit.start - from, end: edit.end - from };
        const key = headerOf(header.edit);
        if (entry.disposition === 'applied') above.set(key, [...(above.get(key) ?? []), own]);
        continue;
      }
      const touched = spans.filter((range) => touches(edit, range));
      const span = apart && touched.every((one) => isBeside(edit, one)) ? undefined : touched[0];
      if (span === undefined) {
        outside.push({ ...edit, start: originOf(spans, edit.start), end: originOfEnd(spans, edit) });
      } else if (edit.start < span.start || edit.end > span.end) {
        return undefined;
      } else if (entry.disposition === 'applied') {
        inside.get(span)?.push({ ...edit, start: edit.start - span.start, end: edit.end - span.start });
      }
    }
    return { ...entry, finding: { ...finding, edits: outside } };
  });
  if (!entries.every((entry) => entry !== undefined)) return undefined;

  const rewritten = new Map(
    spans.map((span) => [span.edit, applyEdits(span.edit.text, inside.get(span) ?? [])]),
  );
  const own = first.entries.map((entry): PlanEntry => {
    const { finding } = entry;
    if (entry.disposition !== 'applied' || !isFix(finding)) return entry;
    const edits = finding.edits.map((edit): TextEdit => {
      const text = rewritten.get(edit) ?? edit.text;
      const header = above.get(headerOf(edit));
      if (edit.under === undefined || header === undefined) return { ...edit, text };
      return { ...edit, text, under: applyEdits(edit.under, header) };
    });
    return { ...entry, finding: { ...finding, edits } };
  });
  return {
    path: first.path,
    original: first.original,
    result: second.result,
    entries: [...own, ...entries],
    failures: [...first.failures, ...second.failures],
  };
}

/** A deletion in pieces, of which each lies inside or outside of what the first plan wrote. */
function atBorders(edit: TextEdit, spans: readonly Span[]): readonly TextEdit[] {
  if (edit.text !== '') return [edit];
  const borders = spans
    .flatMap(({ under, start, end }) => [start - under, start, end])
    .filter((at) => at > edit.start && at < edit.end);
  const cuts = [edit.start, ...new Set(borders), edit.end].sort((a, b) => a - b);
  return cuts.slice(1).map((end, at) => ({ ...edit, start: cuts[at]!, end }));
}

/** In the order of the text. */
function spansOf(plan: FilePlan): Span[] {
  let shift = 0;
  const applied = appliedEdits(plan);
  const whole = inOrder(applied);
  return byEffect(applied).map((edit, at) => {
    // What it stands under, once for all that do, is before its own text.
    const under = whole[at]!.text.length - edit.text.length;
    const start = edit.start + shift + under;
    shift += under + edit.text.length - (edit.end - edit.start);
    return { edit, under, start, end: start + edit.text.length };
  });
}

/** What edits stand under: the same for all that share it. */
function headerOf({ start, under }: TextEdit): string {
  return `${start} ${under ?? ''}`;
}

/** True for an edit of what the text of a span stands under. */
function isInHeader(edit: Range, { start, under }: Span): boolean {
  const from = start - under;
  return edit.start >= from && edit.end <= start && edit.start < start && edit.end > from;
}

/** True for an edit inside a range or an insertion at its border; what only ends or begins there lies beside it. */
function touches(edit: Range, range: Range): boolean {
  if (edit.start === edit.end) return edit.start >= range.start && edit.start <= range.end;
  return edit.start < range.end && range.start < edit.end;
}

/**
 * True for an insertion at a border of a span that, as an edit of its own, takes effect on that side of it: the deeper of
 * two insertions at one offset comes first, then that of the first plan.
 */
function isBeside(edit: TextEdit, span: Span): boolean {
  if (edit.start !== edit.end) return false;
  const replaces = span.edit.start < span.edit.end;
  const deeper = (edit.depth ?? 0) > (span.edit.depth ?? 0);
  if (edit.start === span.start && edit.start !== span.end) return replaces || deeper;
  return edit.start === span.end && (replaces || !deeper);
}

/** The offset in the original of one in the result; of one inside a span, that of what the span took the place of. */
function originOf(spans: readonly Span[], offset: number): number {
  let shift = 0;
  for (const { edit, under, start, end } of spans) {
    if (offset < start - under) break;
    if (offset < end) return edit.start;
    shift += under + edit.text.length - (edit.end - edit.start);
  }
  return offset - shift;
}

/** The same for the end of an edit, which lies before what the first plan deleted there. */
function originOfEnd(spans: readonly Span[], { start, end }: Range): number {
  return start === end ? originOf(spans, end) : originOf(spans, end - 1) + 1;
}

/** The finding with its range and its evidence in the original. */
function placed(first: FilePlan, second: FilePlan, spans: readonly Span[], finding: Finding): Finding {
  const { original } = first;
  const { lines, text } = second.original;
  const lineIn = (item: Evidence & { line: number }): number => {
    const start = lines.offsetOf(item.line - 1, 0);
    const written = spans.some((span) => start > span.start && start < span.end);
    if (!written) return original.lines.lineOf(originOf(spans, Math.min(start, text.length)));
    // What the first plan wrote often repeats a line of the original: that one is the user's.
    const line = lines.lineText(start).trim();
    const same = original.text.indexOf(line);
    const applied = first.entries.filter(({ disposition }) => disposition === 'applied');
    const writer = applied.find(({ finding }) => 'change' in finding && finding.change === line);
    const subject = (writer ?? applied[0])?.finding.range.start;
    return original.lines.lineOf(same === -1 ? (subject ?? 0) : same);
  };
  const evidence = finding.evidence.map((item): Evidence => {
    if ('source' in item || item.file !== first.path) return item;
    const line = lineIn(item);
    return {
      file: item.file,
      line,
      get text() {
        return item.text;
      },
    };
  });
  const range = {
    start: originOf(spans, finding.range.start),
    end: originOf(spans, finding.range.end),
  };
  return { ...finding, evidence, range };
}
