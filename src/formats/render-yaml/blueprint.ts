import { isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLMap } from 'yaml';
import { lineEnding, refused, type Edits, type TextEdit } from '../../core/text.js';

/** A service that Render builds from a Dockerfile of the repository. */
export interface BlueprintService {
  readonly name: string;
  /** As written; Render's default is `./Dockerfile`. */
  readonly dockerfile: string;
  readonly rootDir: string;
}

interface Located extends BlueprintService {
  /** The value to replace, or the pair to write the key behind. */
  readonly value: Node | undefined;
  readonly runtime: { readonly key: Node; readonly value: Node };
  readonly map: YAMLMap;
}

/**
 * The services of a Blueprint that are built from a Dockerfile: https://render.com/docs/blueprint-spec#docker. `runtime`
 * was called `env` before.
 */
export function blueprintServices(text: string): readonly BlueprintService[] {
  const document = read(text);
  return document === undefined ? [] : located(document);
}

/**
 * Makes the services of a Blueprint build from other Dockerfiles; nothing else of it changes.
 * @param rename the new name of a service's Dockerfile; undefined to leave it.
 */
export function pointBlueprint(
  text: string,
  rename: (service: BlueprintService) => string | undefined,
): Edits {
  const document = read(text);
  if (document === undefined) return refused('it is not YAML');
  const found: TextEdit[] = [];
  const expected = document.toJS() as unknown;
  for (const service of located(document)) {
    const name = rename(service);
    if (name === undefined) continue;
    const edit = editOf(text, service, name);
    if (edit === undefined) return refused('its services are not written out');
    found.push(edit);
    put(expected, document, service.map, name);
  }
  let result = text;
  for (const { start, end, text: inserted } of [...found].reverse()) {
    result = result.slice(0, start) + inserted + result.slice(end);
  }
  const after = read(result);
  if (after === undefined || canonical(after.toJS()) !== canonical(expected))
    return refused('more than its Dockerfile would change');
  return { ok: true, edits: found };
}

function read(text: string): Document | undefined {
  const document = parseDocument(text, { merge: true, logLevel: 'silent' });
  return document.errors.length === 0 ? document : undefined;
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** `services` at the top, and those of the environments of projects. */
function serviceMaps(document: Document): readonly YAMLMap[] {
  const maps = (list: unknown): readonly YAMLMap[] =>
    isSeq(list) ? list.items.filter((item): item is YAMLMap => isMap(item)) : [];
  const root = document.contents;
  if (!isMap(root)) return [];
  const environments = maps(root.get('projects', true)).flatMap((project) =>
    maps(project.get('environments', true)),
  );
  const ungrouped = root.get('ungrouped', true);
  const holders = [root, ...environments, ...(isMap(ungrouped) ? [ungrouped as YAMLMap] : [])];
  return holders.flatMap((holder) => maps(holder.get('services', true)));
}

function located(document: Document): readonly Located[] {
  return serviceMaps(document)
    .flatMap((map): Located[] => {
      const text = (key: string): string | undefined => {
        const value = map.get(key);
        return typeof value === 'string' ? value : undefined;
      };
      const pair = map.items.find(
        ({ key, value }) =>
          isScalar(key) &&
          /^(?:runtime|env)$/.test(String(key.value)) &&
          isScalar(value) &&
          value.value === 'docker',
      );
      // A repository of its own is not this one, and an image is not built.
      if (pair === undefined || map.has('repo') || map.has('image')) return [];
      const own = map.items.find(({ key }) => isScalar(key) && key.value === 'dockerfilePath');
      const inherited = own === undefined && map.has('dockerfilePath');
      if (inherited || (own !== undefined && text('dockerfilePath') === undefined)) return [];
      return [
        {
          name: text('name') ?? '',
          dockerfile: text('dockerfilePath') ?? './Dockerfile',
          rootDir: text('rootDir') ?? '.',
          value: own?.value as Node | undefined,
          runtime: { key: pair.key as Node, value: pair.value as Node },
          map,
        },
      ];
    })
    .sort((a, b) => (a.map.range?.[0] ?? 0) - (b.map.range?.[0] ?? 0));
}

function editOf(text: string, { value, runtime, map }: Located, name: string): TextEdit | undefined {
  if (value !== undefined) {
    if (!isScalar(value)) return undefined;
    const [start, end] = value.range ?? [0, 0, 0];
    if (value.type === 'QUOTE_DOUBLE') return { start, end, text: JSON.stringify(name) };
    if (value.type === 'QUOTE_SINGLE') return { start, end, text: `'${name.replaceAll("'", "''")}'` };
    return value.type === 'PLAIN' ? { start, end, text: name } : undefined;
  }
  const end = runtime.value.range?.[1] ?? 0;
  if (map.flow === true) return { start: end, end, text: `, dockerfilePath: ${name}` };
  const keyStart = runtime.key.range?.[0] ?? 0;
  const column = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1);
  const newline = text.indexOf('\n', end);
  const stop = newline === -1 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  return {
    start: stop,
    end: stop,
    text: `${lineEnding(text)}${' '.repeat(column)}dockerfilePath: ${name}`,
  };
}

/** Writes the name into the plain value that a mapping has in the document's. */
function put(plain: unknown, document: Document, target: YAMLMap, name: string): void {
  const visit = (node: unknown, value: unknown): void => {
    if (node === target) (value as Record<string, unknown>).dockerfilePath = name;
    else if (isSeq(node)) node.items.forEach((item, at) => visit(item, (value as unknown[])[at]));
    else if (isMap(node)) {
      for (const { key, value: inner } of node.items) {
        if (isScalar(key)) visit(inner, (value as Record<string, unknown>)[String(key.value)]);
      }
    }
  };
  visit(document.contents, plain);
}
