import { join } from 'node:path';
import type { Diagnosis } from '../../../src/verify/diagnosis.js';
import { tryAddresses } from './addresses.js';
import { COMMAND_SHARED } from './command.js';
import { boot, type Container } from './container.js';
import type { Daemon } from './daemon.js';
import { allDaemons } from './daemons/index.js';
import { prepare } from './trial.js';
import {
  PLAN_CASES,
  type PlanCase,
  PROGRAMS,
  unitText,
  WRONG_CASES,
  type WrongCase,
} from './verify-cases.js';
import { leftOvers, preview, type Verified, verify } from './verify-command.js';
import { tryInterruptions } from './verify-interruptions.js';

/** Whether `harden verify` took a unit as it has to. */
export interface VerifyTrial {
  readonly name: string;
  /** What verify said of it. */
  readonly says: string;
  /** What is wrong; undefined when nothing is. */
  readonly fault: string | undefined;
}

/** Daemons that verify has to find nothing wrong with, and a check of each. */
const RIGHT: Readonly<Record<string, string>> = {
  nginx: 'curl -fsS --max-time 2 http://127.0.0.1/',
  redis: 'redis-cli ping | grep -q PONG',
  node: 'curl -fsS --max-time 2 http://127.0.0.1:8091/interfaces',
  python: 'curl -fsS --max-time 2 -X PUT -d "" http://127.0.0.1:8092/ana',
  oneshot: 'test -s /var/lib/disk-report/latest',
};

const INTERRUPTIONS = 'interruptions';
/** Of a recording, which no other trial has: what harden writes is looked at, and verify is not asked. */
const ADDRESSES = 'addresses';

/** Trials of `harden verify`, each in a container of its own: by their names. */
export function verifyTrials(): ReadonlyMap<string, (root: string) => Promise<readonly VerifyTrial[]>> {
  const daemons = allDaemons().filter(({ name }) => RIGHT[name] !== undefined);
  const inContainer =
    (attempt: (container: Container) => Promise<readonly VerifyTrial[]>) => async (root: string) => {
      const container = await boot(root, COMMAND_SHARED);
      try {
        for (const [path, content] of Object.entries(PROGRAMS)) await container.write(path, content);
        return await attempt(container);
      } finally {
        await container.stop();
      }
    };
  return new Map([
    [INTERRUPTIONS, inContainer(interruptions)] as const,
    [ADDRESSES, tryAddresses] as const,
    ...daemons.map(
      (one) => [one.name, inContainer(async (inside) => [await tryRight(inside, one)])] as const,
    ),
    ...PLAN_CASES.map(
      (one) => [one.name, inContainer(async (inside) => [await tryPlan(inside, one)])] as const,
    ),
    ...WRONG_CASES.map(
      (one) => [one.name, inContainer(async (inside) => [await tryWrong(inside, one)])] as const,
    ),
  ]);
}

async function interruptions(container: Container): Promise<readonly VerifyTrial[]> {
  const faults = await tryInterruptions(container);
  return [...faults].map(([name, fault]) => ({ name, says: 'nothing is left', fault }));
}

const FOLDER = '/tmp/verified';
const UNIT = 'trial-unit.service';
const CONFIG = join(FOLDER, 'harden.config.yml');

interface Placed {
  /** The unit's file. */
  readonly path: string;
  readonly verified: Verified;
}

/** Puts the unit of a case into a folder of its user's, with a variant, and verifies that. */
async function place(
  container: Container,
  one: WrongCase | PlanCase,
  hardened: string | undefined,
): Promise<Placed> {
  const { owner, smoke } = one;
  for (const command of one.prepare ?? []) await container.must(command);
  const path = join(FOLDER, 'systemd', owner === undefined ? 'system' : 'user', UNIT);
  await container.write(path, unitText(one.original));
  if (hardened !== undefined) await container.write(`${path}.hardened`, hardened);
  if (owner !== undefined) await container.must(['chown', '-R', owner, FOLDER]);
  return { path, verified: await verify(container, { folder: FOLDER, owner, smoke }) };
}

/** A unit with a mistake in its variant, which has to be caught, explained and mended where it stands. */
async function tryWrong(container: Container, wrong: WrongCase): Promise<VerifyTrial> {
  const { name, original, adds, removes = [], mended, lost } = wrong;
  const kept = original.filter((line) => !removes.includes(line));
  const { path, verified } = await place(container, wrong, unitText([...kept, '# Hardened.', ...adds]));
  const trial = (fault: string | undefined): VerifyTrial => ({ name, says: saidBy(verified), fault });
  const fault = await faultIn(container, wrong, verified);
  if (fault !== undefined) return trial(fault);
  const text = await container.must(['cat', `${path}.hardened`]);
  if (mended?.test(text) === false || lost?.test(text) === true)
    return trial(`it mends it otherwise:\n${text}`);
  return trial(await faultInConfig(container, diagnosesOf(verified), path));
}

