import { resolve } from 'node:path';
import type { FilePlan } from '../core/plan.js';
import { adapterOf } from '../adapters.js';
import { servicesOf, type Choice } from '../interactive/choices.js';
import { decidedPlan, type Chosen } from '../interactive/decided.js';
import { editedAnswer, textWith } from '../interactive/edit.js';
import { questionsOf, type Answer, type ChangeQuestion } from '../interactive/question.js';
import { beginReview } from '../interactive/review.js';
import type { SourceFile } from '../io/discover.js';
import { systemReason } from '../io/files.js';
import { keptFrom } from '../io/write.js';
import type { WrittenFile } from '../render/output.js';
import { noticesOf, problemText } from '../render/problems.js';
import { tallyText } from '../render/review.js';
import { createWriter, variantPath, type Planned } from '../writer.js';
import { createTextRenderer, subjectOf } from '../render/text.js';
import { explain } from './catalogue.js';
import { converse, type Asking, type Conversation } from './converse.js';
import { editChange } from './edit-change.js';
import { print, printError } from './output.js';

import { reviewIgnoreFile } from './review-companions.js';
import { addTally, linkedRun, planWithout, type Session } from './session.js';

type End = Conversation['end'];

/** Asks about the changes of a file, and writes what was chosen. */
export async function reviewFile(session: Session, file: SourceFile): Promise<End> {
  const { run, settings, text } = session;
  const outcome = run.plan(file);
  for (const notice of noticesOf(outcome)) printError(`harden: ${problemText(notice)}\n`);
  if (outcome.kind !== 'planned') {
    if (outcome.kind === 'failed') session.errors += 1;
    const { color, width } = settings;
    await print(createTextRenderer({ color, width }).outcome(outcome));
    return 'done';
  }
  for (const { id, error } of outcome.plan.failures) {
    session.errors += 1;
    await print(text.problem(`${file.path}: ${id} failed, a bug in harden: ${error}`));
  }
  const count = questionsOf(outcome.plan).length;
  if (count === 0) {
    session.decided.set(file.path, outcome);
    return reviewIgnoreFile(session, outcome.plan);
  }
  const blocked = blockedBy(session, file);
  if (blocked !== undefined) {
    session.errors += 1;
    await print(`\n${text.written(blocked.path, blocked, '')}`);
    return 'done';
  }
  await print(text.file(file.path, count));
  const asked = await askAll(session, file, outcome);
  if (typeof asked.end !== 'string') return asked.end;
  const plan = await write(session, asked);
  return asked.end === 'done' ? reviewIgnoreFile(session, plan) : asked.end;
}

/** What stands where the variant is to be written: it is told before anything is asked for nothing. */
function blockedBy({ mode, settings }: Session, file: SourceFile): WrittenFile | undefined {
  if (mode.kind === 'in-place') return undefined;
  const path = variantPath(file, mode);
  try {
    const error = keptFrom(resolve(settings.root, path), mode.force);
    return error === undefined ? undefined : { path, changed: false, error };
  } catch (error) {
    return { path, changed: false, error: systemReason(error) };
  }
}

/** A question and what was answered to it. */
interface Given {
  readonly question: ChangeQuestion;
  readonly answer: Answer;
}

interface Asked {
  /** The plan without the changes of structure that were skipped. */
  readonly outcome: Planned;
  readonly given: readonly Given[];
  readonly end: End;
}

/**
 * Asks about the changes that give the file another structure first: without one that is skipped, the others are not what
 * they were, and are planned anew.
 */
