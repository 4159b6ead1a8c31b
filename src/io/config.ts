import { statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ConfigPlace } from '../config/place.js';
import type { HardenConfig } from '../config/types.js';
import { policies } from '../../transforms/index.js';
import { isInside, readTextFile } from './files.js';

/** The names of a project's config. YAML 1.2 has JSON in it. */
const CONFIG_NAMES = ['harden.config.yml', 'harden.config.yaml', 'harden.config.json'];

/** Where a project's config is, or would be. */
export interface ConfigFile {
  readonly absolute: string;
  /** Its path relative to the root of the run, as people read it. */
  readonly path: string;
  readonly place: ConfigPlace;
  /** As it was read; undefined where there is none yet. */
  readonly text: string | undefined;
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
}

/**
 * Reads the config of the folder, or of the first folder above it that has one; a repository's root is the last that is
 * looked into.
 * @param root real path of the tree.
 */
export async function readConfig(root: string, search: ConfigSearch = {}): Promise<ReadConfig> {
  const found = search.file === undefined ? findConfig(root) : [search.file];
  const [absolute = join(root, CONFIG_NAMES[0]!), second] = found;
  const path = slashed(relative(root, absolute));
  if (second !== undefined) {
    const other = slashed(relative(root, second));
    return { ok: false, reasons: [`${path} and ${other} are both there: put all into one`] };
  }
  const place = placeOf(root, dirname(absolute), search.system === true);
  if (found.length === 0)
    return { ok: true, file: { absolute, path, place, text: undefined }, config: undefined };
  const read = readTextFile(absolute);
  if (!read.ok) return { ok: false, reasons: [`${path} ${read.reason}`] };
  const { parseConfig } = await import('../config/parse.js');
  const transforms = policies.map(({ id }) => id);
  const parsed = parseConfig(read.text, { path, place, transforms });
  if (!parsed.ok) {
    return { ok: false, reasons: parsed.problems.map(({ line, reason }) => `${path}:${line}: ${reason}`) };
  }
  return { ok: true, file: { absolute, path, place, text: read.text }, config: parsed.config };
}

/** The configs of the first folder that has one. */
function findConfig(root: string): readonly string[] {
  for (let folder = root; ; folder = dirname(folder)) {
    const found = CONFIG_NAMES.map((name) => join(folder, name)).filter(exists);
    if (found.length > 0) return found;
    if (exists(join(folder, '.git')) || dirname(folder) === folder) return [];
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
function placeOf(root: string, folder: string, system: boolean): ConfigPlace {
  const holds = isInside(folder, root);
  const held = isInside(root, folder) && !system;
  if (!holds && !held) return { folder: '.', root: '.' };
  return { folder: slashed(relative(root, folder)) || '.', root: slashed(relative(folder, root)) || '.' };
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
