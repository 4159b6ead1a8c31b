/**
 * Part of `npm run build`: writes the image catalogue as one JSON file into `dist`, since reading a hundred YAML files
 * would be most of what a short run does.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/io/package.js';
import { readCatalogueSources } from '../src/io/catalogue.js';

const file = join(packageRoot(), 'dist', 'src', 'catalogue', 'images.json');
writeFileSync(file, JSON.stringify(readCatalogueSources()));
