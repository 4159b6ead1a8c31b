import { isAlias, isMap, isScalar, isSeq, Scalar, type Document, type Node, type YAMLMap } from 'yaml';
import type { SemanticPath } from '../../core/types.js';
import { aliasTargets, type ComposeDocument } from './document.js';
import { isMergeKey, mergedEntries, ownEntries } from './merge.js';

/**
 * The paths whose values differ. A change of an anchored node also shows wherever an alias stands for it, and in every
 * mapping that merges it.
 */
export function composeDelta(before: ComposeDocument, after: ComposeDocument): readonly SemanticPath[] {
  const changed: SemanticPath[] = [];
  const count = Math.max(before.yamls.length, after.yamls.length);
  for (let at = 0; at < count; at += 1) {
    const [a, b] = [before.yamls[at], after.yamls[at]];
    if (a === undefined || b === undefined) changed.push([]);
    else compareWith(a, b)(a.contents, b.contents, [], changed);
  }
  return changed;
}

type Compare = (a: unknown, b: unknown, path: SemanticPath, changed: SemanticPath[]) => void;

function compareWith(before: Document, after: Document): Compare {
  const compare: Compare = (a, b, path, changed) => {
    if (decorationOf(a) !== decorationOf(b)) changed.push(path);
    else if (isAlias(a) && isAlias(b) && a.source === b.source) {
      compare(aliasTargets(before).get(a), aliasTargets(after).get(b), path, changed);
    } else if (isMap(a) && isMap(b)) {
      compareMaps(entriesOf(a, before, path), entriesOf(b, after, path), path, changed);
    } else if (isSeq(a) && isSeq(b)) {
      for (let at = 0; at < Math.max(a.items.length, b.items.length); at += 1) {
        if (at >= a.items.length || at >= b.items.length) changed.push([...path, String(at)]);
        else compare(a.items[at], b.items[at], [...path, String(at)], changed);
      }
    } else if (leafOf(a) !== leafOf(b)) changed.push(path);
  };
  const compareMaps = (
    a: ReadonlyMap<string, unknown>,
    b: ReadonlyMap<string, unknown>,
    path: SemanticPath,
    changed: SemanticPath[],
  ): void => {
    for (const [key, value] of a) {
      if (b.has(key)) compare(value, b.get(key), [...path, key], changed);
      else changed.push(...leavesOf(value, before, [...path, key]));
    }
    for (const [key, value] of b) if (!a.has(key)) changed.push(...leavesOf(value, after, [...path, key]));
  };
  return compare;
}

/** The paths that a value sets: a mapping's own are those of its values. */
function leavesOf(value: unknown, yaml: Document, path: SemanticPath): readonly SemanticPath[] {
  const entries = isMap(value) ? [...entriesOf(value as YAMLMap, yaml, path)] : [];
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, item]) => leavesOf(item, yaml, [...path, key]));
}

/**
 * What a mapping holds and merges; the merge key itself tells which mappings these are. An extension (`x-common`)
 * means nothing by itself: only what is written there counts.
 */
function entriesOf(map: YAMLMap, yaml: Document, path: SemanticPath): Map<string, unknown> {
  const pairs = path[0]?.startsWith('x-') === true ? ownEntries(map) : mergedEntries(map, yaml);
  const entries = pairs.map(({ key, value }): [string, unknown] => [keyOf(key), value]);
  const merge = map.items.find(({ key }) => isMergeKey(key));
  return new Map(merge === undefined ? entries : [...entries, ['<<', namesIn(merge.value)]]);
}

/** The anchors that a merge key names. */
function namesIn(value: unknown): Scalar {
  const names = isSeq(value) ? value.items : [value];
  return new Scalar(names.map((name) => (isAlias(name) ? name.source : '')).join(' '));
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : leafOf(key);
}

/** Anchor and tag: what a node carries besides its value. */
function decorationOf(node: unknown): string {
  const { anchor = '', tag = '' } = (node ?? {}) as Partial<{ anchor: string; tag: string }>;
  return `${anchor} ${tag}`;
}

function leafOf(node: unknown): string {
  if (isAlias(node)) return `*${node.source}`;
  // `0440` and `440` are the same number to this parser, not to each that reads the file.
  if (isScalar(node)) {
    const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    return `${typeof node.value}:${text}`;
  }
  return node === null || node === undefined ? 'null' : `${(node as Node).constructor.name}`;
}
