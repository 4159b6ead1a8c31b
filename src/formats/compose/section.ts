import { isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import { refused, type Edits } from '../../core/text.js';
import {
  aliasedAnchors,
  contentEnd,
  ownPair,
  rangeOf,
  type ComposeDocument,
  type ComposeService,
} from './document.js';
import {
  addToMap,
  indentation,
  insertLines,
  keyColumn,
  ownValue,
  renderBlock,
  type YamlValue,
} from './edit.js';
import { removeItems, removeKey } from './remove.js';

/**
 * Adds an entry to a mapping at the top of the file (`services`, `networks`), which is made where there is none. What
 * several changes add makes one mapping.
 */
export function addToSection(
  document: ComposeDocument,
  section: string,
  name: string,
  value: YamlValue,
): Edits {
  const [yaml, ...more] = document.yamls;
  const root = yaml?.contents;
  if (yaml === undefined || more.length > 0) return refused('the file holds several documents');
  if (!isMap(root) || root.flow === true) return refused('the file is not written in block style');
  const column = keyColumn(document, root);
  if (column === undefined) return refused('its keys are not at the start of their lines');
  const indent = indentation(document, column);
  const pair = ownPair(root as YAMLMap, section);
  if (pair === undefined) {
    const lines = renderBlock(name, value, column + indent.map, indent);
    const blank = isApart(document, root as YAMLMap) ? [''] : [];
    const header = `${' '.repeat(column)}${section}:`;
    return insertLines(document, contentEnd(root), column, root as YAMLMap, lines, [...blank, header]);
  }
  const map = pair.value;
  if (!isMap(map) || map.flow === true || map.items.length === 0) {
    return refused(`its ${section} section is not a mapping in block style`);
  }
  if (map.anchor !== undefined && aliasedAnchors(yaml).has(map.anchor)) {
    return refused(`its ${section} section is used elsewhere through its anchor`);
  }
  const inner = keyColumn(document, map);
  if (inner === undefined) return refused('its keys are not at the start of their lines');
  const lines = renderBlock(name, value, inner, indent);
  const blank = isApart(document, map) && (section === 'services' || map.items.length > 1) ? [''] : [];
  return insertLines(document, contentEnd(map), inner, map, [...blank, ...lines]);
}

/**
 * Adds a list that begins with `base` to a service that has none under the key. What several changes add behind the
 * same base makes one list.
 */
export function addListFrom(
  document: ComposeDocument,
  service: ComposeService,
  key: string,
  base: readonly string[],
  items: readonly string[],
): Edits {
  const { map } = service;
  if (service.locked !== undefined || map === undefined) {
    return refused(service.locked ?? 'the service has no keys');
  }
  if (map.flow === true) return refused('the service is written in one line');
  const column = keyColumn(document, map);
  if (column === undefined) return refused('its keys are not at the start of their lines');
  const indent = indentation(document, column);
  const header = renderBlock(key, base, column, indent);
  const [, ...lines] = renderBlock(key, items, column, indent);
  return insertLines(document, contentEnd(map), column, map, lines, header);
}

/**
 * Adds an entry to a mapping, below keys that it lacks. What several changes add below the same keys makes one mapping.
 * Refused for an empty mapping, and in one line when keys are lacking.
 */
export function addBelow(
  document: ComposeDocument,
  map: YAMLMap,
  keys: readonly string[],
  name: string,
  value: YamlValue,
): Edits {
  if (map.items.length === 0) return refused('its mapping is empty');
  if (keys.length === 0) return addToMap(document, map, name, value);
  if (map.flow === true) return refused('its mapping is written in one line');
  const column = keyColumn(document, map);
  if (column === undefined) return refused('its keys are not at the start of their lines');
  const indent = indentation(document, column);
  const headers = keys.map((key, depth) => `${' '.repeat(column + depth * indent.map)}${key}:`);
  const lines = renderBlock(name, value, column + keys.length * indent.map, indent);
  return insertLines(document, contentEnd(map), column, map, lines, headers);
}

/** True when the file leaves blank lines between the entries of a mapping, or shows no habit yet. */
function isApart(document: ComposeDocument, map: YAMLMap): boolean {
  const end = contentEnd(map);
  // Behind a block scalar a blank line would be part of its text.
  if (document.text[end - 1] === '\n') return false;
  return (
    map.items.length === 1 ||
    map.items.some((pair, at) => {
      const before = map.items[at - 1];
      if (before === undefined) return false;
      const from = Math.max(contentEnd(before.value as Node | null), contentEnd(before.key as Node));
      return /\n[ \t]*\r?\n/.test(document.text.slice(from, rangeOf(pair.key as Node).start));
    })
  );
}

/** Takes an entry out of a list in block style; the last one goes together with the list's key. See `removeKey`. */
export function removeFromSequence(
  document: ComposeDocument,
  service: ComposeService,
  key: string,
  item: Node,
): Edits {
  const list = ownValue(service, key);
  if (!isSeq(list) || !list.items.includes(item)) {
    return refused(`its ${key} comes from an anchor or another service`);
  }
  if (service.map?.flow === true || list.flow === true)
    return refused(`its list of ${key} is not in block style`);
  return list.items.length === 1
    ? removeKey(document, service, key)
    : removeItems(document, service, list, [list.items.indexOf(item)]);
}
