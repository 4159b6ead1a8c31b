import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { harden } from '../../support/command.js';
import { messageOf } from '../../../src/core/errors.js';
import { lastLines } from '../../../src/io/process.js';
import type { Engine } from '../engine.js';
import type { Check } from '../trial.js';
import { COMMENT, hardenedName, layOut, type WrongCase } from './case.js';
import { WRONG_CASES } from './cases.js';
import { tryExample } from './example.js';
import { tryInterruptions, tryWithoutEngine } from './interruptions.js';
import { inFolders, startVerify, type Verified } from './run-verify.js';

const CONFIG = 'harden.config.yml';

const EXAMPLE = 'gateway-example';
const INTERRUPTIONS = 'interruptions';

export function verifyCaseNames(): readonly string[] {
  return [...WRONG_CASES.map(({ name }) => name), EXAMPLE, INTERRUPTIONS];
}

/** The mistakes with these names. */
export function wrongCases(names: readonly string[]): readonly WrongCase[] {
  return WRONG_CASES.filter(({ name }) => names.includes(name));
}

/** Lets verify look at a project with a mistake. */
export async function findMistake(engine: Engine, wrong: WrongCase): Promise<Check> {
  const began = performance.now();
  const fault = await tryWrong(engine, wrong).catch(messageOf);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  return { name: `verify finds it and mends it (${seconds} s)`, fault };
}

/** Takes the example through verify, then interrupts verify in all ways; the engine is stopped by the last of them. */
export async function tryLast(
  engine: Engine,
  names: readonly string[],
  signal: AbortSignal,
  tell: (subject: string, check: Check) => void,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const add = (subject: string, check: Check): void => {
    if (signal.aborted) return;
    checks.push(check);
    tell(subject, check);
  };
  if (names.includes(EXAMPLE) && !signal.aborted) {
    const fault = await tryExample(engine).catch(messageOf);
    add(EXAMPLE, { name: 'works as before, by dry run, write and verify', fault });
  }
  if (!names.includes(INTERRUPTIONS) || signal.aborted) return checks;
  for (const attempt of [...tryInterruptions(), tryWithoutEngine]) add(INTERRUPTIONS, await attempt(engine));
  return checks;
}

/** What is wrong with how verify took a project with a mistake; undefined when it is as it has to be. */
async function tryWrong(engine: Engine, wrong: WrongCase): Promise<string | undefined> {
  return inFolders(wrong.name, async (project, temporary) => {
    layOut(wrong, project);
    const smoke = wrong.smoke === undefined ? [] : ['--smoke', wrong.smoke];
    const verify = startVerify(engine, project, temporary, ['--fix', ...smoke]);
    const verified = await verify.ended;
    const left = await verify.left();
    if (left.length > 0) return `it left ${left.join(', ')}`;
    const fault =
      faultOf(wrong, verified) ?? faultOfFiles(wrong, project) ?? (await faultOfPlan(wrong, project));
    return fault === undefined ? undefined : `${fault}\n${lastLines(verified.stdout + verified.stderr)}`;
  });
}

function faultOf(wrong: WrongCase, { rounds, code }: Verified): string | undefined {
  const [first] = rounds;
  const last = rounds.at(-1);
  if (first === undefined || last === undefined) return 'it tells nothing';
  if (first.totals.failed === 0) return 'nothing failed';
  if (!first.diagnoses.some(({ cause }) => wrong.cause.test(cause.join('\n'))))
    return 'it names another cause, or none';
  const failures = first.checks.filter(({ outcome }) => outcome === 'failed');
  if (wrong.symptom !== undefined && !failures.some(({ detail = '' }) => wrong.symptom!.test(detail)))
    return 'it tells of another symptom';
  if (last.totals.failed > 0 || last.totals.passed === 0 || code !== 0)
    return `it is not mended: exit code ${code}`;
  return undefined;
}

function faultOfFiles({ wrong, mended = {}, override }: WrongCase, project: string): string | undefined {
  for (const name of Object.keys(wrong)) {
    const path = join(project, hardenedName(name));
    const text = readFileSync(path, 'utf8');
    const expected = mended[name];
    if (!text.includes(COMMENT)) return `${hardenedName(name)} has lost its comment:\n${text}`;
    if (expected?.test(text) === false) return `${hardenedName(name)} is mended otherwise:\n${text}`;
  }
  const config = existsSync(join(project, CONFIG)) ? readFileSync(join(project, CONFIG), 'utf8') : undefined;
  if (override === undefined) return config === undefined ? undefined : `${CONFIG} is made:\n${config}`;
  return config !== undefined && override.test(config)
    ? undefined
    : `${CONFIG} says otherwise:\n${config ?? ''}`;
}

async function faultOfPlan({ planned }: WrongCase, project: string): Promise<string | undefined> {
  if (planned === undefined) return undefined;
  const { stdout } = await harden(project, ['--dry-run', '--no-color']);
  return planned.test(stdout) ? undefined : `the next run plans otherwise:\n${stdout}`;
}
