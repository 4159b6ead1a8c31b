import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { LineIndex, type Range } from '../../core/text.js';
import type { SemanticPath, SourceDocument } from '../../core/types.js';
import { aliasedAnchors, ownPair, rangeOf, resolveAlias } from '../compose/document.js';
import { mergedEntries } from '../compose/merge.js';

/** The lists of a Blueprint in which a resource may stand. */
export const SECTIONS = ['services', 'databases', 'envVarGroups'] as const;
export type Section = (typeof SECTIONS)[number];

/** A service, a database or an environment group, wherever the Blueprint declares it. */
export interface Resource {
  readonly section: Section;
  readonly name: string;
  /** `type` of a service: https://render.com/docs/blueprint-spec#type */
  readonly type: string | undefined;
  /** The project's environment in which it stands; undefined for one at the top or ungrouped. */
  readonly environment: Environment | undefined;
  /** Names it in the document's meaning. A Blueprint has each name once; one that comes again gets its number. */
  readonly path: SemanticPath;
  readonly range: Range;
  readonly map: YAMLMap;
  /** Why it can't be edited; undefined when it can. */
  readonly locked: string | undefined;
  readonly yaml: Document;
}

/** An environment of a project: https://render.com/docs/blueprint-spec#environment-fields */
export interface Environment {
  readonly project: string;
  readonly name: string;
  readonly path: SemanticPath;
  readonly range: Range;
  readonly map: YAMLMap;
  readonly locked: string | undefined;
  readonly yaml: Document;
}

export interface BlueprintDocument extends SourceDocument {
  readonly format: 'render';
  readonly yaml: Document;
  /** The same as a list, for the edits that all YAML shares. */
  readonly yamls: readonly [Document];
  readonly resources: readonly Resource[];
  readonly environments: readonly Environment[];
}

export function createBlueprintDocument(
  path: string,
  text: string,
  yaml: Document,
  commentRanges: readonly Range[],
): BlueprintDocument {
  let contents: Contents | undefined;
  let lines: LineIndex | undefined;
  const read = (): Contents => (contents ??= readContents(yaml));
  return {
    format: 'render',
    path,
    text,
    yaml,
    yamls: [yaml],
    get lines() {
      return (lines ??= new LineIndex(text));
    },
    get resources() {
      return read().resources;
    },
    get environments() {
      return read().environments;
    },
    commentRanges,
    comments: () => commentRanges.map(({ start, end }) => text.slice(start, end)),
  };
}

/** A field as the file has it: its own, or what a merge key brings; aliases are followed. */
export function fieldOf(map: YAMLMap, key: string, yaml: Document): Node | undefined {
  const entry = mergedEntries(map, yaml).find((pair) => isScalar(pair.key) && pair.key.value === key);
  return resolveAlias(entry?.value, yaml);
}

/** A field that holds a text. */
export function textOf(map: YAMLMap, key: string, yaml: Document): string | undefined {
  const node = fieldOf(map, key, yaml);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

interface Contents {
  readonly resources: readonly Resource[];
  readonly environments: readonly Environment[];
}

/** A mapping of a list, and why an edit of it would reach more than it. */
interface Item {
  readonly map: YAMLMap;
  readonly locked: string | undefined;
}

function readContents(yaml: Document): Contents {
  const resources: Resource[] = [];
  const environments: Environment[] = [];
  const root = yaml.contents;
  if (!isMap(root)) return { resources, environments };
  const anchors = aliasedAnchors(yaml);
  const taken = new Map<string, number>();
  const unique = (section: string, name: string): string => {
    const times = (taken.get(`${section} ${name}`) ?? 0) + 1;
    taken.set(`${section} ${name}`, times);
    return times === 1 ? name : `${name}#${times}`;
  };
  const itemsOf = (map: YAMLMap, key: string, outer: string | undefined): readonly Item[] => {
    const own = ownPair(map, key)?.value ?? null;
    const list = resolveAlias(own, yaml);
    if (!isSeq(list)) return [];
    const locked = outer ?? lockOf(own, list, anchors);
    return list.items.flatMap((item): readonly Item[] => {
      const target = resolveAlias(item, yaml);
      return isMap(target) ? [{ map: target, locked: locked ?? lockOf(item, target, anchors) }] : [];
    });
  };
  const readResources = ({ map: holder, locked }: Item, environment?: Environment): void => {
    for (const section of SECTIONS) {
      for (const item of itemsOf(holder, section, locked)) {
        const name = nameOf(item.map, yaml);
        resources.push({
          ...item,
          ...{ section, name, environment, yaml, range: headOf(item.map) },
          type: section === 'services' ? textOf(item.map, 'type', yaml) : undefined,
          path: [section, unique(section, name)],
        });
      }
    }
  };
  readResources({ map: root as YAMLMap, locked: undefined });
  for (const project of itemsOf(root as YAMLMap, 'projects', undefined)) {
    const projectName = nameOf(project.map, yaml);
    const projectKey = unique('projects', projectName);
    for (const item of itemsOf(project.map, 'environments', project.locked)) {
      const name = nameOf(item.map, yaml);
      const key = unique(`projects ${projectKey}`, name);
      const path = ['projects', projectKey, 'environments', key];
      const environment = { ...item, project: projectName, name, path, range: headOf(item.map), yaml };
      environments.push(environment);
      readResources(item, environment);
    }
  }
  const own = ownPair(root as YAMLMap, 'ungrouped')?.value ?? null;
  const ungrouped = resolveAlias(own, yaml);
  if (isMap(ungrouped)) {
    readResources({ map: ungrouped as YAMLMap, locked: lockOf(own, ungrouped, anchors) });
  }
  return { resources, environments };
}

function nameOf(map: YAMLMap, yaml: Document): string {
  const node = fieldOf(map, 'name', yaml);
  return isScalar(node) ? String(node.value) : '';
}

/** Where a mapping is shown: its name, or what it begins with. */
function headOf(map: YAMLMap): Range {
  const pair = ownPair(map, 'name') ?? map.items[0];
  const node = (pair?.value ?? pair?.key ?? map) as Node;
  return isScalar(node) ? rangeOf(node) : { start: node.range?.[0] ?? 0, end: node.range?.[0] ?? 0 };
}

/** An edit of what others use too would take effect there as well. */
function lockOf(written: unknown, target: Node, anchors: ReadonlySet<string>): string | undefined {
  if (isAlias(written)) return `it is an alias (*${written.source}) of another part of the file`;
  const { anchor } = target as { anchor?: string };
  return anchor !== undefined && anchors.has(anchor)
    ? `it is anchored as &${anchor} and used elsewhere, where a change would take effect too`
    : undefined;
}
