import type { Evidence } from '../core/types.js';
import type { RecordedNeeds } from './recorded.js';

/** Something that a person has written down, and where. */
export interface Stated {
  readonly value: string;
  readonly evidence: Evidence;
}

/** Each word once, by its first mention. */
export function firstMentions(list: readonly Stated[]): readonly Stated[] {
  return [...new Map([...list].reverse().map((item) => [item.value, item])).values()].reverse();
}

/** What a person says that a workload needs, besides what its files say. */
export interface StatedNeeds {
  /** Without `CAP_`. */
  readonly capabilities: readonly Stated[];
  /** Paths that its processes write. */
  readonly writable: readonly Stated[];
  /** Writable places from which its processes execute. */
  readonly executable: readonly Stated[];
  /**
   * All that it reaches outside of its project or its machine: `none`, or destinations as `src/core/destination.ts` reads
   * them. Unlike the other lists this one is whole; empty where nobody has said anything.
   */
  readonly egress: readonly Stated[];
}

/** What is known of a workload besides its files. */
export interface KnownBesides extends StatedNeeds {
  /** What it was seen to do; undefined where nobody looked. */
  readonly recorded: RecordedNeeds | undefined;
}

export const NOTHING_STATED: KnownBesides = {
  capabilities: [],
  writable: [],
  executable: [],
  egress: [],
  recorded: undefined,
};
