import { companionOptions, createCompanions } from '../companions.js';
import { messageOf } from '../core/errors.js';
import { isChanged, type Companion } from '../core/companion.js';
import type { FilePlan } from '../core/plan.js';
import { applyEdits } from '../core/text.js';
import { adapterOf } from '../adapters.js';
import { editsBetween, type Edited } from '../interactive/edit.js';
import { textOfHunks } from '../interactive/hunk.js';
import { companionQuestionsOf, type Answer } from '../interactive/question.js';
import { beginReview } from '../interactive/review.js';
import { createCompanionRenderer } from '../render/companions.js';
import { tallyText, type Tally } from '../render/review.js';
import { createWriter, type Writer } from '../writer.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { explain } from './catalogue.js';
import { converse, type Conversation } from './converse.js';
import { editChange } from './edit-change.js';
import { print } from './output.js';
import { addTally, decidedRun, linkedRun, type Session } from './session.js';

type End = Conversation['end'];

/** Asks about the ignore file that goes with a Dockerfile. */
export async function reviewIgnoreFile(session: Session, plan: FilePlan): Promise<End> {
  const { files } = companionsOf(session, plan);
  return review(
    session,
    files.filter(({ kind }) => kind === 'dockerignore'),
    plan.path,
  );
}

/** Asks about the deployment files that are to build from what was written, when all Dockerfiles were asked about. */
export async function reviewLinked(session: Session): Promise<End> {
  for (const { plan } of session.decided.values()) {
    if (plan.original.format !== 'dockerfile') continue;
    const { builders, files } = companionsOf(session, plan);
    const end = await review(
      session,
      files.filter(({ kind }) => kind !== 'dockerignore'),
      plan.path,
    );
    if (end !== 'done') return end;
    const { color, width } = session.settings;
    if (session.mode.kind === 'write') await print(createCompanionRenderer({ color, width }).hints(builders));
  }
  return 'done';
}

/** What links to files that were asked about later is written again, with these links. */
export async function writeLinks(session: Session): Promise<void> {
  const { decided, mode, settings, text } = session;
  if (mode.kind !== 'write') return;
  const writer = createWriter(linkedRun(session), settings.root, mode);
  for (const outcome of decided.values()) {
    if (!['compose', 'fly', 'render'].includes(outcome.file.format)) continue;
    const written = writer.file(outcome);
    if (written === undefined || (!written.changed && written.error === undefined)) continue;
    if (written.error !== undefined) session.errors += 1;
    await print(
      text.written(outcome.plan.path, written, 'builds from, includes or extends what was written'),
    );
  }
}

function companionsOf(session: Session, plan: FilePlan): ReturnType<ReturnType<typeof createCompanions>> {
  const run = decidedRun(session);
  return createCompanions(run, companionOptions(run, session.options), session.mode.kind)(plan);
}

async function review(session: Session, files: readonly Companion[], dockerfile: string): Promise<End> {
  const { mode, run, settings, text } = session;
  const writer = createWriter(run, settings.root, mode);
  for (const companion of files.filter((one) => !isChanged(one))) {
    const written = writer.companion(companion);
    if (written === undefined) continue;
    if (written.error !== undefined) session.errors += 1;
    await print(text.written(written.path, written, `as ${companion.source}`));
  }
  for (const question of companionQuestionsOf(files)) {
    const { companion, kind } = question;
    const { path } = companion;
    await print(text.file(path, 1, companion.original === undefined ? 'new, ' : ''));
    const said = await converse(session.terminal, text, beginReview([question], { rules: session.rules }), {
      ...{
        before: 0,
        total: 1,
        asks: companion.original === undefined ? 'Write this file' : 'Make this change',
      },
      show: () => text.companion(companion),
      why: () => text.companionWhy(companion),
      explain: () => {
        if (kind === ignoreMeta.id) void explain(kind, session.registry, settings.color);
        else process.stdout.write(text.remark(`Without it, ${path} goes on building what was there before.`));
      },
      edit: () =>
        editChange(session, {
          ...{ path, before: companion.original ?? '', after: companion.text },
          read: (hunks) => editedCompanion(companion, hunks),
        }),
    });
    session.rules = said.review.rules;
    if (typeof said.end !== 'string') return said.end;
    const [answer] = said.review.answers;
    await writeAnswer(session, companion, answer, writer);
    if (kind === ignoreMeta.id)
      session.choices.push({ id: kind, path: dockerfile, services: [], answer: answer?.kind });
    if (said.end === 'quit') return 'quit';
  }
  return 'done';
}

async function writeAnswer(
  session: Session,
  companion: Companion,
  answer: Answer | undefined,
  writer: Writer,
): Promise<void> {
  const tally: Tally = {
    made: answer === undefined || answer.kind === 'skipped' ? 0 : 1,
    skipped: answer?.kind === 'skipped' ? 1 : 0,
    open: answer === undefined ? 1 : 0,
  };
  const { original = '', path, text } = companion;
  const wanted = answer?.kind === 'edited' ? applyEdits(original, answer.edits) : text;
  const written = tally.made === 0 ? undefined : writer.companion({ ...companion, text: wanted });
  if (written?.error !== undefined) session.errors += 1;
  else addTally(session, path, tally);
  await print(session.text.written(path, written, tallyText(tally)));
}

function editedCompanion({ kind, original = '', source, text }: Companion, hunks: string): Edited {
  const read = textOfHunks(hunks, original, text);
  if (!read.ok) return read;
  if (read.text === original) return { ok: false, reason: 'nothing of the change is left; n leaves it out' };
  const fault = faultIn(kind, source, read.text);
  if (fault !== undefined) return { ok: false, reason: `the result does not parse: ${fault}` };
  return { ok: true, answer: { kind: 'edited', edits: editsBetween(original, read.text) } };
}

function faultIn(kind: Companion['kind'], path: string, text: string): string | undefined {
  // Only the programs that read them know what a profile for AppArmor and a configuration of Squid may hold.
  if (kind === 'dockerignore' || kind === 'apparmor' || kind === 'squid') return undefined;
  if (kind !== 'seccomp') {
    const parsed = adapterOf(kind).parse(path, text);
    return parsed.ok ? undefined : parsed.reason;
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}
