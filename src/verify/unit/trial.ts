import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { redact } from '../../core/redact.js';
import { call, lastLines } from '../../io/process.js';
import { type DropIn, install } from './install.js';
import { endIn, isSkippedIn, newComplaints } from './journal.js';
import { type Manager, show } from './manager.js';
import { answers, listeningOf, processesOf } from './sockets.js';

export interface TrialOptions {
  /** The user's own check, read by a shell, as it was written for one. */
  readonly smoke?: string | undefined;
  /** How long the unit has to stay up, in milliseconds. */
  readonly settle: number;
  readonly signal?: AbortSignal | undefined;
}

/** What was seen of a unit that was started, asked, and stopped again. */
export interface Observation {
  /** `active`, `inactive` where it did its work and ended, `failed`. */
  readonly state: string;
  /** `success`, `exit-code`, `signal`, `timeout` ... */
  readonly result: string;
  /** How its process ended: `code=exited, status=226/NAMESPACE`. */
  readonly end: string | undefined;
  /** False when a condition of the unit doesn't hold here, so that nothing was started. */
  readonly tried: boolean;
  /** How the smoke command ended; undefined when there is none. */
  readonly smoke: Smoke | undefined;
  /** The sockets at which it answers; undefined when that could not be seen. */
  readonly listening: readonly string[] | undefined;
  /** The lines of `/proc/PID/status` of its main process, while it ran. */
  readonly process: ReadonlyMap<string, string>;
  /** Its settings as the manager has them, by their names. */
  readonly settings: ReadonlyMap<string, string>;
  readonly journal: string;
  /** How long the start took, in milliseconds. */
  readonly took: number;
}

export interface Smoke {
  readonly passed: boolean;
  readonly detail: string;
  /** How long it took until it passed, in milliseconds. */
  readonly took: number;
}

const PAUSE = 100;
/**
 * How long an original may take to start, to end, until its smoke command passes, and for one run of that, in
 * milliseconds.
 */
const PATIENCE = { start: 90_000, smoke: 30_000, run: 120_000, stop: 120_000 };
/** What a hardened one gets besides thrice what its original took. */
const GRACE = { start: 5000, smoke: 2000, listening: 3000 };

const STATE = ['ActiveState', 'Result', 'MainPID'];

/**
 * Starts a unit with this text, looks at it, and stops it.
 * @param settings which of its settings are asked of the manager.
 * @param original what was seen of the original: what it took is what another variant may take.
 */
export async function tryUnit(
  manager: Manager,
  unit: string,
  text: string,
  dropIns: readonly DropIn[],
  options: TrialOptions,
  settings: readonly string[] = [],
  original?: Observation,
): Promise<Observation> {
  const { signal } = options;
  await install(manager, unit, text, dropIns);
  // Only what the journal gets from now on is of this trial.
  const [from, began] = [Date.now() / 1000, performance.now()];
  const patience = original === undefined ? PATIENCE.start : 3 * original.took + GRACE.start;
  await manager.call(['start', '--', unit], { timeout: patience, signal });
  const took = since(began);
  try {
    signal?.throwIfAborted();
    await stayUp(manager, unit, options);
    const smoke = await trySmoke(manager, unit, options, original?.smoke);
    // Nothing more is to be waited for once the command failed.
    const expected = smoke?.passed === false ? undefined : original?.listening;
    const listening = await listen(manager, unit, options, expected);
    const seen = await show(manager, unit, [...STATE, ...settings]);
    return {
      state: seen.get('ActiveState') ?? '',
      result: seen.get('Result') ?? '',
      smoke,
      listening,
      process: statusOf(seen.get('MainPID') ?? '0'),
      settings: seen,
      took,
      ...(await ended(manager, unit, from)),
    };
  } finally {
    await manager.call(['stop', '--', unit], { timeout: PATIENCE.stop });
    await manager.call(['reset-failed', '--', unit]);
  }
}

