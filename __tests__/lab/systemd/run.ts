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
import { messageOf } from '../../../src/core/errors.js';
import { MAIN } from '../../support/command.js';
import { inParallel } from '../parallel.js';
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

async function tryAll(
  root: string,
  daemons: readonly Daemon[],
  signal: AbortSignal,
): Promise<readonly Trial[]> {
  const trials = new Map<string, Trial>();
  await inParallel(daemons, availableParallelism(), async (daemon) => {
    if (signal.aborted) return;
    try {
      const trial = await tryDaemon(root, daemon);
      describe(trial);
      trials.set(daemon.name, trial);
    } catch (error) {
      // Its container was ended, and what was tried in it failed.
      if (!signal.aborted) throw error;
    }
  });
  return daemons.flatMap(({ name }) => trials.get(name) ?? []);
}

/** Daemons of which each directive is seen to be in force. */
const PROBED = ['nginx', 'alertmanager', 'mosquitto', 'node', 'python', 'oneshot'];

function describeEnforcement({ daemon, directives }: Enforcement): void {
  const wrong = directives.filter(({ fault }) => fault !== undefined);
  const seen = directives.length - wrong.length - directives.filter(({ kind }) => kind === 'set').length;
  const level = `${directives.length} directives, ${seen} seen in force`;
  say(`${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${daemon}: ${level}`);
  for (const { directive, fault } of wrong) console.log(indented(`${directive}: ${fault ?? ''}`));
}

async function tryEnforcements(root: string, daemons: readonly Daemon[]): Promise<readonly Enforcement[]> {
  const all: Enforcement[] = [];
  for (const daemon of daemons.filter(({ name }) => PROBED.includes(name))) {
    const enforcement = await tryEnforcement(root, daemon);
    describeEnforcement(enforcement);
    all.push(enforcement);
  }
  return all;
}

function describeVerify({ name, says, fault }: VerifyTrial): void {
  say(`${fault === undefined ? 'ok    ' : 'FAILED'}  verify, ${name}: ${says}`);
  if (fault !== undefined) console.log(indented(fault));
}

async function tryVerify(
  root: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly VerifyTrial[]> {
  const all: VerifyTrial[] = [];
  const chosen = [...verifyTrials()].filter(([name]) => names.length === 0 || names.includes(name));
  await inParallel(chosen, availableParallelism(), async ([name, attempt]) => {
    if (signal.aborted) return;
    try {
      for (const trial of await attempt(root)) {
        describeVerify(trial);
        all.push(trial);
      }
    } catch (error) {
      // Its container was ended, and what was tried in it failed.
      if (signal.aborted) return;
      const trial = { name, says: 'it could not be tried', fault: messageOf(error) };
      describeVerify(trial);
      all.push(trial);
    }
  });
  return all;
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
  const interruption = new AbortController();
  const interrupted = (): void => {
    // A terminal, npm and timeout(1) each tell it, so that it may come more than once.
    if (interruption.signal.aborted) return;
    interruption.abort();
    void stopAll();
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    const trials = await tryAll(root, daemons, interruption.signal);
    const table = trials.length === 0 ? '' : markdownTable(trials);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    const enforcements = interruption.signal.aborted ? [] : await tryEnforcements(root, daemons);
    const verified = await tryVerify(root, positionals, interruption.signal);
    const failed =
      trials.filter((trial) => faultsOf(trial).length > 0).length +
      enforcements.filter(({ directives }) => directives.some(({ fault }) => fault !== undefined)).length +
      verified.filter(({ fault }) => fault !== undefined).length;
    const all = trials.length + enforcements.length + verified.length;
    console.log(`\n${table === '' ? '' : `${table}\n\n`}${all - failed} passed, ${failed} failed`);
    return failed === 0 && !interruption.signal.aborted ? 0 : 1;
  } finally {
    await stopAll();
  }
}

process.exitCode = await main();
