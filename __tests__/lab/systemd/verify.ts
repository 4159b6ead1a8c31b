/**
 * `npm run lab:verify-units -- [CASE...] [--folder FOLDER]`: lets verify start units that harden made, of which each
 * has to pass, and units with one deliberate mistake, of which each has to be caught, its cause named, and mended. In a
 * Debian with systemd that is booted for it; what it needs is what the systemd lab needs.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MAIN } from '../../support/command.js';
import type { Check } from '../../../src/verify/check.js';
import { type Diagnosis, isDiagnosis } from '../../../src/verify/diagnosis.js';
import { lastLines } from '../../../src/verify/process.js';
import { boot, clear, type Container, type RunOptions, stopAll } from './container.js';
import { type Daemon, packagesOf } from './daemon.js';
import { allDaemons, daemonsNamed } from './daemons/index.js';
import { makeRootfs, missingTools, obstacle } from './rootfs.js';
import { prepare } from './trial.js';
import { PROGRAMS, WRONG_CASES, type WrongCase } from './verify-cases.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where the container has this node and what was built of harden. */
const INSIDE = '/run/harden-built';
const NODE = `${INSIDE}/node`;
const SHARED = {
  [NODE]: process.execPath,
  [`${INSIDE}/dist`]: join(PROJECT, 'dist'),
  [`${INSIDE}/node_modules`]: join(PROJECT, 'node_modules'),
  [`${INSIDE}/package.json`]: join(PROJECT, 'package.json'),
  [`${INSIDE}/driver.mjs`]: join(PROJECT, '__tests__/lab/systemd/verify-driver.mjs'),
};
/** How long a service has to stay up, in milliseconds. */
const SETTLE = '1000';

/** Daemons that verify has to find nothing wrong with, and a check of each. */
const RIGHT: Readonly<Record<string, string>> = {
  nginx: 'curl -fsS --max-time 2 http://127.0.0.1/',
  redis: 'redis-cli ping | grep -q PONG',
  node: 'curl -fsS --max-time 2 http://127.0.0.1:8091/interfaces',
  python: 'curl -fsS --max-time 2 -X PUT -d "" http://127.0.0.1:8092/ana',
  oneshot: 'test -s /var/lib/disk-report/latest',
};

type Result = Check | Diagnosis;

const began = performance.now();

function say(text: string): void {
  const seconds = (performance.now() - began) / 1000;
  console.log(`${seconds.toFixed(0).padStart(4)} s  ${text}`);
}

