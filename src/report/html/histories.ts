import type { Judged } from '../../standards/status.js';
import type { Subject } from '../../standards/types.js';
import { MOMENTS, type AssessedControl, type Moment } from '../../survey.js';

/** What a check says over some moments in a row. */
export interface Stretch {
  readonly moments: readonly Moment[];
  /** Undefined where the subject isn't there. */
  readonly says: Said | undefined;
}

export interface Said {
  readonly kind: Judged['verdict']['kind'];
  readonly text: string;
  readonly accepted: string | undefined;
}

/** Subjects of which a check says the same at every moment. */
export interface History {
  readonly check: Judged['check'];
  readonly subjects: readonly Pick<Subject, 'kind' | 'name' | 'path'>[];
  readonly stretches: readonly Stretch[];
}

/** What makes a control stand as it does at each moment; what never held comes first. */
export function historiesOf({ states }: AssessedControl): readonly History[] {
  const lives = new Map<string, { first: Judged; at: Partial<Record<Moment, Judged>> }>();
  for (const moment of MOMENTS) {
    for (const judged of states[moment].judged) {
      const { subject, check } = judged;
      const key = `${check.name}\n${subject.kind}\n${subject.path}\n${subject.name}`;
      const life = lives.get(key) ?? { first: judged, at: {} };
      life.at[moment] = judged;
      lives.set(key, life);
    }
  }
  const histories = new Map<string, History & { subjects: History['subjects'][number][] }>();
  for (const { first, at } of lives.values()) {
    const stretches = stretchesOf(at);
    const key = JSON.stringify([first.check.name, stretches]);
    const history = histories.get(key) ?? { check: first.check, subjects: [], stretches };
    history.subjects.push(first.subject);
    histories.set(key, history);
  }
  return [...histories.values()].sort((a, b) => heldFor(a) - heldFor(b));
}

function stretchesOf(at: Partial<Record<Moment, Judged>>): readonly Stretch[] {
  const stretches: { moments: Moment[]; says: Said | undefined }[] = [];
  const same = (a: Said | undefined, b: Said | undefined): boolean =>
    a?.kind === b?.kind && a?.text === b?.text && a?.accepted === b?.accepted;
  for (const moment of MOMENTS) {
    const judged = at[moment];
    const says = judged && {
      kind: judged.verdict.kind,
      text: judged.verdict.says,
      accepted: judged.accepted,
    };
    const last = stretches.at(-1);
    if (last !== undefined && same(last.says, says)) last.moments.push(moment);
    else stretches.push({ moments: [moment], says });
  }
  return stretches;
}

function heldFor({ stretches }: History): number {
  return stretches
    .filter(({ says }) => says?.kind === 'met')
    .reduce((sum, { moments }) => sum + moments.length, 0);
}
