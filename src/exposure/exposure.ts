import type { UnitDocument } from '../formats/systemd/document.js';
import { assessors } from './assessors.js';
import { settingsOf } from './settings.js';
import type { Manager } from './specifiers.js';

export type Rating = 'PERFECT' | 'SAFE' | 'OK' | 'MEDIUM' | 'EXPOSED' | 'UNSAFE' | 'DANGEROUS';

/** The score of `systemd-analyze security`: 0.0 for a service that can do nothing, 10.0 for one that can do all. */
export interface Exposure {
  /** With one decimal, rounded up. */
  readonly score: number;
  readonly rating: Rating;
  readonly checks: readonly ExposureCheck[];
}

export interface ExposureCheck {
  /** `name` in the output of `systemd-analyze security --json=short`. */
  readonly id: string;
  /** What the check adds to the score, with one decimal, rounded up by itself: the sum is no less than the score. */
  readonly exposure: number;
  /** Undefined when the check doesn't apply. */
  readonly good: boolean | undefined;
  readonly applicable: boolean;
}

export interface ExposureOptions {
  /** In the order in which systemd reads them, which is by file name. */
  readonly dropIns?: readonly UnitDocument[];
  readonly manager?: Manager;
}

/** The least score in tenths for each rating: badness_table[] in src/analyze/analyze-security.c. */
const RATINGS: readonly (readonly [least: number, rating: Rating])[] = [
  [100, 'DANGEROUS'],
  [90, 'UNSAFE'],
  [75, 'EXPOSED'],
  [50, 'MEDIUM'],
  [10, 'OK'],
  [1, 'SAFE'],
  [0, 'PERFECT'],
];

/**
 * What `systemd-analyze security --offline=true` of systemd 252 on x86-64 says of a unit, without running it: it
 * weighs the settings that the files have, not what the service does. Undefined for a unit without [Service],
 * and for one that systemd refuses to load for a value of User=, RootDirectory= or the like.
 * https://www.freedesktop.org/software/systemd/man/252/systemd-analyze.html#systemd-analyze%20security%20%5BUNIT...%5D
 */
export function exposureOf(document: UnitDocument, options: ExposureOptions = {}): Exposure | undefined {
  const { dropIns = [], manager = 'system' } = options;
  if (![document, ...dropIns].some((part) => part.lastSection('Service') !== undefined)) return undefined;
  const settings = settingsOf(document, dropIns, manager);
  if (settings === undefined) return undefined;
  const assessed = assessors.map(({ id, weight, range, normalPhase, rule }) => {
    const applies = normalPhase !== true || settings.defaultDependencies;
    return { id, weight, range, badness: applies ? rule(settings) : undefined };
  });
  const applicable = assessed.filter(({ badness }) => badness !== undefined);
  const weights = applicable.reduce((sum, { weight }) => sum + weight, 0);
  const badnesses = applicable.reduce(
    (sum, { badness, weight, range }) => sum + Math.ceil((badness! * weight) / range),
    0,
  );
  const tenths = Math.ceil((badnesses * 100) / weights);
  return {
    score: tenths / 10,
    rating: RATINGS.find(([least]) => tenths >= least)![1],
    checks: assessed.map(({ id, weight, range, badness }) => ({
      id,
      exposure: Math.ceil(Math.ceil(((badness ?? 0) * weight * 100) / range) / weights) / 10,
      good: badness === undefined ? undefined : badness === 0,
      applicable: badness !== undefined,
    })),
  };
}