async function askAll(session: Session, file: SourceFile, first: Planned): Promise<Asked> {
  const given: Given[] = [];
  let outcome = first;
  let rest: Answer | undefined;
  const isOpen = (question: ChangeQuestion): boolean => answerTo(question, given) === undefined;
  const ask = async (those: (question: ChangeQuestion) => boolean): Promise<End> => {
    const open = questionsOf(outcome.plan).filter(isOpen);
    const questions = open.filter(those);
    const place = { before: given.length, total: given.length + open.length };
    const asking = askingOf(session, outcome.plan, place);
    const begun = beginReview(questions, {
      rules: session.rules,
      rest,
      isPart: place.total > questions.length,
    });
    const { end, review } = await converse(session.terminal, session.text, begun, asking);
    ({ rest } = review);
    session.rules = review.rules;
    for (const [at, question] of questions.entries()) {
      const answer = review.answers[at];
      if (answer !== undefined) given.push({ question, answer });
    }
    return end;
  };
  for (let skipped = new Set<string>(); ;) {
    const end = await ask(({ entry }) => entry.meta.restructures === true);
    if (end !== 'done') return { outcome, given, end };
    const now = new Set(
      given.flatMap(({ answer, question }) => (answer.kind === 'skipped' ? [question.key] : [])),
    );
    if (now.size === skipped.size) break;
    skipped = now;
    const again = planWithout(session, file, skipped);
    if (again.kind !== 'planned') break;
    outcome = again;
  }
  const end = await ask(() => true);
  return { outcome, given, end };
}

function answerTo({ key, number }: ChangeQuestion, given: readonly Given[]): Answer | undefined {
  return given.find(({ question }) => question.key === key && question.number === number)?.answer;
}

function askingOf(
  session: Session,
  plan: FilePlan,
  { before, total }: Pick<Asking<ChangeQuestion>, 'before' | 'total'>,
): Asking<ChangeQuestion> {
  const { settings, text } = session;
  const { original, path } = plan;
  return {
    ...{ before, total, asks: 'Make this change' },
    show: (question, answer) =>
      text.change({ ...question, after: textWith(plan, question, answer) }, path, original.text),
    why: ({ entry, within }) => text.why([entry, ...within], path),
    explain: ({ kind }) => void explain(kind, session.registry, settings.color),
    edit: (question, answer) => {
      const after = textWith(plan, question, answer);
      return editChange(session, {
        ...{ path, before: original.text, after },
        read: (hunks) => editedAnswer(plan, question, hunks, after, adapterOf(original.format)),
      });
    },
  };
}

/** Writes the file with what was chosen, and says so. */
async function write(session: Session, { outcome, given }: Asked): Promise<FilePlan> {
  const { mode, settings, text } = session;
  const { file, notices, plan } = outcome;
  const questions = questionsOf(plan);
  const chosen = questions.flatMap((question): Chosen[] => {
    const answer = answerTo(question, given);
    return answer === undefined || answer.kind === 'skipped' ? [] : [{ question, answer }];
  });
  const decided = decidedPlan(plan, chosen, adapterOf(plan.original.format));
  for (const { question, reason } of decided.unjoined) {
    const what = `${question.kind} for ${subjectOf(question.entry)}`;
    await print(text.problem(`${what} is left open: with the other changes, ${reason}.`));
  }
  const made: Planned = { kind: 'planned', file, notices, plan: decided.plan };
  session.decided.set(file.path, made);
  const written = createWriter(linkedRun(session), settings.root, mode).file(made);

  const skipped = given.filter(({ answer }) => answer.kind === 'skipped').length;
  const count = chosen.length - decided.unjoined.length;
  const all = new Set(
    [...questions, ...given.map(({ question }) => question)].map(({ key, number }) => `${number} ${key}`),
  );
  const tally = { made: count, skipped, open: all.size - count - skipped };
  if (written?.error !== undefined) session.errors += 1;
  else addTally(session, file.path, tally);
  await print(text.written(file.path, written, tallyText(tally)));
  const unjoined = new Set(decided.unjoined.map(({ question }) => question));
  for (const question of questions) {
    const answer = unjoined.has(question) ? undefined : answerTo(question, given);
    if (answer?.kind !== 'skipped') session.choices.push(choiceOf(file, question, answer));
  }
  for (const { answer, question } of given) {
    if (answer.kind === 'skipped') session.choices.push(choiceOf(file, question, answer));
  }
  return decided.plan;
}

function choiceOf({ path }: SourceFile, { entry, kind }: ChangeQuestion, answer: Answer | undefined): Choice {
  return { id: kind, path, services: servicesOf(entry), answer: answer?.kind };
}
