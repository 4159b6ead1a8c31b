/**
 * `npm run lab:apparmor -- [NAME...] [--table FILE] [--folder FOLDER]`: records daemons at work in a booted Debian, has the
 * built command line write their AppArmor profiles, and boots Debian's kernel under emulation, where each profile is loaded,
 * enforced while the daemon does the same work, and what no profile allows is tried; exit code 1 when
 * something doesn't hold. On Debian as root it brings what it needs; elsewhere it says what is missing and does nothing.
 * Packages, the root file system and the kernel stay in the folder for the next run.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DROP_IN } from '../../../src/drop-in.js';
import { messageOf } from '../../../src/core/errors.js';
import { MAIN } from '../../support/command.js';
import { clear, stopAll } from '../systemd/container.js';
import { type Daemon, fileOf, packagesOf, type Step } from '../systemd/daemon.js';
import { daemonsNamed } from '../systemd/daemons/index.js';
import { UNITS } from '../systemd/harden.js';
import { makeRootfs } from '../systemd/rootfs.js';
import { confine, type Confinement } from './confine.js';
import { guestFiles, packRoot, runGuest, stopGuests } from './guest.js';
import { fetchKernel, missingTools, obstacle } from './machine.js';
import { faultsOf, markdownTable, toldBy, type Told } from './report.js';

const DAEMONS = ['nginx', 'redis', 'memcached', 'node', 'mosquitto'];

const began = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${text}`);
}

function skip(reason: string): number {
  console.log(`The AppArmor lab is skipped: ${reason}.\n0 passed, 0 failed`);
  return 0;
}

/** A step as the guest reads it. */
function plain({ shows, first, ...step }: Step): object {
  return {
    ...step,
    ...(shows === undefined ? {} : { shows: shows.source, flags: shows.flags }),
    ...(first === undefined ? {} : { first: first.map(plain) }),
  };
}

function countRules(text: string): number {
  return text.split('\n').filter((line) => /^ {2}[^#].*(?:,|>)$/.test(line)).length;
}

/** Records the daemons one after the other: they share two cores with whatever else is done. */
async function confineAll(
  root: string,
  daemons: readonly Daemon[],
): Promise<ReadonlyMap<Daemon, Confinement | string>> {
  const made = new Map<Daemon, Confinement | string>();
  for (const daemon of daemons) {
    const outcome = await confine(root, daemon).catch(messageOf);
    made.set(daemon, outcome);
    say(
      typeof outcome === 'string'
        ? `FAILED  ${daemon.name}: ${outcome}`
        : `recorded  ${daemon.name}: ${outcome.lines} calls, a profile of ${countRules(outcome.profile.text)} rules`,
    );
  }
  return made;
}

async function tryInGuest(
  folder: string,
  root: string,
  confined: ReadonlyMap<Daemon, Confinement>,
): Promise<readonly Told[]> {
  const kernel = await fetchKernel(folder);
  const packed = await packRoot(root, folder);
  say('the guest is packed');
  const files = guestFiles(join(folder, 'over'));
  const plan = [...confined].map(([daemon, { dropIn, profile }]) => {
    if (daemon.tree !== undefined) files.copy(join(UNITS, daemon.tree));
    for (const [path, text] of Object.entries(daemon.files ?? {})) files.write(path, text);
    files.write(`etc/systemd/system/${fileOf(daemon)}.d/${DROP_IN}`, dropIn);
    files.write(`etc/apparmor.d/${profile.name}`, profile.text);
    const { name, unit, prepare = [], work } = daemon;
    return { name, unit, prepare, work: work.map(plain), profile: profile.name };
  });
  files.write('opt/lab/plan.json', JSON.stringify(plan));
  const serial = await runGuest(kernel, packed, files);
  const fault = /^LAB \{"fault": "(.*)"\}/m.exec(serial)?.[1];
  if (fault !== undefined) throw new Error(fault);
  const guest = /^LAB (\{"kernel".*\})/m.exec(serial)?.[1] ?? 'the guest did not say what it is';
  say(`the guest has ended: ${guest}`);
  return toldBy(serial);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { table: { type: 'string' }, folder: { type: 'string' } },
    allowPositionals: true,
  });
  const reason = obstacle() ?? (await missingTools());
  if (reason !== undefined) return skip(reason);
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const folder = join(values.folder ?? join(tmpdir(), 'harden-lab'), 'apparmor');
  mkdirSync(folder, { recursive: true });
  await clear();
  const interrupted = (): void => {
    stopGuests();
    void stopAll();
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    const root = await makeRootfs(folder, ['apparmor', 'strace', ...packagesOf(daemonsNamed(DAEMONS))]);
    say('the root file system is there');
    const daemons = daemonsNamed(positionals.length > 0 ? positionals : DAEMONS);
    const made = await confineAll(root, daemons);
    const confined = new Map(
      [...made].flatMap(([daemon, one]) => (typeof one === 'string' ? [] : [[daemon, one]])),
    );
    const told = confined.size === 0 ? [] : await tryInGuest(folder, root, confined);
    let failed = 0;
    for (const daemon of daemons) {
      const one = told.find((other) => other.daemon === daemon.name);
      const faults = one === undefined ? ['the guest says nothing of it'] : faultsOf(one);
      say(`${faults.length === 0 ? 'ok    ' : 'FAILED'}  ${daemon.name}`);
      for (const fault of faults) console.log(fault.replace(/^/gm, '          '));
      if (faults.length > 0) failed += 1;
    }
    const rules = new Map(
      [...confined].map(([daemon, { profile }]) => [daemon.name, countRules(profile.text)]),
    );
    const table = markdownTable(told, rules);
    if (values.table !== undefined) writeFileSync(values.table, `${table}\n`);
    console.log(`\n${table}\n\n${daemons.length - failed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    stopGuests();
    await stopAll();
  }
}

process.exitCode = await main();
