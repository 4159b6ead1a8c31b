import { cite } from '../../core/evidence.js';
import { type LineIndex, type Range } from '../../core/text.js';
import type { Evidence, SourceDocument } from '../../core/types.js';
import type { LogicalLine } from './tokenize.js';

export interface UnitSection {
  readonly name: string;
  readonly headerRange: Range;
  readonly entries: readonly UnitEntry[];
  /** Position of the header and of the last assignment among the document's logical lines. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** One assignment. `range` runs from the key to the end of the last continuation line, without its line ending. */
export interface UnitEntry {
  readonly section: string;
  readonly key: string;
  /** Joined and stripped as systemd does it, quotes and specifiers kept. */
  readonly value: string;
  readonly keyRange: Range;
  readonly valueRange: Range;
  readonly range: Range;
  readonly line: number;
  /** The drop-in that it stands in; undefined for one of the unit's own file. */
  readonly origin?: UnitDocument;
}

/** A unit file as written: parsed to locate, never printed. */
export class UnitDocument implements SourceDocument {
  readonly format: 'systemd' | 'quadlet';
  readonly entries: readonly UnitEntry[];
  /** `x@.service` or `x@name.service`. */
  readonly template: boolean;
  readonly instance: string | undefined;
  readonly unitName: string;

  constructor(
    readonly path: string,
    readonly text: string,
    readonly lines: LineIndex,
    readonly sections: readonly UnitSection[],
    readonly logicalLines: readonly LogicalLine[],
    readonly commentRanges: readonly Range[],
    /** Assignments of drop-ins, in the order in which the manager reads them. */
    added: readonly UnitEntry[] = [],
  ) {
    this.entries = [...sections.flatMap((section) => section.entries), ...added];
    this.format = path.endsWith('.container') ? 'quadlet' : 'systemd';
    this.unitName = path.slice(path.lastIndexOf('/') + 1);
    const instance = /@([^.]*)\.[a-z]+(?:\.|$)/.exec(this.unitName)?.[1];
    this.template = instance === '';
    this.instance = instance === '' ? undefined : instance;
  }

  comments(): readonly string[] {
    return this.commentRanges.map(({ start, end }) => this.text.slice(start, end));
  }

  /** The assignments in force: of each key those after the last empty one, which resets. */
  assignments(section: string, ...keys: readonly string[]): readonly UnitEntry[] {
    const all = this.entries.filter((entry) => entry.section === section && keys.includes(entry.key));
    const isReset = (key: string, after: number): boolean =>
      all.some((entry, at) => at > after && entry.key === key && entry.value === '');
    return all.filter(({ key, value }, at) => value !== '' && !isReset(key, at));
  }

  /** The values in force of a setting that makes a list when repeated. */
  values(section: string, key: string): readonly string[] {
    return this.assignments(section, key).map((entry) => entry.value);
  }

  /** The assignment in force of a setting that keeps one value. */
  last(section: string, key: string): UnitEntry | undefined {
    return this.assignments(section, key).at(-1);
  }

  /** True when the file assigns the key at all, be it to nothing. */
  has(section: string, key: string): boolean {
    return this.entries.some((entry) => entry.section === section && entry.key === key);
  }

  /** The last section of a name: an assignment added there wins over all before it. */
  lastSection(name: string): UnitSection | undefined {
    return this.sections.findLast((section) => section.name === name);
  }
}

/** Cites the line that an assignment begins on, in the file that it stands in. */
export function citeEntry(document: UnitDocument, { origin, range }: UnitEntry): Evidence {
  return cite(origin ?? document, range.start);
}

/**
 * A unit with its drop-ins, as the manager reads it: assignments of drop-ins follow those of the file, which stays the one
 * to edit. https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Description
 * @param dropIns in the manager's order.
 */
export function withDropIns(unit: UnitDocument, dropIns: readonly UnitDocument[]): UnitDocument {
  if (dropIns.length === 0) return unit;
  const added = dropIns.flatMap((dropIn) => dropIn.entries.map((entry) => ({ ...entry, origin: dropIn })));
  const { path, text, lines, sections, logicalLines, commentRanges } = unit;
  return new UnitDocument(path, text, lines, sections, logicalLines, commentRanges, added);
}

/** A boolean as systemd reads it; undefined for anything else. */
export function parseBoolean(value: string): boolean | undefined {
  if (/^(1|y|yes|t|true|on)$/i.test(value)) return true;
  if (/^(0|n|no|f|false|off)$/i.test(value)) return false;
  return undefined;
}
