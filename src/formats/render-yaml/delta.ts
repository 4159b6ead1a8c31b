import { isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import type { SemanticPath } from '../../core/types.js';
import { resolveAlias } from '../compose/document.js';
import { mergedEntries } from '../compose/merge.js';
import { SECTIONS, type BlueprintDocument } from './document.js';

/** A value in a form that compares by meaning: the entries of a mapping, or of a list whose entries have names. */
type Value = Leaf | Branch;
interface Leaf {
  readonly leaf: string;
}
interface Branch {
  readonly kind: 'map' | 'list';
  readonly entries: ReadonlyMap<string, Value>;
}

/**
 * The paths whose values differ. Resources are told by their section and name, variables by their key, wherever they
 * stand in the file; what an anchor holds shows wherever it is used.
 */
export function blueprintDelta(before: BlueprintDocument, after: BlueprintDocument): readonly SemanticPath[] {
  const changed: SemanticPath[] = [];
  compare(meaningOf(before), meaningOf(after), [], changed);
  return changed;
}

function compare(a: Value, b: Value, path: SemanticPath, changed: SemanticPath[]): void {
  if ('leaf' in a || 'leaf' in b) {
    if (!('leaf' in a && 'leaf' in b && a.leaf === b.leaf)) changed.push(path);
    return;
  }
  if (a.kind !== b.kind) changed.push(path);
  for (const [key, value] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined) changed.push(...leavesOf(value, [...path, key]));
    else compare(value, other, [...path, key], changed);
  }
  for (const [key, value] of b.entries) {
    if (!a.entries.has(key)) changed.push(...leavesOf(value, [...path, key]));
  }
}

function leavesOf(value: Value, path: SemanticPath): readonly SemanticPath[] {
  if ('leaf' in value || value.entries.size === 0) return [path];
  return [...value.entries].flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** The file's meaning: resources at the top, each with the place in which the file declares it. */
function meaningOf({ yaml, resources, environments }: BlueprintDocument): Branch {
  const top = new Map<string, Value>();
  const root = yaml.contents;
  if (isMap(root)) {
    for (const [key, value] of valueOf(root, yaml, outside(['projects', 'ungrouped'])).entries)
      top.set(key, value);
  }
  const place = (path: SemanticPath, value: Branch): void => {
    let at = top;
    for (const [depth, key] of path.entries()) {
      const entries: Map<string, Value> =
        depth === path.length - 1 ? new Map(value.entries) : childOf(at.get(key));
      at.set(key, { kind: 'map', entries });
      at = entries;
    }
  };
  for (const { path, map } of environments) place(path, valueOf(map, yaml, outside([])));
  for (const { path, map, environment } of resources) {
    const value = valueOf(map, yaml, () => true);
    const where: Leaf = { leaf: environment?.path.join(' ') ?? '' };
    place(path, { kind: 'map', entries: new Map([...value.entries, ['(place)', where]]) });
  }
  return { kind: 'map', entries: top };
}

function childOf(value: Value | undefined): Map<string, Value> {
  return new Map(value === undefined || 'leaf' in value ? [] : value.entries);
}

/** True for the keys that are not told as resources or environments of their own. */
function outside(keys: readonly string[]): (key: string) => boolean {
  return (key) => ![...SECTIONS, ...keys].includes(key);
}

function valueOf(map: YAMLMap | Node, yaml: Document, keeps: (key: string) => boolean): Branch {
  const entries = isMap(map) ? mergedEntries(map as YAMLMap, yaml) : [];
  return {
    kind: 'map',
    entries: new Map(
      entries.flatMap(({ key, value }): [string, Value][] => {
        const name = isScalar(key) ? String(key.value) : '?';
        return keeps(name) ? [[name, valueOfNode(value, yaml)]] : [];
      }),
    ),
  };
}

function valueOfNode(node: unknown, yaml: Document): Value {
  const target = resolveAlias(node, yaml);
  if (isMap(target)) return valueOf(target, yaml, () => true);
  if (isSeq(target)) {
    const taken = new Map<string, number>();
    const named = target.items.map((item, index): [string, Value] => {
      const name = nameOf(resolveAlias(item, yaml), yaml) ?? String(index);
      const times = (taken.get(name) ?? 0) + 1;
      taken.set(name, times);
      return [times === 1 ? name : `${name}#${times}`, valueOfNode(item, yaml)];
    });
    return { kind: 'list', entries: new Map(named) };
  }
  return { leaf: leafOf(target) };
}

/** What an entry of a list is told by: a variable's key, a group's name. */
function nameOf(item: Node | undefined, yaml: Document): string | undefined {
  if (!isMap(item)) return undefined;
  for (const key of ['key', 'fromGroup', 'name']) {
    const entry = mergedEntries(item as YAMLMap, yaml).find(
      (pair) => isScalar(pair.key) && pair.key.value === key,
    );
    const value = resolveAlias(entry?.value, yaml);
    if (isScalar(value)) return String(value.value);
  }
  return undefined;
}

/** `0440` and `440` are the same number to this parser, not to each that reads the file. */
function leafOf(node: Node | undefined): string {
  if (!isScalar(node)) return 'null';
  const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  return `${typeof node.value} ${node.tag ?? ''} ${text}`;
}
