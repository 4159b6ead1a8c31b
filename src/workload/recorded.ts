import type { Evidence } from '../core/types.js';
import type { Stated } from './stated.js';

/** The lists of what recordings say of a workload; each word as `Recording` has it. */
export const RECORDED_LISTS = [
  'systemCalls',
  'capabilities',
  'executes',
  'writes',
  'reads',
  'devices',
  'families',
  'listens',
  'connects',
  'namespaces',
  'behaviours',
] as const;
export type RecordedList = (typeof RECORDED_LISTS)[number];

/**
 * What a workload was seen to do, each with its line in the file that holds it. It comes on top of what its files say;
 * where those leave a need unknown, a recording without gaps makes it likely, and never more: what was not exercised is
 * not in it.
 */
export interface RecordedNeeds extends Readonly<Record<RecordedList, readonly Stated[]>> {
  /** The entry of the workload. */
  readonly evidence: Evidence;
  /** A recording of all that is told apart here was read to its end, and nothing of it was left out. */
  readonly whole: boolean;
  /** The same of the system calls. */
  readonly wholeCalls: boolean;
  /** It was root, or may have been. */
  readonly root: boolean;
}

/** The words of a list, without their places. */
export function wordsOf(list: readonly Stated[]): readonly string[] {
  return list.map(({ value }) => value);
}
