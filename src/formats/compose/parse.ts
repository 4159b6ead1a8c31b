import {
  isAlias,
  isMap,
  isPair,
  parseAllDocuments,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
  type Tags,
} from 'yaml';
import { LineIndex } from '../../core/text.js';
import type { FormatAdapter, ParseResult } from '../../core/types.js';
import { composeDelta } from './delta.js';
import { createComposeDocument, type ComposeDocument } from './document.js';

/** Compose's merge tags: https://github.com/compose-spec/compose-spec/blob/main/13-merge.md */
const MERGE_TAGS = ['!reset', '!override'].flatMap((tag) => [
  { tag, resolve: (value: string) => value },
  { tag, collection: 'map' as const },
  { tag, collection: 'seq' as const },
]);

/** How Compose reads YAML. */
export const YAML_OPTIONS: ParseOptions & DocumentOptions & SchemaOptions = {
  merge: true,
  customTags: (tags: Tags): Tags => [...tags, ...MERGE_TAGS] as Tags,
  // Only the first error is reported, and its position is computed here.
  prettyErrors: false,
  logLevel: 'silent',
};

/** More nodes than any real file has once its aliases are written out. */
const MAX_EXPANDED_NODES = 500_000;

/** A template has its braces or percent signs where YAML has syntax; inside a plain value `{{ }}` is data. */
const TEMPLATE = /^\s*(?:\{\{|\{%|<%)/m;

/**
 * Parses a Compose file by the Compose specification's YAML: merge keys, several documents, `!reset` and
 * `!override`. A file without a `services` mapping is foreign.
 */
export function parseCompose(path: string, text: string): ParseResult<ComposeDocument> {
  const invalid = (offset: number, reason: string): ParseResult<ComposeDocument> =>
    TEMPLATE.test(text)
      ? { ok: false, kind: 'foreign', reason: 'is a template, not YAML' }
      : { ok: false, kind: 'invalid', line: new LineIndex(text).lineOf(offset), reason };
  let yamls: Document[];
  try {
    const parsed = parseAllDocuments(text, YAML_OPTIONS);
    yamls = 'empty' in parsed ? [] : [...parsed];
  } catch (error) {
    return invalid(0, `YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const error = yamls.flatMap((yaml) => yaml.errors)[0];
  if (error !== undefined) return invalid(error.pos[0], `YAML: ${error.message}`);
  if (yamls.some(isBomb)) {
    return invalid(0, `its aliases expand to more than ${MAX_EXPANDED_NODES} nodes (a YAML bomb)`);
  }
  if (!yamls.some((yaml) => isMap(yaml.contents) && yaml.contents.has('services'))) {
    return { ok: false, kind: 'foreign', reason: 'has no services' };
  }
  return { ok: true, document: createComposeDocument(path, text, yamls) };
}

export const composeAdapter: FormatAdapter<ComposeDocument> = {
  format: 'compose',
  parse: parseCompose,
  delta: composeDelta,
};

/** Counts the nodes that a document has with its aliases written out; each anchor is counted once and reused. */
function isBomb(yaml: Document): boolean {
  const sizes = new Map<unknown, number>();
  const sizeOf = (node: unknown): number => {
    if (node === null || typeof node !== 'object') return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    // An anchor that contains itself is endless.
    sizes.set(node, Number.POSITIVE_INFINITY);
    let size = 1;
    if (isAlias(node)) size += sizeOf(node.resolve(yaml));
    else if (isPair(node)) size += sizeOf(node.key) + sizeOf(node.value);
    else if ('items' in node && Array.isArray(node.items))
      for (const item of node.items) size += sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(yaml.contents) > MAX_EXPANDED_NODES;
}
