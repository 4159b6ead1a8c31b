/**
 * `npm run examples` writes each example's `after/`, `report/` and `harden.diff`: what harden makes of its `before/` today.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleNames, examplesRoot, hardenExample, reportExample } from './example.js';

for (const name of exampleNames()) {
  const { sidecars, patch } = hardenExample(name);
  replaceFolder(join(examplesRoot, name, 'after'), sidecars);
  replaceFolder(join(examplesRoot, name, 'report'), await reportExample(name));
  writeFileSync(join(examplesRoot, name, 'harden.diff'), patch);
}

function replaceFolder(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
