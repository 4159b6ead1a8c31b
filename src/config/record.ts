import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { lostComment } from '../core/verify.js';
import {
  applyEdits,
  BOM,
  combine,
  edits,
  lineEnding,
  refused,
  type Edits,
  type Range,
} from '../core/text.js';
import {
  contentEnd,
  createComposeDocument,
  ownPair,
  type ComposeDocument,
  type ComposeService,
} from '../formats/compose/document.js';
import {
  addToMap,
  appendToSequence,
  insertInFlow,
  insertLines,
  replaceScalar,
  sharedReason,
  suffixScalar,
} from '../formats/compose/edit.js';
import { readYaml } from '../formats/yaml.js';
import { entryJson, entryLines, entryOf, json, type Entry } from './entry.js';
import { CONFIG_YAML, parseConfig } from './parse.js';
import { OVERRIDE_LISTS, type ConfigOverride, type Override } from './types.js';

export type Recorded =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

export const HEAD =
  "# What harden can't see in this project's files. Edit it as you like: harden adds to it, and keeps the rest.";

/**
 * Adds an override to a config's text, or to the override that is there for the same file and service; all else stays
 * byte for byte as it is. What is there already is not added again.
 * @param text undefined where there is no config yet.
 */
export function recordOverride(text: string | undefined, override: Override): Recorded {
  const entry = entryOf(override);
  const alone = `${HEAD}\noverrides:\n${entryLines(entry, 2).join('\n')}\n`;
  const checked = overridesOf(alone);
  if (typeof checked === 'string') return { ok: false, reason: checked.replace(/^line \d+: /, '') };
  if (text === undefined) return { ok: true, text: alone };

  const before = overridesOf(text);
  if (typeof before === 'string') return { ok: false, reason: before };
  const same = before.filter(({ file, service }) => file === checked[0]?.file && service === entry.service);
  const missing = withoutKnown(entry, same);
  if (OVERRIDE_LISTS.every((list) => missing[list].length === 0)) return { ok: true, text };

  const parts = open(text);
  if (parts === undefined) return { ok: false, reason: 'it is not YAML' };
  const at = same[0] === undefined ? -1 : before.indexOf(same[0]);
  let reason = '';
  for (const attempt of [
    () => (at === -1 ? refused('there is none to add to') : extend(parts, at, missing, same[0]?.reason)),
    () => append(parts, missing),
  ]) {
    const made = attempt();
    const outcome = made.ok ? prove(text, applyEdits(text, made.edits), before, checked) : made;
    if (outcome.ok) return outcome;
    reason = outcome.reason;
  }
  return { ok: false, reason };
}

/** The overrides of a text, or what is wrong in it. */
function overridesOf(text: string): readonly ConfigOverride[] | string {
  const parsed = parseConfig(text, { path: '', place: { folder: '.', root: '.' } });
  if (parsed.ok) return parsed.config.overrides;
  const [first] = parsed.problems;
  return `line ${first?.line ?? 1}: ${first?.reason ?? ''}`;
}

function withoutKnown(entry: Entry, known: readonly ConfigOverride[]): Entry {
  const rest = OVERRIDE_LISTS.map((list) => {
    const words = known.flatMap((override) => override[list].map(({ value }) => value));
    return [list, entry[list].filter((word) => !words.includes(word))] as const;
  });
  return { ...entry, ...Object.fromEntries(rest) };
}

/** A config as the edit builders for Compose files take it. */
export interface Parts {
  readonly document: ComposeDocument;
  readonly root: YAMLMap | undefined;
  readonly overrides: Pair<Node, Node | null> | undefined;
  /** In JSON every word is quoted. */
  readonly isJson: boolean;
}

export function open(text: string): Parts | undefined {
  const read = readYaml(text, CONFIG_YAML);
  if (!read.ok) return undefined;
  const document = createComposeDocument('', text, read.yamls, []);
  const contents = read.yamls[0]?.contents;
  const root = isMap(contents) ? (contents as YAMLMap) : undefined;
  const overrides = root === undefined ? undefined : ownPair(root, 'overrides');
  return { document, root, overrides, isJson: isJson(text) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.startsWith(BOM) ? text.slice(1) : text);
    return true;
  } catch {
    return false;
  }
}

/** Adds words to the override at a place in the list. */
function extend(
  { document, overrides, isJson: quoted }: Parts,
  at: number,
  more: Entry,
  old?: string,
): Edits {
  const list = overrides?.value;
  const map = isSeq(list) ? list.items[at] : undefined;
  const yaml = document.yamls[0];
  if (!isMap(map) || yaml === undefined) return refused('the override is an alias');
  const keyRange = { start: 0, end: 0 };
  const service: ComposeService = { name: '', keyRange, value: map, map, locked: undefined, yaml };
  const shared = sharedReason(service, map);
  if (shared !== undefined) return refused(shared);
  const addKey = (key: string, value: string | readonly string[]): Edits =>
    map.flow === true
      ? insertInFlow(document, map, [`${JSON.stringify(key)}: ${json(value)}`])
      : addToMap(document, map, key, value);
  const parts = OVERRIDE_LISTS.filter((key) => more[key].length > 0).map((key) => {
    const sequence = ownPair(map, key)?.value;
    if (sequence === undefined || sequence === null) return addKey(key, more[key]);
    if (!quoted || !isSeq(sequence)) return appendToSequence(document, service, sequence, more[key]);
    return insertInFlow(
      document,
      sequence,
      more[key].map((word) => JSON.stringify(word)),
    );
  });
  const { reason } = more;
  if (reason === undefined || old?.includes(reason) === true) return combine(...parts);
  const node = ownPair(map, 'reason')?.value;
  const told =
    node === undefined || node === null
      ? addKey('reason', reason)
      : appendText(document, service, node, old ?? '', reason);
  return combine(...parts, told);
}