async function ended(
  manager: Manager,
  unit: string,
  from: number,
): Promise<Pick<Observation, 'journal' | 'end' | 'tried'>> {
  const journal = await manager.journal(unit, from);
  return { journal, end: endIn(journal), tried: !isSkippedIn(journal) };
}

/** How long ago it was, in whole milliseconds. */
function since(began: number): number {
  return Math.ceil(performance.now() - began);
}

/** Waits while it is up, no longer than it has to stay up. */
async function stayUp(manager: Manager, unit: string, { settle, signal }: TrialOptions): Promise<void> {
  const until = performance.now() + settle;
  while (performance.now() < until && (await isUp(manager, unit))) {
    await sleep(PAUSE, undefined, { signal });
  }
}

async function isUp(manager: Manager, unit: string): Promise<boolean> {
  return (await show(manager, unit, ['ActiveState'])).get('ActiveState') === 'active';
}

/** A service may be up before it is ready: the command is tried again. */
async function trySmoke(
  manager: Manager,
  unit: string,
  { smoke, signal }: TrialOptions,
  before: Smoke | undefined,
): Promise<Smoke | undefined> {
  if (smoke === undefined) return undefined;
  const began = performance.now();
  const allowance = before?.passed === true ? 3 * before.took + GRACE.smoke : undefined;
  const [patience, timeout] = [allowance ?? PATIENCE.smoke, allowance ?? PATIENCE.run];
  for (;;) {
    const { code, stdout, stderr } = await call('sh', ['-c', smoke], { timeout, signal });
    signal?.throwIfAborted();
    const took = since(began);
    if (code === 0) return { passed: true, detail: '', took };
    if (took > patience || !(await isUp(manager, unit))) {
      const said = lastLines(redact(`${stdout}${stderr}`).trim(), 5);
      return { passed: false, detail: `exit code ${code}${said === '' ? '' : `: ${said}`}`, took };
    }
    await sleep(PAUSE, undefined, { signal });
  }
}

/** The sockets at which it answers; waits for those that are expected. */
async function listen(
  manager: Manager,
  unit: string,
  { signal }: TrialOptions,
  expected: readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  const until = performance.now() + (expected === undefined ? 0 : GRACE.listening);
  for (;;) {
    const seen = await show(manager, unit, ['ActiveState', 'ControlGroup']);
    const sockets = listeningOf(processesOf(seen.get('ControlGroup') ?? ''));
    if (sockets === undefined) return undefined;
    const answered = await Promise.all(sockets.map(answers));
    const names = sockets.filter((_, at) => answered[at]).map(({ name }) => name);
    const complete = expected?.every((name) => names.includes(name)) ?? true;
    if (complete || performance.now() > until || seen.get('ActiveState') !== 'active') return names.sort();
    await sleep(PAUSE, undefined, { signal });
  }
}

function statusOf(pid: string): ReadonlyMap<string, string> {
  if (pid === '0') return new Map();
  try {
    const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
    return new Map(lines.map((line) => line.split(/:\s*/, 2) as [string, string]));
  } catch {
    // It ended by itself.
    return new Map();
  }
}

/** What a variant doesn't do that its original did, as a sentence; undefined when it does all of it. */
export function difference(before: Observation, after: Observation): string | undefined {
  if (before.state !== after.state || before.result !== after.result) {
    if (after.state === 'failed') return `it fails (${after.end ?? after.result})`;
    if (after.state === 'activating') return 'it is not up in time';
    return `it is ${after.state} (${after.end ?? after.result}) and was ${before.state}`;
  }
  if (before.smoke?.passed === true && after.smoke?.passed !== true) {
    return `the smoke command fails: ${after.smoke?.detail ?? 'it was not run'}`;
  }
  const silent = before.listening?.find((name) => after.listening?.includes(name) === false);
  return silent === undefined ? undefined : `it no longer answers at ${silent}`;
}

/** The difference, with what the journal complains of since. */
export function symptomOf(before: Observation, after: Observation): string | undefined {
  const first = difference(before, after);
  const complaints = newComplaints(before.journal, after.journal).slice(0, 4);
  return first === undefined ? undefined : [first, ...complaints].join('\n');
}
