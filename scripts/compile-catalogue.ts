/**
 * Part of `npm run build`: writes each part of the catalogue as one JSON file into `dist`, since reading hundreds of YAML
 * files would be most of what a short run does. What src/seccomp reads becomes one file too.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/io/package.js';
import { CATALOGUE_PARTS, readCatalogueSources } from '../src/io/catalogue.js';
import { readSeccompSources } from '../src/seccomp/data.js';

for (const part of CATALOGUE_PARTS) {
  const file = join(packageRoot(), 'dist', 'src', 'catalogue', `${part}.json`);
  writeFileSync(file, JSON.stringify(readCatalogueSources(part)));
}

writeFileSync(
  join(packageRoot(), 'dist', 'src', 'seccomp', 'data.json'),
  JSON.stringify(readSeccompSources()),
);