/** Adds a sentence to a text, in the style in which it is written. */
function appendText(
  document: ComposeDocument,
  service: ComposeService,
  node: Node,
  old: string,
  more: string,
): Edits {
  const type = isScalar(node) ? (node as Scalar).type : undefined;
  if (type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED') {
    const shared = sharedReason(service, node);
    if (shared !== undefined) return refused(shared);
    const start = node.range?.[0] ?? 0;
    const source = document.text.slice(start, node.range?.[1]).trimEnd();
    const indent = /\n( +)\S/.exec(source)?.[1];
    if (indent === undefined) return refused('its reason is empty');
    const end = start + source.length;
    return edits({ start: end, end, text: lineEnding(document.text) + indent + more });
  }
  if (type === 'QUOTE_DOUBLE') return suffixScalar(service, node, `; ${JSON.stringify(more).slice(1, -1)}`);
  if (type === 'QUOTE_SINGLE') return suffixScalar(service, node, `; ${more.replaceAll("'", "''")}`);
  const plain = service.map?.flow === true ? /^[\w ./()+;'=-]*$/ : /^[\w ./()+;,'=-]*$/;
  return plain.test(more)
    ? suffixScalar(service, node, `; ${more}`)
    : replaceScalar(service, node, `${old}; ${more}`);
}

/** Adds an override at the end of the list, which is made where there is none. */
function append({ document, root, overrides }: Parts, entry: Entry): Edits {
  const { text } = document;
  const eol = lineEnding(text);
  const lines = (indent: number): string => entryLines(entry, indent).join(eol);
  if (root === undefined) return atEnd(text, `overrides:${eol}${lines(2)}`);
  if (overrides === undefined) {
    return root.flow === true
      ? insertInFlow(document, root, [`"overrides": [${entryJson(entry)}]`])
      : atEnd(text, `overrides:${eol}${lines(2)}`);
  }
  const list = overrides.value;
  if (isSeq(list) && (list.items.length > 0 || root.flow === true)) {
    if (list.flow === true) return insertInFlow(document, list, [entryJson(entry)]);
    const start = list.range?.[0] ?? 0;
    const column = start - document.lines.startOfLine(start);
    const last = list.items.at(-1) as Node | null;
    return insertLines(document, contentEnd(last), column, undefined, entryLines(entry, column));
  }
  const colon = text.indexOf(':', overrides.key.range?.[1] ?? 0) + 1;
  const [from, to] = list?.range ?? [colon, colon];
  if (from === to) return insertLines(document, colon, 0, undefined, entryLines(entry, 2));
  return edits({ start: colon, end: to, text: eol + lines(2) });
}

/** Adds a key at the end of a config. */
export function atEnd(text: string, lines: string): Edits {
  const eol = lineEnding(text);
  const closed = text === '' || text === BOM || text.endsWith('\n');
  return edits({
    start: text.length,
    end: text.length,
    text: closed ? `${lines}${eol}` : `${eol}${lines}`,
  });
}

/** The text with the override in it, when nothing else has changed. */
function prove(
  text: string,
  result: string,
  before: readonly ConfigOverride[],
  added: readonly ConfigOverride[],
): Recorded {
  const after = overridesOf(result);
  if (typeof after === 'string') return { ok: false, reason: `the result would be broken: ${after}` };
  const expected = new Set([...wordsOf(before), ...wordsOf(added)]);
  const found = wordsOf(after);
  if (found.size !== expected.size || [...found].some((word) => !expected.has(word))) {
    return { ok: false, reason: 'it would change what other overrides say' };
  }
  if (losesComment(text, result)) return { ok: false, reason: 'a comment would be lost' };
  return { ok: true, text: result };
}

export function losesComment(before: string, after: string): boolean {
  const comments = (source: string): readonly string[] => {
    const found: Range[] = [];
    readYaml(source, CONFIG_YAML, found);
    return found.map(({ start, end }) => source.slice(start, end));
  };
  return lostComment(comments(before), comments(after)) !== undefined;
}

/** Each word of each list, with what it is about. */
function wordsOf(overrides: readonly ConfigOverride[]): ReadonlySet<string> {
  return new Set(
    overrides.flatMap(({ file, service, ...lists }) =>
      OVERRIDE_LISTS.flatMap((list) =>
        lists[list].map(({ value }) => JSON.stringify([file, service, list, value])),
      ),
    ),
  );
}
