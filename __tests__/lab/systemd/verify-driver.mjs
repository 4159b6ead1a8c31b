/**
 * Runs inside the container, in a folder with units and, where harden is not to make them, their hardened variants:
 * `node verify-driver.mjs SETTLE [SMOKE]`. Prints what comes of it, one JSON value a line.
 */
import { existsSync, readFileSync } from 'node:fs';
import { prepare } from './dist/src/harden.js';
import { unitChecks } from './dist/src/verify/unit/checks.js';

const [settle, smoke] = process.argv.slice(2);
const folder = process.cwd();
const run = prepare({
  root: folder,
  paths: ['.'],
  phase: 2,
  formats: new Set(['systemd']),
  systemdVersion: 252,
});
const pairs = run.files.map((file) => {
  const { plan } = run.plan(file);
  const hardenedPath = `${file.path}.hardened`;
  const written = existsSync(hardenedPath);
  return {
    format: 'systemd',
    path: file.path,
    hardenedPath,
    original: plan.original.text,
    hardened: written ? readFileSync(hardenedPath, 'utf8') : plan.result,
    from: written ? 'file' : 'plan',
    plan,
  };
});
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort()).once('SIGTERM', () => interruption.abort());
const options = { settle: Number(settle), smoke, signal: interruption.signal };
for await (const result of unitChecks({ folder, pairs }, options)) console.log(JSON.stringify(result));
