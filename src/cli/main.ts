#!/usr/bin/env node
// Nothing is loaded for --version but the file that holds it: it answers in the time that Node takes to start.
import { messageOf } from '../core/errors.js';
import { packageVersion } from '../io/package.js';

const [first, ...rest] = process.argv.slice(2);
if ((first === '--version' || first === '-v') && rest.length === 0) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runCli } = await import('./cli.js');
  try {
    process.exitCode = await runCli(process.argv.slice(2));
  } catch (error) {
    const text = process.env.DEBUG === undefined ? messageOf(error) : (error as Error).stack;
    process.stderr.write(`harden: a bug in harden: ${text}\n`);
    process.exitCode = 2;
  }
}
