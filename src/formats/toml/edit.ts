import { edits, lineEnding, refused, type Edits } from '../../core/text.js';
import type { SemanticPath } from '../../core/types.js';
import {
  headerAt,
  isBelow,
  isSamePath,
  pairAt,
  valueAt,
  type FlyDocument,
  type TomlHeader,
  type TomlPair,
} from './document.js';

/** A key with its value as TOML writes it. */
export type Assignment = readonly [key: string, value: string];

/** A text as TOML, in the quotes that the file's texts have. */
export function quoted(document: FlyDocument, value: string): string {
  const values = [...document.top, ...document.headers.flatMap(({ pairs }) => pairs)].map(
    ({ valueRange }) => document.text[valueRange.start],
  );
  const literal = values.includes("'") && !values.includes('"');
  return literal && !/['\p{Cc}]/u.test(value) ? `'${value}'` : JSON.stringify(value);
}

/** Replaces a value on one line by another. */
export function replaceValue(pair: TomlPair, value: string): Edits {
  if (!pair.scalar) return refused(`${pair.path.at(-1) ?? 'it'} is not written as one plain value`);
  return edits({ ...pair.valueRange, text: value });
}

/**
 * Sets a key of a table: replaces its value, or adds it behind the one that it goes with, else behind all of them. A table that is written key by
 * key (`http_service.internal_port = 80`) has no place of its own for one more.
 */
export function setKey(
  document: FlyDocument,
  table: SemanticPath,
  [key, value]: Assignment,
  beside?: string,
): Edits {
  const path = [...table, key];
  const own = pairAt(document, path);
  if (own !== undefined) return replaceValue(own, value);
  if (valueAt(document, path) !== undefined) return refused(`${key} is a section of its own`);
  const pair = `${key} = ${value}`;
  const header = headerAt(document, table);
  if (header !== undefined) {
    const last =
      header.pairs.find((pair) => isSamePath(pair.path, [...table, beside ?? ''])) ?? header.pairs.at(-1);
    const at = document.lines.endOfLine((last ?? header).range.end);
    const indent = last === undefined ? innerIndent(document, header) : indentAt(document, last.range.start);
    // Before a section that another change adds at the same place.
    return edits({ start: at, end: at, text: lineEnding(document.text) + indent + pair, depth: 1 });
  }
  const inline = document.inlines.find((candidate) => isSamePath(candidate.path, table));
  if (inline === undefined) return refused(`${table.join('.')} is written key by key`);
  const last = inline.pairs.at(-1);
  const at = last?.range.end ?? inline.range.start + 1;
  return edits({ start: at, end: at, text: last === undefined ? ` ${pair} ` : `, ${pair}` });
}

/** A table to add, as `[name]` or as the first `[[name]]`. */
export interface NewTable {
  readonly path: SemanticPath;
  readonly kind: TomlHeader['kind'];
  readonly pairs: readonly Assignment[];
}

/** Adds a table behind the section that it belongs to, with all that stands below that section's header. */
export function addTable(
  document: FlyDocument,
  section: SemanticPath,
  { path, kind, pairs }: NewTable,
): Edits {
  const name = path.filter((part) => !/^\d+$/.test(part)).join('.');
  if (valueAt(document, path) !== undefined) return refused(`${name} is there already`);
  const above = path.slice(0, -1);
  const parent = headerAt(document, above);
  const isOwnTable = parent !== undefined || valueAt(document, above) === undefined;
  if (!isOwnTable && !hasHeadersOnly(document, above)) {
    return refused(`${above.join('.')} is not written as a section of its own`);
  }
  const last = document.headers.findLast((header) => isBelow(header.path, section));
  if (last === undefined) return refused(`${section.join('.')} is not written as a section of its own`);
  const eol = lineEnding(document.text);
  const outer = document.headers.find((header) => isSamePath(header.path, section)) ?? last;
  const indent = isBelow(path, section)
    ? nestedIndent(document, section, outer)
    : indentAt(document, outer.range.start);
  const inner = indent + innerIndent(document, outer).slice(indentAt(document, outer.range.start).length);
  const header = kind === 'list' ? `[[${name}]]` : `[${name}]`;
  const lines = [indent + header, ...pairs.map(([key, value]) => `${inner}${key} = ${value}`)];
  const at = endOfSection(document, last);
  return edits({ start: at, end: at, text: eol + lines.map((line) => eol + line).join('') });
}

/** True for a table that only headers below it make: `[checks.a]` without `[checks]`. */
function hasHeadersOnly(document: FlyDocument, path: SemanticPath): boolean {
  const written = [...document.top, ...document.headers.flatMap(({ pairs }) => pairs)];
  return (
    document.headers.some((header) => isBelow(header.path, path)) &&
    !written.some((pair) => pair.dotted && isBelow(pair.path, path))
  );
}

/** The indent of a section within another: that of its siblings, of others of the file, or that of the keys beside it. */
function nestedIndent(document: FlyDocument, section: SemanticPath, outer: TomlHeader): string {
  const nested = document.headers.filter(({ path }) => path.filter((part) => !/^\d+$/.test(part)).length > 1);
  const like = nested.find(({ path }) => isBelow(path, section)) ?? nested[0];
  return like === undefined ? innerIndent(document, outer) : indentAt(document, like.range.start);
}

/** Behind the last key, and behind the comments right below it where a blank line or the end of the file follows. */
function endOfSection({ text, lines }: FlyDocument, { range, pairs }: TomlHeader): number {
  const end = lines.endOfLine(pairs.at(-1)?.range.end ?? range.end);
  let at = end;
  for (;;) {
    const next = text.indexOf('\n', at) + 1;
    if (next === 0) return at;
    const line = lines.lineText(next);
    if (line.trim() === '') return at;
    if (!/^\s*#/.test(line)) return end;
    at = lines.endOfLine(next);
  }
}

/** The indent of the keys below a header: its own, or else what the file's other sections have. */
function innerIndent(document: FlyDocument, header: TomlHeader): string {
  const outer = indentAt(document, header.range.start);
  const first = header.pairs[0];
  if (first !== undefined) return indentAt(document, first.range.start);
  const other = document.headers.find(({ pairs }) => pairs.length > 0);
  if (other === undefined) return outer;
  const [from, to] = [indentAt(document, other.range.start), indentAt(document, other.pairs[0]!.range.start)];
  return outer + (to.startsWith(from) ? to.slice(from.length) : '');
}

function indentAt({ text, lines }: FlyDocument, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lines.startOfLine(offset), offset))![0];
}
