import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../core/errors.js';
import { packageRoot } from './package.js';
import { createCatalogue, type Catalogue } from '../catalogue/catalogue.js';
import type { DaemonFacts } from '../catalogue/daemon-types.js';
import { createDaemonCatalogue, type DaemonCatalogue } from '../catalogue/daemons.js';
import type { ImageFacts } from '../catalogue/types.js';

/** The parts of the catalogue, and what their entries are: one folder of YAML files each. */
interface Parts {
  readonly images: ImageFacts;
  readonly daemons: DaemonFacts;
}

export const CATALOGUE_PARTS: readonly (keyof Parts)[] = ['images', 'daemons'];

/** Loads the catalogue of images that the package brings; its schema is checked by a test, not at each start. */
export function loadCatalogue(): Catalogue {
  return createCatalogue(readPart('images'));
}

/** Loads the catalogue of daemons. */
export function loadDaemons(): DaemonCatalogue {
  return createDaemonCatalogue(readPart('daemons'));
}

function readPart<P extends keyof Parts>(part: P): readonly Parts[P][] {
  return readCompiled(part) ?? readCatalogueSources(part);
}

/** What the build made of a part; undefined for code that runs from its sources. */
function readCompiled<P extends keyof Parts>(part: P): readonly Parts[P][] | undefined {
  const compiled = new URL(`../catalogue/${part}.json`, import.meta.url);
  try {
    return JSON.parse(readFileSync(compiled, 'utf8')) as readonly Parts[P][];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Reads the YAML files of a part.
 * @throws Error with the file's name when one can't be parsed.
 */
export function readCatalogueSources<P extends keyof Parts>(part: P): readonly Parts[P][] {
  const folder = join(packageRoot(), 'src', 'catalogue', part);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  return files.map((name) => readEntry(join(folder, name)) as Parts[P]);
}

function readEntry(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${basename(file)}: ${messageOf(error)}`, { cause: error });
  }
}
