/** A half-open range `[start, end)` of UTF-16 code units in a document's text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Replaces `[start, end)` by `text`. Offsets are UTF-16 code units of the original text. */
export interface TextEdit extends Range {
  readonly text: string;
  /** Among insertions at one offset the deeper one comes first: a nested key before its parent's next sibling. */
  readonly depth?: number;
  /**
   * Stands before `text`, once for all insertions at one offset that bring the same: the key of a section that
   * doesn't exist yet, and to which several changes add entries.
   */
  readonly under?: string;
}

/**
 * What an edit builder returns. A refusal is an expected outcome (an aliased node, a templated file) and
 * carries the sentence that the user reads.
 */
export type Edits =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly reason: string };

export function edits(...list: readonly TextEdit[]): Edits {
  return { ok: true, edits: list };
}

export function refused(reason: string): Edits {
  return { ok: false, reason };
}

/** Joins the outcomes of several builders; the first refusal wins. */
export function combine(...parts: readonly Edits[]): Edits {
  const all: TextEdit[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    all.push(...part.edits);
  }
  return { ok: true, edits: all };
}

/** True when the two edits can't both be applied. Two insertions at the same offset can: in their order. */
export function overlap(a: Range, b: Range): boolean {
  return a.start < b.end && b.start < a.end;
}

/**
 * Applies edits that don't overlap, all in coordinates of `text`. Insertions at the same offset go by depth,
 * then by their order in the list, and come before a replacement that starts there.
 * @throws RangeError when two edits overlap or one lies outside the text: that is a bug of the caller.
 */
export function applyEdits(text: string, list: readonly TextEdit[]): string {
  const ordered = inOrder(list);
  let result = '';
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`edit [${edit.start}, ${edit.end}) overlaps another or leaves the text`);
    }
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The order in which edits take effect, each with its whole text. */
export function inOrder(list: readonly TextEdit[]): readonly TextEdit[] {
  return ranked(list).map(({ edit, order, group }) => {
    const { under, ...plain } = edit;
    return under === undefined || order !== group ? plain : { ...plain, text: under + edit.text };
  });
}

/** The same edits in the order in which they take effect. */
export function byEffect(list: readonly TextEdit[]): readonly TextEdit[] {
  return ranked(list).map(({ edit }) => edit);
}

interface Ranked {
  readonly edit: TextEdit;
  readonly order: number;
  /** The first edit of those that stand under one text. */
  readonly group: number;
}

function ranked(list: readonly TextEdit[]): readonly Ranked[] {
  const groups = new Map<string, number>();
  const all = list.map((edit, order) => {
    const key = edit.under === undefined ? undefined : `${edit.start} ${edit.under}`;
    const group = key === undefined ? order : (groups.get(key) ?? order);
    if (key !== undefined) groups.set(key, group);
    return { edit, order, group };
  });
  return all.sort(
    (a, b) =>
      a.edit.start - b.edit.start ||
      a.edit.end - b.edit.end ||
      (b.edit.depth ?? 0) - (a.edit.depth ?? 0) ||
      a.group - b.group ||
      a.order - b.order,
  );
}

export const BOM = '\uFEFF';

/** How often each line ending stands in a text. */
export function countLineEndings(text: string): { readonly crlf: number; readonly lf: number } {
  let crlf = 0;
  let lf = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') crlf += 1;
    else lf += 1;
  }
  return { crlf, lf };
}

/** The line ending that a text uses most; `\n` for a text of one line. */
export function lineEnding(text: string): '\n' | '\r\n' {
  const { crlf, lf } = countLineEndings(text);
  return crlf > lf ? '\r\n' : '\n';
}

/** Offsets of the line starts of a text, for translation between offsets and line numbers. */
export class LineIndex {
  readonly #starts: readonly number[];
  readonly #text: string;

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
    this.#text = text;
  }

  /** Zero-based line of an offset. */
  #row(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** One-based line number of an offset, as editors count. */
  lineOf(offset: number): number {
    return this.#row(offset) + 1;
  }

  /** One-based column in UTF-16 code units. */
  columnOf(offset: number): number {
    return offset - this.#starts[this.#row(offset)]! + 1;
  }

  /** Offset of a zero-based line and character, as the Language Server Protocol counts them. */
  offsetOf(row: number, character: number): number {
    return (this.#starts[row] ?? this.#text.length) + character;
  }

  /** Start of the line that holds `offset`. */
  startOfLine(offset: number): number {
    return this.#starts[this.#row(offset)]!;
  }

  /** End of the line that holds `offset`, before its line ending. */
  endOfLine(offset: number): number {
    const next = this.#starts[this.#row(offset) + 1];
    if (next === undefined) return this.#text.length;
    return this.#text[next - 2] === '\r' && next - 2 >= offset ? next - 2 : next - 1;
  }

  /** The text of the line that holds `offset`, without its line ending. */
  lineText(offset: number): string {
    return this.#text.slice(this.startOfLine(offset), this.endOfLine(offset));
  }
}

/** A text as a pattern that matches just that text. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
