/**
 * `npm run lab:learn-units -- [NAME...] [--table FILE] [--folder FOLDER]`: boots a Debian with systemd, has `harden learn
 * --unit` record units there while their clients use them, hardens them with what was recorded, has the clients use them
 * again with that in force, and tries what they have to refuse; exit code 1 when something doesn't hold. On Debian as root
 * it brings what it needs; elsewhere it says what is missing and does nothing. Packages and the root file system stay in
 * the folder for the next run.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MAIN } from '../../support/command.js';
import { onInterruption } from '../interruption.js';
import { makeAll, trialsOf } from '../parallel.js';
import { tableOf } from '../report.js';
import { clear, stopAll } from '../systemd/container.js';
import { packagesOf } from '../systemd/daemon.js';
import { makeRootfs, missingTools, obstacle } from '../systemd/rootfs.js';
import { tryUnit, type UnitTrial } from './trial.js';
import { unitsNamed } from './units.js';

const began = performance.now();

function say(text: string): void {
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

function skip(reason: string): number {
  console.log(`The lab of recorded units is skipped: ${reason}.\n0 passed, 0 failed`);
  return 0;
}

function describe({ name, checks, notes }: UnitTrial): void {
  for (const { name: check, fault } of checks) {
    if (fault === undefined) say(`ok      ${name}: ${check}`);
    else say(`FAILED  ${name}: ${check}\n${fault.replace(/^/gm, '          ')}`);
  }
  for (const note of notes) console.log(`          ${name}, ${note}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { table: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  const reason = obstacle() ?? (await missingTools());
  if (reason !== undefined) return skip(reason);
  if (process.arch !== 'x64') return skip(`it counts calls of x64, and this machine is ${process.arch}`);
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const daemons = unitsNamed(positionals);
  const folder = join(values.folder ?? join(tmpdir(), 'harden-lab'), 'learn-units');
  await clear();
  const root = await makeRootfs(folder, ['strace', ...packagesOf(unitsNamed([]))]);
  say('the root file system is there');
  const signal = onInterruption(stopAll);
  try {
    const tried = trialsOf(daemons, (daemon) => tryUnit(root, daemon, signal), describe);
    await makeAll([tried], availableParallelism(), signal);
    const trials = tried.made();
    const table = markdownTable(trials);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    const checks = trials.flatMap((trial) => trial.checks);
    const failed = checks.filter(({ fault }) => fault !== undefined).length;
    console.log(`\n${table}\n\n${checks.length - failed} passed, ${failed} failed`);
    return failed > 0 || signal.aborted ? 1 : 0;
  } finally {
    await stopAll();
  }
}

function markdownTable(trials: readonly UnitTrial[]): string {
  const header = ['unit', 'calls seen', 'allowed before', 'by @system-service', 'by its recording', 'fewer'];
  const rows = trials.map(({ name, seen, before, kind, after, checks }) => [
    name,
    ...[String(seen ?? '?'), String(before ?? '?'), String(kind ?? 'none'), String(after ?? '?')],
    before === undefined || after === undefined ? '?' : `${Math.round(100 - (100 * after) / before)} %`,
    checks.every(({ fault }) => fault === undefined) ? 'yes' : 'no',
  ]);
  return tableOf([...header, 'works, and refuses'], rows);
}

process.exitCode = await main();
