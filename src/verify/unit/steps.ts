import type { FilePlan, PlanEntry } from '../../core/plan.js';
import { applyEdits, lineEnding, type TextEdit } from '../../core/text.js';
import type { UnitDocument, UnitEntry } from '../../formats/systemd/document.js';
import { addAssignments, replaceValue } from '../../formats/systemd/edit.js';
import { parseUnit, unitAdapter } from '../../formats/systemd/parse.js';

/** A setting that a hardened unit assigns otherwise than its original. */
export interface Step {
  readonly section: string;
  readonly key: string;
  /** Its values in the original, in their order; none when the setting was added. */
  readonly before: readonly string[];
  /** Its values in the hardened unit; none when it was taken out. */
  readonly after: readonly string[];
  /** The findings by which harden set it; none when a person did. */
  readonly entries: readonly PlanEntry[];
}

/** The steps between two unit files, in the order in which they stand. */
export function stepsBetween(
  original: UnitDocument,
  hardened: UnitDocument,
  plan: FilePlan,
): readonly Step[] {
  const planned = parseUnit(plan.path, plan.result);
  return unitAdapter.delta(original, hardened).map((path) => {
    const [section, key] = path as readonly [string, string];
    const after = valuesOf(hardened, section, key);
    const isPlanned =
      planned.ok && JSON.stringify(valuesOf(planned.document, section, key)) === JSON.stringify(after);
    const entries = isPlanned
      ? plan.entries.filter(
          ({ disposition, meta }) => disposition === 'applied' && meta.touches.includes(`${section}.${key}`),
        )
      : [];
    return { section, key, before: valuesOf(original, section, key), after, entries };
  });
}

function entriesOf(document: UnitDocument, section: string, key: string): readonly UnitEntry[] {
  return document.entries.filter((entry) => entry.section === section && entry.key === key);
}

function valuesOf(document: UnitDocument, section: string, key: string): readonly string[] {
  return entriesOf(document, section, key).map(({ value }) => value);
}

/** The lines of a step: those of the hardened unit, else those of the original that are gone. */
export function linesOf({ key, before, after }: Step): readonly string[] {
  return after.length > 0
    ? after.map((value) => `${key}=${value}`)
    : before.map((value) => `-${key}=${value}`);
}

/** The hardened unit's text with these steps taken back; all else stays byte for byte. */
export function takeBack(hardened: UnitDocument, steps: readonly Step[]): string {
  return steps.reduce(
    (document, { section, key, before }) => reparsed(document, assign(document, section, key, before)),
    hardened,
  ).text;
}

/** The text of a unit in which a setting has these values instead of those that it has. */
export function assign(
  document: UnitDocument,
  section: string,
  key: string,
  values: readonly string[],
): string {
  const entries = entriesOf(document, section, key);
  const changed = entries.flatMap((entry, at): readonly TextEdit[] => {
    const value = values[at];
    if (value === undefined) return [wholeLine(document, entry)];
    const outcome = value === entry.value ? undefined : replaceValue(entry, value);
    return outcome?.ok === true ? outcome.edits : [];
  });
  const text = applyEdits(document.text, changed);
  const added = values.slice(entries.length).map((value) => `${key}=${value}`);
  if (added.length === 0) return text;
  const newline = lineEnding(text);
  if (document.lastSection(section) === undefined) {
    return [text.trimEnd(), '', `[${section}]`, ...added, ''].join(newline);
  }
  const outcome = addAssignments(reparsed(document, text), section, added);
  if (!outcome.ok) throw new Error(`${document.path}: ${outcome.reason}`);
  return applyEdits(text, outcome.edits);
}

function reparsed({ path }: UnitDocument, text: string): UnitDocument {
  const parsed = parseUnit(path, text);
  if (!parsed.ok) throw new Error(`${path}: ${parsed.reason}`);
  return parsed.document;
}

/** An assignment with its line ending; with the one before it where it ends the file. */
function wholeLine({ text }: UnitDocument, { range }: UnitEntry): TextEdit {
  const start = range.start - /[ \t]*$/.exec(text.slice(0, range.start))![0].length;
  const behind = /^[ \t]*(?:\r\n|\n|\r)/.exec(text.slice(range.end));
  if (behind !== null) return { start, end: range.end + behind[0].length, text: '' };
  const before = /(?:\r\n|\n|\r)?$/.exec(text.slice(0, start))![0].length;
  return { start: start - before, end: text.length, text: '' };
}
