import type { Answer, Question } from '../interactive/question.js';
import { answered, keysOf, press, type Review } from '../interactive/review.js';
import { answerText, type ReviewRenderer } from '../render/review.js';
import { print } from './output.js';
import type { Terminal } from './terminal.js';

/** How the questions of a file are put. */
export interface Asking<Q extends Question> {
  readonly asks: string;
  /** How many questions of the file came before. */
  readonly before: number;
  /** How many there are. */
  readonly total: number;
  /** @param answer what was answered before, to one that is gone back to. */
  show(question: Q, answer: Answer | undefined): string;
  why(question: Q): string;
  /** Says what `harden explain` says. */
  explain(question: Q): void | Promise<void>;
  /** The edited answer; undefined where the change stays as it was. */
  edit(question: Q, answer: Answer | undefined): Promise<EditReply>;
}

export type EditReply = Answer | Interruption | undefined;

export interface Interruption {
  readonly kind: 'interrupted';
  readonly signal: NodeJS.Signals;
}

/** What came of the questions. */
export interface Conversation {
  readonly review: Pick<Review<Question>, 'answers' | 'rest' | 'rules'>;
  readonly end: 'done' | 'quit' | Interruption;
}

/** Asks the questions of a file until all are answered, or the person ends it. */
export async function converse<Q extends Question>(
  terminal: Terminal,
  text: ReviewRenderer,
  begun: Review<Q>,
  asking: Asking<Q>,
): Promise<Conversation> {
  const { questions } = begun;
  let review = begun;
  let shown: number | undefined;
  const ended = (end: Conversation['end']): Conversation => ({ review, end });
  while (review.at !== undefined) {
    const { at } = review;
    const question = questions[at]!;
    if (shown !== at) await print(asking.show(question, review.answers[at]));
    shown = at;
    const place = `(${asking.before + at + 1}/${asking.total}${answerText(review.answers[at])})`;
    const reply = await terminal.key(text.prompt(place, asking.asks, keysOf(review)));
    if (reply.kind === 'interrupted') return ended(reply);
    if (reply.kind === 'end') {
      await print('\n');
      return ended('quit');
    }
    const key = reply.text.trim();
    if (key === '') continue;
    const step = press(review, key);
    if (step.kind === 'on') {
      // One that is gone to is shown, and so is one that is asked again after the others.
      shown = undefined;
      review = step.review;
      continue;
    }
    if (step.kind === 'refused') {
      await print(text.problem(step.reason));
      continue;
    }
    switch (step.wish) {
      case 'quit':
        return ended('quit');
      case 'help':
        await print(text.help(keysOf(review)));
        break;
      case 'print':
        shown = undefined;
        break;
      case 'why':
        await print(asking.why(question));
        break;
      case 'explain':
        await asking.explain(question);
        break;
      case 'edit': {
        const answer = await asking.edit(question, review.answers[at]);
        if (answer?.kind === 'interrupted') return ended(answer);
        if (answer === undefined) shown = undefined;
        else review = answered(review, answer);
        break;
      }
    }
  }
  return ended('done');
}

/** Asks until yes or no is said. */
export async function confirm(
  terminal: Terminal,
  text: ReviewRenderer,
  asks: string,
): Promise<boolean | Interruption> {
  for (;;) {
    const reply = await terminal.key(text.prompt('', asks, YES_OR_NO));
    if (reply.kind === 'interrupted') return reply;
    const key = reply.kind === 'end' ? 'n' : reply.text.trim().toLowerCase();
    if (key === 'y' || key === 'n') return key === 'y';
  }
}

const YES_OR_NO = [
  { key: 'y', does: '' },
  { key: 'n', does: '' },
];
