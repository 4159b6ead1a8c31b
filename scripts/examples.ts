/** `npm run examples` writes each example's `after/` and `harden.diff`: what harden makes of its `before/` today. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleNames, examplesRoot, hardenExample } from './example.js';

for (const name of exampleNames()) {
  const { sidecars, patch } = hardenExample(name);
  const after = join(examplesRoot, name, 'after');
  rmSync(after, { recursive: true, force: true });
  for (const [path, text] of sidecars) {
    mkdirSync(dirname(join(after, path)), { recursive: true });
    writeFileSync(join(after, path), text);
  }
  writeFileSync(join(examplesRoot, name, 'harden.diff'), patch);
}
