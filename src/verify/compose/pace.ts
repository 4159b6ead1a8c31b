import type { Sight } from './trial.js';

/** How much time a project gets before what is missing counts as a fault. */
export interface Pace {
  /** Until all of it has come to rest, in milliseconds. */
  readonly up: number;
  /** Until a port of a service that is up is reached, in milliseconds. */
  readonly listening: number;
  /** How often a service may be started again, as one that waits for another is. */
  readonly restarts: number;
}

/** What a slow start takes, where nothing is known of the project. */
export function firstPace(patience: number): Pace {
  return { up: patience, listening: 15_000, restarts: 8 };
}

/** As much as the original took, and more: a machine is not always as fast. */
export function paceOf({ took, services }: Sight, patience: number): Pace {
  const sights = [...services.values()];
  const slowest = Math.max(0, ...sights.flatMap(({ ports }) => ports.map(({ after }) => after)));
  return {
    up: Math.min(patience, 15_000 + 3 * took),
    listening: 2000 + 3 * slowest,
    restarts: 2 + 2 * Math.max(0, ...sights.map(({ restarts }) => restarts)),
  };
}
