import { isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { resolveAlias } from './document.js';

/** More mappings merged into each other than any real file has; an anchor may even be merged into itself. */
const MAX_DEPTH = 16;

type Entry = Pair<Node, Node | null>;

/** True for `<<`, which the parser reads as a symbol. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

/** True for a mapping that has keys of others. */
export function isMerging(map: YAMLMap): boolean {
  return map.items.some(({ key }) => isMergeKey(key));
}

/**
 * The mappings whose keys a mapping has, the weakest first and itself last: https://yaml.org/type/merge.html (its own
 * keys win over what it merges, and the first of a list over the later ones).
 */
export function mergedMaps(map: YAMLMap, yaml: Document, depth = 0): readonly YAMLMap[] {
  const merge = map.items.find(({ key }) => isMergeKey(key));
  if (merge === undefined || depth > MAX_DEPTH) return [map];
  const value = resolveAlias(merge.value, yaml);
  const sources = isSeq(value) ? value.items.map((item) => resolveAlias(item, yaml)).reverse() : [value];
  const merged = sources.flatMap((source) =>
    isMap(source) ? mergedMaps(source as YAMLMap, yaml, depth + 1) : [],
  );
  return [...merged, map];
}

/** The entries of a mapping as a reader of the file sees them: its own, and what its merge key brings. */
export function mergedEntries(map: YAMLMap, yaml: Document): readonly Entry[] {
  if (!isMerging(map)) return ownEntries(map);
  const entries = mergedMaps(map, yaml).flatMap(ownEntries);
  return [...new Map(entries.map((entry) => [nameOf(entry), entry])).values()];
}

/** The entries that a mapping writes itself, without its merge key. */
export function ownEntries(map: YAMLMap): readonly Entry[] {
  const entries = map.items as unknown as readonly Entry[];
  return isMerging(map) ? entries.filter(({ key }) => !isMergeKey(key)) : entries;
}

function nameOf({ key }: Entry): unknown {
  return isScalar(key) ? key.value : key;
}
