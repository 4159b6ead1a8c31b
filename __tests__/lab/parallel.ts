/** Does something for each item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** Trials of one kind. */
export interface Trials<T> {
  /** To be done in any order. */
  readonly jobs: readonly (() => Promise<void>)[];
  /** What came of those that were done, in the order of their subjects. */
  made(): readonly T[];
}

/** @param describe tells of a trial as soon as it was made. */
export function trialsOf<S, T>(
  subjects: readonly S[],
  attempt: (subject: S) => Promise<T>,
  describe: (trial: T, subject: S) => void,
): Trials<T> {
  const made = new Map<S, T>();
  const jobs = subjects.map((subject) => async () => {
    const trial = await attempt(subject);
    describe(trial, subject);
    made.set(subject, trial);
  });
  return {
    jobs,
    // A trial may be a list itself: no flatMap.
    made: () => subjects.filter((subject) => made.has(subject)).map((subject) => made.get(subject)!),
  };
}

/** Makes trials of several kinds, so many at a time, some of each kind always: some compute while others wait. */
export async function makeAll(
  kinds: readonly Trials<unknown>[],
  width: number,
  signal: AbortSignal,
): Promise<void> {
  const jobs = kinds
    .flatMap((kind) => kind.jobs.map((job, at) => ({ job, place: (at + 0.5) / kind.jobs.length })))
    .sort((one, other) => one.place - other.place);
  await inParallel(jobs, width, async ({ job }) => {
    if (signal.aborted) return;
    try {
      await job();
    } catch (error) {
      // What was under way was ended, and failed by that.
      if (!signal.aborted) throw error;
    }
  });
}