/** A unit whose variant harden makes wrong, until the project's configuration says what harden can't see. */
async function tryPlan(container: Container, planned: PlanCase): Promise<VerifyTrial> {
  const { name, shows, lost, owner } = planned;
  const { path, verified } = await place(container, planned, undefined);
  const trial = (fault: string | undefined): VerifyTrial => ({ name, says: saidBy(verified), fault });
  const fault =
    (await faultIn(container, planned, verified)) ??
    (await faultInConfig(container, diagnosesOf(verified), path));
  if (fault !== undefined) return trial(fault);
  const beside = await container.call(['test', '-e', `${path}.hardened`]);
  if (beside.code === 0) return trial('it writes the variant into the tree');
  const said = await preview(container, { folder: FOLDER, owner });
  const missing = shows.filter((pattern) => !pattern.test(said));
  if (missing.length > 0) return trial(`a preview does not show ${missing.join(', ')}:\n${said}`);
  return trial(lost?.test(said) === true ? `a preview shows ${String(lost)}:\n${said}` : undefined);
}

/** What is wrong with what verify printed and left, but for what it wrote. */
async function faultIn(
  container: Container,
  { cause }: WrongCase | PlanCase,
  verified: Verified,
): Promise<string | undefined> {
  const left = await leftOvers(container);
  if (left !== '') return `it left ${left}`;
  const { code, rounds } = verified;
  const [diagnosis] = diagnosesOf(verified);
  if (diagnosis === undefined) return `no diagnosis, but ${JSON.stringify(rounds)}`;
  const causes = new Set(diagnosis.cause.map((line) => line.slice(0, line.indexOf('='))));
  if ([...causes].join() !== cause) return `it names ${[...causes].join()}: ${JSON.stringify(rounds)}`;
  const totals = rounds.at(-1)?.totals;
  const works = code === 0 && rounds.length > 1 && totals?.failed === 0 && totals.passed > 0;
  return works ? undefined : `exit code ${code}, mended it fails: ${JSON.stringify(rounds)}`;
}

/** What harden has to know at the next run stands in the project's configuration, and nothing else does. */
async function faultInConfig(
  container: Container,
  diagnoses: readonly Diagnosis[],
  path: string,
): Promise<string | undefined> {
  const { code, stdout } = await container.call(['cat', CONFIG]);
  if (!diagnoses.some(({ mend }) => mend?.override !== undefined))
    return code === 0 ? `it writes a configuration:\n${stdout}` : undefined;
  const named = stdout.includes(`file: ${path.slice(FOLDER.length + 1)}`);
  return named && stdout.includes('harden verify, ') ? undefined : `the configuration is\n${stdout}`;
}

function diagnosesOf({ rounds }: Verified): readonly Diagnosis[] {
  return rounds.flatMap(({ diagnoses }) => diagnoses);
}

function saidBy(verified: Verified): string {
  return diagnosesOf(verified)
    .map(({ symptom, cause, mend }) => [symptom.split('\n')[0], cause.join(', '), mend?.says].join('; '))
    .join('; then ');
}

/** A daemon whose unit harden hardens by itself, and of which all has to pass. */
async function tryRight(container: Container, daemon: Daemon): Promise<VerifyTrial> {
  const { name, unit, owner } = daemon;
  await prepare(container, daemon);
  const path = (await container.must(['systemctl', 'show', '-P', 'FragmentPath', unit])).trim();
  await container.write(join(FOLDER, path), `${await container.must(['cat', path])}\n`);
  const verified = await verify(container, { folder: FOLDER, owner, smoke: RIGHT[name] });
  const checks = verified.rounds.flatMap((round) => round.checks);
  const passed = checks.length > 0 && checks.every(({ outcome }) => outcome === 'passed');
  const left = await leftOvers(container);
  const fault = left === '' ? JSON.stringify(verified) : `it left ${left}`;
  return {
    name,
    says: checks.map(({ detail = '' }) => detail.split('\n')[0]).join('; '),
    fault: passed && left === '' && verified.code === 0 ? undefined : fault,
  };
}
