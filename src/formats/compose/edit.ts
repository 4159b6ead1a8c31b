import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { edits, lineEnding, refused, type Edits, type TextEdit } from '../../core/text.js';
import {
  aliasedAnchors,
  contentEnd,
  ownPair,
  rangeOf,
  type ComposeDocument,
  type ComposeService,
  type YamlPart,
  type YamlSource,
} from './document.js';

/** What can be written: a scalar or a list of scalars, or a mapping of these. */
export type YamlValue =
  string | number | boolean | readonly string[] | Words | { readonly [key: string]: YamlValue };

/** A command: written in brackets and quoted throughout, as people write `test: ["CMD", "true"]` in any file. */
export class Words {
  constructor(readonly list: readonly string[]) {}
}

/**
 * Adds a key to a service that doesn't write it yet, after its last one, in block or flow style as the service
 * is. Refused when the service is an alias, is used elsewhere through its anchor, or has no mapping.
 */
export function addKey(
  document: ComposeDocument,
  service: ComposeService,
  key: string,
  value: YamlValue,
): Edits {
  if (service.locked !== undefined || service.map === undefined) {
    return refused(service.locked ?? 'the service has no keys');
  }
  return addToMap(document, service.map, key, value);
}

/** Adds a key to a mapping: see `addKey`. */
export function addToMap(document: YamlSource, map: YAMLMap, key: string, value: YamlValue): Edits {
  if (map.flow === true) return addToFlowMap(document, map, key, value);
  const column = keyColumn(document, map);
  if (column === undefined) return refused('its keys are not at the start of their lines');
  const block = renderBlock(key, value, column, indentation(document, column));
  return insertLines(document, contentEnd(map), column, map, block);
}

/**
 * Appends scalars to a sequence in the style that it has; a quoted neighbour makes the new item quoted alike.
 * Refused for an alias and for a sequence that others use through its anchor.
 */
export function appendToSequence(
  document: ComposeDocument,
  service: ComposeService,
  sequence: Node,
  items: readonly string[],
): Edits {
  const lock = service.locked ?? sharedReason(service, sequence);
  if (lock !== undefined) return refused(lock);
  if (!isSeq(sequence)) return refused('it is not a list');
  if (sequence.tag === '!reset') return refused('the list is removed by !reset');
  if (sequence.flow === true) return appendToFlow(document, sequence, items);
  const last = sequence.items.at(-1) as Node | undefined;
  if (last === undefined) return refused('the list is empty');
  const start = sequence.range?.[0] ?? 0;
  const column = start - document.lines.startOfLine(start);
  const indent = document.text.slice(document.lines.startOfLine(start), start);
  if (indent.trim() !== '') return refused('the list does not start on a line of its own');
  const end = contentEnd(last);
  const block = items.map((item) => `${' '.repeat(column)}- ${quoteLike(last, item)}`);
  return insertLines(document, end, column, undefined, block);
}

/** Why a node is not the service's alone: it is an alias, or others use it through its anchor. */
export function sharedReason(service: YamlPart, node: Node): string | undefined {
  if (isAlias(node)) return `the value is an alias (*${node.source})`;
  const { anchor } = node as { anchor?: string };
  return anchor !== undefined && aliasedAnchors(service.yaml).has(anchor)
    ? `the value is anchored as &${anchor} and used elsewhere`
    : undefined;
}

/** Replaces a plain or quoted scalar, in its own quoting. A plain one may stand in brackets unless `flow` is false. */
export function replaceScalar(service: YamlPart, node: Node, value: string, flow = true): Edits {
  const lock = service.locked ?? sharedReason(service, node);
  if (lock !== undefined) return refused(lock);
  if (!isScalar(node)) return refused('it is not a plain value');
  const [start, end] = node.range ?? [0, 0, 0];
  if (start === end) return refused('the value is empty');
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return refused('it is a block of text');
  // In brackets a comma or a colon would end it.
  return edits({ start, end, text: quoteLike(node, value, flow) });
}

/** Inserts text at the start of a scalar's value, behind its opening quote: the smallest edit there is. */
export function prefixScalar(service: YamlPart, node: Node, prefix: string): Edits {
  const whole = replaceScalar(service, node, prefix);
  if (!whole.ok) return whole;
  const start = node.range?.[0] ?? 0;
  const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
  const at = quoted ? start + 1 : start;
  return edits({ start: at, end: at, text: prefix });
}

