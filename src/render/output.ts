import type { Companion, ImageBuilder } from '../core/companion.js';
import type { FileOutcome } from '../harden.js';
import type { Known } from './baseline.js';
import type { Totals } from './totals.js';

/** The forms in which a run can be told. */
export const OUTPUT_NAMES = [
  'text',
  'patch',
  'json',
  'sarif',
  'github',
  'gitlab',
  'junit',
  'markdown',
] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** What a run does with the files: show the changes, say whether there are any, or make them. */
export type Mode = 'preview' | 'check' | 'write' | 'in-place';

/** A file that a run wrote, or why it could not. */
export interface WrittenFile {
  readonly path: string;
  readonly changed: boolean;
  readonly error: string | undefined;
}

/** A companion, and what became of it when it was to be written. */
export interface ToldCompanion {
  readonly companion: Companion;
  readonly written: WrittenFile | undefined;
}

/** An outcome with all that goes with it. */
export interface Told {
  readonly outcome: FileOutcome;
  readonly written: WrittenFile | undefined;
  readonly companions: readonly ToldCompanion[];
  readonly builders: readonly ImageBuilder[];
  /** The project's baseline; undefined where there is none. */
  readonly known?: Known | undefined;
}

/** A piece of an output. */
export interface Piece {
  readonly text: string;
  /** Of one that is held back until the end: those of a lower rank come first. */
  readonly rank?: number;
}

/**
 * One form in which a run is told, made of pieces so that no plan has to be kept: the head, what is said of each outcome,
 * the foot. The thread that plans a file makes its pieces; one thread puts them together.
 */
export interface Output {
  head(): string;
  /** Empty where there is nothing to say. */
  outcome(told: Told): readonly Piece[];
  /** What stands between two pieces that aren't held back. */
  readonly separator: string;
  /** @param held the pieces that were held back, in order. */
  foot(totals: Totals, held: readonly Piece[]): string;
  /** True for one that has no place for errors: they go to standard error. */
  readonly omitsErrors?: boolean;
}

/** One piece, or none for an empty text. */
export function pieces(text: string): readonly Piece[] {
  return text === '' ? [] : [{ text }];
}
