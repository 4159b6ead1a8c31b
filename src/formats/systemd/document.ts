import { type LineIndex, type Range } from '../../core/text.js';
import type { SourceDocument } from '../../core/types.js';
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
}

/** A unit file as written: parsed to locate, never printed. */
export class UnitDocument implements SourceDocument {
  readonly format = 'systemd';
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
    readonly commentLines: readonly string[],
  ) {
    this.entries = sections.flatMap((section) => section.entries);
    this.unitName = path.slice(path.lastIndexOf('/') + 1);
    const instance = /@([^.]*)\.[a-z]+(?:\.|$)/.exec(this.unitName)?.[1];
    this.template = instance === '';
    this.instance = instance === '' ? undefined : instance;
  }

  comments(): readonly string[] {
    return this.commentLines;
  }

  /** The assignments in force: those after the last empty one, which resets. */
  assignments(section: string, ...keys: readonly string[]): readonly UnitEntry[] {
    const all = this.entries.filter((entry) => entry.section === section && keys.includes(entry.key));
    const reset = all.findLastIndex((entry) => entry.value === '');
    return all.slice(reset + 1);
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

/** A boolean as systemd reads it; undefined for anything else. */
export function parseBoolean(value: string): boolean | undefined {
  if (/^(1|y|yes|t|true|on)$/i.test(value)) return true;
  if (/^(0|n|no|f|false|off)$/i.test(value)) return false;
  return undefined;
}
