import { isMap, type Document, type Node, type YAMLMap } from 'yaml';
import { cite } from '../../core/evidence.js';
import type { Evidence, FileReader } from '../../core/types.js';
import { ownPair, type ComposeDocument, type ComposeService } from '../../formats/compose/document.js';
import { mergedMaps } from '../../formats/compose/merge.js';
import { interpolate, parseEnvironmentFile, type Interpolated } from './interpolate.js';
import { isRecord, toPlain, type Plain } from './plain.js';

/** The files that Compose reads as one: a base and the override files beside it, in the order of merging. */
export interface ComposeProject {
  readonly documents: readonly ComposeDocument[];
  /** Folder of the base file, relative to the root; `.` for the root itself. */
  readonly folder: string;
  /** Fills in what `.env` beside the base file defines; it is read when a text first refers to a variable. */
  interpolate(text: string): Interpolated;
  readonly files: FileReader;
  /** Parses another Compose file of the tree (`extends.file`). */
  readonly load: (path: string) => ComposeDocument | undefined;
  /** True for a file that this run changes too. */
  readonly hardens: (path: string) => boolean;
  /** Every service that the documents declare, in order. */
  services(): readonly ServiceView[];
  service(name: string): ServiceView | undefined;
}

export interface ProjectOptions {
  readonly documents: readonly ComposeDocument[];
  readonly folder: string;
  readonly files: FileReader;
  readonly load: (path: string) => ComposeDocument | undefined;
  readonly hardens: (path: string) => boolean;
}

export function createProject(options: ProjectOptions): ComposeProject {
  let variables: ReadonlyMap<string, string> | undefined;
  const views = new Map<string, ServiceView | undefined>();
  const project: ComposeProject = {
    ...options,
    interpolate: (text) => {
      if (!text.includes('$')) return { text, unresolved: [] };
      variables ??= parseEnvironmentFile(options.files.read(join(options.folder, '.env')) ?? '');
      return interpolate(text, variables);
    },
    service: (name) => {
      if (!views.has(name)) views.set(name, viewService(project, name));
      return views.get(name);
    },
    services: () => {
      const names = new Set(options.documents.flatMap(({ services }) => services.map(({ name }) => name)));
      return [...names].flatMap((name) => project.service(name) ?? []);
    },
  };
  return project;
}

/** One mapping that contributes keys to a service; later layers are merged over earlier ones. */
interface Layer {
  readonly document: ComposeDocument;
  readonly yaml: Document;
  readonly map: YAMLMap;
  /** The service's mapping that it is part of: itself, or the one into which an anchor merges it. */
  readonly into: YAMLMap;
  /** True when the mapping is written in the service itself, so that its keys can be edited there. */
  readonly own: boolean;
  /** True when the service has it from one that it extends. */
  readonly extended: boolean;
}

/** A key of a service as one layer gives it. */
export interface Field {
  readonly value: Plain;
  readonly node: Node | undefined;
  readonly document: ComposeDocument;
  readonly yaml: Document;
  /** The mapping that writes it. */
  readonly map: YAMLMap;
  readonly own: boolean;
  readonly extended: boolean;
  readonly offset: number;
}

/** A service as the whole project describes it. */
export interface ServiceView {
  readonly name: string;
  readonly project: ComposeProject;
  /** The layers that set a key, in the order of merging. */
  fields(key: string): readonly Field[];
  /** The value that wins for a key that isn't appended on merge. */
  last(key: string): Field | undefined;
  /** The document in which the service is declared; the others add to it. */
  readonly declaredIn: ComposeDocument;
  /** The service of the same file that it extends. */
  readonly extendsService: string | undefined;
  /** The other file whose service it extends, relative to the root. */
  readonly extendsFile: string | undefined;
  /** Names what couldn't be read (`extends` of a missing file): the view may lack something. */
  readonly missing: string | undefined;
}

const MAX_EXTENDS = 16;

/** The view of a service over all the project's documents; undefined when none declares it. */
function viewService(project: ComposeProject, name: string): ServiceView | undefined {
  const layers: Layer[] = [];
  let missing: string | undefined;
  let declaredIn: ComposeDocument | undefined;
  for (const document of project.documents) {
    for (const service of document.services) {
      if (service.name !== name) continue;
      declaredIn ??= document;
      missing = collect(project, document, service, layers, 0) ?? missing;
    }
  }
  if (declaredIn === undefined) return undefined;

  const cache = new Map<string, readonly Field[]>();
  const fields = (key: string): readonly Field[] => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const found = fieldsOf(layers, key);
    cache.set(key, found);
    return found;
  };
  const own = declaredIn.services.find((service) => service.name === name);
  const base = own === undefined ? undefined : extendedBy(own);
  return {
    name,
    project,
    fields,
    last: (key) => fields(key).at(-1),
    declaredIn,
    extendsService: base?.file === undefined ? base?.service : undefined,
    extendsFile: base?.file === undefined ? undefined : join(folderOf(declaredIn.path), base.file),
    missing,
  };
}

