import { messageOf } from '../../../src/core/errors.js';
import { NEEDS_NAME } from '../../../src/io/config.js';
import { parseNeeds } from '../../../src/learn/needs-file.js';
import { COMMAND_SHARED } from '../systemd/command.js';
import { boot, type Container, type Shared } from '../systemd/container.js';
import type { Daemon } from '../systemd/daemon.js';
import { hardenUnit } from '../systemd/harden.js';
import { compare, manage, PATIENCE, prepare, run, type Run } from '../systemd/trial.js';
import type { Check } from '../trial.js';
import { allowedCalls, faultInForce, filterOf } from './filter.js';
import { ACTIONS, INTRUDERS, intrude, nameOf, tryRefusals } from './intruder.js';
import { recordUnit } from './recording.js';

export interface UnitTrial {
  readonly name: string;
  readonly checks: readonly Check[];
  /** What was refused before already, and what is not promised, with the reason. */
  readonly notes: readonly string[];
  /** Calls that were seen. */
  readonly seen: number | undefined;
  /** System calls of x86-64 that may be made: in the unit as it comes, ... */
  readonly before: number | undefined;
  /** ... with harden's filter for services, undefined where it gives none without a recording, ... */
  readonly kind: number | undefined;
  /** ... and with the one that is made of its recording. */
  readonly after: number | undefined;
}

/** Records what a unit does while its clients use it, and has them use it again with what harden makes of that. */
export async function tryUnit(root: string, daemon: Daemon, signal: AbortSignal): Promise<UnitTrial> {
  const [checks, notes]: [Check[], string[]] = [[], []];
  const figures: { -readonly [name in 'seen' | 'before' | 'kind' | 'after']: UnitTrial[name] } = {
    seen: undefined,
    before: undefined,
    kind: undefined,
    after: undefined,
  };
  /** Each in a machine where the unit has never run. */
  const inside = async <T>(
    name: string,
    work: (container: Container) => Promise<T>,
    shared: Shared = {},
  ): Promise<T | undefined> => {
    const container = await boot(root, shared);
    try {
      await prepare(container, daemon);
      const made = await work(container);
      checks.push({ name, fault: undefined });
      return made;
    } catch (error) {
      if (signal.aborted) throw error;
      checks.push({ name, fault: messageOf(error) });
      return undefined;
    } finally {
      await container.stop();
    }
  };

  const original = await inside('the original works, and may do what is forbidden', async (container) => {
    const used = await use(container, daemon);
    figures.before = (await allowedCalls(container, daemon)).size;
    notes.push(...(await refusedBefore(container, daemon)));
    const stopped = await stop(container, daemon);
    figures.kind = await allowedByKind(container, daemon);
    return { used, stopped };
  });
  const learned =
    original &&
    (await inside(
      'it works while harden learn records it',
      async (container) => {
        const needs = await recordUnit(container, daemon);
        return { seen: seenIn(needs), hardening: await hardenUnit(container, daemon, { phase: '3', needs }) };
      },
      COMMAND_SHARED,
    ));
  figures.seen = learned?.seen.length;
  if (learned !== undefined) {
    const { hardening, seen } = learned;
    await inside('it works with what harden makes of it', async (container) => {
      await hardening.install(container);
      await manage(container, daemon, ['daemon-reload']);
      const used = compare(original!.used, await use(container, daemon));
      if (used.fault !== undefined) throw new Error(used.fault);
      const news = used.complaints.filter((line) => !original!.used.complaints.includes(line));
      if (news.length > 0) throw new Error(`new in the journal:\n${news.join('\n')}`);
      figures.after = (await allowedCalls(container, daemon)).size;
      const fault = await faultInForce(container, daemon, hardening, seen);
      checks.push({ name: 'its filter is in force', fault });
      const tried = await tryRefusals(container, daemon);
      checks.push(...tried.checks);
      notes.push(...tried.notes);
      const stopped = await stop(container, daemon);
      if (stopped !== original!.stopped)
        throw new Error(`stopped it is ${stopped} instead of ${original!.stopped}`);
    });
  }
  return { name: daemon.name, checks, notes, ...figures };
}

/** Starts it, and does all that its clients do with it. */
async function use(container: Container, daemon: Daemon): Promise<Run> {
  await manage(container, daemon, ['start', daemon.unit]);
  const used = await run(container, daemon, PATIENCE.trial);
  if (used.fault !== undefined) throw new Error(used.fault);
  return used;
}

/** Stops it, and tells what became of it. */
async function stop(container: Container, daemon: Daemon): Promise<string> {
  await container.must(['systemctl', 'stop', daemon.unit]);
  const state = await manage(container, daemon, ['show', '-p', 'ActiveState,Result', daemon.unit]);
  return state.trim().split('\n').sort().join(' ');
}

/** What the unit's author has refused already. Without ptrace, which needs no right, nothing would be shown. */
async function refusedBefore(container: Container, daemon: Daemon): Promise<readonly string[]> {
  const outcome = await intrude(container, daemon);
  const ptrace = outcome('own', 'ptrace');
  if (ptrace !== 'allowed') throw new Error(`ptrace: ${ptrace}`);
  return INTRUDERS.flatMap((who) => {
    const refused = ACTIONS.filter((action) => outcome(who, action) !== 'allowed');
    const told = refused.map((action) => `${action} ${outcome(who, action)}`);
    return told.length === 0 ? [] : [`as it comes, by ${nameOf(who)}: ${told.join(', ')}`];
  });
}

/** What may be called with what harden writes without a recording; undefined where that is no filter. */
async function allowedByKind(container: Container, daemon: Daemon): Promise<number | undefined> {
  const hardening = await hardenUnit(container, daemon);
  if (filterOf(hardening).length === 0) return undefined;
  await hardening.install(container);
  await manage(container, daemon, ['daemon-reload']);
  return (await allowedCalls(container, daemon)).size;
}

function seenIn(needs: string): readonly string[] {
  const parsed = parseNeeds(needs, NEEDS_NAME);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ reason }) => reason).join('; '));
  return parsed.workloads.flatMap(({ systemCalls }) => systemCalls.map(({ value }) => value));
}
