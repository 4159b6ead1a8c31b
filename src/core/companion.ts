import type { PlanEntry } from './plan.js';
import type { TextEdit } from './text.js';
import type { Evidence, Phase, TransformMeta } from './types.js';

/** What is said of one change of a companion file, or of what is left as it is. */
export interface CompanionNote {
  /** The line of an ignore file, or what a deployment file builds. */
  readonly subject: string;
  readonly disposition: 'applied' | 'later' | 'accepted';
  readonly safety: 'safe' | 'unsafe' | undefined;
  readonly phase: Phase | undefined;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** A file that goes with another one's plan: it is written, shown and counted beside it. */
export interface Companion {
  readonly kind: 'dockerignore' | 'fly' | 'render' | 'seccomp' | 'apparmor' | 'squid';
  /** The transform whose change needs the file; undefined where a finding of its own tells of it. */
  readonly transform?: TransformMeta | undefined;
  /** Where it is written. */
  readonly path: string;
  /** True for a file that `--write` puts beside its source; false for one that changes itself. */
  readonly variant: boolean;
  /** What it is made from: the Dockerfile or Compose file where there was nothing. */
  readonly source: string;
  /** The text that the edits are made to; undefined when there is no file yet. */
  readonly original: string | undefined;
  readonly edits: readonly TextEdit[];
  readonly text: string;
  readonly notes: readonly CompanionNote[];
}

/** A place that builds a Dockerfile, outside Compose: a workflow, a script, a bake file. */
export interface ImageBuilder {
  readonly file: string;
  readonly line: number;
  /** How it says which Dockerfile: `file: Dockerfile`, `docker build .`. */
  readonly text: string;
}

/** All that goes with one file's plan. */
export interface Companions {
  readonly files: readonly Companion[];
  /** What builds the original, and is to be pointed to the hardened variant by hand. */
  readonly builders: readonly ImageBuilder[];
}

export const NO_COMPANIONS: Companions = { files: [], builders: [] };

/** True for a companion that differs from what it is made from. */
export function isChanged({ original, text }: Companion): boolean {
  return text !== (original ?? '');
}

/** A file of harden's own that a change needs: its text replaces what is there. */
export function ownFile(
  file: Pick<Companion, 'kind' | 'path' | 'variant' | 'source' | 'original' | 'text'>,
  { meta, phase, finding }: PlanEntry,
  note: Pick<CompanionNote, 'subject' | 'reason'>,
): Companion {
  const { original, text } = file;
  const safety = finding.safety === 'safe' ? 'safe' : 'unsafe';
  return {
    ...file,
    transform: meta,
    edits: original === text ? [] : [{ start: 0, end: original?.length ?? 0, text }],
    notes: [{ ...note, disposition: 'applied', safety, phase, evidence: finding.evidence }],
  };
}
