import { isMap, isSeq, type Document, type YAMLMap } from 'yaml';
import { LineIndex, type Range } from '../../core/text.js';
import type { FormatAdapter, ParseResult } from '../../core/types.js';
import { readYaml } from '../yaml.js';
import { blueprintDelta } from './delta.js';
import { createBlueprintDocument, fieldOf, SECTIONS, type BlueprintDocument } from './document.js';

/** A template has its braces or percent signs where YAML has syntax. */
const TEMPLATE = /^\s*(?:\{\{|\{%|<%)/m;
/** What a Blueprint has at its top. */
const TOP = /^(?:services|databases|envVarGroups|projects|ungrouped)[ \t]*:/m;

/**
 * Parses a Blueprint of Render: https://render.com/docs/blueprint-spec. Other tools have a `render.yaml` too: a file
 * without a list of resources is foreign.
 */
export function parseBlueprint(path: string, text: string): ParseResult<BlueprintDocument> {
  const comments: Range[] = [];
  const read = readYaml(text, { merge: true, prettyErrors: false, logLevel: 'silent' }, comments);
  if (!read.ok) {
    if (TEMPLATE.test(text)) return { ok: false, kind: 'foreign', reason: 'is a template, not YAML' };
    if (!TOP.test(text)) return foreign();
    return { ok: false, kind: 'invalid', line: new LineIndex(text).lineOf(read.offset), reason: read.reason };
  }
  const [yaml, ...more] = read.yamls;
  if (yaml === undefined || more.length > 0 || !isBlueprint(yaml)) return foreign();
  return { ok: true, document: createBlueprintDocument(path, text, yaml, comments) };
}

function foreign(): ParseResult<BlueprintDocument> {
  return { ok: false, kind: 'foreign', reason: 'is no Blueprint of Render: it lists no resources' };
}

function isBlueprint(yaml: Document): boolean {
  const root = yaml.contents;
  if (!isMap(root)) return false;
  const lists = [...SECTIONS, 'projects'].map((key) => fieldOf(root as YAMLMap, key, yaml));
  return lists.some((node) => isSeq(node)) || isMap(fieldOf(root as YAMLMap, 'ungrouped', yaml));
}

export const renderAdapter: FormatAdapter<BlueprintDocument> = {
  format: 'render',
  parse: parseBlueprint,
  delta: blueprintDelta,
};
