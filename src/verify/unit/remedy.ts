import { parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import type { Override } from '../diagnosis.js';
import { assign, type Step } from './steps.js';
import type { Observation } from './trial.js';

/** A change to the hardened unit's text that may mend it. */
export interface Remedy {
  readonly says: string;
  readonly override?: Override;
  change(document: UnitDocument): string;
}

/** A step that breaks the unit, and what is known of how. */
export interface Case {
  readonly step: Step;
  /** All steps: those that one transform makes belong together. */
  readonly steps: readonly Step[];
  readonly before: Observation;
  readonly failing: Observation;
  /** Starts the unit with a change, to see whether it does what its original did. */
  attempt(change: Remedy['change']): Promise<Attempt>;
}

export interface Attempt {
  readonly works: boolean;
  readonly seen: Observation;
}

export type Find = (found: Case) => Promise<Remedy | undefined>;

/** Adds words to the last list of a setting; behind one of what is refused, in a line of their own. */
export function withWords(document: UnitDocument, key: string, words: readonly string[]): string {
  const values = document.entries.flatMap((entry) =>
    entry.section === 'Service' && entry.key === key ? [entry.value] : [],
  );
  const last = values.at(-1);
  if (last === undefined || last.startsWith('~')) return withLine(document, key, words);
  return assign(document, 'Service', key, [...values.slice(0, -1), [last, ...words].join(' ').trim()]);
}

/** Adds a line: what it allows is added to what those above it do. */
export function withLine(document: UnitDocument, key: string, words: readonly string[]): string {
  const values = document.entries.flatMap((entry) =>
    entry.section === 'Service' && entry.key === key ? [entry.value] : [],
  );
  const none = values.length === 1 && (values[0] === '' || parseBoolean(values[0]!) === false);
  return assign(document, 'Service', key, [...(none ? [] : values), words.join(' ')]);
}
