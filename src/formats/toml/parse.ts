import { parse, TomlError, type TomlTable } from 'smol-toml';
import { getStaticTOMLValue, parseTOML, type AST } from 'toml-eslint-parser';
import { BOM, LineIndex, type Range } from '../../core/text.js';
import type { FormatAdapter, ParseResult, SemanticPath } from '../../core/types.js';
import { isTable, type FlyDocument, type TomlHeader, type TomlInline, type TomlPair } from './document.js';

/** What only flyctl's configuration has: https://fly.io/docs/reference/configuration/. `app` may come from `fly -a`. */
const FLY_KEYS: Readonly<Record<string, (value: unknown) => boolean>> = {
  app: isText,
  primary_region: isText,
  http_service: isTable,
  services: isList,
  processes: isList,
  mounts: isList,
  mount: isList,
  vm: isList,
  statics: isList,
  kill_signal: isText,
  swap_size_mb: (value) => typeof value === 'number',
};

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || isTable(value);
}

/** TOML has no place for a byte order mark; a blank in its place keeps all offsets. */
export function withoutMark(text: string): string {
  return text.startsWith(BOM) ? ` ${text.slice(1)}` : text;
}

/** Parses a Fly app's configuration. Other tools have a `fly.toml` too: those are left alone. */
export function parseFly(path: string, text: string): ParseResult<FlyDocument> {
  const source = withoutMark(text);
  let config: TomlTable;
  let program: AST.TOMLProgram;
  try {
    config = parse(source);
    program = parseTOML(source);
  } catch (error) {
    if (/\{\{|\{%|<%/.test(source)) {
      return { ok: false, kind: 'foreign', reason: 'a template that another program fills in' };
    }
    return { ok: false, kind: 'invalid', ...complaint(error) };
  }
  if (!Object.entries(FLY_KEYS).some(([key, is]) => Object.hasOwn(config, key) && is(config[key]))) {
    return { ok: false, kind: 'foreign', reason: 'nothing in it is of a Fly app' };
  }
  const inlines: TomlInline[] = [];
  const top: TomlPair[] = [];
  const headers: TomlHeader[] = [];
  for (const item of program.body[0].body) {
    if (item.type === 'TOMLKeyValue') {
      top.push(toPair(item, [], inlines));
      continue;
    }
    const at = item.resolvedKey.map(String);
    const [start, keyEnd] = [item.range[0], item.key.range[1]];
    const list = item.kind === 'array';
    headers.push({
      path: at,
      kind: list ? 'list' : 'table',
      range: { start, end: source.indexOf(']', keyEnd) + (list ? 2 : 1) },
      pairs: item.body.map((pair) => toPair(pair, at, inlines)),
    });
  }
  const commentRanges = program.comments.map(({ range: [start, end] }) => ({
    start,
    end: start + source.slice(start, end).trimEnd().length,
  }));
  return {
    ok: true,
    document: {
      ...{ format: 'fly', path, text, lines: new LineIndex(text), config, top, headers, inlines },
      commentRanges,
      comments: () => commentRanges.map(({ start, end }) => source.slice(start, end)),
    },
  };
}

function complaint(error: unknown): { readonly line: number; readonly reason: string } {
  if (error instanceof TomlError) {
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    return { line: error.line, reason: `it is not TOML: ${reason}` };
  }
  const { lineNumber, message } = error as { readonly lineNumber?: number; readonly message?: string };
  return { line: lineNumber ?? 1, reason: `it is not TOML: ${message ?? 'it can not be read'}` };
}

function rangeOf({ range: [start, end] }: AST.TOMLNode): Range {
  return { start, end };
}

function toPair(pair: AST.TOMLKeyValue, above: SemanticPath, inlines: TomlInline[]): TomlPair {
  const keys = pair.key.keys.map((key) => String(getStaticTOMLValue(key)));
  const path = [...above, ...keys];
  collect(pair.value, path, inlines);
  return {
    path,
    range: rangeOf(pair),
    valueRange: rangeOf(pair.value),
    scalar: pair.value.type === 'TOMLValue' && !(pair.value.kind === 'string' && pair.value.multiline),
    dotted: keys.length > 1,
  };
}

function collect(value: AST.TOMLContentNode, path: SemanticPath, inlines: TomlInline[]): void {
  if (value.type === 'TOMLArray') {
    for (const [at, element] of value.elements.entries()) collect(element, [...path, String(at)], inlines);
  }
  if (value.type !== 'TOMLInlineTable') return;
  const pairs = value.body.map((pair) => toPair(pair, path, inlines));
  inlines.push({ path, range: rangeOf(value), pairs });
}

function delta(before: FlyDocument, after: FlyDocument): readonly SemanticPath[] {
  return differences(before.config, after.config, []);
}

function differences(a: unknown, b: unknown, path: SemanticPath): readonly SemanticPath[] {
  if (isTable(a) && isTable(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differences(a[key], b[key], [...path, key]));
  }
  if (isListOfTables(a) && isListOfTables(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, at) => differences(a[at], b[at], [...path, String(at)])).flat();
  }
  return canonical(a) === canonical(b) ? [] : [path];
}

function isListOfTables(value: unknown): value is readonly TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

/** A value as text, whatever order its keys are in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner);
    if (!isTable(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export const flyAdapter: FormatAdapter<FlyDocument> = { format: 'fly', parse: parseFly, delta };
