import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { DROP_IN } from '../../drop-in.js';
import type { UnitDocument } from '../../formats/systemd/document.js';
import { parseUnit } from '../../formats/systemd/parse.js';
import { managerOf } from '../../workload/unit/identity.js';
import { type Check, failed, passed, skipped } from '../check.js';
import type { Diagnosis } from '../diagnosis.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { isMissing, type Missing } from '../tools.js';
import { diagnose } from './diagnose.js';
import { notInForce, settingsOf } from './force.js';
import { type DropIn, install, sweep, uninstall } from './install.js';
import { newComplaints } from './journal.js';
import { findManager, type Manager, type ManagerKind } from './manager.js';
import { active, lookAround, obstacleTo } from './obstacle.js';
import { stepsBetween } from './steps.js';
import { difference, type Observation, symptomOf, tryUnit } from './trial.js';

export interface UnitOptions {
  /** Whether units may be started on this machine: with their own state, as their own users. */
  readonly allowHost: boolean;
  /** The user's own check of the started service, as a shell reads it. */
  readonly smoke?: string | undefined;
  /** How long a service has to stay up, in milliseconds. */
  readonly settle: number;
  readonly signal?: AbortSignal | undefined;
  /** How to come by a manager; that of the machine, or of this user, by default. */
  readonly managerFor?: (kind: ManagerKind) => Promise<Manager | Missing>;
  /** Tells what is under way. */
  say(text: string): void;
}

const NOT_ASKED = 'it would be started on this machine, with its real state folders: --allow-host does that';

const WORKS = 'the service does what its original does';
const IN_FORCE = 'what the unit sets is in force';
const EXPLAINED = 'the cause is found';

/**
 * Starts each service of the copy, as its original and hardened, and compares what they do. A service that is running here
 * is never touched; one that isn't is tried under its own name, with its real state folders, and stopped again.
 */
export async function* unitChecks(
  { folder, pairs }: WorkingCopy,
  options: UnitOptions,
): AsyncGenerator<Check | Diagnosis> {
  const find = options.managerFor ?? ((kind) => findManager(kind, options.signal));
  const managers = new Map<ManagerKind, Manager | Missing>();
  for (const pair of pairs) {
    if (pair.format !== 'systemd' || !pair.path.endsWith('.service')) continue;
    const [original, hardened] = [parseUnit(pair.path, pair.original), parseUnit(pair.path, pair.hardened)];
    if (!original.ok || !hardened.ok || pair.original === pair.hardened) continue;
    if (!options.allowHost) {
      yield skipped('run', pair.path, WORKS, NOT_ASKED);
      continue;
    }
    const { value: kind } = managerOf(original.document);
    const manager = managers.get(kind) ?? (await find(kind));
    if (!managers.has(kind) && !isMissing(manager)) await sweep(manager);
    managers.set(kind, manager);
    const skip = (reason: string): Check => skipped('run', pair.path, WORKS, reason);
    if (isMissing(manager)) yield skip(manager.missing);
    else if (original.document.template)
      yield skip('it is a template, and which instance works is not known');
    else {
      const subject = { pair, original: original.document, hardened: hardened.document };
      yield* checkUnit(manager, subject, dropInsBeside(join(folder, pair.path)), options);
    }
  }
}

interface Subject {
  readonly pair: Pair;
  readonly original: UnitDocument;
  readonly hardened: UnitDocument;
}

async function* checkUnit(
  manager: Manager,
  subject: Subject,
  dropIns: readonly DropIn[],
  options: UnitOptions,
): AsyncGenerator<Check | Diagnosis> {
  const { path, original } = subject.pair;
  const unit = basename(path);
  const reason = await obstacleTo(manager, unit);
  if (reason !== undefined) {
    yield skipped('run', path, WORKS, reason);
    return;
  }
  let idle: readonly string[] = [];
  try {
    await install(manager, unit, original, dropIns);
    const around = await lookAround(manager, unit);
    if (around.obstacle !== undefined) {
      yield skipped('run', path, WORKS, around.obstacle);
      return;
    }
    ({ idle } = around);
    yield* compare(manager, unit, subject, dropIns, options);
  } catch (error) {
    if (options.signal?.aborted === true) return;
    yield failed('run', path, WORKS, `it could not be tried: ${redact(messageOf(error))}`);
  } finally {
    await uninstall(manager, unit);
    const started = await active(manager, idle);
    if (started.length > 0) await manager.call(['stop', '--', ...started]);
  }
}

async function* compare(
  manager: Manager,
  unit: string,
  { pair, original, hardened }: Subject,
  dropIns: readonly DropIn[],
  { smoke, settle, signal, say }: UnitOptions,
): AsyncGenerator<Check | Diagnosis> {
  const { path } = pair;
  const steps = stepsBetween(original, hardened, pair.plan);
  const observe = (text: string, before?: Observation): Promise<Observation> =>
    tryUnit(manager, unit, text, dropIns, { smoke, settle, signal }, settingsOf(steps), before);
  say(`${path}: starting the original`);
  const before = await observe(original.text);
  const unfit = unfitness(before);
  if (unfit !== undefined) {
    yield skipped('run', path, WORKS, unfit);
    return;
  }
  say(`${path}: starting the hardened unit`);
  const after = await observe(hardened.text, before);
  const symptom = symptomOf(before, after);
  if (symptom === undefined) {
    const complaints = newComplaints(before.journal, after.journal).slice(0, 4);
    yield passed('run', path, WORKS, [describe(after), ...complaints].join('\n'));
    const wrong = notInForce(steps, after);
    yield wrong.length === 0
      ? passed('run', path, IN_FORCE, steps.length === 1 ? '1 setting' : `${steps.length} settings`)
      : failed('run', path, IN_FORCE, wrong.join('\n'));
    return;
  }
  yield failed('run', path, WORKS, symptom);
  try {
    let trials = 0;
    const attempt = async (text: string) => {
      trials += 1;
      say(`${path}: looking for the cause, trial ${trials}`);
      const seen = await observe(text, before);
      return { works: difference(before, seen) === undefined, seen };
    };
    yield await diagnose({ subject: path, hardened, steps, before, failing: after, attempt });
  } catch (error) {
    signal?.throwIfAborted();
    yield failed('run', path, EXPLAINED, redact(messageOf(error)));
  }
}

/** Why an original says nothing about its hardened variant; undefined when it does. */
function unfitness(before: Observation): string | undefined {
  if (!before.tried) return 'a condition of the unit does not hold here';
  if (before.state === 'failed' || before.state === 'activating') {
    const said = before.journal.trim().split('\n').slice(-4).join('\n');
    return `the original does not start here either (${before.end ?? before.result})\n${redact(said)}`;
  }
  if (before.smoke?.passed === false) {
    return `the smoke command fails with the original too: ${before.smoke.detail}`;
  }
  return undefined;
}

function describe({ state, listening, smoke }: Observation): string {
  return [
    state === 'active' ? 'up' : 'ran to its end',
    ...(listening !== undefined && listening.length > 0 ? [`answers at ${listening.join(', ')}`] : []),
    ...(smoke === undefined ? [] : ['the smoke command passed']),
  ].join(', ');
}

/** The drop-ins that the project has beside a unit; harden's own is one of the variants that are compared. */
function dropInsBeside(unit: string): readonly DropIn[] {
  const folder = `${unit}.d`;
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conf') && name !== DROP_IN)
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}
