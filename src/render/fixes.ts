import { appliedEdits, isFix } from '../core/fixes.js';
import type { FilePlan, PlanEntry } from '../core/plan.js';
import { applyEdits, byEffect, inOrder, type TextEdit } from '../core/text.js';
import { withoutSecrets } from './secret-edits.js';

/** A change that can be made by itself. */
export interface Fix {
  /** The findings that it settles: several where their changes stand under one new key. */
  readonly entries: readonly PlanEntry[];
  /** In the order in which they take effect; undefined when they would tell a secret. */
  readonly edits: readonly TextEdit[] | undefined;
}

interface Group {
  readonly entries: readonly PlanEntry[];
  readonly edits: readonly TextEdit[];
}

/**
 * The applied changes of a plan as fixes of which each can be made alone, and which together, one after the other, give
 * the plan's result. Changes that can't be told apart in that way are one fix.
 */
export function fixesOf(plan: FilePlan): readonly Fix[] {
  const { original, result } = plan;
  const effects = new Map(byEffect(appliedEdits(plan)).map((edit, at) => [edit, at]));
  const rank = (edit: TextEdit): number => effects.get(edit) ?? 0;
  // No reader of a fix knows of depths: its edits are told by their order alone.
  const placed = ({ edits }: Group): readonly TextEdit[] =>
    inOrder([...edits].sort((a, b) => rank(a) - rank(b))).map(({ start, end, text }) => ({
      start,
      end,
      text,
    }));
  const apart = inTurn(grouped(plan.entries), rank);
  const exact = applyEdits(original.text, apart.flatMap(placed)) === result;
  return (exact ? apart : [joined(apart)]).map((group) => ({
    entries: group.entries,
    edits: withoutSecrets(placed(group), original.text),
  }));
}

/** Puts groups in an order in which insertions at one place come as they take effect; joins those for which there is none. */
function inTurn(groups: readonly Group[], rank: (edit: TextEdit) => number): readonly Group[] {
  const first = ({ edits }: Group): number => Math.min(...edits.map(rank));
  const precedes = (a: Group, b: Group): boolean =>
    a !== b &&
    a.edits.some((one) => b.edits.some((other) => one.start === other.start && rank(one) < rank(other)));
  const ordered: Group[] = [];
  let rest = [...groups].sort((a, b) => first(a) - first(b));
  for (let [head] = rest; head !== undefined; [head] = rest) {
    const start = head;
    const free = rest.find((group) => !rest.some((other) => precedes(other, group)));
    const taken =
      free === undefined ? rest.filter((group) => group === start || precedes(group, start)) : [free];
    rest = rest.filter((group) => !taken.includes(group));
    if (free === undefined) rest = [joined(taken), ...rest];
    else ordered.push(free);
  }
  return ordered;
}

function joined(groups: readonly Group[]): Group {
  return {
    entries: groups.flatMap(({ entries }) => entries),
    edits: groups.flatMap(({ edits }) => edits),
  };
}

/** The applied entries that change something, those together whose insertions share the text that they stand under. */
function grouped(entries: readonly PlanEntry[]): readonly Group[] {
  let groups: readonly Group[] = [];
  for (const entry of entries) {
    const { finding, disposition } = entry;
    if (disposition !== 'applied' || !isFix(finding) || finding.edits.length === 0) continue;
    const shared = groups.filter(({ edits }) => edits.some((edit) => finding.edits.some(sharesKey(edit))));
    groups = [
      ...groups.filter((group) => !shared.includes(group)),
      joined([...shared, { entries: [entry], edits: finding.edits }]),
    ];
  }
  return groups;
}

function sharesKey(a: TextEdit): (b: TextEdit) => boolean {
  return (b) => a.under !== undefined && a.under === b.under && a.start === b.start;
}
