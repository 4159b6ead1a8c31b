import { addAssignments } from '../../src/formats/systemd/edit.js';
import { citeEntry, type UnitDocument, type UnitEntry } from '../../src/formats/systemd/document.js';
import type { OptionReader } from '../../src/core/options.js';
import type { Edits } from '../../src/core/text.js';
import type {
  Certainty,
  Evidence,
  Finding,
  FixFinding,
  ManualFinding,
  Transform,
  TransformMeta,
} from '../../src/core/types.js';
import type { QuadletContext } from '../../src/workload/context.js';
import type { ContainerWorkload } from '../../src/workload/quadlet/workload.js';

export type QuadletTransform = Transform<UnitDocument, QuadletContext>;

/** The entry of a key of [Container] in its manual page. */
export function quadletKey(name: string): string {
  return `https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html#${name.toLowerCase()}`;
}

/** Makes a transform of a policy for the container of a unit. */
export function forContainer(
  meta: TransformMeta,
  policy: (
    container: ContainerWorkload,
    context: QuadletContext,
    option: OptionReader,
  ) => Finding | readonly Finding[] | undefined,
): QuadletTransform {
  return {
    meta,
    run: (_document, context, option) => {
      const outcome = policy(context.workload, context, option) ?? [];
      return 'subject' in outcome ? [outcome] : outcome;
    },
  };
}

interface Outcome {
  readonly message: string;
  readonly evidence: readonly Evidence[];
}

function place({ file }: ContainerWorkload): Pick<Finding, 'subject' | 'range'> {
  return { subject: ['Container'], range: file.lastSection('Container')!.headerRange };
}

/** The finding for assignments that a need asks for: a fix, or the text to add by hand and why. */
export function proposal(
  container: ContainerWorkload,
  certainty: Certainty,
  outcome: Outcome & { readonly assignments: readonly string[]; readonly unknownReason: string },
  edit: () => Edits = () => addAssignments(container.file, 'Container', outcome.assignments),
): FixFinding | ManualFinding {
  const { message, evidence, assignments, unknownReason } = outcome;
  const base = { ...place(container), message, evidence };
  const suggestion = assignments.join('\n');
  if (certainty === 'unknown') return { ...base, safety: 'manual', reason: unknownReason, suggestion };
  const made = edit();
  if (!made.ok) return { ...base, safety: 'manual', reason: made.reason, suggestion };
  const safety = certainty === 'known' ? 'safe' : 'unsafe';
  return { ...base, safety, change: assignments.join(', '), edits: made.edits };
}

export function manual(
  container: ContainerWorkload,
  outcome: Outcome & { readonly reason: string; readonly suggestion?: string },
): ManualFinding {
  return { ...place(container), safety: 'manual', ...outcome };
}

export function accepted(
  container: ContainerWorkload,
  outcome: Outcome & { readonly reason: string },
): Finding {
  return { ...place(container), safety: 'accepted', ...outcome };
}

/** The assignment of a key that is the author's, with its line. */
export function written(
  { unit }: ContainerWorkload,
  ...keys: readonly string[]
): { readonly entry: UnitEntry; readonly evidence: Evidence } | undefined {
  const entry = unit.assignments('Container', ...keys).at(-1);
  return entry === undefined ? undefined : { entry, evidence: citeEntry(unit, entry) };
}
