import type { TomlTable } from 'smol-toml';
import { cite } from '../../core/evidence.js';
import type { Range } from '../../core/text.js';
import type { Evidence, SemanticPath, SourceDocument } from '../../core/types.js';

/** One `key = value`, with the path of what it gives a value: `['services', '0', 'internal_port']`. */
export interface TomlPair {
  readonly path: SemanticPath;
  /** From the key to the end of the value. */
  readonly range: Range;
  readonly valueRange: Range;
  /** True for a text, a number, a truth value or a date on one line: what can be replaced. */
  readonly scalar: boolean;
  /** True for a key of several parts: `concurrency.type = "requests"`. */
  readonly dotted: boolean;
}

/** `[name]` or `[[name]]`, with the keys that stand below it. */
export interface TomlHeader {
  readonly path: SemanticPath;
  readonly kind: 'table' | 'list';
  readonly range: Range;
  readonly pairs: readonly TomlPair[];
}

/** A table in braces. */
export interface TomlInline {
  readonly path: SemanticPath;
  readonly range: Range;
  readonly pairs: readonly TomlPair[];
}

/** A Fly app's configuration as written: parsed to locate, never printed. */
export interface FlyDocument extends SourceDocument {
  readonly format: 'fly';
  /** What it says, as a reader of TOML 1.0 has it. */
  readonly config: TomlTable;
  /** The keys above the first header. */
  readonly top: readonly TomlPair[];
  readonly headers: readonly TomlHeader[];
  readonly inlines: readonly TomlInline[];
}

export function isSamePath(a: SemanticPath, b: SemanticPath): boolean {
  return a.length === b.length && isBelow(a, b);
}

/** True for a path that is `start` or lies below it. */
export function isBelow(path: SemanticPath, start: SemanticPath): boolean {
  return start.every((part, at) => part === path[at]);
}

/** True for a table; a date is an object too, of a class of its own. */
export function isTable(value: unknown): value is TomlTable {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)
  );
}

/** The value at a path; undefined where there is none. */
export function valueAt(document: FlyDocument, path: SemanticPath): unknown {
  return path.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return value[Number(part)] as unknown;
    return isTable(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, document.config);
}

/** The keys of a table with their values; none where there is no table. */
export function entriesAt(
  document: FlyDocument,
  path: SemanticPath,
): readonly (readonly [string, unknown])[] {
  const value = valueAt(document, path);
  return isTable(value) ? Object.entries(value) : [];
}

function allPairs({ top, headers, inlines }: FlyDocument): readonly TomlPair[] {
  return [...top, ...headers.flatMap(({ pairs }) => pairs), ...inlines.flatMap(({ pairs }) => pairs)];
}

export function pairAt(document: FlyDocument, path: SemanticPath): TomlPair | undefined {
  return allPairs(document).find((pair) => isSamePath(pair.path, path));
}

export function headerAt(document: FlyDocument, path: SemanticPath): TomlHeader | undefined {
  return document.headers.find((header) => isSamePath(header.path, path));
}

/** Where a path stands: its key, its header, or the nearest above it; the start of the file for the rest. */
export function rangeAt(document: FlyDocument, path: SemanticPath): Range {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const place =
      pairAt(document, part) ??
      headerAt(document, part) ??
      document.inlines.find((inline) => isSamePath(inline.path, part)) ??
      document.headers.find((header) => isBelow(header.path, part)) ??
      allPairs(document).find((pair) => isBelow(pair.path, part));
    if (place !== undefined) return place.range;
  }
  return document.top[0]?.range ?? document.headers[0]?.range ?? { start: 0, end: 0 };
}

/** Cites the line that a path stands on, without secrets. */
export function citePath(document: FlyDocument, path: SemanticPath): Evidence {
  return cite(document, rangeAt(document, path).start);
}
