import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { LineIndex, type Range } from '../../core/text.js';
import type { SourceDocument } from '../../core/types.js';

/** A service as one file writes it. */
export interface ComposeService {
  readonly name: string;
  readonly keyRange: Range;
  /** What stands behind its name: a mapping, or an alias of one. */
  readonly value: Node | null;
  /** The mapping that holds its keys; undefined when it has none (`web:`), or when it isn't a mapping. */
  readonly map: YAMLMap | undefined;
  /** Why nothing can be added to it; undefined when it can be edited. */
  readonly locked: string | undefined;
  readonly yaml: Document;
}

export interface ComposeDocument extends SourceDocument {
  readonly format: 'compose';
  readonly services: readonly ComposeService[];
  /** The YAML documents of the file; Compose merges them in order. */
  readonly yamls: readonly Document[];
}

/** What the edits of YAML need of a document, of whatever format. */
export type YamlSource = Pick<ComposeDocument, 'text' | 'lines' | 'yamls'>;

/** The part of a document to which an edited value belongs: why it can't be edited, and the YAML that it is in. */
export type YamlPart = Pick<ComposeService, 'locked' | 'yaml'>;

export function createComposeDocument(
  path: string,
  text: string,
  yamls: readonly Document[],
  commentRanges: readonly Range[],
): ComposeDocument {
  let services: readonly ComposeService[] | undefined;
  let lines: LineIndex | undefined;
  return {
    format: 'compose',
    path,
    text,
    yamls,
    get lines() {
      return (lines ??= new LineIndex(text));
    },
    get services() {
      return (services ??= yamls.flatMap(readServices));
    },
    commentRanges,
    comments: () => commentRanges.map(({ start, end }) => text.slice(start, end)),
  };
}

/** The file format's version as a number; a file without one has the newest. */
export function versionOf(document: ComposeDocument): number {
  const root = document.yamls[0]?.contents;
  const node = isMap(root) ? ownPair(root, 'version')?.value : undefined;
  const version = Number.parseFloat(isScalar(node) ? String(node.value) : '');
  return Number.isNaN(version) ? Number.POSITIVE_INFINITY : version;
}

/** The value of a mapping's own key, without what a merge key brings. */
export function ownPair(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  const found = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
  return found as Pair<Node, Node | null> | undefined;
}

/** Follows an alias to the node that it stands for. */
export function resolveAlias(node: unknown, yaml: Document): Node | undefined {
  const target: unknown = isAlias(node) ? aliasTargets(yaml).get(node) : node;
  return isAlias(target) ? undefined : ((target ?? undefined) as Node | undefined);
}

/** Range of a node's own text, without trailing comments and white space. */
export function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0, 0];
  return { start, end: isMap(node) && node.flow !== true ? contentEnd(node) : end };
}

/**
 * The end of a node's last content. A collection's own range also covers the comments and the indent that
 * follow it, so the end of its last leaf is taken.
 */
export function contentEnd(node: Node | null | undefined): number {
  const end = node?.range?.[1] ?? 0;
  if (node === null || node === undefined) return end;
  const collection = node as { flow?: boolean; items?: unknown[] };
  if (collection.items === undefined || collection.flow === true || collection.items.length === 0) return end;
  const last = collection.items.at(-1);
  if (!isPair(last)) return contentEnd(last as Node | null);
  const value = last.value as Node | null;
  if (value?.range !== undefined && value.range !== null) {
    return contentEnd(value);
  }
  return contentEnd(last.key as Node);
}

/**
 * The files that a document includes, as it names them, in order:
 * https://docs.docker.com/reference/compose-file/include/. A name with a variable is left out.
 */
export function includedFiles(
  document: ComposeDocument,
): readonly { readonly name: Scalar<string>; readonly yaml: Document }[] {
  return document.yamls.flatMap((yaml) => {
    const list = isMap(yaml.contents)
      ? resolveAlias(ownPair(yaml.contents, 'include')?.value, yaml)
      : undefined;
    const names = isSeq(list) ? list.items.flatMap((item) => includedBy(item, yaml)) : [];
    return names.map((name) => ({ name, yaml }));
  });
}

function includedBy(item: unknown, yaml: Document): readonly Scalar<string>[] {
  const node = resolveAlias(item, yaml);
  if (isMap(node)) return includedBy(ownPair(node, 'path')?.value, yaml);
  if (isSeq(node)) return node.items.flatMap((inner) => includedBy(inner, yaml));
  return isScalar(node) && typeof node.value === 'string' && !node.value.includes('$')
    ? [node as Scalar<string>]
    : [];
}

function readServices(yaml: Document): ComposeService[] {
  const root = yaml.contents;
  if (!isMap(root)) return [];
  const services = ownPair(root, 'services');
  const map = resolveAlias(services?.value, yaml);
  if (!isMap(map)) return [];
  const anchors = aliasedAnchors(yaml);
  const outerLock = isAlias(services?.value)
    ? 'the services are an alias of another mapping'
    : lockOf(map, anchors, 'the services mapping');
  return map.items.flatMap((pair): ComposeService[] => {
    if (!isScalar(pair.key) || typeof pair.key.value !== 'string') return [];
    const value = pair.value as Node | null;
    const target = resolveAlias(value, yaml);
    return [
      {
        name: pair.key.value,
        keyRange: rangeOf(pair.key as Node),
        value,
        map: isMap(target) ? target : undefined,
        locked: outerLock ?? lockOfService(value, target, anchors),
        yaml,
      },
    ];
  });
}

function lockOfService(
  value: Node | null,
  target: Node | undefined,
  anchors: ReadonlySet<string>,
): string | undefined {
  if (isAlias(value)) return `the service is an alias (*${value.source}) of another mapping`;
  if (target === undefined || !isMap(target)) return 'the service has no keys';
  if (target.items.length === 0) return 'the service has no keys';
  return lockOf(target, anchors, 'the service');
}

/** A mapping that others use through its anchor: an edit would reach them too. */
function lockOf(node: Node, anchors: ReadonlySet<string>, what: string): string | undefined {
  const anchor = (node as { anchor?: string }).anchor;
  if (anchor !== undefined && anchors.has(anchor)) {
    return `${what} is anchored as &${anchor} and used elsewhere, where a change would take effect too`;
  }
  const tag = (node as { tag?: string }).tag;
  if (tag === '!reset') return `${what} is removed by !reset`;
  return undefined;
}

/** The names of the anchors that some alias of the document refers to. */
export function aliasedAnchors(yaml: Document): ReadonlySet<string> {
  return new Set([...aliasTargets(yaml).keys()].map(({ source }) => source));
}

/**
 * The document's aliases, each with the last node before it that has its anchor. yaml's own `Alias.resolve` walks
 * the whole document for each alias.
 */
export function aliasTargets(yaml: Document): ReadonlyMap<Alias, Node | undefined> {
  const known = targetsOf.get(yaml);
  if (known !== undefined) return known;
  const anchored = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  const walk = (node: unknown): void => {
    if (isPair(node)) {
      walk(node.key);
      walk(node.value);
    } else if (isAlias(node)) targets.set(node, anchored.get(node.source));
    else if (isNode(node)) {
      if (node.anchor !== undefined) anchored.set(node.anchor, node);
      if (isCollection(node)) node.items.forEach(walk);
    }
  };
  walk(yaml.contents);
  targetsOf.set(yaml, targets);
  return targets;
}

const targetsOf = new WeakMap<Document, ReadonlyMap<Alias, Node | undefined>>();
