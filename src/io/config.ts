import { statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigOptions } from '../config/parse.js';
import type { ConfigPlace } from '../config/place.js';
import type { ConfigProblem } from '../config/reader.js';
import type { HardenConfig, Recorded } from '../config/types.js';
import { messageOf } from '../core/errors.js';
import { builtIn, type PluginModule, type Registry } from '../registry.js';
import { exists, findAbove, foldersUp } from './above.js';
import { isInside, readTextFile, type ReadOutcome } from './files.js';
import { isTrusted } from './trust.js';

/** The names of a project's config. YAML 1.2 has JSON in it; the last three are programs. */
const CONFIG_NAMES = ['yml', 'yaml', 'json', 'js', 'mjs', 'cjs'].map(
  (extension) => `harden.config.${extension}`,
);

/** What `harden learn` writes. */
export const NEEDS_NAME = 'harden.needs.yml';

/** Its key `harden` holds a config too. */
const PACKAGE = 'package.json';
const PACKAGE_KEY = 'harden';

/** Where a project's config is, or would be. */
export interface ConfigFile {
  readonly absolute: string;
  /** Its path relative to the root of the run, as people read it. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** As it was read; undefined where there is none yet. */
  readonly text: string | undefined;
  /** True for one that is a text of its own, and so can be added to. */
  readonly editable: boolean;
}

export type ReadConfig =
  | {
      readonly ok: true;
      readonly file: ConfigFile;
      readonly config: HardenConfig | undefined;
      /** Harden's transforms, and those of the plugins that the config names. */
      readonly registry: Registry;
    }
  /** One sentence for each problem, with its file and line. */
  | { readonly ok: false; readonly reasons: readonly string[] };

export interface ConfigSearch {
  /** A config to read in place of the one that is found; absolute. */
  readonly file?: string | undefined;
  /** The tree is a checkout of another folder, which has what its plugins import. */
  readonly moved?: { readonly from: string; readonly to: string } | undefined;
  /** The tree is a whole system: a config elsewhere in it names files from the root. */
  readonly system?: boolean;
  /** The day of the run, as `2026-11-26`; today by default. */
  readonly today?: string;
}

/**
 * Reads the config of the folder, or of the first folder above it that has one; a repository's root is the last that is
 * looked into.
 * @param root real path of the tree.
 */
export async function readConfig(root: string, search: ConfigSearch = {}): Promise<ReadConfig> {
  const opened = await openConfig(root, search);
  if (!opened.ok) return opened;
  const { file, source } = opened;
  const needs = await readNeeds(root, source === undefined ? undefined : file, search);
  if (!needs.ok) return needs;
  const { recorded } = needs;
  if (source === undefined) {
    if (recorded === undefined) return { ok: true, file, config: undefined, registry: builtIn };
    const { EMPTY } = await import('../config/parse.js');
    const { path, place } = file;
    return { ok: true, file, config: { path, place, ...EMPTY, recorded }, registry: builtIn };
  }
  const loaded = await registryOf(source, search);
  if (!loaded.ok) return loaded;
  const { registry } = loaded;
  const { parseConfig } = await import('../config/parse.js');
  const today = search.today ?? new Date().toISOString().slice(0, 10);
  const parsed = parseConfig(source.text, { ...source.options, transforms: registry.policies, today });
  if (!parsed.ok) return { ok: false, reasons: parsed.problems.map((problem) => sentence(source, problem)) };
  return { ok: true, file, config: { ...parsed.config, recorded }, registry };
}

/**
 * The transforms that there are for the tree, whatever else is wrong in its config.
 * @param root real path of the tree.
 */
export async function readRegistry(
  root: string,
  search: ConfigSearch = {},
): Promise<{ readonly registry: Registry; readonly reasons: readonly string[] }> {
  const opened = await openConfig(root, search);
  if (!opened.ok) return { registry: builtIn, reasons: opened.reasons };
  if (opened.source === undefined) return { registry: builtIn, reasons: [] };
  const loaded = await registryOf(opened.source, search);
  return loaded.ok ? { ...loaded, reasons: [] } : { registry: builtIn, reasons: loaded.reasons };
}

/** A config's text, and how it is read. */
interface ConfigSource {
  readonly absolute: string;
  readonly text: string;
  readonly options: ConfigOptions;
}

type OpenedConfig =
  | { readonly ok: true; readonly file: ConfigFile; readonly source: ConfigSource | undefined }
  | { readonly ok: false; readonly reasons: readonly string[] };

/**
 * Reads what `harden learn` has recorded: the file beside the config, or where that would be.
 * @param config undefined where there is none.
 */
async function readNeeds(
  root: string,
  config: ConfigFile | undefined,
  { system }: ConfigSearch,
): Promise<
  | { readonly ok: true; readonly recorded: Recorded | undefined }
  | { readonly ok: false; readonly reasons: readonly string[] }
> {
  const absolute = config === undefined ? findAbove(root, NEEDS_NAME) : besideOf(config.absolute);
  if (absolute === undefined) return { ok: true, recorded: undefined };
  const path = pathIn(root, absolute);
  const read = readTextFile(absolute);
  if (!read.ok) return { ok: false, reasons: [`${path} ${read.reason}`] };
  const { parseNeeds } = await import('../learn/needs-file.js');
  const parsed = parseNeeds(read.text, path);
  if (!parsed.ok)
    return { ok: false, reasons: parsed.problems.map(({ line, reason }) => `${path}:${line}: ${reason}`) };
  return {
    ok: true,
    recorded: { place: placeOf(root, dirname(absolute), system === true), workloads: parsed.workloads },
  };
}

function besideOf(config: string): string | undefined {
  const beside = join(dirname(config), NEEDS_NAME);
  return exists(beside) ? beside : undefined;
}

