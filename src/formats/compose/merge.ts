import { isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { resolveAlias } from './document.js';

/** More mappings merged into each other than any real file has; an anchor may even be merged into itself. */
const MAX_DEPTH = 16;

type Entry = Pair<Node, Node | null>;

/** True for `<<`, which the parser reads as a symbol. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && typeof key.value === 'symbol';
}

/**
 * The mappings that a mapping merges, in the order of their precedence: https://yaml.org/type/merge.html (the first of
 * a list wins over the later ones, and the mapping's own keys over all).
 */
export function mergeSources(map: YAMLMap, yaml: Document): readonly YAMLMap[] {
  const merge = map.items.find(({ key }) => isMergeKey(key));
  if (merge === undefined) return [];
  const value = resolveAlias(merge.value, yaml);
  const sources = isSeq(value) ? value.items.map((item) => resolveAlias(item, yaml)) : [value];
  return sources.filter((source) => isMap(source));
}

/** The entries of a mapping as a reader of the file sees them: its own, and what its merge key brings. */
export function mergedEntries(map: YAMLMap, yaml: Document, depth = 0): readonly Entry[] {
  const own = ownEntries(map);
  const sources = depth > MAX_DEPTH ? [] : mergeSources(map, yaml);
  if (sources.length === 0) return own;
  const entries = new Map<unknown, Entry>();
  for (const source of [...sources].reverse()) {
    for (const entry of mergedEntries(source, yaml, depth + 1)) entries.set(nameOf(entry), entry);
  }
  for (const entry of own) entries.set(nameOf(entry), entry);
  return [...entries.values()];
}

/** The entries that a mapping writes itself, without its merge key. */
export function ownEntries(map: YAMLMap): readonly Entry[] {
  const entries = map.items as unknown as readonly Entry[];
  return entries.some(({ key }) => isMergeKey(key)) ? entries.filter(({ key }) => !isMergeKey(key)) : entries;
}

function nameOf({ key }: Entry): unknown {
  return isScalar(key) ? key.value : key;
}
