import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Range } from '../../core/text.js';
import type { SemanticPath } from '../../core/types.js';
import {
  aliasTargets,
  rangeOf,
  resolveAlias,
  type ComposeDocument,
  type ComposeService,
} from './document.js';
import { isMergeKey, ownEntries } from './merge.js';

/** An anchored mapping from which services take keys: an extension (`x-common: &common`), or a service. */
export interface Fragment {
  readonly path: SemanticPath;
  readonly keyRange: Range;
  readonly map: YAMLMap;
  /** The services that merge it or stand for it; nothing else uses it. */
  readonly users: readonly ComposeService[];
}

/** A place where an anchored mapping is written. */
type Place = Pick<Fragment, 'path' | 'keyRange' | 'map'>;

/** The document's fragments, those with the most users first. */
export function fragmentsOf(document: ComposeDocument): readonly Fragment[] {
  const known = found.get(document);
  if (known !== undefined) return known;
  const fragments = document.yamls
    .flatMap((yaml) => fragmentsIn(yaml, document))
    .sort((a, b) => b.users.length - a.users.length);
  found.set(document, fragments);
  return fragments;
}

/** Each transform asks for them. */
const found = new WeakMap<ComposeDocument, readonly Fragment[]>();

function fragmentsIn(yaml: Document, document: ComposeDocument): readonly Fragment[] {
  const targets = aliasTargets(yaml);
  if (targets.size === 0) return [];
  const users = new Map<YAMLMap, Set<ComposeService>>();
  const followed = new Set<Alias>();
  const follow = (node: unknown, service: ComposeService): void => {
    if (isAlias(node)) followed.add(node);
    const target = resolveAlias(node, yaml);
    if (isSeq(target)) target.items.forEach((item) => follow(item, service));
    if (!isMap(target) || users.get(target)?.has(service) === true) return;
    users.set(target, (users.get(target) ?? new Set()).add(service));
    follow(target.items.find(({ key }) => isMergeKey(key))?.value, service);
  };
  const declared = document.services.filter((service) => service.yaml === yaml);
  for (const service of declared) follow(service.value, service);
  return placesOf(yaml).flatMap((place) => {
    if (isForOneKey(place)) return [];
    const aliases = [...targets].filter(([, target]) => target === place.map);
    const own = [...(users.get(place.map) ?? [])];
    const known = aliases.length > 0 && aliases.every(([alias]) => followed.has(alias));
    return known && own.length > 0 ? [{ ...place, users: own }] : [];
  });
}

/** A mapping that is named for its only key (`x-restart-policy`) is meant for nothing else. */
function isForOneKey({ path, map }: Place): boolean {
  const [only, ...more] = ownEntries(map);
  if (path[0] === 'services' || only === undefined || more.length > 0) return false;
  const [word = ''] = String(isScalar(only.key) ? only.key.value : '').split('_');
  return [path.at(-1), map.anchor].some((name) => name?.includes(word));
}

/** Where mappings that services share are written: below the extensions, and as services. */
function placesOf(yaml: Document): readonly Place[] {
  const root = isMap(yaml.contents) ? yaml.contents.items : [];
  return root.flatMap((pair) => {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    if (name.startsWith('x-')) return placesBelow([pair], []);
    return name === 'services' && isMap(pair.value)
      ? placesBelow(pair.value.items, ['services']).filter(({ path }) => path.length === 2)
      : [];
  });
}

function placesBelow(items: readonly Pair[], path: SemanticPath): readonly Place[] {
  return items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !isMap(value)) return [];
    const here = [...path, String(key.value)];
    const place = { path: here, keyRange: rangeOf(key as Node), map: value as YAMLMap };
    return [...(value.anchor === undefined ? [] : [place]), ...placesBelow(value.items, here)];
  });
}
