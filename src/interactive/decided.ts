import { appliedEdits, firstOverlap } from '../core/fixes.js';
import type { FilePlan, PlanEntry } from '../core/plan.js';
import { applyEdits } from '../core/text.js';
import type { FormatAdapter, SemanticPath, SourceDocument } from '../core/types.js';
import { covers, proveText } from '../core/verify.js';
import type { Answer, ChangeQuestion } from './question.js';

/** A change that is to be made. */
export interface Chosen {
  readonly question: ChangeQuestion;
  readonly answer: Answer;
}

/** A change that could not be joined with the others. */
export interface Unjoined {
  readonly question: ChangeQuestion;
  readonly reason: string;
}

export interface Decided {
  /** The plan with these changes alone. */
  readonly plan: FilePlan;
  readonly unjoined: readonly Unjoined[];
}

type Verdict =
  { readonly ok: true; readonly plan: FilePlan } | { readonly ok: false; readonly reason: string };

/**
 * The plan with the chosen changes alone. What comes out is proved: it parses, only what these changes are about differs, no
 * comment is lost but by a person's own edit, and byte order mark, line endings and final newline are kept. Where that fails, the changes are
 * joined one by one, and those that fail are left out.
 */
export function decidedPlan(
  plan: FilePlan,
  chosen: readonly Chosen[],
  adapter: FormatAdapter<SourceDocument>,
): Decided {
  const whole = prove(plan, chosen, adapter);
  if (whole.ok) return { plan: whole.plan, unjoined: [] };
  const kept: Chosen[] = [];
  const unjoined: Unjoined[] = [];
  for (const one of chosen) {
    const attempt = prove(plan, [...kept, one], adapter);
    if (attempt.ok) kept.push(one);
    else unjoined.push({ question: one.question, reason: attempt.reason });
  }
  return { plan: withOnly(plan, kept), unjoined };
}

/** What is wrong with a change as it was edited, alone; undefined where nothing is. */
export function editProblem(
  plan: FilePlan,
  chosen: Chosen,
  adapter: FormatAdapter<SourceDocument>,
): string | undefined {
  const verdict = prove(plan, [chosen], adapter);
  return verdict.ok ? undefined : verdict.reason;
}

function prove(plan: FilePlan, chosen: readonly Chosen[], adapter: FormatAdapter<SourceDocument>): Verdict {
  const { original } = plan;
  const clash = firstOverlap(appliedEdits({ entries: chosen.map(entryOf) }));
  if (clash !== undefined)
    return { ok: false, reason: `two changes overlap at line ${original.lines.lineOf(clash[1].start)}` };
  const decided = withOnly(plan, chosen);
  const edited = chosen.filter(({ answer }) => answer.kind === 'edited');
  const byHand = alone(plan, edited, adapter);
  const proof = proveText(original, decided.result, adapter, {
    isAbout: (path) =>
      chosen.some((one) => isOf(one, path)) || byHand.paths.some((own) => isBeside(path, own)),
    taken: byHand.lost,
  });
  return proof.ok ? { ok: true, plan: decided } : proof;
}

/** What edits by hand change, and the comments that they take away: a person may. */
function alone(
  plan: FilePlan,
  edited: readonly Chosen[],
  adapter: FormatAdapter<SourceDocument>,
): { readonly paths: readonly SemanticPath[]; readonly lost: readonly string[] } {
  const { original } = plan;
  const results = edited.flatMap((one) => {
    const parsed = adapter.parse(plan.path, withOnly(plan, [one]).result);
    return parsed.ok ? [parsed.document] : [];
  });
  return {
    paths: results.flatMap((document) => adapter.delta(original, document)),
    lost: results.flatMap((document) => {
      const left = [...document.comments()];
      return original.comments().filter((comment) => {
        const at = left.indexOf(comment);
        if (at !== -1) left.splice(at, 1);
        return at === -1;
      });
    }),
  };
}

/** True for a path that one of the findings of a change is about. */
function isOf({ question, answer }: Chosen, path: SemanticPath): boolean {
  if (answer.kind === 'edited') return false;
  const { entry, within } = question;
  return [entry, ...within].some(({ meta, finding }) => 'change' in finding && covers(meta, [finding], path));
}

/** At or below a path that an edit changes; in its list too, as items that others add give its own other places. */
function isBeside(path: SemanticPath, other: SemanticPath): boolean {
  const inList = /^\d+$/.test(other.at(-1) ?? '');
  return (inList ? other.slice(0, -1) : other).every((part, at) => part === path[at]);
}

/** The plan of which these changes alone are applied. */
function withOnly(plan: FilePlan, chosen: readonly Chosen[]): FilePlan {
  const made = new Map<PlanEntry, PlanEntry>();
  for (const one of chosen) {
    made.set(one.question.entry, entryOf(one));
    for (const entry of one.question.within) made.set(entry, entry);
  }
  const entries = plan.entries.map((entry): PlanEntry =>
    entry.disposition === 'applied'
      ? (made.get(entry) ?? { ...entry, disposition: 'manual', reason: 'not chosen in the review' })
      : entry,
  );
  return { ...plan, entries, result: applyEdits(plan.original.text, appliedEdits({ entries })) };
}

function entryOf({ question, answer }: Chosen): PlanEntry {
  const { entry } = question;
  return answer.kind === 'edited' ? { ...entry, finding: { ...entry.finding, edits: answer.edits } } : entry;
}
