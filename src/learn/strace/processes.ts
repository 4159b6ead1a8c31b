import type { TracedCall } from './call.js';

/** What a process looks paths up by; threads have one together: clone(2), CLONE_FS. */
export interface Surroundings {
  /** Its working directory, where something said it. */
  cwd: string | undefined;
  /** What chroot(2) made its root, without a `/` at the end; undefined where that is not known. */
  root: string | undefined;
}

/** What is kept of a process between its calls. */
export interface Tracee {
  fs: Surroundings;
  /** A program that it was started as, named relative to a working directory that nothing has said yet. */
  program: string | undefined;
  /** The beginning of a call that is not finished. */
  begun: { readonly name: string; readonly rest: string } | undefined;
}

/** Processes that are followed at a time; more than that live in no workload that one strace follows. */
const MAX_TRACEES = 10_000;

/** Processes that have not made a call yet: numbers of another PID namespace never come up. */
const MAX_COMING = 1_000;

const STARTS = /^(?:clone3?|v?fork)$/;

/** True for a call that starts a process or a thread. */
export function startsProcess(name: string): boolean {
  return STARTS.test(name);
}

/** The processes of a log, in bounded memory. */
export interface Processes {
  get(pid: string): Tracee | undefined;
  /**
   * One that was not there comes of the call that starts one, where that is known.
   * @param name of the call that shows it.
   */
  of(pid: string, name: string): Tracee;
  begin(pid: string, name: string, rest: string): void;
  /** What was begun goes on. */
  resume(tracee: Tracee): void;
  /** A process or a thread was started, and its number is known now. */
  started(parent: Tracee, call: TracedCall): void;
  /** One of them has changed its root, so that of others it is not known. */
  jailed(): void;
  end(pid: string): void;
  /** The thread's execve() goes on as the process. */
  supersede(pid: string, thread: string): void;
  all(): Iterable<Tracee>;
}

/** @param drop is told of each process that is not followed any more, for it has ended or there are too many. */
export function createProcesses(drop: (tracee: Tracee, ended: boolean) => void): Processes {
  const tracees = new Map<string, Tracee>();
  /** Those that are starting another, which may be seen before the call returns. */
  const starting = new Set<Tracee>();
  const coming = new Map<string, Surroundings>();
  let jailed = false;
  /** Calls that start a process are in the log. */
  let tellsStarts = false;

  const remove = (pid: string, ended: boolean): void => {
    const tracee = tracees.get(pid);
    if (tracee === undefined) return;
    starting.delete(tracee);
    tracees.delete(pid);
    drop(tracee, ended);
  };

  const add = (pid: string, name: string): Tracee => {
    // strace itself starts the first with its own root: so it does again where a log goes on with another start. How the
    // one before ended is not in the log where strace was killed with it; but all that were started are known then.
    const known = tracees.size === 0 || (tellsStarts && coming.size === 0);
    const first = name === 'execve' && known;
    const fs = coming.get(pid) ??
      inherited([...starting]) ?? { cwd: undefined, root: jailed && !first ? undefined : '' };
    coming.delete(pid);
    if (tracees.size >= MAX_TRACEES) remove(tracees.keys().next().value!, false);
    const made: Tracee = { fs, program: undefined, begun: undefined };
    tracees.set(pid, made);
    return made;
  };

  return {
    get: (pid) => tracees.get(pid),
    of: (pid, name) => tracees.get(pid) ?? add(pid, name),
    begin: (pid, name, rest) => {
      const tracee = tracees.get(pid) ?? add(pid, name);
      tracee.begun = { name, rest };
      if (startsProcess(name)) starting.add(tracee);
      else starting.delete(tracee);
    },
    resume: (tracee) => {
      tracee.begun = undefined;
      starting.delete(tracee);
    },
    started: (parent, { args, result }) => {
      const [pid] = /^\d+/.exec(result) ?? [];
      if (pid === undefined) return;
      tellsStarts = true;
      const fs = surroundingsFor(parent, args.join(' '));
      const child = tracees.get(pid);
      if (child === undefined) {
        if (coming.size >= MAX_COMING) coming.delete(coming.keys().next().value!);
        coming.set(pid, fs);
        // Whose it was could not be told when it was first seen.
      } else if (child.fs.root === undefined && child.fs.cwd === undefined) child.fs = fs;
    },
    jailed: () => {
      jailed = true;
    },
    end: (pid) => {
      remove(pid, true);
    },
    supersede: (pid, thread) => {
      const goesOn = tracees.get(thread);
      const tracee = tracees.get(pid) ?? add(pid, 'execve');
      tracee.begun = goesOn?.begun;
      if (goesOn !== undefined) {
        tracee.fs = goesOn.fs;
        starting.delete(goesOn);
      }
      tracees.delete(thread);
    },
    all: () => tracees.values(),
  };
}

/** Threads share, processes begin with a copy. */
function surroundingsFor({ fs }: Tracee, flags: string): Surroundings {
  return /\bCLONE_FS\b/.test(flags) ? fs : { ...fs };
}

/** What one has that is new: of the one process that starts another, or of several where they agree. */
function inherited([first, ...others]: readonly Tracee[]): Surroundings | undefined {
  if (first === undefined) return undefined;
  if (others.length === 0) return surroundingsFor(first, first.begun?.rest ?? '');
  const same = (key: keyof Surroundings): string | undefined =>
    others.every(({ fs }) => fs[key] === first.fs[key]) ? first.fs[key] : undefined;
  return { cwd: same('cwd'), root: same('root') };
}
