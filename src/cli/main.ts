#!/usr/bin/env node
// Nothing is loaded for --version but the file that holds it: it answers in the time that Node takes to start.
import { packageVersion } from '../io/package.js';

const [first, ...rest] = process.argv.slice(2);
if ((first === '--version' || first === '-v') && rest.length === 0) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runCli } = await import('./cli.js');
  process.exitCode = await runCli(process.argv.slice(2));
}
