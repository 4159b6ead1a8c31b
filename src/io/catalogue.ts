import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { packageRoot } from './package.js';
import { createCatalogue, type Catalogue } from '../catalogue/catalogue.js';
import type { ImageFacts } from '../catalogue/types.js';

/** Loads the catalogue that the package brings; its schema is checked by a test, not at each start. */
export function loadCatalogue(): Catalogue {
  const folder = join(packageRoot(), 'src', 'catalogue', 'images');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  return createCatalogue(files.map((name) => parse(readFileSync(join(folder, name), 'utf8')) as ImageFacts));
}
