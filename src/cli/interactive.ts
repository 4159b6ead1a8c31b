import type { FileOutcome, Run, RunOptions } from '../harden.js';
import type { Registry } from '../registry.js';
import { createReviewRenderer } from '../render/review.js';
import { createTextRenderer } from '../render/text.js';
import type { Conversation, Interruption } from './converse.js';
import { wantsSingleKey } from './editor.js';
import { EXIT_ERROR, print, type ExitCode } from './output.js';
import { writeModeOf } from './reporter.js';
import { reviewLinked, writeLinks } from './review-companions.js';
import { reviewFile } from './review-file.js';
import { saveChoices } from './save-choices.js';
import type { Session } from './session.js';
import type { Settings } from './settings.js';
import { openTerminal } from './terminal.js';

/** `harden --interactive [paths..]`: asks about each change, and writes each file when all of its changes are answered. */
export async function runInteractive(
  run: Run,
  settings: Settings,
  options: RunOptions,
  failures: readonly FileOutcome[],
  registry: Registry,
): Promise<ExitCode> {
  const { args, color, root, width } = settings;
  const text = createReviewRenderer({ color, width });
  const terminal = openTerminal(await wantsSingleKey(root));
  const replaced = new Map<string, string | undefined>();
  const session: Session = {
    run: {
      ...run,
      replaced: (path, original) => {
        replaced.set(path, original);
        run.replaced(path, original);
      },
    },
    ...{ settings, options, registry, terminal, text, replaced },
    mode: writeModeOf(args) ?? { kind: 'in-place' },
    rules: new Map(),
    choices: [],
    decided: new Map(),
    tally: { made: 0, skipped: 0, open: 0 },
    files: new Set(),
    errors: failures.length,
  };
  const problems = createTextRenderer({ color, width });
  for (const failure of failures) await print(problems.outcome(failure));
  let end: Conversation['end'];
  try {
    end = await review(session);
  } finally {
    terminal.close();
  }
  if (typeof end !== 'string') return interrupted(session, end);
  return session.errors > 0 ? EXIT_ERROR : 0;
}

/** All files, then what links to them, then what is to be remembered. */
async function review(session: Session): Promise<Conversation['end']> {
  const { run, text } = session;
  let end: Conversation['end'] = 'done';
  for (const file of run.files) {
    end = await reviewFile(session, file);
    if (end !== 'done') break;
  }
  if (end === 'done') end = await reviewLinked(session);
  if (typeof end !== 'string') return end;
  await writeLinks(session);
  const { made, open, skipped } = session.tally;
  if (made + open + skipped === 0) {
    await print(text.remark('There is nothing to ask: harden would change nothing here.'));
    return end;
  }
  await print(text.ended(session.tally, session.files.size, nextSteps(session, end)));
  return (await saveChoices(session, end === 'done')) ?? end;
}

function nextSteps({ mode, tally }: Session, end: 'done' | 'quit'): readonly string[] {
  const verify = mode.kind === 'write' ? 'harden verify' : 'harden verify --original HEAD';
  const where = mode.kind === 'write' ? 'The .hardened files hold' : 'The files hold';
  return [
    ...(end === 'quit' ? [`${where} what was made so far; what was not asked about is as it was.`] : []),
    ...(tally.made > 0 ? [`${verify} builds and starts the result beside what was there before.`] : []),
  ];
}

/** Ends as the signal would have ended it: a loop of the shell sees that, and stops too. */
async function interrupted({ files }: Session, { signal }: Interruption): Promise<ExitCode> {
  const kept = [...files];
  const what =
    kept.length === 0
      ? 'nothing was written'
      : `${kept.join(', ')} ${kept.length === 1 ? 'stays as it was' : 'stay as they were'} written`;
  await print(`\nharden: interrupted; ${what}, and all else is as it was.\n`);
  process.kill(process.pid, signal);
  // A signal is delivered between two turns.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return EXIT_ERROR;
}
