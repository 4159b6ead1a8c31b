import { isCollection, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { edits, refused, type Edits } from '../../core/text.js';
import { aliasedAnchors, contentEnd, ownPair, type YamlPart } from '../compose/document.js';
import {
  addToMap,
  indentation,
  insertLines,
  keyColumn,
  renderBlock,
  replaceScalar,
  sharedReason,
  type YamlValue,
} from '../compose/edit.js';
import { COMMENTED, hasComment, removeItems } from '../compose/remove.js';
import type { BlueprintDocument } from './document.js';

/** A mapping that can be edited: a resource or an environment. */
export interface EditablePart extends YamlPart {
  readonly map: YAMLMap;
}

/**
 * Adds a field to a resource that has none of that name: behind the plain fields with which it begins, before its lists
 * and mappings. Refused for what others use through an anchor.
 */
export function addField(
  document: BlueprintDocument,
  part: EditablePart,
  key: string,
  value: YamlValue,
): Edits {
  const { map, locked } = part;
  if (locked !== undefined) return refused(locked);
  if (map.flow === true) return addToMap(document, map, key, value);
  const column = keyColumn(document, map);
  if (column === undefined) return refused('its fields are not at the start of their lines');
  const first = map.items.findIndex((pair) => isCollection(pair.value));
  const before = map.items[first - 1]?.value as Node | null | undefined;
  if (first < 1 || !isScalar(before) || !isPlainLine(document, before))
    return addToMap(document, map, key, value);
  const lines = renderBlock(key, value, column, indentation(document, column));
  return insertLines(document, contentEnd(before), column, undefined, lines);
}

function isPlainLine({ text }: BlueprintDocument, { range }: Node): boolean {
  const [start, end] = range ?? [0, 0, 0];
  return start !== end && !text.slice(start, end).includes('\n');
}

/** Adds a field to a mapping of a resource, or the mapping with the field where there is none. */
export function addNested(
  document: BlueprintDocument,
  part: EditablePart,
  key: string,
  inner: string,
  value: YamlValue,
): Edits {
  const pair = ownPair(part.map, key);
  if (pair === undefined) return addField(document, part, key, { [inner]: value });
  if (part.locked !== undefined) return refused(part.locked);
  const { value: map } = pair;
  if (!isMap(map)) return refused(`its ${key} is not written out`);
  const shared = sharedReason(part, map as Node);
  if (shared !== undefined) return refused(shared);
  return addToMap(document, map as YAMLMap, inner, value);
}

/** Replaces a list by an empty one. Refused where a comment stands in it or beside it, which may say why it is there. */
export function emptyList(document: BlueprintDocument, part: EditablePart, key: string): Edits {
  if (part.locked !== undefined) return refused(part.locked);
  const pair = ownPair(part.map, key);
  const list = pair?.value;
  if (pair === undefined || !isSeq(list)) return refused(`its ${key} comes from an anchor`);
  const shared = sharedReason(part, list as Node);
  if (shared !== undefined) return refused(shared);
  const start = pair.key.range?.[1] ?? 0;
  const end = contentEnd(list as Node);
  if (hasComment(document, { start, end })) return refused(COMMENTED);
  if ((list as { anchor?: string }).anchor !== undefined) return refused(`its ${key} has an anchor`);
  const colon = document.text.indexOf(':', start);
  return edits({ start: colon + 1, end, text: ' []' });
}

/** Takes some entries out of a list, but not all of them. */
export function removeFromList(
  document: BlueprintDocument,
  part: EditablePart,
  key: string,
  indexes: readonly number[],
): Edits {
  const list = ownPair(part.map, key)?.value;
  return isSeq(list)
    ? removeItems(document, part, list as Node, indexes)
    : refused(`its ${key} comes from an anchor`);
}

/** Puts another field in the place of one that holds a plain value, on the same line. */
export function replaceField(
  { text, yaml }: BlueprintDocument,
  part: EditablePart,
  key: string,
  field: string,
): Edits {
  if (part.locked !== undefined) return refused(part.locked);
  const pair = ownPair(part.map, key);
  if (pair === undefined || !isScalar(pair.value)) return refused(`its ${key} is not written here`);
  const [start] = pair.key.range ?? [0];
  const [, end] = pair.value.range ?? [0, 0];
  if (isAnchored(pair, aliasedAnchors(yaml))) return refused(`its ${key} is used elsewhere by its anchor`);
  if (text.slice(start, end).includes('\n')) return refused(`its ${key} is not on one line`);
  return edits({ start, end, text: field });
}

function isAnchored(pair: Pair<Node, Node | null>, anchors: ReadonlySet<string>): boolean {
  return [pair.key, pair.value].some((node) => {
    const { anchor } = (node ?? {}) as { anchor?: string };
    return anchor !== undefined && anchors.has(anchor);
  });
}

/** Replaces the image that a service pulls; what its name said of the version stands in a comment where there is room. */
export function replaceImage(
  { text, lines }: BlueprintDocument,
  part: EditablePart,
  url: string,
  version: string,
): Edits {
  const map = ownPair(part.map, 'image')?.value;
  const node = isMap(map) ? ownPair(map as YAMLMap, 'url')?.value : undefined;
  if (!isMap(map) || !isScalar(node)) return refused('its image comes from an anchor');
  const shared = sharedReason(part, map as Node);
  if (shared !== undefined) return refused(shared);
  const replaced = replaceScalar(part, node, url);
  if (!replaced.ok) return replaced;
  const [start, end] = node.range ?? [0, 0, 0];
  const alone =
    map.flow !== true && part.map.flow !== true && text.slice(end, lines.endOfLine(end)).trim() === '';
  const written = node.type === 'PLAIN' ? url : (replaced.edits[0]?.text ?? url);
  return edits({ start, end, text: alone ? `${written} # ${version}` : written });
}

/** Replaces the plain value of a field. */
export function replaceValue(part: EditablePart, key: string, value: string): Edits {
  const node = ownPair(part.map, key)?.value;
  return node === undefined || node === null
    ? refused(`its ${key} is not written here`)
    : replaceScalar(part, node, value, part.map.flow === true);
}
