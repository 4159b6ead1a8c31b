import { isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { edits, refused, type Edits, type Range } from '../../core/text.js';
import {
  contentEnd,
  ownPair,
  type ComposeDocument,
  type ComposeService,
  type YamlPart,
  type YamlSource,
} from './document.js';
import { flowItemEnd, sharedReason } from './edit.js';

export const COMMENTED = 'a comment stands beside it, which may say why it is there';

/**
 * Removes a key of a service with its value: whole lines in block style. Refused where a comment stands on one of
 * these lines or right above them: it would be lost, or would speak of something else.
 */
export function removeKey(document: ComposeDocument, service: ComposeService, key: string): Edits {
  const { map } = service;
  const pair = map === undefined ? undefined : ownPair(map, key);
  if (service.locked !== undefined || map === undefined || pair === undefined) {
    return refused(service.locked ?? `its ${key} is not written here`);
  }
  const shared = pair.value === null ? undefined : sharedReason(service, pair.value);
  if (shared !== undefined) return refused(shared);
  if (map.items.length === 1) return refused('it is the only key of the service');
  if (map.flow === true) return removeFromFlow(document, map, [map.items.indexOf(pair)]);
  return removeLines(document, pair.key.range?.[0] ?? 0, contentEnd(pair.value ?? pair.key), /^ *$/);
}

/** Removes some items of a list, but not all of them (Compose refuses a key without a value). See `removeKey`. */
export function removeItems(
  document: YamlSource,
  service: YamlPart,
  sequence: Node,
  indexes: readonly number[],
): Edits {
  const lock = service.locked ?? sharedReason(service, sequence);
  if (lock !== undefined) return refused(lock);
  if (!isSeq(sequence)) return refused('it is not a list');
  if (indexes.length >= sequence.items.length) return refused('it would leave an empty list');
  const items = indexes.map((index) => sequence.items[index] as Node);
  const shared = items.map((item) => sharedReason(service, item)).find((reason) => reason !== undefined);
  if (shared !== undefined) return refused(shared);
  if (sequence.flow === true) return removeFromFlow(document, sequence, indexes);
  const all = items.map((item) => removeLines(document, item.range?.[0] ?? 0, contentEnd(item), /^ *- +$/));
  const refusal = all.find((part) => !part.ok);
  return refusal ?? edits(...all.flatMap((part) => (part.ok ? part.edits : [])));
}

/**
 * The lines go with the line ending before them, not the one after: what others append behind a removed last line
 * stays in its place.
 */
function removeLines(document: YamlSource, start: number, end: number, lead: RegExp): Edits {
  const { lines, text } = document;
  const first = lines.startOfLine(start);
  const to = lines.endOfLine(end);
  if (!lead.test(text.slice(first, start))) return refused('it shares its line with something else');
  if (first === 0) return refused('it is on the first line of the file');
  if (hasComment(document, { start, end })) return refused(COMMENTED);
  if (text.slice(end, to).trim() !== '') return refused('something else follows on its last line');
  return edits({ start: lines.endOfLine(lines.startOfLine(first - 1)), end: to, text: '' });
}

/** True where a comment stands on one of the lines of a range, or right above them. */
export function hasComment({ lines, text }: YamlSource, { start, end }: Range): boolean {
  const first = lines.startOfLine(start);
  const above = first === 0 ? '' : lines.lineText(lines.startOfLine(first - 1));
  return text.slice(first, lines.endOfLine(end)).includes('#') || /^\s*#/.test(above);
}

/** Each entry goes with the comma before it; the first ones with the comma behind them. */
function removeFromFlow(
  document: YamlSource,
  collection: YAMLMap | YAMLSeq,
  indexes: readonly number[],
): Edits {
  const ranges: Range[] = collection.items.map((item) => ({
    start: startOf(item),
    end: flowItemEnd(item) ?? Number.NaN,
  }));
  if (ranges.some(({ end }) => Number.isNaN(end))) return refused('an entry beside it has no value');
  const kept = ranges.findIndex((_, index) => !indexes.includes(index));
  const removed = indexes
    .filter((index) => index > kept)
    .map((index) => ({ start: ranges[index - 1]!.end, end: ranges[index]!.end, text: '' }));
  if (kept > 0) removed.push({ start: ranges[0]!.start, end: ranges[kept]!.start, text: '' });
  if (removed.some(({ start, end }) => document.text.slice(start, end).includes('#'))) {
    return refused(COMMENTED);
  }
  return edits(...removed);
}

function startOf(item: unknown): number {
  const pair = item as { key?: Node };
  return (pair.key ?? (item as Node)).range?.[0] ?? 0;
}
