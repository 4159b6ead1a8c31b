/**
 * `npm run lab:systemd -- [NAME...] [--verify-only] [--table FILE] [--folder FOLDER]`: boots a Debian with systemd, starts
 * daemons as they come and hardened, and lets clients do the same work with both; then lets `harden verify` start units
 * that are hardened well and others that are not, which it has to catch, explain and mend; exit code 1 when something
 * doesn't hold. Names are those of daemons and of trials of `harden verify`. On Debian as root it brings what it needs;
 * elsewhere it says what is missing and does nothing. Packages and the root file system stay in the folder for the next
 * run.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onInterruption } from '../interruption.js';
import { messageOf } from '../../../src/core/errors.js';
import { MAIN } from '../../support/command.js';
import { makeAll, trialsOf } from '../parallel.js';
import { clear, stopAll } from './container.js';
import { type Daemon, packagesOf } from './daemon.js';
import { allDaemons, daemonsNamed } from './daemons/index.js';
import { type Enforcement, tryEnforcement } from './enforcement.js';
import { faultsOf, markdownTable, newComplaints } from './report.js';
import { makeRootfs, missingTools, obstacle } from './rootfs.js';
import { type Trial, tryDaemon } from './trial.js';
import { verifyTrials, type VerifyTrial } from './verify.js';

const began = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${text}`);
}

function indented(text: string): string {
  return text.replace(/^/gm, '          ');
}

function describe(trial: Trial): void {
  const { daemon, exposure, directives, suspects } = trial;
  const faults = faultsOf(trial);
  const levels = `${exposure.before ?? '?'} → ${exposure.after ?? '?'}`;
  say(`${faults.length === 0 ? 'ok    ' : 'FAILED'}  ${daemon}: ${levels}, ${directives.length} directives`);
  for (const fault of faults) console.log(indented(fault));
  if (trial.after?.fault !== undefined) {
    console.log(
      indented(`suspicious: ${suspects.length === 0 ? 'no single directive' : suspects.join(', ')}`),
    );
  }
  for (const complaint of newComplaints(trial)) console.log(indented(`new in the journal: ${complaint}`));
}

/** Trials at once for each core: they wait for daemons to start, and to be seen to have started. */
const AT_ONCE = 2;

/** Daemons of which each directive is seen to be in force. */
const PROBED = ['nginx', 'alertmanager', 'mosquitto', 'node', 'python', 'oneshot'];

function describeEnforcement({ daemon, directives }: Enforcement): void {
  const wrong = directives.filter(({ fault }) => fault !== undefined);
  const seen = directives.length - wrong.length - directives.filter(({ kind }) => kind === 'set').length;
  const level = `${directives.length} directives, ${seen} seen in force`;
  say(`${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${daemon}: ${level}`);
  for (const { directive, fault } of wrong) console.log(indented(`${directive}: ${fault ?? ''}`));
}

function describeVerify({ name, says, fault }: VerifyTrial): void {
  say(`${fault === undefined ? 'ok    ' : 'FAILED'}  verify, ${name}: ${says}`);
  if (fault !== undefined) console.log(indented(fault));
}

/** A trial of verify; one that could not be made has failed. */
async function tryVerify(
  [name, attempt]: [string, (root: string) => Promise<readonly VerifyTrial[]>],
  root: string,
  signal: AbortSignal,
): Promise<readonly VerifyTrial[]> {
  try {
    return await attempt(root);
  } catch (error) {
    if (signal.aborted) throw error;
    return [{ name, says: 'it could not be tried', fault: messageOf(error) }];
  }
}

/** The daemons with these names; the names of trials of `harden verify` are not theirs. */
function daemonsIn(names: readonly string[]): readonly Daemon[] {
  const known = allDaemons().map(({ name }) => name);
  const trials = verifyTrials();
  const own = names.filter((name) => known.includes(name) || !trials.has(name));
  return names.length > 0 && own.length === 0 ? [] : daemonsNamed(own);
}

function skip(reason: string): number {
  console.log(`The systemd lab is skipped: ${reason}.\n0 passed, 0 failed`);
  return 0;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      table: { type: 'string' },
      folder: { type: 'string' },
      'verify-only': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const reason = obstacle() ?? (await missingTools());
  if (reason !== undefined) return skip(reason);
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const daemons = values['verify-only'] ? [] : daemonsIn(positionals);
  const folder = join(values.folder ?? join(tmpdir(), 'harden-lab'), 'systemd');
  await clear();
  const root = await makeRootfs(folder, packagesOf(allDaemons()));
  say('the root file system is there');
  const signal = onInterruption(stopAll);
  try {
    const worked = trialsOf(daemons, (daemon) => tryDaemon(root, daemon), describe);
    const probed = trialsOf(
      daemons.filter(({ name }) => PROBED.includes(name)),
      (daemon) => tryEnforcement(root, daemon),
      describeEnforcement,
    );
    const verified = trialsOf(
      [...verifyTrials()].filter(([name]) => positionals.length === 0 || positionals.includes(name)),
      (trial) => tryVerify(trial, root, signal),
      (trials) => {
        trials.forEach(describeVerify);
      },
    );
    await makeAll([worked, probed, verified], AT_ONCE * availableParallelism(), signal);
    const trials = worked.made();
    const table = trials.length === 0 ? '' : markdownTable(trials);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    const faults = [
      ...trials.map((trial) => faultsOf(trial).join('\n')),
      ...probed.made().map(({ directives }) => directives.map(({ fault = '' }) => fault).join('')),
      ...verified.made().flatMap((made) => made.map(({ fault = '' }) => fault)),
    ];
    const failed = faults.filter((fault) => fault !== '').length;
    console.log(`\n${table === '' ? '' : `${table}\n\n`}${faults.length - failed} passed, ${failed} failed`);
    return failed === 0 && !signal.aborted ? 0 : 1;
  } finally {
    await stopAll();
  }
}

process.exitCode = await main();
