import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../core/errors.js';
import { packageRoot } from './package.js';
import { createCatalogue, type Catalogue } from '../catalogue/catalogue.js';
import type { ImageFacts } from '../catalogue/types.js';

/** Loads the catalogue that the package brings; its schema is checked by a test, not at each start. */
export function loadCatalogue(): Catalogue {
  return createCatalogue(readCompiled() ?? readCatalogueSources());
}

/** What the build made of the catalogue; undefined for code that runs from its sources. */
function readCompiled(): readonly ImageFacts[] | undefined {
  const compiled = new URL('../catalogue/images.json', import.meta.url);
  try {
    return JSON.parse(readFileSync(compiled, 'utf8')) as readonly ImageFacts[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Reads the catalogue's YAML files.
 * @throws Error with the file's name when one can't be parsed.
 */
export function readCatalogueSources(): readonly ImageFacts[] {
  const folder = join(packageRoot(), 'src', 'catalogue', 'images');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  return files.map((name) => readEntry(join(folder, name)));
}

function readEntry(file: string): ImageFacts {
  try {
    return parse(readFileSync(file, 'utf8')) as ImageFacts;
  } catch (error) {
    throw new Error(`${basename(file)}: ${messageOf(error)}`, { cause: error });
  }
}
