import { isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import { aliasedAnchors, ownPair, resolveAlias } from '../../formats/compose/document.js';
import { fieldOf, type BlueprintDocument, type Resource } from '../../formats/render-yaml/document.js';
import type { EditablePart } from '../../formats/render-yaml/edit.js';
import { isRecord, toPlain, type Plain } from '../compose/plain.js';

/** Where a variable gets its value: https://render.com/docs/blueprint-spec#setting-environment-variables */
export type VariableSource =
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'generated' }
  /** `sync: false`: a person enters it in the dashboard. */
  | { readonly kind: 'entered' }
  | { readonly kind: 'database' | 'service'; readonly name: string; readonly property: string | undefined }
  /** A variable of another service. */
  | { readonly kind: 'variable'; readonly name: string; readonly key: string }
  | { readonly kind: 'none' };

export interface Variable extends EditablePart {
  readonly name: string;
  readonly source: VariableSource;
  /** The offset of its name. */
  readonly offset: number;
}

/** A resource with its fields as Render reads them. */
export interface ResourceView {
  readonly document: BlueprintDocument;
  readonly resource: Resource;
  readonly fields: Readonly<Record<string, Plain>>;
  readonly variables: readonly Variable[];
  /** The environment groups of the Blueprint whose variables it has too, by name. */
  readonly groups: readonly string[];
}

/** All resources of a Blueprint. */
export function viewsOf(document: BlueprintDocument): readonly ResourceView[] {
  const known = views.get(document);
  if (known !== undefined) return known;
  const all = document.resources.map((resource): ResourceView => {
    const plain = toPlain(resource.map, document.yaml);
    const entries = variableMaps(resource, document.yaml);
    return {
      document,
      resource,
      fields: isRecord(plain) ? plain : {},
      variables: entries.flatMap(({ map, locked }) => variableOf(map, locked, document.yaml) ?? []),
      groups: entries.flatMap(({ map }) => {
        const group = toPlain(fieldOf(map, 'fromGroup', document.yaml), document.yaml);
        return typeof group === 'string' ? [group] : [];
      }),
    };
  });
  views.set(document, all);
  return all;
}

const views = new WeakMap<BlueprintDocument, readonly ResourceView[]>();

/** A field that holds a text or a number, as text. */
export function textField({ fields }: ResourceView, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' ? value : undefined;
}

/** `runtime`, which was called `env` before. */
export function runtimeOf(view: ResourceView): string | undefined {
  return textField(view, 'runtime') ?? textField(view, 'env');
}

/** The image that a service pulls: https://render.com/docs/blueprint-spec#image */
export function imageUrl({ fields: { image } }: ResourceView): string | undefined {
  return isRecord(image) && typeof image.url === 'string' ? image.url : undefined;
}

/** The region of a resource; the specification's default where none is given. */
export function regionOf(view: ResourceView): string {
  return (textField(view, 'region') ?? 'oregon').toLowerCase();
}

/** True for a service of one of the types that run a program. */
export function isProgram({ resource }: ResourceView): boolean {
  return resource.section === 'services' && /^(?:web|pserv|worker|cron)$/.test(resource.type ?? '');
}

export function isStatic(view: ResourceView): boolean {
  return runtimeOf(view) === 'static';
}

/** True for a data store that Render manages: https://render.com/docs/blueprint-spec#data-access-control */
export function isDataStore({ resource }: ResourceView): boolean {
  return resource.section === 'databases' || isKeyValue(resource);
}

/** `redis` is the old name of `keyvalue`. */
export function isKeyValue({ type }: Resource): boolean {
  return type === 'keyvalue' || type === 'redis';
}

/** Cites a field of a resource, or one of the mapping there; the resource itself where they stand elsewhere. */
export function citeResource({ document, resource }: ResourceView, key?: string, inner?: string): Evidence {
  const pair = key === undefined ? undefined : ownPair(resource.map, key);
  const nested =
    inner !== undefined && isMap(pair?.value) ? ownPair(pair.value as YAMLMap, inner) : undefined;
  return cite(document, (nested ?? pair)?.key.range?.[0] ?? resource.range.start);
}

export function citeVariable(document: BlueprintDocument, { map, offset }: Variable): Evidence {
  const value = ownPair(map, 'value')?.value?.range?.[0];
  return cite(document, value ?? offset);
}

interface Entry {
  readonly map: YAMLMap;
  readonly locked: string | undefined;
}

function variableMaps({ map, locked }: Resource, yaml: Document): readonly Entry[] {
  const own = ownPair(map, 'envVars')?.value;
  const list = fieldOf(map, 'envVars', yaml);
  if (!isSeq(list)) return [];
  const anchors = aliasedAnchors(yaml);
  const isShared = (node: unknown): boolean => {
    const { anchor } = node as { anchor?: string };
    return anchor !== undefined && anchors.has(anchor);
  };
  const outer = locked ?? (own !== list || isShared(list) ? SHARED : undefined);
  return list.items.flatMap((item): readonly Entry[] => {
    const target = resolveAlias(item, yaml);
    if (!isMap(target)) return [];
    return [{ map: target, locked: outer ?? (item !== target || isShared(target) ? SHARED : undefined) }];
  });
}

const SHARED = 'it is written in a part of the file that is used elsewhere too';

function variableOf(map: YAMLMap, locked: string | undefined, yaml: Document): Variable | undefined {
  const node = fieldOf(map, 'key', yaml);
  if (!isScalar(node)) return undefined;
  return {
    ...{ name: String(node.value), source: sourceOf(map, yaml), offset: node.range?.[0] ?? 0 },
    ...{ map, locked, yaml },
  };
}

function sourceOf(map: YAMLMap, yaml: Document): VariableSource {
  const plain = toPlain(map as Node, yaml);
  if (!isRecord(plain)) return { kind: 'none' };
  if (isRecord(plain.fromDatabase)) return reference('database', plain.fromDatabase);
  if (isRecord(plain.fromService)) return reference('service', plain.fromService);
  if (plain.generateValue === 'true') return { kind: 'generated' };
  if (plain.sync === 'false') return { kind: 'entered' };
  return typeof plain.value === 'string' ? { kind: 'literal', value: plain.value } : { kind: 'none' };
}

function reference(kind: 'database' | 'service', fields: Readonly<Record<string, Plain>>): VariableSource {
  const text = (key: string): string | undefined => {
    const value = fields[key];
    return typeof value === 'string' ? value : undefined;
  };
  const [name, key] = [text('name') ?? '', text('envVarKey')];
  return key === undefined ? { kind, name, property: text('property') } : { kind: 'variable', name, key };
}
