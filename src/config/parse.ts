import { isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import { LineIndex } from '../core/text.js';
import type { TransformMeta } from '../core/types.js';
import { resolveAlias } from '../formats/compose/document.js';
import { readYaml } from '../formats/yaml.js';
import type { RuntimeBase } from '../workload/context.js';
import { checkPlugin } from './check.js';
import type { ConfigPlace } from './place.js';
import { readAccepted } from './read-accept.js';
import { readOverride } from './read-override.js';
import { readPhase, readTransforms } from './read-transforms.js';
import { createReader, isNull, orOf, type ConfigProblem, type ConfigReader } from './reader.js';
import type { HardenConfig } from './types.js';

export type ConfigOutcome =
  | { readonly ok: true; readonly config: HardenConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** What a config may say of a transform. */
export type KnownTransform = Pick<TransformMeta, 'id' | 'options'>;

export interface ConfigOptions {
  /** The path that errors and evidence name. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** The transforms that it may name; undefined for any. */
  readonly transforms?: readonly KnownTransform[];
  /** The day of the run, as `2026-11-26`: what is accepted until an earlier one no longer is. */
  readonly today?: string;
  /** The key whose value is the config, in a file that holds other things too. */
  readonly key?: string;
  /** The text was made of a program's value: its lines say nothing. */
  readonly generated?: boolean;
}

/** YAML 1.2, of which JSON is a part; merge keys are no part of it. */
export const CONFIG_YAML = { merge: false, prettyErrors: false, logLevel: 'silent' } as const;

const BASES: readonly RuntimeBase[] = ['slim', 'distroless', 'chainguard', 'dhi'];

const KEYS = [
  'phase',
  'base',
  'systemd-version',
  'pin-digests',
  'plugins',
  'transforms',
  'overrides',
  'accept',
];

/** Reads a project's config. All problems of it are told at once, in the order of their lines. */
export function parseConfig(text: string, options: ConfigOptions): ConfigOutcome {
  const lines = new LineIndex(text);
  const broken = (offset: number, reason: string): ConfigOutcome => ({
    ok: false,
    problems: [{ line: lines.lineOf(offset), reason }],
  });

  const read = readYaml(text, CONFIG_YAML);
  if (!read.ok) return broken(read.offset, read.reason);
  const [yaml, second] = read.yamls;
  if (second !== undefined)
    return broken(second.range?.[0] ?? 0, 'it holds several YAML documents: put all into one');
  const nothing = { path: options.path, place: options.place, ...EMPTY };
  const root = yaml === undefined ? undefined : rootOf(yaml, options.key);
  if (yaml === undefined || root === undefined || isNull(root)) return { ok: true, config: nothing };

  const { path, generated = false } = options;
  const reader = createReader(yaml, text, lines, { path, generated });
  const config = { ...nothing, ...readRoot(root, reader, options) };
  const problems = [...reader.problems].sort((a, b) => a.line - b.line);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

/** A plugin that a config names, and where. */
export interface NamedPlugin {
  readonly name: string;
  readonly line: number;
}

/**
 * The plugins that a config names: their transforms must be known before the rest can be judged. What is wrong is told by
 * `parseConfig`.
 */
export function readPlugins(text: string, options: ConfigOptions): readonly NamedPlugin[] {
  const read = readYaml(text, CONFIG_YAML);
  const [yaml] = read.ok ? read.yamls : [];
  const root = yaml === undefined ? undefined : rootOf(yaml, options.key);
  if (yaml === undefined || !isMap(root)) return [];
  const lines = new LineIndex(text);
  const list = resolveAlias(root.get('plugins', true), yaml);
  if (!isSeq(list)) return [];
  return list.items.flatMap((item) => {
    const node = resolveAlias(item, yaml);
    return isScalar(node) && typeof node.value === 'string' && 'value' in checkPlugin(node.value)
      ? [{ name: node.value, line: lines.lineOf(node.range?.[0] ?? 0) }]
      : [];
  });
}

type Contents = Omit<HardenConfig, 'path' | 'place'>;

/** A config that says nothing. */
export const EMPTY: Contents = {
  phase: undefined,
  base: undefined,
  systemdVersion: undefined,
  pinDigests: undefined,
  off: [],
  phases: {},
  options: [],
  overrides: [],
  accept: [],
  recorded: undefined,
};

function rootOf(yaml: Document, key: string | undefined): Node | undefined {
  const contents = resolveAlias(yaml.contents, yaml);
  if (key === undefined) return contents;
  return isMap(contents) ? resolveAlias(contents.get(key, true), yaml) : undefined;
}

function readRoot(root: Node, reader: ConfigReader, options: ConfigOptions): Partial<Contents> {
  const { transforms, today = '' } = options;
  // Editors find the schema by it.
  const entries = reader.entries(root, isSchemaNamed(root) ? ['$schema', ...KEYS] : KEYS, 'the config');
  if (entries === undefined) return {};
  const valueOf = <T>(key: string, isOne: (value: unknown) => value is T, form: string): T | undefined => {
    const node = entries.get(key);
    if (node === undefined) return undefined;
    const value: unknown = isScalar(node) ? node.value : undefined;
    return isOne(value) ? value : reader.fail(node, `${key} must be ${form}`);
  };
  const phase = entries.get('phase');
  reader.list(entries, 'plugins', checkPlugin, '[./hardening/plugin.js]');
  return {
    phase: phase === undefined ? undefined : readPhase(phase, reader),
    base: valueOf('base', isBase, orOf(BASES)),
    systemdVersion: valueOf('systemd-version', isVersion, 'a number from 1 on'),
    pinDigests: valueOf('pin-digests', (value) => typeof value === 'boolean', 'true or false'),
    ...readTransforms(entries.get('transforms'), reader, transforms),
    overrides: reader
      .maps(entries, 'overrides', 'override', 'file: PATH')
      .flatMap((node) => readOverride(node, reader, transforms) ?? []),
    accept: reader.maps(entries, 'accept', 'risk', 'transform: ID').flatMap(
      (node) =>
        readAccepted(
          node,
          reader,
          transforms?.map(({ id }) => id),
          today,
        ) ?? [],
    ),
  };
}

function isBase(value: unknown): value is RuntimeBase {
  return BASES.some((base) => base === value);
}

function isVersion(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0;
}

function isSchemaNamed(root: Node): boolean {
  return isMap(root) && root.has('$schema');
}
