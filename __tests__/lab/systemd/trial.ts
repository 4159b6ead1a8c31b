import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../../src/io/process.js';
import { boot, type Container } from './container.js';
import type { Daemon, Step } from './daemon.js';
import { hardenUnit, type Hardening, UNITS } from './harden.js';

/** How long a step is tried again, in milliseconds; less when it is only asked which directive is at fault. */
export const PATIENCE = { trial: 25_000, search: 6_000, step: 60_000, pause: 200 } as const;

/** What came of a daemon's work. */
export interface Run {
  /** What each step showed, by its name. */
  readonly shown: readonly string[];
  /** The first step that failed, and how; undefined when all is done. */
  readonly fault: string | undefined;
  /** What the journal says of things that were denied, with what differs between two runs left out. */
  readonly complaints: readonly string[];
}

export interface Trial {
  readonly daemon: string;
  readonly unit: string;
  readonly exposure: { readonly before: number | undefined; readonly after: number | undefined };
  readonly directives: readonly string[];
  /** As Debian ships it. */
  readonly before: Run;
  /** Hardened, with what it wrote before. */
  readonly after: Run | undefined;
  /** Hardened before its first start. */
  readonly fresh: Run | undefined;
  /** The directives without any one of which it would work. */
  readonly suspects: readonly string[];
  readonly seconds: number;
}

/** Starts a daemon as it comes, lets it work, hardens it, and lets it do the same work again. */
export async function tryDaemon(root: string, daemon: Daemon): Promise<Trial> {
  const began = performance.now();
  const container = await boot(root);
  let [exposed, tried]: [Trial['exposure'], Run | undefined] = [
    { before: undefined, after: undefined },
    undefined,
  ];
  let hardening: Hardening | undefined;
  let suspects: readonly string[] = [];
  let before: Run;
  try {
    before = await tryUnhardened(container, daemon);
    exposed = { ...exposed, before: await exposure(container, daemon) };
    if (before.fault === undefined) {
      hardening = await hardenUnit(container, daemon);
      await hardening.install(container);
      await startAgain(container, daemon);
      tried = compare(before, await run(container, daemon, PATIENCE.trial));
      exposed = { ...exposed, after: await exposure(container, daemon) };
      if (tried.fault !== undefined) suspects = await findSuspects(container, daemon, hardening, before);
    }
  } finally {
    await container.stop();
  }
  const fresh = hardening === undefined ? undefined : await tryFresh(root, daemon, hardening, before);
  return {
    daemon: daemon.name,
    unit: daemon.unit,
    exposure: exposed,
    directives: hardening?.directives ?? [],
    before,
    after: tried,
    fresh,
    suspects,
    seconds: (performance.now() - began) / 1000,
  };
}

async function tryUnhardened(container: Container, daemon: Daemon): Promise<Run> {
  try {
    await prepare(container, daemon);
  } catch (error) {
    return { shown: [], fault: error instanceof Error ? error.message : String(error), complaints: [] };
  }
  await manage(container, daemon, ['start', daemon.unit]);
  return run(container, daemon, PATIENCE.trial);
}

/** In another container, where the daemon has not run yet and left nothing that it needs. */
async function tryFresh(root: string, daemon: Daemon, hardening: Hardening, before: Run): Promise<Run> {
  const container = await boot(root);
  try {
    await prepare(container, daemon);
    await hardening.install(container);
    await manage(container, daemon, ['daemon-reload']);
    await manage(container, daemon, ['start', daemon.unit]);
    return compare(before, await run(container, daemon, PATIENCE.trial));
  } finally {
    await container.stop();
  }
}

/** Puts the daemon's files in place, and does what comes before its first start. */
export async function prepare(container: Container, daemon: Daemon): Promise<void> {
  if (daemon.tree !== undefined) await copyTree(container, join(UNITS, daemon.tree));
  for (const [path, text] of Object.entries(daemon.files ?? {})) await container.write(path, text);
  for (const command of daemon.prepare ?? []) await container.must(command);
  await manage(container, daemon, ['daemon-reload']);
}

async function copyTree(container: Container, tree: string): Promise<void> {
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const mode = (statSync(path).mode & 0o777).toString(8);
    await container.write(path.slice(tree.length), readFileSync(path, 'utf8'), mode);
  }
}

/** Asks the systemd that runs the daemon. Whether a unit came up is for its work to show. */
export async function manage(
  container: Container,
  { owner }: Daemon,
  args: readonly string[],
  program = 'systemctl',
): Promise<string> {
  const { stdout, stderr } =
    owner === undefined
      ? await container.call([program, ...args])
      : await container.call(
          ['sh', '-c', `XDG_RUNTIME_DIR=/run/user/$(id -u) exec "$0" --user "$@"`, program, ...args],
          {
            user: owner,
          },
        );
  return `${stdout}${stderr}`;
}

