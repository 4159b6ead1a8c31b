import { statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigPlace } from '../config/place.js';
import type { HardenConfig } from '../config/types.js';
import { messageOf } from '../core/errors.js';
import { policies } from '../../transforms/index.js';
import { isInside, readTextFile, type ReadOutcome } from './files.js';

/** The names of a project's config. YAML 1.2 has JSON in it; the last three are programs. */
const CONFIG_NAMES = ['yml', 'yaml', 'json', 'js', 'mjs', 'cjs'].map(
  (extension) => `harden.config.${extension}`,
);

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
  | { readonly ok: true; readonly file: ConfigFile; readonly config: HardenConfig | undefined }
  /** One sentence for each problem, with its file and line. */
  | { readonly ok: false; readonly reasons: readonly string[] };

export interface ConfigSearch {
  /** A config to read in place of the one that is found; absolute. */
  readonly file?: string | undefined;
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
  if (found.length === 0) return { ok: true, file: { ...file, text: undefined }, config: undefined };
  if (program && search.file === undefined && !isTrusted(statSync(absolute).uid, process.getuid?.())) {
    const reason = `belongs to another user, and would be run: --config ${path} runs it all the same`;
    return { ok: false, reasons: [`${path} ${reason}`] };
  }
  const read = program ? await runProgram(absolute) : readTextFile(absolute);
  if (!read.ok) return { ok: false, reasons: [`${path} ${read.reason}`] };
  const { parseConfig } = await import('../config/parse.js');
  const parsed = parseConfig(read.text, {
    path,
    place,
    transforms: policies,
    today: search.today ?? new Date().toISOString().slice(0, 10),
    generated: program,
    ...(name === PACKAGE ? { key: PACKAGE_KEY } : {}),
  });
  if (!parsed.ok) {
    const lineOf = (line: number): string => (program ? path : `${path}:${line}`);
    return { ok: false, reasons: parsed.problems.map(({ line, reason }) => `${lineOf(line)}: ${reason}`) };
  }
  return { ok: true, file: { ...file, text: read.text }, config: parsed.config };
}

/** The configs of the first folder that has one. */
function findConfig(root: string): readonly string[] {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = CONFIG_NAMES.map((name) => join(folder, name)).filter(exists);
    const inPackage = join(folder, PACKAGE);
    if (holdsConfig(inPackage)) found.push(inPackage);
    if (found.length > 0) return found;
    if (exists(join(folder, '.git')) || dirname(folder) === folder) return [];
  }
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

/**
 * True for a program that the user, or root, has put there: one that is found above may be anybody's, in /tmp for example.
 * @param user undefined on a system without user numbers.
 */
export function isTrusted(owner: number, user: number | undefined): boolean {
  return user === undefined || owner === user || owner === 0;
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

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Who may not look into a folder has no config there.
    return false;
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