/** Lets verify look at the units of a folder inside. */
async function verify(
  container: Container,
  folder: string,
  smoke: string | undefined,
  owner: string | undefined,
): Promise<readonly Result[]> {
  const script = 'cd "$0" && XDG_RUNTIME_DIR=/run/user/$(id -u) exec "$@"';
  const words = [NODE, `${INSIDE}/driver.mjs`, SETTLE, ...(smoke === undefined ? [] : [smoke])];
  const options: RunOptions = owner === undefined ? {} : { user: owner };
  const { code, stdout, stderr } = await container.call(['sh', '-c', script, folder, ...words], options);
  if (code !== 0) throw new Error(`verify: exit code ${code}: ${lastLines(stderr || stdout)}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
}

function unitOf({ name }: WrongCase): string {
  return `trial-${WRONG_CASES.findIndex((other) => other.name === name)}.service`;
}

function text(lines: readonly string[]): string {
  return `[Unit]\nDescription=A trial\n\n[Service]\n# What it starts.\n${lines.join('\n')}\n`;
}

function hardenedText({ original, adds, removes = [] }: WrongCase): string {
  return text([...original.filter((line) => !removes.includes(line)), '# Hardened.', ...adds]);
}

/** What is wrong with how verify took a unit with a mistake; undefined when it is as it has to be. */
async function tryWrong(container: Container, wrong: WrongCase): Promise<string | undefined> {
  for (const command of wrong.prepare ?? []) await container.call(command);
  const unit = unitOf(wrong);
  const user = wrong.owner === undefined ? 'system' : 'user';
  const folder = `/tmp/wrong/${unit}`;
  const path = join(folder, 'systemd', user, unit);
  await container.write(path, text(wrong.original));
  await container.write(`${path}.hardened`, hardenedText(wrong));
  const results = await verify(container, folder, wrong.smoke, wrong.owner);
  const left = await leftOvers(container);
  const diagnosis = results.find(isDiagnosis);
  if (left !== '') return `it left ${left}`;
  if (diagnosis === undefined) return `no diagnosis, but ${JSON.stringify(results)}`;
  const causes = [...new Set(diagnosis.cause.map((line) => line.slice(0, line.indexOf('='))))];
  if (causes.join() !== wrong.cause) return `it names ${causes.join()}: ${JSON.stringify(diagnosis)}`;
  const { mend } = diagnosis;
  if (mend === undefined) return `no mend: ${JSON.stringify(diagnosis)}`;
  if (wrong.mended?.test(mend.text) === false || wrong.lost?.test(mend.text) === true) {
    return `it mends it otherwise: ${mend.says}\n${mend.text}`;
  }
  await container.write(`${path}.hardened`, mend.text);
  const again = await verify(container, folder, wrong.smoke, wrong.owner);
  const worked = again.some((result) => !isDiagnosis(result) && result.outcome === 'passed');
  if (again.some(isDiagnosis) || !worked) return `mended it fails: ${JSON.stringify(again)}`;
  say(`        ${diagnosis.symptom.split('\n')[0] ?? ''}; ${diagnosis.cause.join(', ')}; ${mend.says}`);
  return undefined;
}

/** What verify should have taken away. */
async function leftOvers(container: Container): Promise<string> {
  const script =
    'find /run/systemd/system.control /run/user/*/systemd/user.control 2>/dev/null | grep trial; systemctl list-units --all --plain --no-legend "trial-*"';
  return (await container.call(['sh', '-c', script])).stdout.trim();
}

/** A unit that nothing is wrong with; it answers. */
const STEADY: WrongCase = {
  name: 'steady',
  original: ['ExecStart=/usr/bin/python3 /opt/trial/serve.py 8190 -'],
  adds: ['PrivateTmp=yes'],
  cause: '',
};

/** What is wrong with how verify ends when it is interrupted, killed, or finds the service running. */
async function tryInterruptions(
  container: Container,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const folder = '/tmp/steady';
  const unit = 'trial-steady.service';
  const path = join(folder, 'systemd/system', unit);
  await container.write(path, text(STEADY.original));
  await container.write(`${path}.hardened`, hardenedText(STEADY));
  // It stays up for long, so that verify is in the midst of its trial.
  const ended = async (signal: string): Promise<string> => {
    const script = 'cd "$0" && exec timeout --signal="$1" 8 "$2" "$3" 60000';
    await container.call(['sh', '-c', script, folder, signal, NODE, `${INSIDE}/driver.mjs`]);
    return leftOvers(container);
  };
  const outcomes: [string, string | undefined][] = [];
  for (const signal of ['INT', 'TERM']) {
    const left = await ended(signal);
    outcomes.push([`ended by SIG${signal}`, left === '' ? undefined : `it left ${left}`]);
  }
  const killed = await ended('KILL');
  const next = await verify(container, folder, undefined, undefined);
  const swept =
    (await leftOvers(container)) === '' && next.every((one) => !isDiagnosis(one) && one.outcome === 'passed');
  const wasRunning = killed.includes(unit);
  outcomes.push([
    'ended by SIGKILL',
    wasRunning && swept ? undefined : `${killed}, then ${JSON.stringify(next)}`,
  ]);
  await container.write(`/run/systemd/system/${unit}`, text(STEADY.original));
  await container.must(['systemctl', 'daemon-reload']);
  await container.must(['systemctl', 'start', unit]);
  const process = (): Promise<string> => container.must(['systemctl', 'show', '-P', 'MainPID', unit]);
  const before = await process();
  const results = await verify(container, folder, undefined, undefined);
  const skipped = results.every((one) => !isDiagnosis(one) && one.outcome === 'skipped');
  const untouched = skipped && before !== '0' && before === (await process());
  outcomes.push(['a service that is running', untouched ? undefined : JSON.stringify(results)]);
  return outcomes;
}

/** What is wrong with how verify took a unit that harden made; undefined when it passes. */
async function tryRight(root: string, daemon: Daemon, smoke: string): Promise<string | undefined> {
  const container = await boot(root, SHARED);
  try {
    await prepare(container, daemon);
    const folder = '/tmp/right';
    const path = (await container.must(['systemctl', 'show', '-P', 'FragmentPath', daemon.unit])).trim();
    await container.write(join(folder, path), await container.must(['cat', path]).then((it) => `${it}\n`));
    const results = await verify(container, folder, smoke, daemon.owner);
    const passed = results.every((result) => !isDiagnosis(result) && result.outcome === 'passed');
    for (const result of results)
      if (!isDiagnosis(result)) say(`        ${result.name}: ${result.detail ?? ''}`);
    return passed && results.length > 0 ? undefined : JSON.stringify(results, null, 2);
  } finally {
    await container.stop();
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { folder: { type: 'string' } },
    allowPositionals: true,
  });
  const reason = obstacle() ?? (await missingTools());
  if (reason !== undefined) {
    console.log(`The lab of units is skipped: ${reason}.\n0 passed, 0 failed`);
    return 0;
  }
  if (!existsSync(MAIN)) throw new Error('not built: run npm run build first');
  const chosen = (name: string): boolean => positionals.length === 0 || positionals.includes(name);
  await clear();
  const folder = join(values.folder ?? join(tmpdir(), 'harden-lab'), 'systemd');
  const root = await makeRootfs(folder, packagesOf(allDaemons()));
  process.once('SIGINT', () => void stopAll()).once('SIGTERM', () => void stopAll());
  const faults: (string | undefined)[] = [];
  const note = (name: string, fault: string | undefined): void => {
    say(`${fault === undefined ? 'ok    ' : 'FAILED'}  ${name}`);
    if (fault !== undefined) console.log(fault.replace(/^/gm, '          '));
    faults.push(fault);
  };
  try {
    const container = await boot(root, SHARED);
    for (const [path, content] of Object.entries(PROGRAMS)) await container.write(path, content);
    for (const wrong of WRONG_CASES.filter(({ name }) => chosen(name))) {
      note(wrong.name, await tryWrong(container, wrong));
    }
    if (chosen('interruptions')) {
      for (const [name, fault] of await tryInterruptions(container)) note(name, fault);
    }
    await container.stop();
    for (const daemon of daemonsNamed(Object.keys(RIGHT)).filter(({ name }) => chosen(name))) {
      note(daemon.name, await tryRight(root, daemon, RIGHT[daemon.name]!));
    }
  } finally {
    await stopAll();
  }
  const failed = faults.filter((fault) => fault !== undefined).length;
  console.log(`\n${faults.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
