import { diffLines } from 'diff';
import { appliedEdits } from '../../core/fixes.js';
import type { FilePlan } from '../../core/plan.js';
import { applyEdits, type TextEdit } from '../../core/text.js';
import type { Evidence } from '../../core/types.js';
import type { Pair } from '../subject.js';

/** A part of what changes in a Dockerfile. */
export interface DockerfileStep {
  /** The transform that made it; undefined for lines that a person wrote. */
  readonly id: string | undefined;
  readonly says: string;
  readonly evidence: readonly Evidence[];
  /** In coordinates of the original. */
  readonly edits: readonly TextEdit[];
}

/** The plan's changes, transform by transform; the differing lines, where the hardened text is no plan's. */
export function dockerfileSteps({ original, hardened, plan }: Pair): readonly DockerfileStep[] {
  return applyEdits(original, appliedEdits(plan)) === hardened ? planned(plan) : hunks(original, hardened);
}

function planned({ entries }: FilePlan): readonly DockerfileStep[] {
  const applied = entries.filter(({ disposition }) => disposition === 'applied');
  const ids = [...new Set(applied.map(({ meta }) => meta.id))];
  return ids.flatMap((id) => {
    const findings = applied.filter(({ meta }) => meta.id === id).map(({ finding }) => finding);
    const edits = findings.flatMap((finding) => ('edits' in finding ? finding.edits : []));
    // What acts inside another's text has no edits of its own: it comes and goes with it.
    if (edits.length === 0) return [];
    const changes = findings.flatMap((finding) => ('change' in finding ? [finding.change] : []));
    return [{ id, says: changes.join('; '), evidence: findings.flatMap(({ evidence }) => evidence), edits }];
  });
}

function hunks(original: string, hardened: string): readonly DockerfileStep[] {
  const steps: DockerfileStep[] = [];
  let [at, edit]: [number, { start: number; end: number; text: string } | undefined] = [0, undefined];
  const close = (): void => {
    if (edit === undefined) return;
    const says = [original.slice(edit.start, edit.end).replace(/^/gm, '-'), edit.text.replace(/^/gm, '+')];
    steps.push({ id: undefined, says: says.join('\n').trim(), evidence: [], edits: [edit] });
    edit = undefined;
  };
  for (const { added, removed, value } of diffLines(original, hardened)) {
    if (!added && !removed) close();
    else {
      edit ??= { start: at, end: at, text: '' };
      if (added) edit.text += value;
      else edit.end += value.length;
    }
    if (!added) at += value.length;
  }
  close();
  return steps;
}

export function dockerfileWith(original: string, steps: readonly DockerfileStep[]): string {
  return applyEdits(
    original,
    steps.flatMap(({ edits }) => edits),
  );
}
