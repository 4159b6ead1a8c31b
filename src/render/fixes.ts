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

/**
 * The applied changes of a plan as fixes of which each can be made alone, and which together, one after the other, give
 * the plan's result. Changes that can't be told apart in that way are one fix.
 */
export function fixesOf(plan: FilePlan): readonly Fix[] {
  const { original, result } = plan;
  const apart = inTurn(grouped(plan.entries), byEffect(appliedEdits(plan)));
  const together = apart.flatMap(({ edits }) => placed(edits));
  const groups = applyEdits(original.text, together) === result ? apart : [joined(apart)];
  return groups.map(({ entries, edits }) => ({
    entries,
    edits: withoutSecrets(placed(edits), original.text),
  }));
}

/** Edits in the order in which they take effect, told by that order alone: no reader of a fix knows of depths. */
function placed(edits: readonly TextEdit[]): readonly TextEdit[] {
  return inOrder(edits).map(({ start, end, text }) => ({ start, end, text }));
}

interface Group {
  readonly entries: readonly PlanEntry[];
  readonly edits: readonly TextEdit[];
}

/** Puts groups in an order in which insertions at one place come as they take effect; where there is none, joins them. */
function inTurn(groups: readonly Group[], effects: readonly TextEdit[]): readonly Group[] {
  const rank = new Map(effects.map((edit, at) => [edit, at]));
  const rankOf = (edit: TextEdit): number => rank.get(edit) ?? 0;
  const first = ({ edits }: Group): number => Math.min(...edits.map(rankOf));
  const precedes = (a: Group, b: Group): boolean =>
    a !== b &&
    a.edits.some((one) => b.edits.some((other) => one.start === other.start && rankOf(one) < rankOf(other)));
  const ordered: Group[] = [];
  let rest = [...groups].sort((a, b) => first(a) - first(b));
  for (let [next] = rest; next !== undefined; [next] = rest) {
    const free = rest.find((group) => !rest.some((other) => precedes(other, group)));
    if (free !== undefined) ordered.push(free);
    const taken =
      free === undefined ? rest.filter((other) => other === next || precedes(other, next!)) : [free];
    rest = rest.filter((group) => !taken.includes(group));
    if (free === undefined) rest = [joined(taken), ...rest];
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
function grouped(entries: readonly PlanEntry[]): Group[] {
  let groups: Group[] = [];
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