/** Appends text to a scalar's value, before its closing quote. */
export function suffixScalar(service: YamlPart, node: Node, suffix: string): Edits {
  const whole = replaceScalar(service, node, suffix);
  if (!whole.ok) return whole;
  const end = node.range?.[1] ?? 0;
  const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
  const at = quoted ? end - 1 : end;
  // It belongs to the value: what others insert at the end of the line comes behind it.
  return edits({ start: at, end: at, depth: Number.MAX_SAFE_INTEGER, text: suffix });
}

function addToFlowMap(document: YamlSource, map: YAMLMap, key: string, value: YamlValue): Edits {
  return insertInFlow(document, map, [`${key}: ${renderFlow(value)}`]);
}

function appendToFlow(document: YamlSource, sequence: YAMLSeq, items: readonly string[]): Edits {
  const last = sequence.items.at(-1) as Node | undefined;
  return insertInFlow(
    document,
    sequence,
    items.map((item) => (last === undefined ? renderFlow(item) : quoteLike(last, item, true))),
  );
}

/** Adds items before the closing bracket, behind the last one, also when a trailing comma is there already. */
export function insertInFlow(
  document: YamlSource,
  collection: YAMLMap | YAMLSeq,
  items: readonly string[],
): Edits {
  const { text } = document;
  const close = (collection.range?.[1] ?? 0) - 1;
  if (collection.items.length === 0) {
    const inner = text.slice((collection.range?.[0] ?? 0) + 1, close);
    if (inner.trim() !== '') return refused('its brackets hold only a comment');
    return edits({ start: close, end: close, text: items.join(', ') });
  }
  const last = collection.items.at(-1) as unknown;
  const end = flowItemEnd(last);
  if (end === undefined) return refused('its last entry has no value');
  const rest = text.slice(end, close);
  const comma = /^\s*,/.exec(rest);
  const at = comma === null ? end : end + comma[0].length;
  const lead = comma === null ? ', ' : ' ';
  return edits({ start: at, end: at, text: `${lead}${items.join(', ')}${comma === null ? '' : ','}` });
}

/** The end of an entry of a flow collection; undefined where nothing says so. */
export function flowItemEnd(item: unknown): number | undefined {
  const pair = item as { key?: Node; value?: Node | null };
  if (pair.key === undefined) return (item as Node).range?.[1];
  return pair.value?.range?.[1] ?? pair.key.range?.[1];
}

/** The column of a block mapping's keys; undefined when they share their line with something else. */
export function keyColumn(document: YamlSource, map: YAMLMap): number | undefined {
  const key = map.items[0]?.key as Node | undefined;
  const start = key?.range?.[0];
  if (start === undefined) return undefined;
  const before = document.text.slice(document.lines.startOfLine(start), start);
  // The first key of a list's entry stands behind its dash.
  return /^\uFEFF? *(?:- +)*$/.test(before) ? before.replace('\uFEFF', '').length : undefined;
}

export interface Indentation {
  /** Spaces from a key to the keys of the mapping below it. */
  readonly map: number;
  /** Spaces from a key to the dashes of the list below it: 0 or more. */
  readonly sequence: number;
}

/** How the file indents, read off its own first nested mapping and list. */
export function indentation(document: YamlSource, column: number): Indentation {
  const found: { map?: number; sequence?: number } = {};
  const visit = (map: YAMLMap): void => {
    const outer = keyColumn(document, map);
    for (const pair of map.items) {
      const value = pair.value as Node | null;
      if (outer === undefined || value === null) continue;
      if (isMap(value) && value.flow !== true) {
        const inner = keyColumn(document, value);
        if (inner !== undefined && inner > outer) found.map ??= inner - outer;
        visit(value);
      } else if (isSeq(value) && value.flow !== true && value.items.length > 0) {
        const start = value.range?.[0] ?? 0;
        const dash = start - document.lines.startOfLine(start);
        if (dash >= outer && document.text[start] === '-') found.sequence ??= dash - outer;
        for (const item of value.items) if (isMap(item)) visit(item as YAMLMap);
      }
      if (found.map !== undefined && found.sequence !== undefined) return;
    }
  };
  for (const yaml of document.yamls) if (isMap(yaml.contents)) visit(yaml.contents);
  // Where lists hold all mappings, their dashes show the habit.
  const byLists = found.sequence === 0 ? 2 : found.sequence;
  const map = found.map ?? byLists ?? (column > 0 ? Math.min(column, 4) : 2);
  return { map, sequence: found.sequence ?? map };
}

