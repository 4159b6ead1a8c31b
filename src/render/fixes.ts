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
 * the plan's result. Where two can't be told apart in that way, all are one fix.
 */
export function fixesOf(plan: FilePlan): readonly Fix[] {
  const { original, result } = plan;
  const rank = new Map(byEffect(appliedEdits(plan)).map((edit, at) => [edit, at]));
  const first = ({ edits }: Group): number => Math.min(...edits.map((edit) => rank.get(edit) ?? 0));
  const groups = grouped(plan.entries).sort((a, b) => first(a) - first(b));
  const together = groups.flatMap(({ edits }) => inOrder(edits));
  const fixes =
    applyEdits(original.text, together) === result
      ? groups
      : [{ entries: groups.flatMap(({ entries }) => entries), edits: groups.flatMap(({ edits }) => edits) }];
  return fixes.map(({ entries, edits }) => ({
    entries,
    edits: withoutSecrets(inOrder(edits), original.text),
  }));
}

interface Group {
  readonly entries: readonly PlanEntry[];
  readonly edits: readonly TextEdit[];
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
      {
        entries: [...shared.flatMap((group) => group.entries), entry],
        edits: [...shared.flatMap((group) => group.edits), ...finding.edits],
      },
    ];
  }
  return groups;
}

function sharesKey(a: TextEdit): (b: TextEdit) => boolean {
  return (b) => a.under !== undefined && a.under === b.under && a.start === b.start;
}
