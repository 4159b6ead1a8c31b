import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { near } from '../core/near.js';
import { redact } from '../core/redact.js';
import { LineIndex } from '../core/text.js';
import type { Evidence } from '../core/types.js';
import { resolveAlias, rangeOf } from '../formats/compose/document.js';
import { readYaml } from '../formats/yaml.js';
import type { Stated } from '../workload/stated.js';
import { checkCapability, checkFile, checkPath, checkTransform, type Checked } from './check.js';
import type { ConfigPlace } from './place.js';
import { OVERRIDE_LISTS, type ConfigOverride, type HardenConfig, type OverrideList } from './types.js';

/** What is wrong in a config, and what to do about it. */
export interface ConfigProblem {
  readonly line: number;
  readonly reason: string;
}

export type ConfigOutcome =
  | { readonly ok: true; readonly config: HardenConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface ConfigOptions {
  /** The path that errors and evidence name. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** The ids that `skip` may name; undefined for any. */
  readonly transforms?: readonly string[];
}

/** YAML 1.2, of which JSON is a part; merge keys are no part of it. */
export const CONFIG_YAML = { merge: false, prettyErrors: false, logLevel: 'silent' } as const;

const KEYS = ['file', 'service', ...OVERRIDE_LISTS, 'reason'];

const EXAMPLES: Readonly<Record<OverrideList, string>> = {
  capabilities: '[CHOWN, SETUID]',
  writable: '[/var/cache/nginx]',
  executable: '[/tmp]',
  skip: '[compose/read-only-rootfs]',
};

/** Reads a project's config. All problems of it are told at once, in the order of their lines. */
export function parseConfig(text: string, options: ConfigOptions): ConfigOutcome {
  const lines = new LineIndex(text);
  const problems: ConfigProblem[] = [];
  const fail = (offset: number, reason: string): undefined => {
    problems.push({ line: lines.lineOf(offset), reason });
  };

  const read = readYaml(text, CONFIG_YAML);
  if (!read.ok) fail(read.offset, read.reason);
  const [yaml, second] = read.ok ? read.yamls : [];
  if (second !== undefined) fail(second.range?.[0] ?? 0, 'it holds several YAML documents: put all into one');
  const overrides = yaml === undefined ? [] : readOverrides(yaml, text, lines, options, fail);
  if (problems.length > 0) return { ok: false, problems: problems.sort((a, b) => a.line - b.line) };
  return { ok: true, config: { path: options.path, place: options.place, overrides } };
}

/** The line of a node. */
type Cite = (node: Node) => Extract<Evidence, { readonly line: number }>;
type Fail = (offset: number, reason: string) => undefined;

function readOverrides(
  yaml: Document,
  text: string,
  lines: LineIndex,
  options: ConfigOptions,
  fail: Fail,
): readonly ConfigOverride[] {
  const redacted = redact(text).split('\n');
  const cite: Cite = (node) => {
    const line = lines.lineOf(startOf(node));
    return { file: options.path, line, text: (redacted[line - 1] ?? '').trim() };
  };
  const root = resolveAlias(yaml.contents, yaml);
  if (root === undefined || isNull(root)) return [];
  const entries = entriesOf(root, yaml, ['overrides'], 'the config', fail);
  const list = entries?.get('overrides');
  if (list === undefined || isNull(list)) return [];
  if (!isSeq(list)) {
    fail(startOf(list), 'overrides must be a list: begin each override with "- file: PATH"');
    return [];
  }
  return list.items.flatMap((item) => {
    const node = resolveAlias(item, yaml);
    if (node === undefined) {
      fail(startOf(list), 'an override is empty: name its file, or take it out');
      return [];
    }
    return readOverride(node, yaml, cite, options.transforms, fail) ?? [];
  });
}

function readOverride(
  node: Node,
  yaml: Document,
  cite: Cite,
  transforms: readonly string[] | undefined,
  fail: Fail,
): ConfigOverride | undefined {
  const entries = entriesOf(node, yaml, KEYS, 'an override', fail);
  if (entries === undefined) return undefined;
  const textOf = (key: string): string | undefined => {
    const value = entries.get(key);
    if (value === undefined) return undefined;
    if (isScalar(value) && typeof value.value === 'string' && value.value.trim() !== '') return value.value;
    return fail(startOf(value), `${key} must be text: write it in quotes`);
  };
  const listOf = (key: OverrideList, check: (word: string) => Checked): readonly Stated[] => {
    const list = entries.get(key);
    if (list === undefined) return [];
    if (!isSeq(list)) {
      fail(startOf(list), `${key} must be a list, for example ${EXAMPLES[key]}`);
      return [];
    }
    return list.items.flatMap((item): readonly Stated[] => {
      const word = resolveAlias(item, yaml);
      const checked =
        isScalar(word) && typeof word.value === 'string'
          ? check(word.value)
          : { problem: `must hold only text, for example ${EXAMPLES[key]}` };
      const place = word ?? list;
      if ('problem' in checked) fail(startOf(place), `${key} ${checked.problem}`);
      return 'value' in checked ? [{ value: checked.value, evidence: cite(place) }] : [];
    });
  };
  const override = {
    file: textOf('file'),
    service: textOf('service'),
    capabilities: listOf('capabilities', checkCapability),
    writable: listOf('writable', checkPath),
    executable: listOf('executable', checkPath),
    skip: listOf('skip', (name) =>
      transforms === undefined ? { value: name } : checkTransform(name, transforms),
    ),
    reason: textOf('reason'),
    line: cite(node).line,
  };
  const { file } = override;
  // A key with a typing error has its own message.
  if (isMap(node) && node.items.length === entries.size) {
    if (!entries.has('file')) fail(startOf(node), 'an override without file: name the file that it is about');
    if (!OVERRIDE_LISTS.some((key) => isFilled(entries.get(key)))) {
      fail(startOf(node), `an override that names nothing to change: give it ${orOf(OVERRIDE_LISTS)}`);
    }
  }
  if (file === undefined) return undefined;
  const checked = checkFile(file);
  if ('problem' in checked) return fail(startOf(entries.get('file') ?? node), `file ${checked.problem}`);
  return { ...override, file: checked.value };
}

/** A mapping's values by their keys, with aliases followed; undefined for what is none. */
function entriesOf(
  node: Node,
  yaml: Document,
  keys: readonly string[],
  what: string,
  fail: Fail,
): ReadonlyMap<string, Node> | undefined {
  if (!isMap(node)) return fail(startOf(node), `${what} must be a mapping with ${orOf(keys)}`);
  const found = new Map<string, Node>();
  for (const pair of node.items) {
    const key = pair.key as Node;
    const name = isScalar(key) ? String(key.value) : '';
    const value = resolveAlias(pair.value, yaml);
    if (!keys.includes(name)) fail(startOf(key), unknownKey(name, keys));
    else if (value === undefined) fail(startOf(key), `${name} has no value: give it one, or take it out`);
    else found.set(name, value);
  }
  return found;
}

function unknownKey(name: string, keys: readonly string[]): string {
  const shown = name === '' ? 'a key that is no text' : name;
  const meant = near(name, keys);
  return meant === undefined
    ? `unknown key ${shown}: it may have ${orOf(keys)}`
    : `unknown key ${shown}: did you mean ${meant}?`;
}

function isFilled(node: Node | undefined): boolean {
  // What is no list has its own message.
  return node !== undefined && (!isSeq(node) || node.items.length > 0);
}

function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

function startOf(node: Node): number {
  return rangeOf(node).start;
}

/** `a, b or c` */
function orOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