export function renderBlock(key: string, value: YamlValue, column: number, indent: Indentation): string[] {
  const lead = ' '.repeat(column);
  if (Array.isArray(value)) {
    const dashes = ' '.repeat(column + indent.sequence);
    return [`${lead}${key}:`, ...value.map((item: string) => `${dashes}- ${quoteIfNeeded(item)}`)];
  }
  if (value instanceof Words) return [`${lead}${key}: ${renderFlow(value)}`];
  if (typeof value === 'object') {
    const nested = Object.entries(value as Record<string, YamlValue>);
    return [
      `${lead}${key}:`,
      ...nested.flatMap(([inner, item]) => renderBlock(inner, item, column + indent.map, indent)),
    ];
  }
  return [`${lead}${key}: ${quoteIfNeeded(value as string | number | boolean)}`];
}

function renderFlow(value: YamlValue): string {
  if (Array.isArray(value)) return `[${value.map((item: string) => quoteIfNeeded(item, true)).join(', ')}]`;
  if (value instanceof Words) return `[${value.list.map((item) => JSON.stringify(item)).join(', ')}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value as Record<string, YamlValue>);
    return `{ ${entries.map(([key, item]) => `${key}: ${renderFlow(item)}`).join(', ')} }`;
  }
  return quoteIfNeeded(value as string | number | boolean, true);
}

/** Quotes what YAML 1.1 or 1.2 would read as something else than this string. */
function quoteIfNeeded(value: string | number | boolean, flow = false): string {
  if (typeof value !== 'string') return String(value);
  const plain = flow ? /^[A-Za-z_/][\w./=-]*$/ : /^[A-Za-z_/][\w./=,:-]*$/;
  const special = /^(true|false|yes|no|on|off|null|y|n)$/i;
  // Sizes and durations (`512m`, `30s`) are strings in every version, and what people write.
  if (/^\d+(?:[kmg]|us|ms|s|h)$/.test(value)) return value;
  return plain.test(value) && !special.test(value) && !value.endsWith(':') ? value : JSON.stringify(value);
}

function quoteLike(neighbour: Node, value: string, flow = false): string {
  const type = isScalar(neighbour) ? neighbour.type : undefined;
  if (type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  if (type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  return quoteIfNeeded(value, flow);
}

/**
 * Inserts whole lines after the line on which `end` lies. Comments below it that are indented deeper than the
 * mapping's keys belong to its last entry (a list's commented-out items) and are passed over.
 * @param under lines that come first, once for all insertions there that bring the same.
 */
export function insertLines(
  document: YamlSource,
  end: number,
  column: number,
  map: YAMLMap | undefined,
  lines: readonly string[],
  under: readonly string[] = [],
): Edits {
  const { text } = document;
  const eol = lineEnding(text);
  // A block scalar's content ends behind its line ending.
  const afterLine = text[end - 1] === '\n';
  let at = afterLine ? end : document.lines.endOfLine(end);
  if (!afterLine && /\S/.test(text.slice(end, at)) && !/^\s*(#|$)/.test(text.slice(end, at))) {
    return refused('something else follows on its last line');
  }
  // A list whose dashes stand in the keys' own column is still inside the mapping.
  const depth = 2 * column + (map === undefined ? 1 : 0);
  if (afterLine) {
    const whole = (part: readonly string[]): string => part.map((line) => line + eol).join('');
    return edits(insertion(at, depth, whole(lines), whole(under)));
  }
  if (map !== undefined) at = skipOwnComments(document, at, column, endsInFlushList(document, map, column));
  const whole = (part: readonly string[]): string => part.map((line) => eol + line).join('');
  return edits(insertion(at, depth, whole(lines), whole(under)));
}

function insertion(at: number, depth: number, text: string, under: string): TextEdit {
  return { start: at, end: at, depth, text, ...(under === '' ? {} : { under }) };
}

function skipOwnComments(document: YamlSource, from: number, column: number, flushList: boolean): number {
  const { text, lines } = document;
  let at = from;
  for (;;) {
    const next = text.indexOf('\n', at) + 1;
    if (next === 0 || next >= text.length) return at;
    const line = lines.lineText(next);
    const comment = /^( *)#\s*(-?)/.exec(line);
    if (comment === null) return at;
    const depth = comment[1]!.length;
    if (depth < column || (depth === column && !(flushList && comment[2] === '-'))) return at;
    at = lines.endOfLine(next);
  }
}

/** True when the mapping's last value is a list whose dashes stand in the keys' own column. */
function endsInFlushList(document: YamlSource, map: YAMLMap, column: number): boolean {
  const last = map.items.at(-1)?.value as Node | null | undefined;
  if (!isSeq(last) || last.flow === true) return false;
  const start = last.range?.[0] ?? 0;
  return start - document.lines.startOfLine(start) === column;
}

/** The value node of a service's own key, aliases not followed. */
export function ownValue(service: ComposeService, key: string): Node | undefined {
  const pair = service.map === undefined ? undefined : ownPair(service.map, key);
  return pair?.value ?? undefined;
}

/**
 * Puts another name in the place of a file's, in its own quoting. Refused for an alias, for a name that others use
 * through its anchor, and for one with a variable.
 */
export function renameFile(yaml: Document, node: Node, rename: (name: string) => string): Edits {
  if (!isScalar(node) || typeof node.value !== 'string') return refused('it is not a plain value');
  if (node.anchor !== undefined && aliasedAnchors(yaml).has(node.anchor)) {
    return refused(`the value is anchored as &${node.anchor} and used elsewhere`);
  }
  if (node.value.includes('$')) return refused('its name holds a variable');
  const [start, end] = node.range ?? [0, 0, 0];
  const name = rename(node.value);
  // What could stand there bare goes on standing bare: only an ending is put in.
  return edits({ start, end, text: node.type === 'PLAIN' ? name : quoteLike(node, name, true) });
}

/** Makes a service extend one of another file: see `renameFile`. */
export function extendFrom(service: ComposeService, rename: (file: string) => string): Edits {
  const extended = ownValue(service, 'extends');
  if (service.locked !== undefined) return refused(service.locked);
  if (extended === undefined) return refused('it extends no service');
  const shared = sharedReason(service, extended);
  if (shared !== undefined) return refused(shared);
  const file = isMap(extended) ? ownPair(extended, 'file')?.value : undefined;
  return file === undefined || file === null
    ? refused('it extends a service of its own file')
    : renameFile(service.yaml, file, rename);
}

/**
 * Makes a service build from another Dockerfile: `rename` gets the name as written (`Dockerfile` where none is)
 * and returns the new one. Refused where the build is not written in the service itself.
 */
export function buildFrom(
  document: ComposeDocument,
  service: ComposeService,
  rename: (dockerfile: string) => string,
): Edits {
  const build = ownValue(service, 'build');
  if (build === undefined || service.locked !== undefined || service.map === undefined) {
    return refused(service.locked ?? 'the build is not written here');
  }
  const shared = sharedReason(service, build);
  if (shared !== undefined) return refused(shared);
  const { start: from, end: to } = rangeOf(build);
  // For another value of the variable there may be no such file.
  if (document.text.slice(from, to).includes('$')) return refused('the build depends on a variable');
  if (isMap(build)) {
    const dockerfile = ownPair(build, 'dockerfile')?.value ?? undefined;
    if (dockerfile === undefined) return addToMap(document, build, 'dockerfile', rename('Dockerfile'));
    if (!isScalar(dockerfile)) return refused('its dockerfile is not a plain value');
    return replaceScalar(service, dockerfile, rename(String(dockerfile.value)));
  }
  const [start, end] = build.range ?? [0, 0, 0];
  const context = document.text.slice(start, end);
  if (!isScalar(build) || build.anchor !== undefined || context === '' || context.includes('\n')) {
    return refused('the build is not a plain value');
  }
  const dockerfile = rename('Dockerfile');
  if (service.map.flow === true) {
    return edits({ start, end, text: `{ context: ${context}, dockerfile: ${dockerfile} }` });
  }
  const column = keyColumn(document, service.map);
  if (column === undefined) return refused('its keys are not at the start of their lines');
  const lead = lineEnding(document.text) + ' '.repeat(column + indentation(document, column).map);
  // The white space behind the colon goes too.
  const colon = document.text.lastIndexOf(':', start) + 1;
  if (document.text.slice(colon, start).trim() !== '') return refused('the build is not a plain value');
  return edits({ start: colon, end, text: `${lead}context: ${context}${lead}dockerfile: ${dockerfile}` });
}
