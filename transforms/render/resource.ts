import type { Edits, Range } from '../../src/core/text.js';
import type {
  Evidence,
  Finding,
  FixFinding,
  ManualFinding,
  Transform,
  TransformMeta,
} from '../../src/core/types.js';
import type { BlueprintDocument } from '../../src/formats/render-yaml/document.js';
import type { RenderContext } from '../../src/workload/context.js';
import type { ResourceView, Variable } from '../../src/workload/render/resource.js';

export type RenderTransform = Transform<BlueprintDocument, RenderContext>;

/** Render's own description of a Blueprint's fields. */
export function blueprintField(name: string): string {
  return `https://render.com/docs/blueprint-spec#${name.toLowerCase()}`;
}

/** Makes a transform of a policy for one resource of a Blueprint. */
export function forEachResource(
  meta: TransformMeta,
  policy: (view: ResourceView, context: RenderContext) => Finding | readonly Finding[] | undefined,
): RenderTransform {
  return {
    meta,
    run: (_document, context) =>
      context.resources.flatMap((view) => {
        const outcome = policy(view, context) ?? [];
        return 'subject' in outcome ? [outcome] : outcome;
      }),
  };
}

interface Outcome {
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** Where it is shown; the resource's name by default. */
  readonly range?: Range;
}

function place({ resource: { path, range } }: ResourceView): Pick<Finding, 'subject' | 'range'> {
  return { subject: path, range };
}

/** The name of a variable, where a finding about it is shown. */
export function rangeOfVariable({ name, offset }: Variable): Range {
  return { start: offset, end: offset + name.length };
}

/**
 * The finding for an edit: a fix, or the refusal with its reason and the text to add by hand. What a service outside the
 * Blueprint may do is never known, so that no change is `safe` unless it says so.
 */
export function proposal(
  view: ResourceView,
  outcome: Outcome & {
    readonly change: string;
    readonly obstacle?: string | undefined;
    readonly safety?: 'safe' | 'unsafe';
  },
  edit: () => Edits,
): FixFinding | ManualFinding {
  const { message, evidence, change, obstacle, safety = 'unsafe', range = view.resource.range } = outcome;
  const base = { subject: view.resource.path, range, message, evidence };
  if (obstacle !== undefined) return { ...base, safety: 'manual', reason: obstacle, suggestion: change };
  const made = edit();
  if (!made.ok) return { ...base, safety: 'manual', reason: made.reason, suggestion: change };
  return { ...base, safety, change, edits: made.edits };
}

export function manual(
  view: ResourceView,
  outcome: Outcome & { readonly reason: string; readonly suggestion?: string },
): ManualFinding {
  return { ...place(view), safety: 'manual', ...outcome };
}

export function accepted(view: ResourceView, outcome: Outcome & { readonly reason: string }): Finding {
  return { ...place(view), safety: 'accepted', ...outcome };
}
