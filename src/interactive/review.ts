import type { Answer, Question } from './question.js';

/** What was answered for all changes of a transform, by its id. */
export type Rules = ReadonlyMap<string, Answer>;

/** The questions of one file, and what was answered. */
export interface Review<Q extends Question> {
  readonly questions: readonly Q[];
  readonly answers: readonly (Answer | undefined)[];
  /** The question that is asked; undefined when all are answered. */
  readonly at: number | undefined;
  readonly rules: Rules;
  /** What was answered for all that is left of the file. */
  readonly rest: Answer | undefined;
  /** Other questions of the file come before these or behind them. */
  readonly isPart: boolean;
}

/** What a key asks for beside an answer. */
export type Wish = 'edit' | 'explain' | 'why' | 'print' | 'help' | 'quit';

export type Step<Q extends Question> =
  | { readonly kind: 'on'; readonly review: Review<Q> }
  | { readonly kind: 'wish'; readonly wish: Wish }
  /** The key does nothing here. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A key, and what the help says of it. */
export interface Key {
  readonly key: string;
  readonly does: string;
}

/** The keys of `git add -p` where it has one for the same, in its order. */
const KEYS: readonly Key[] = [
  { key: 'y', does: 'make this change' },
  { key: 'n', does: 'do not make it' },
  { key: 'q', does: 'quit: keep what was answered so far, make nothing more' },
  { key: 'a', does: 'make this change, and all that are left of its transform, in all files' },
  { key: 'd', does: 'make neither this change nor any that is left of its transform, in all files' },
  { key: 'A', does: 'make this change and all that are left in this file' },
  { key: 'D', does: 'make neither this change nor any that is left in this file' },
  { key: 'j', does: 'leave this one open, go to the next that is open' },
  { key: 'J', does: 'leave this one as it is, go to the next' },
  { key: 'k', does: 'leave this one open, go back to the last that is open' },
  { key: 'K', does: 'leave this one as it is, go back to the one before it' },
  { key: 'e', does: 'edit this change' },
  { key: 'w', does: 'why: all evidence' },
  { key: 'x', does: 'explain the transform' },
  { key: 'p', does: 'print this change again' },
  { key: '?', does: 'print this help' },
];

/** Begins the review of a file, or of a part of it; what was answered beforehand is answered at once. */
export function beginReview<Q extends Question>(
  questions: readonly Q[],
  { isPart = false, rest, rules }: Partial<Pick<Review<Q>, 'isPart' | 'rest'>> & Pick<Review<Q>, 'rules'>,
): Review<Q> {
  const answers = questions.map(({ kind }) => rest ?? rules.get(kind));
  return next({ questions, answers, at: undefined, rules, rest, isPart }, -1);
}

/** The keys that do something at the question that is asked. */
export function keysOf<Q extends Question>(review: Review<Q>): readonly Key[] {
  return KEYS.filter(({ key }) => {
    switch (key) {
      case 'j':
      case 'J':
      case 'k':
      case 'K':
        return target(review, key) !== undefined;
      case 'A':
      case 'D':
        return review.isPart || review.questions.length > 1;
      default:
        return true;
    }
  });
}

/** What a key does at the question that is asked. */
export function press<Q extends Question>(review: Review<Q>, key: string): Step<Q> {
  switch (key) {
    case 'y':
      return on(answered(review, { kind: 'made' }));
    case 'n':
      return on(answered(review, { kind: 'skipped' }));
    case 'a':
      return on(answeredForKind(review, { kind: 'made' }));
    case 'd':
      return on(answeredForKind(review, { kind: 'skipped' }));
    case 'A':
      return on(answeredForFile(review, { kind: 'made' }));
    case 'D':
      return on(answeredForFile(review, { kind: 'skipped' }));
    case 'j':
    case 'J':
    case 'k':
    case 'K': {
      const at = target(review, key);
      if (at !== undefined) return on({ ...review, at });
      return { kind: 'refused', reason: review.isPart && key === 'K' ? SETTLED : NOWHERE[key] };
    }
    case 'q':
      return { kind: 'wish', wish: 'quit' };
    case 'e':
      return { kind: 'wish', wish: 'edit' };
    case 'w':
      return { kind: 'wish', wish: 'why' };
    case 'x':
      return { kind: 'wish', wish: 'explain' };
    case 'p':
      return { kind: 'wish', wish: 'print' };
    case '?':
      return { kind: 'wish', wish: 'help' };
    default:
      return { kind: 'refused', reason: `${JSON.stringify(key)} does nothing here; ? lists the keys.` };
  }
}

/** Answers the question that is asked, and goes on to the next one that is open. */
export function answered<Q extends Question>(review: Review<Q>, answer: Answer): Review<Q> {
  const { at, answers } = review;
  if (at === undefined) return review;
  return next({ ...review, answers: answers.map((old, index) => (index === at ? answer : old)) }, at);
}

const SETTLED = 'What came before is settled: these changes follow from it.';

const NOWHERE = {
  j: 'No other change of this file is open.',
  J: 'This is the last change of the file.',
  k: 'No change before this one is open.',
  K: 'This is the first change of the file.',
};

function on<Q extends Question>(review: Review<Q>): Step<Q> {
  return { kind: 'on', review };
}

function answeredForKind<Q extends Question>(review: Review<Q>, answer: Answer): Review<Q> {
  const { at = 0, questions, answers, rules } = review;
  const kind = questions[at]?.kind ?? '';
  const all = answers.map((old, index) =>
    index === at || (old === undefined && questions[index]?.kind === kind) ? answer : old,
  );
  return next({ ...review, answers: all, rules: new Map([...rules, [kind, answer]]) }, at);
}

function answeredForFile<Q extends Question>(review: Review<Q>, answer: Answer): Review<Q> {
  const { at, answers } = review;
  const all = answers.map((old, index) => (index === at ? answer : (old ?? answer)));
  return { ...review, answers: all, at: undefined, rest: answer };
}

/** Goes to the next open question, from the beginning where there is none behind; to none where all are answered. */
function next<Q extends Question>(review: Review<Q>, from: number): Review<Q> {
  const { answers } = review;
  const behind = answers.findIndex((answer, at) => at > from && answer === undefined);
  const at = behind === -1 ? answers.indexOf(undefined) : behind;
  return { ...review, at: at === -1 ? undefined : at };
}

function target<Q extends Question>(
  { answers, at = 0 }: Review<Q>,
  key: 'j' | 'J' | 'k' | 'K',
): number | undefined {
  switch (key) {
    case 'J':
      return at + 1 < answers.length ? at + 1 : undefined;
    case 'K':
      return at > 0 ? at - 1 : undefined;
    case 'j': {
      const open = answers.flatMap((answer, index) => (answer === undefined && index !== at ? [index] : []));
      return open.find((index) => index > at) ?? open[0];
    }
    case 'k': {
      const before = answers.slice(0, at).lastIndexOf(undefined);
      return before === -1 ? undefined : before;
    }
  }
}
