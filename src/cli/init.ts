import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createColors } from 'picocolors';
import { readConfig } from '../io/config.js';
import { readTextFile } from '../io/files.js';
import { writeInPlace, writeNewFile, type WriteOutcome } from '../io/write.js';
import { configText } from '../init/config-text.js';
import { withHook } from '../init/pre-commit.js';
import { lookAt, PRE_COMMIT, type CiSystem, type Project } from '../init/project.js';
import { CI_PATHS, CI_STEPS, ciText, SIGN_PATHS } from '../init/workflow.js';
import { printable } from '../render/text.js';
import { call } from '../io/process.js';
import { EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';

export interface InitArguments {
  readonly ci?: CiSystem | 'none';
  readonly preCommit?: boolean;
  readonly sign?: CiSystem | 'none';
  readonly yes: boolean;
  readonly color?: boolean;
}

const CONFIG = 'harden.config.yml';
const MONTHS = 6;

/** Whether something that is offered is to be written. */
type Decide = (question: string, asked: boolean | undefined) => Promise<boolean>;

/** `harden init`: a config with comments, and what runs harden in CI and before commits. What is there is never replaced. */
export async function runInit(args: InitArguments): Promise<ExitCode> {
  const here = realpathSync(process.cwd());
  const top = await call('git', ['rev-parse', '--show-toplevel'], { cwd: here });
  const root = top.code === 0 ? realpathSync(top.stdout.trim()) : here;
  const project = await lookAt(root);
  const c = createColors(wantsColor(args.color));
  const steps: string[] = [];
  let failed = false;
  const tell = async (path: string, outcome: WriteOutcome): Promise<void> => {
    if (!outcome.ok) {
      failed = true;
      printError(`harden: ${path} ${outcome.reason}\n`);
    } else await print(`${outcome.changed ? c.green('wrote    ') : c.dim('unchanged')}  ${path}\n`);
  };

  const found = project.counts.map(([format, count]) => `${count} ${format}`).join(', ');
  await print(`${printable(root)}: ${found === '' ? 'no file that harden reads yet' : found}\n`);
  const { decide, end } = decider(args.yes);
  try {
    await writeConfigFile(root, project, tell);
    const ci = args.ci ?? project.ci ?? 'none';
    if (
      ci !== 'none' &&
      (await decide(`Run harden in CI, by ${CI_PATHS[ci]}?`, args.ci === undefined ? undefined : true))
    ) {
      await tell(CI_PATHS[ci], keep(root, CI_PATHS[ci], ciText(ci, project.defaultBranch)));
      steps.push(CI_STEPS[ci]);
    } else if (ci !== 'none') steps.push(`harden init --ci ${ci} writes ${CI_PATHS[ci]}`);
    const offered = args.preCommit ?? (project.preCommit === undefined ? false : undefined);
    if (await decide(`Run harden before commits, by ${PRE_COMMIT}?`, offered))
      await addHook(root, project, tell, steps);
    else if (project.preCommit !== undefined)
      steps.push(`harden init --pre-commit adds the hook to ${PRE_COMMIT}`);
    await offerSigning(args, root, project, decide, tell, steps);
  } finally {
    end();
  }
  const commands = [
    ['harden', 'see what would change, and why'],
    ['git commit', 'and git push what was written here: harden pr goes by what is pushed'],
    ['harden pr --dry-run', 'see the pull request with the changes of phase 1; without --dry-run, open it'],
    ['harden baseline', 'let --check fail on what is new only'],
  ];
  await print(
    `\n${c.bold('Next')}\n${commands.map(([line = '', says = '']) => `  ${line.padEnd(19)}  ${c.dim(says)}\n`).join('')}`,
  );
  await print(steps.map((step) => `  - ${step}\n`).join(''));
  return failed ? EXIT_ERROR : 0;
}

async function writeConfigFile(
  root: string,
  project: Project,
  tell: (path: string, outcome: WriteOutcome) => Promise<void>,
): Promise<void> {
  const read = await readConfig(root);
  if (!read.ok) {
    for (const reason of read.reasons)
      await tell('the config', { ok: false, reason: `is broken: ${reason}` });
  } else if (read.config !== undefined || read.file.text !== undefined) {
    await tell(read.file.path, { ok: true, changed: false });
  } else {
    const day = new Date();
    day.setMonth(day.getMonth() + MONTHS);
    await tell(CONFIG, writeNewFile(root, CONFIG, configText(project, day.toISOString().slice(0, 10))));
  }
}

/** A pipeline that publishes is never a part of --yes: it is written when somebody asks for it. */
async function offerSigning(
  { sign, yes }: InitArguments,
  root: string,
  project: Project,
  decide: Decide,
  tell: (path: string, outcome: WriteOutcome) => Promise<void>,
  steps: string[],
): Promise<void> {
  const system = sign ?? project.ci ?? 'none';
  const builds = project.files.some(({ format }) => format === 'dockerfile');
  if (system === 'none' || (sign === undefined && !builds)) return;
  const asked = sign === undefined ? (yes ? false : undefined) : true;
  if (!(await decide(`Build, scan and sign the images in CI, by ${SIGN_PATHS[system]}?`, asked))) {
    steps.push(`harden init --sign ${system} writes a pipeline that builds, scans and signs the images`);
    return;
  }
  const { signing } = await import('./init-sign.js');
  const made = await signing(root, project, system);
  for (const [path, text] of made.files) await tell(path, keep(root, path, text));
  steps.push(...made.steps);
}

async function addHook(
  root: string,
  { preCommit }: Project,
  tell: (path: string, outcome: WriteOutcome) => Promise<void>,
  steps: string[],
): Promise<void> {
  const made = withHook(preCommit);
  if (!made.ok) {
    steps.push(
      `add to the repos of ${PRE_COMMIT} by hand, as ${made.reason}:\n\n${made.lines.map((line) => `      ${line}\n`).join('')}`,
    );
  } else if (preCommit === undefined) await tell(PRE_COMMIT, writeNewFile(root, PRE_COMMIT, made.text));
  else if (made.text === preCommit) await tell(PRE_COMMIT, { ok: true, changed: false });
  else await tell(PRE_COMMIT, writeInPlace(root, PRE_COMMIT, preCommit, made.text));
}

/** A file that is there stays, whatever is in it. */
function keep(root: string, path: string, text: string): WriteOutcome {
  const present = readTextFile(join(root, path));
  return present.ok ? { ok: true, changed: false } : writeNewFile(root, path, text);
}

/** Asks on a terminal; elsewhere only what was asked for by an option is written. The end of the input is a no. */
function decider(yes: boolean): { readonly decide: Decide; end(): void } {
  const interactive = process.stdin.isTTY && process.stdout.isTTY && !yes;
  const lines = interactive ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
  // Lines that are typed ahead wait here; `question` would drop them.
  const answers = lines?.[Symbol.asyncIterator]();
  return {
    decide: async (question, asked) => {
      if (asked !== undefined) return asked;
      if (answers === undefined) return yes;
      await print(`${question} [Y/n] `);
      const answer = await answers.next();
      return answer.done !== true && /^(?:y(?:es)?)?$/i.test(answer.value.trim());
    },
    end: () => lines?.close(),
  };
}
