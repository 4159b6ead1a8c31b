import { basename } from 'node:path';
import { Document, isMap, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import { resolveAlias, type ComposeDocument } from './formats/compose/document.js';
import { mergedEntries } from './formats/compose/merge.js';
import { parseCompose } from './formats/compose/parse.js';

export type OverlayOutcome =
  | { readonly ok: true; readonly text: string }
  /** What can't be said in a file that Compose merges. */
  | { readonly ok: false; readonly reason: string };

/** `docker-compose.hardening.yml`: the file that is added with `-f`. */
export function overlayPath(path: string): string {
  const dot = path.lastIndexOf('.');
  return `${path.slice(0, dot)}.hardening${path.slice(dot)}`;
}

/**
 * A Compose file that holds only what a hardened one changes, to be merged over the original by Compose's rules:
 * https://docs.docker.com/reference/compose-file/merge/. Mappings are merged, lists are appended to; a list whose
 * items change is replaced by `!override`, and what is taken away is `!reset`.
 */
export function overlayOf(original: ComposeDocument, hardened: string): OverlayOutcome {
  const parsed = parseCompose(original.path, hardened);
  if (!parsed.ok) return { ok: false, reason: parsed.reason };
  const [before, ...moreBefore] = original.yamls;
  const [after] = parsed.document.yamls;
  if (before === undefined || after === undefined || moreBefore.length > 0) {
    return { ok: false, reason: 'it holds several YAML documents' };
  }
  try {
    const difference = compare(readerOf(before), readerOf(after))(before.contents, after.contents, '');
    // What an extension says has taken effect in the services.
    if (isMap(difference)) {
      difference.items = difference.items.filter(({ key }) => !String(key).startsWith('x-'));
    }
    const overlay = new Document(difference);
    const name = basename(original.path);
    overlay.commentBefore = ` Merged over ${name}: docker compose -f ${name} -f ${basename(overlayPath(original.path))} up -d --build`;
    return { ok: true, text: overlay.toString({ lineWidth: 0, flowCollectionPadding: false }) };
  } catch (error) {
    if (error instanceof Unsayable) return { ok: false, reason: error.message };
    throw error;
  }
}

class Unsayable extends Error {}

/** Lists that replace the one below them instead of being appended to it. */
const REPLACED = new Set(['command', 'entrypoint', 'test']);

/** Reads a document for what stands there, whatever aliases and merge keys stand for it. */
interface Reader {
  node(node: unknown): Node | undefined;
  /** The values of a mapping by their keys. */
  entries(map: YAMLMap): ReadonlyMap<string, Node | undefined>;
}

function readerOf(yaml: Document): Reader {
  const node = (found: unknown): Node | undefined => resolveAlias(found, yaml);
  const root = isMap(yaml.contents) ? yaml.contents : new YAMLMap();
  const services = node(root.get('services', true));
  const reader: Reader = {
    node,
    entries: (map) => {
      const found = mergedEntries(map, yaml).map(({ key, value }): [string, Node | undefined] => [
        nameOf(key),
        node(value),
      ]);
      const entries = new Map(found);
      if (map !== services) return entries;
      return new Map(found.map(([name, service]) => [name, filledIn(service, entries, reader)]));
    },
  };
  return reader;
}

const MAX_EXTENDS = 16;

/** A service with what it extends in its own file: Compose fills that in before it merges files. */
function filledIn(
  service: Node | undefined,
  services: ReadonlyMap<string, Node | undefined>,
  read: Reader,
  depth = 0,
): Node | undefined {
  if (!isMap(service) || depth > MAX_EXTENDS) return service;
  const extended = read.entries(service as YAMLMap).get('extends');
  const long = isMap(extended) ? read.entries(extended as YAMLMap) : undefined;
  const name =
    long === undefined ? extended : long.get('file') === undefined ? long.get('service') : undefined;
  const base = isScalar(name) ? services.get(String(name.value)) : undefined;
  const filled = filledIn(base, services, read, depth + 1);
  return isMap(filled) ? laidOver(filled as YAMLMap, service as YAMLMap, read) : service;
}

/** One mapping over another by Compose's rules: mappings are merged, lists are appended to. */
function laidOver(base: YAMLMap, own: YAMLMap, read: Reader): YAMLMap {
  const entries = new Map(read.entries(base));
  for (const [name, value] of read.entries(own)) {
    const below = entries.get(name);
    if (value?.tag === '!reset') entries.delete(name);
    else entries.set(name, value?.tag === '!override' ? value : joined(name, below, value, read));
  }
  const map = new YAMLMap();
  for (const [name, value] of entries) map.items.push(new Pair(new Scalar(name), value));
  return map;
}

function joined(
  name: string,
  below: Node | undefined,
  value: Node | undefined,
  read: Reader,
): Node | undefined {
  if (isMap(below) && isMap(value)) return laidOver(below as YAMLMap, value as YAMLMap, read);
  if (!isSeq(below) || !isSeq(value) || REPLACED.has(name)) return value;
  const list = new YAMLSeq();
  list.items = [...below.items, ...value.items];
  return list;
}

function compare(before: Reader, after: Reader): (a: unknown, b: unknown, key: string) => Node {
  const visit = (a: unknown, b: unknown, key: string): Node => {
    const [old, now] = [before.node(a), after.node(b)];
    if (isMap(old) && isMap(now)) return mapDifference(old, now);
    if (isSeq(old) && isSeq(now)) return listDifference(old, now, key);
    return copy(now, after);
  };
  const mapDifference = (old: YAMLMap, now: YAMLMap): YAMLMap => {
    const difference = new YAMLMap();
    const [were, are] = [before.entries(old), after.entries(now)];
    for (const [name, value] of are) {
      if (!were.has(name)) difference.set(name, copy(value, after));
      else if (!isSame(were.get(name), value, before, after)) {
        difference.set(name, visit(were.get(name), value, name));
      }
    }
    for (const name of were.keys()) if (!are.has(name)) difference.set(name, reset());
    return difference;
  };
  const listDifference = (old: YAMLSeq, now: YAMLSeq, key: string): YAMLSeq => {
    const kept = old.items.every((item, at) =>
      isSame(before.node(item), after.node(now.items[at]), before, after),
    );
    const list = new YAMLSeq();
    const added = kept && !REPLACED.has(key) ? now.items.slice(old.items.length) : now.items;
    list.items = added.map((item) => copy(after.node(item), after));
    if (!kept && !REPLACED.has(key)) list.tag = '!override';
    return list;
  };
  return visit;
}

function reset(): Scalar {
  const scalar = new Scalar(null);
  scalar.tag = '!reset';
  return scalar;
}

function nameOf(key: unknown): string {
  if (isScalar(key) && typeof key.value === 'string') return key.value;
  throw new Unsayable('a key of it is no plain text');
}

/** A node without what ties it to its own document: anchors, aliases, comments. */
function copy(node: Node | undefined, read: Reader): Node {
  if (isMap(node)) {
    const map = new YAMLMap();
    for (const [name, value] of read.entries(node)) map.set(name, copy(value, read));
    return map;
  }
  if (isSeq(node)) {
    const list = new YAMLSeq();
    list.items = node.items.map((item) => copy(read.node(item), read));
    return list;
  }
  const scalar = new Scalar(valueOf(node));
  if (typeof scalar.value === 'string' && SEXAGESIMAL.test(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
  return scalar;
}

/** YAML 1.1 reads `22:22` as a number of base 60: https://yaml.org/type/int.html */
const SEXAGESIMAL = /^[-+]?\d[\d_.:]*$/;

/** The value of a scalar; a number that is written in another way than it is counted (`0440`) stays text. */
function valueOf(node: Node | undefined): unknown {
  if (!isScalar(node)) return null;
  const written = typeof node.value === 'number' && node.source !== undefined ? node.source : undefined;
  return written === undefined || written === String(node.value) ? node.value : written;
}

function isSame(a: Node | undefined, b: Node | undefined, before: Reader, after: Reader): boolean {
  if (isMap(a) && isMap(b)) {
    const [were, are] = [before.entries(a), after.entries(b)];
    return (
      were.size === are.size &&
      [...were].every(([name, value]) => are.has(name) && isSame(value, are.get(name), before, after))
    );
  }
  if (isSeq(a) && isSeq(b)) {
    return (
      a.items.length === b.items.length &&
      a.items.every((item, at) => isSame(before.node(item), after.node(b.items[at]), before, after))
    );
  }
  return isMap(a) === isMap(b) && isSeq(a) === isSeq(b) && valueOf(a) === valueOf(b);
}