/** Finds the config and reads its text; one that is a program is run. */
async function openConfig(root: string, search: ConfigSearch): Promise<OpenedConfig> {
  const found = search.file === undefined ? findConfig(root) : [search.file];
  const [absolute = join(root, CONFIG_NAMES[0]!), second] = found;
  const path = pathIn(root, absolute);
  if (second !== undefined) {
    const other = pathIn(root, second);
    return { ok: false, reasons: [`${path} and ${other} are both there: put all into one`] };
  }
  const place = placeOf(root, dirname(absolute), search.system === true);
  const name = basename(absolute);
  const program = /\.[cm]?js$/.test(name);
  const file = { absolute, path, place, editable: !program && name !== PACKAGE };
  if (found.length === 0) return { ok: true, file: { ...file, text: undefined }, source: undefined };
  if (program && !mayRun(absolute, search)) {
    const reason = `belongs to another user, and would be run: --config ${path} runs it all the same`;
    return { ok: false, reasons: [`${path} ${reason}`] };
  }
  const read = program ? await runProgram(absolute) : readTextFile(absolute);
  if (!read.ok) return { ok: false, reasons: [`${path} ${read.reason}`] };
  const { text } = read;
  const key = name === PACKAGE ? { key: PACKAGE_KEY } : {};
  const options = { path, place, generated: program, ...key };
  return { ok: true, file: { ...file, text }, source: { absolute, text, options } };
}

/** True for a config that may start programs: one of the user's own, or one that they have named. */
function mayRun(absolute: string, { file }: ConfigSearch): boolean {
  return file !== undefined || isTrusted(statSync(absolute).uid, process.getuid?.());
}

/** Harden's transforms with those of the plugins that a config names; without plugins nothing is loaded for it. */
async function registryOf(
  source: ConfigSource,
  search: ConfigSearch,
): Promise<
  | { readonly ok: true; readonly registry: Registry }
  | { readonly ok: false; readonly reasons: readonly string[] }
> {
  if (!source.text.includes('plugins')) return { ok: true, registry: builtIn };
  const { readPlugins } = await import('../config/parse.js');
  const named = readPlugins(source.text, source.options);
  const [first] = named;
  if (first === undefined) return { ok: true, registry: builtIn };
  if (!mayRun(source.absolute, search)) {
    const { path } = source.options;
    const reason = `plugins would be run, and the file belongs to another user: --config ${path} runs them all the same`;
    return { ok: false, reasons: [sentence(source, { line: first.line, reason })] };
  }
  const { findPlugin } = await import('./plugins.js');
  const { loadPlugins } = await import('../plugins/load.js');
  const reasons: string[] = [];
  const modules: PluginModule[] = [];
  const lines = new Map(named.map(({ name, line }) => [name, line]));
  const fail = (name: string, reason: string): unknown =>
    reasons.push(sentence(source, { line: lines.get(name)!, reason: `plugin ${name} ${reason}` }));
  for (const name of lines.keys()) {
    const plugin = await findPlugin(name, pluginFolder(source, search), search.file !== undefined);
    if (plugin.ok) modules.push(plugin.module);
    else fail(name, plugin.reason);
  }
  if (reasons.length > 0) return { ok: false, reasons };
  const loaded = await loadPlugins(modules);
  if (loaded.ok) return loaded;
  for (const { module, reason } of loaded.problems) fail(module.name, reason);
  return { ok: false, reasons };
}

/** From where plugins are looked for: the config's own folder, or what that is a checkout of. */
function pluginFolder({ absolute }: ConfigSource, { moved }: ConfigSearch): string {
  const folder = dirname(absolute);
  return moved !== undefined && isInside(moved.from, folder)
    ? join(moved.to, relative(moved.from, folder))
    : folder;
}

/** The lines of what a program exports say nothing. */
function sentence({ options }: ConfigSource, { line, reason }: ConfigProblem): string {
  return `${options.generated === true ? options.path : `${options.path}:${line}`}: ${reason}`;
}

/** The configs of the first folder that has one. */
function findConfig(root: string): readonly string[] {
  for (const folder of foldersUp(root)) {
    const found = CONFIG_NAMES.map((name) => join(folder, name)).filter(exists);
    const inPackage = join(folder, PACKAGE);
    if (holdsConfig(inPackage)) found.push(inPackage);
    if (found.length > 0) return found;
  }
  return [];
}

/** True for a package.json with a key of ours; one that is broken is npm's to complain about. */
function holdsConfig(path: string): boolean {
  const read = exists(path) ? readTextFile(path) : undefined;
  if (read?.ok !== true || !read.text.includes(`"${PACKAGE_KEY}"`)) return false;
  try {
    return PACKAGE_KEY in (JSON.parse(read.text) as object);
  } catch {
    return false;
  }
}

/** What a program exports as its default, as JSON. */
async function runProgram(path: string): Promise<ReadOutcome> {
  try {
    const { default: exported } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    const text = JSON.stringify(await exported, null, 2) as string | undefined;
    return text === undefined
      ? { ok: false, reason: 'exports no config: write export default { … }' }
      : { ok: true, text };
  } catch (error) {
    return { ok: false, reason: `could not be run: ${messageOf(error)}` };
  }
}

/** A config names files from its own folder; one that was given from elsewhere names them from the root. */
export function placeOf(root: string, folder: string, system = false): ConfigPlace {
  const holds = isInside(folder, root);
  const held = isInside(root, folder) && !system;
  if (!holds && !held) return { folder: '.', root: '.' };
  return { folder: slashed(relative(root, folder)) || '.', root: slashed(relative(folder, root)) || '.' };
}

/** A path as people read it: from the root of the run, with `/`. */
export function pathIn(root: string, absolute: string): string {
  return slashed(relative(root, absolute));
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