/** Cites the line of a field. */
export function citeField(field: Field): Evidence {
  return cite(field.document, field.offset);
}

/** Cites the line of a key below a field's own: the field's when an alias or another form hides it. */
export function citeWithin(field: Field, ...keys: readonly string[]): Evidence {
  let { node } = field;
  let offset = field.offset;
  for (const key of keys) {
    const pair = isMap(node) ? ownPair(node, key) : undefined;
    if (pair === undefined) break;
    offset = pair.key.range?.[0] ?? offset;
    node = pair.value ?? undefined;
  }
  return cite(field.document, offset);
}

function collect(
  project: ComposeProject,
  document: ComposeDocument,
  service: ComposeService,
  layers: Layer[],
  depth: number,
): string | undefined {
  if (service.map === undefined) return undefined;
  let missing: string | undefined;
  if (depth < MAX_EXTENDS && ownPair(service.map, 'extends') !== undefined) {
    missing = collectExtended(project, document, service, layers, depth);
  }
  const { map: into, yaml, locked } = service;
  for (const map of mergedMaps(into, yaml)) {
    layers.push({ document, yaml, map, into, own: map === into && locked === undefined, extended: false });
  }
  return missing;
}

/** What `extends` of a service names, in its short form or its long one; undefined without the key. */
function extendedBy(
  service: ComposeService,
): { readonly service: string | undefined; readonly file: string | undefined } | undefined {
  const pair = service.map === undefined ? undefined : ownPair(service.map, 'extends');
  if (pair === undefined) return undefined;
  const value = toPlain(pair.value, service.yaml);
  const text = (part: Plain | undefined): string | undefined => (typeof part === 'string' ? part : undefined);
  return isRecord(value)
    ? { service: text(value.service), file: text(value.file) }
    : { service: text(value), file: undefined };
}

/** The other file whose service this one extends, as it names it. */
export function extendedFile(service: ComposeService): string | undefined {
  return extendedBy(service)?.file;
}

function collectExtended(
  project: ComposeProject,
  document: ComposeDocument,
  service: ComposeService,
  layers: Layer[],
  depth: number,
): string | undefined {
  const { service: name, file } = extendedBy(service) ?? {};
  const source = file === undefined ? document : project.load(join(folderOf(document.path), file));
  if (source === undefined) return `extends ${file}, which can't be read`;
  const target = source.services.find((candidate) => candidate.name === name);
  if (target === undefined || target === service) {
    return `extends the service ${String(name)}, which isn't in ${source.path}`;
  }
  const inherited: Layer[] = [];
  const missing = collect(project, source, target, inherited, depth + 1);
  layers.push(...inherited.map((layer) => ({ ...layer, own: false, extended: true })));
  return missing;
}

function fieldsOf(layers: readonly Layer[], key: string): Field[] {
  let found: Field[] = [];
  let into: YAMLMap | undefined;
  for (const layer of layers) {
    const { document, yaml, map, own, extended } = layer;
    const pair = ownPair(map, key);
    if (pair === undefined) continue;
    // What YAML merges is replaced by the mapping's own key, and never appended to as Compose appends files.
    if (into === layer.into) found.pop();
    into = layer.into;
    const node = pair.value ?? undefined;
    const tag = (node as { tag?: string } | undefined)?.tag;
    if (tag === '!reset' || tag === '!override') found = [];
    if (tag === '!reset') continue;
    found.push({
      value: toPlain(node, yaml),
      node,
      document,
      yaml,
      map,
      own,
      extended,
      offset: pair.key.range?.[0] ?? 0,
    });
  }
  return found;
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '.' : path.slice(0, slash);
}

/** Joins relative paths with `/` and resolves `.` and `..`; a path above the root keeps its `..`. */
export function join(...parts: readonly string[]): string {
  const segments: string[] = [];
  for (const segment of parts.join('/').split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..' && segments.length > 0 && segments.at(-1) !== '..') segments.pop();
    else segments.push(segment);
  }
  return segments.length === 0 ? '.' : segments.join('/');
}