export async function startAgain(container: Container, daemon: Daemon): Promise<void> {
  await manage(container, daemon, ['daemon-reload']);
  // Starts are counted, and the next ones are not at fault when there were many.
  await manage(container, daemon, ['reset-failed', daemon.unit]);
  await manage(container, daemon, ['restart', daemon.unit]);
}

async function exposure(container: Container, daemon: Daemon): Promise<number | undefined> {
  const said = await manage(container, daemon, ['security', '--no-pager', daemon.unit], 'systemd-analyze');
  const level = /exposure level for [^:]*: ([\d.]+)/.exec(said)?.[1];
  return level === undefined ? undefined : Number(level);
}

/** Does the daemon's work, up to the first step that fails. */
export async function run(container: Container, daemon: Daemon, patience: number): Promise<Run> {
  const since = (await container.must(['date', '+@%s.%N'])).trim();
  const shown: string[] = [];
  const ended = (fault: string | undefined, journal: string): Run => ({
    shown,
    fault,
    complaints: complaintsIn(journal),
  });
  const journal = (): Promise<string> => journalOf(container, daemon, since);
  for (const one of daemon.work) {
    const { text, fault } = await doStep(container, daemon, one, patience);
    if (fault !== undefined)
      return ended(`${one.name}: ${fault}\n${lastLines(await journal(), 12)}`, await journal());
    shown.push(`${one.name}: ${text}`);
  }
  const state = await manage(container, daemon, ['show', '-p', 'ActiveState,Result,NRestarts', daemon.unit]);
  shown.push(`in the end: ${state.trim().split('\n').sort().join(' ')}`);
  return ended(undefined, await journal());
}

interface Done {
  readonly text: string;
  readonly fault?: string;
}

/** Does a step, again until it shows what it should. */
export async function doStep(
  container: Container,
  daemon: Daemon,
  one: Step,
  patience: number,
): Promise<Done> {
  const until = performance.now() + patience;
  for (;;) {
    for (const other of one.first ?? []) await perform(container, other);
    const outcome = await perform(container, one);
    const match = one.shows?.exec(outcome.printed);
    if (outcome.code === 0 && match !== null) return { text: match?.[0] ?? 'done' };
    const ended = one.once === true || (await hasFailed(container, daemon));
    if (ended || performance.now() > until) {
      const printed = outcome.printed === '' ? 'nothing printed' : lastLines(outcome.printed, 6);
      return { text: '', fault: `exit code ${outcome.code}, ${printed}` };
    }
    await sleep(PATIENCE.pause);
  }
}

async function perform(
  container: Container,
  { run: args, user, input }: Step,
): Promise<{ readonly code: number; readonly printed: string }> {
  const { code, stdout, stderr } = await container.call(args, {
    timeout: PATIENCE.step,
    ...(user === undefined ? {} : { user }),
    ...(input === undefined ? {} : { input }),
  });
  return { code, printed: `${stdout}${stderr}`.trim() };
}

async function hasFailed(container: Container, daemon: Daemon): Promise<boolean> {
  return (await manage(container, daemon, ['is-failed', daemon.unit])).trim() === 'failed';
}

/** The run, with the first difference from what it was before as its fault. */
export function compare(before: Run, after: Run): Run {
  if (after.fault !== undefined) return after;
  const at = before.shown.findIndex((text, index) => text !== after.shown[index]);
  return at === -1
    ? after
    : { ...after, fault: `${after.shown[at] ?? ''}\ninstead of ${before.shown[at] ?? ''}` };
}

async function journalOf(container: Container, daemon: Daemon, since: string): Promise<string> {
  const unit = daemon.owner === undefined ? '--unit' : '--user-unit';
  const args = ['journalctl', '--no-pager', '--output=cat', `--since=${since}`, `${unit}=${daemon.unit}`];
  return (await container.call(args)).stdout;
}

const COMPLAINT =
  /not permitted|denied|read-only file system|cannot allocate|not supported by protocol|seccomp|SIGSYS/i;

/** The kinds of complaints: numbers and times differ from run to run. */
function complaintsIn(journal: string): readonly string[] {
  const lines = journal.split('\n').filter((line) => COMPLAINT.test(line));
  return [...new Set(lines.map((line) => line.replace(/\d+/g, '0').trim()))];
}

/** Which directive it is: leaves out one after the other. */
async function findSuspects(
  container: Container,
  daemon: Daemon,
  hardening: Hardening,
  before: Run,
): Promise<readonly string[]> {
  for (const directive of hardening.directives) {
    await hardening.install(container, [directive]);
    await startAgain(container, daemon);
    const { fault } = compare(before, await run(container, daemon, PATIENCE.search));
    if (fault === undefined) return [directive];
  }
  return [];
}
