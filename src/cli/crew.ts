import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SourceFile } from '../io/discover.js';
import { addTotals, createTotals, type Totals } from '../render/totals.js';
import type { Run } from '../harden.js';
import type { Report, Reporter } from './reporter.js';
import type { Settings } from './settings.js';

/** What every worker of a run is told at its start. */
export interface Shared {
  readonly settings: Settings;
  /** All files of the tree, in order. */
  readonly files: readonly SourceFile[];
}

/** Files `[from, to)` of the run. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** What a worker answers to a slice: its reports, and the totals of all its slices so far. */
export interface Share {
  readonly from: number;
  readonly reports: readonly Report[];
  readonly totals: Totals;
}

/** Files of one folder belong together: each is read for what it says of the others. */
const SLICE = 24;

/** A worker takes as long to start as these many files take to plan. */
const FILES_PER_WORKER = 250;
const MAX_WORKERS = 8;

/** What a worker's plans leave behind dies young: with less room, the garbage collector takes it for old. */
const YOUNG_MIB = 64;

/**
 * How many threads a run of so many files is worth; 1 means that none is started.
 * @param wanted by `--jobs`, which may be more than there are processors.
 */
export function crewSize(files: number, wanted = Math.min(availableParallelism(), MAX_WORKERS)): number {
  return Math.max(1, Math.min(wanted, Math.floor(files / FILES_PER_WORKER)));
}

/** Whoever plans the files of a run; the reports come in the order of the files. */
export interface Crew {
  reports(): AsyncGenerator<Report, void, void>;
  /** The totals of the reports that were given so far. */
  readonly totals: Totals;
  end(): Promise<void>;
}

/** This thread plans, and counts into the reporter's own totals. */
export function workAlone(run: Run, reporter: Reporter): Crew {
  return {
    async *reports() {
      for (const file of run.files) yield reporter.take(run.plan(file));
    },
    totals: createTotals(),
    end: async () => undefined,
  };
}

/**
 * Starts the threads.
 * @param count of the run's own files: those of `shared.files` that its formats leave.
 */
export function startCrew(size: number, shared: Shared, count: number): Crew {
  const workers = Array.from(
    { length: size },
    () =>
      new Worker(new URL('./worker.js', import.meta.url), {
        workerData: shared,
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
      }),
  );
  const shares = new Map<number, readonly Report[]>();
  const latest = new Map<Worker, Totals>();
  let next = 0;
  let failure: Error | undefined;
  let wake: () => void = () => undefined;

  const dispatch = (worker: Worker): void => {
    if (next >= count) return;
    const slice: Slice = { from: next, to: Math.min(next + SLICE, count) };
    next = slice.to;
    worker.postMessage(slice);
  };

  for (const worker of workers) {
    worker.on('message', ({ from, reports, totals }: Share) => {
      shares.set(from, reports);
      latest.set(worker, totals);
      dispatch(worker);
      wake();
    });
    worker.on('error', (error: Error) => {
      failure ??= error;
      wake();
    });
    dispatch(worker);
    dispatch(worker);
  }

  return {
    async *reports() {
      for (let from = 0; from < count; from += SLICE) {
        while (!shares.has(from)) {
          if (failure !== undefined) throw failure;
          await new Promise<void>((resolve) => (wake = resolve));
        }
        yield* shares.get(from)!;
        shares.delete(from);
      }
    },
    get totals() {
      return [...latest.values()].reduce(addTotals, createTotals());
    },
    end: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
