import { isMap, type DocumentOptions, type ParseOptions, type SchemaOptions, type Tags } from 'yaml';
import { LineIndex, type Range } from '../../core/text.js';
import type { FormatAdapter, ParseResult } from '../../core/types.js';
import { readYaml } from '../yaml.js';
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
  const comments: Range[] = [];
  const read = readYaml(text, YAML_OPTIONS, comments);
  if (!read.ok) return invalid(read.offset, read.reason);
  const { yamls } = read;
  if (!yamls.some((yaml) => isMap(yaml.contents) && yaml.contents.has('services'))) {
    return { ok: false, kind: 'foreign', reason: 'has no services' };
  }
  return { ok: true, document: createComposeDocument(path, text, yamls, comments) };
}

export const composeAdapter: FormatAdapter<ComposeDocument> = {
  format: 'compose',
  parse: parseCompose,
  delta: composeDelta,
};
