import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { SemanticPath } from '../../core/types.js';
import { aliasTargets, type ComposeDocument } from './document.js';

/** The paths whose values differ. A change of an anchored node also shows wherever an alias stands for it. */
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
    } else if (isMap(a) && isMap(b)) compareMaps(entriesOf(a), entriesOf(b), path, changed);
    else if (isSeq(a) && isSeq(b)) {
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
      else changed.push([...path, key]);
    }
    for (const key of b.keys()) if (!a.has(key)) changed.push([...path, key]);
  };
  return compare;
}

function entriesOf(node: { items: { key: unknown; value?: unknown }[] }): Map<string, unknown> {
  return new Map(node.items.map((pair) => [keyOf(pair.key), pair.value]));
}

function keyOf(key: unknown): string {
  if (!isScalar(key)) return leafOf(key);
  // The parser reads a merge key as a symbol.
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
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
