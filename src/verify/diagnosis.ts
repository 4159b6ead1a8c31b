import type { Evidence } from '../core/types.js';

/** What the project's configuration says of a file afterwards, so that the next run keeps the mend. */
export interface Override {
  /** Capabilities that it needs, without `CAP_`. */
  readonly capabilities?: readonly string[];
  /** Absolute paths that it writes. */
  readonly writable?: readonly string[];
  /** Transforms that are left out for it: `systemd/deny-write-execute`. */
  readonly skip?: readonly string[];
}

/** A change with which the hardened variant does what the original did. It was tried. */
export interface Mend {
  /** What it does, as a sentence: `without MemoryDenyWriteExecute=yes it works`. */
  readonly says: string;
  /** Undefined where only the hardened text can say it, as with what a person wrote there. */
  readonly override?: Override;
  /** The hardened text, mended; all else stays byte for byte. */
  readonly text: string;
}

/** Why a hardened variant fails where its original works. */
export interface Diagnosis {
  /** The file, as in the check that failed. */
  readonly subject: string;
  /** The lines without which it works, as they are written; one that was taken out stands behind a `-`. */
  readonly cause: readonly string[];
  /** What was seen, without secrets. */
  readonly symptom: string;
  /** What harden had believed when it wrote these lines. */
  readonly evidence: readonly Evidence[];
  readonly mend?: Mend | undefined;
}

export function isDiagnosis(result: object): result is Diagnosis {
  return 'cause' in result;
}
