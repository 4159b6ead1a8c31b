import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../core/errors.js';
import type { Format, Phase } from '../core/types.js';
import { prepare, type Run, type RunOptions } from '../harden.js';
import { readConfig, type ReadConfig } from '../io/config.js';
import { writeReason } from '../io/files.js';
import { problemOf } from '../render/problems.js';
import { createVerifyRenderer, verifyJson, type VerifyTotals } from '../render/verify.js';
import { failed, type Check, type Stage } from '../verify/check.js';
import { composeChecks, type RunOptions as TrialOptions } from '../verify/compose/checks.js';
import { ownedBy, removeAll } from '../verify/compose/take-down.js';
import { prepareCopy } from '../verify/copied.js';
import { isDiagnosis, type Diagnosis } from '../verify/diagnosis.js';
import {
  copyTree,
  makeFolder,
  ownerName,
  removeFolder,
  removeImages,
  removeLeftovers,
} from '../verify/folder.js';
import { imageChecks } from '../verify/image/checks.js';
import type { Pairs } from '../verify/pairs.js';
import { staticChecks } from '../verify/static/checks.js';
import type { WorkingCopy } from '../verify/subject.js';
import { findTools, isMissing, type Tools } from '../verify/tools.js';
import { unitChecks } from '../verify/unit/checks.js';
import { loadConfig } from './config.js';
import { interruptible } from './interruptible.js';
import { locate, realPlace } from './locate.js';
import { mendFaults, type MendOutcome } from './mend.js';
import { EXIT_CHANGES, EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';
import { runOptionsOf } from './settings.js';
import { createStatus } from './status.js';

export interface VerifyArguments {
  readonly paths: readonly string[];
  readonly phase?: Phase;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly format?: readonly Format[];
  readonly stage?: readonly Stage[];
  /** The commit whose files are the originals of those that were changed in place. */
  readonly original?: string;
  readonly smoke?: string;
  readonly fix?: boolean;
  readonly explain: boolean;
  readonly allowHost: boolean;
  /** Seconds. */
  readonly timeout: number;
  /** How long a service must stay up, in seconds. */
  readonly settle: number;
  readonly buildArg: readonly string[];
  readonly buildNetwork?: string;
  readonly secret: readonly string[];
  readonly composeEnv: readonly string[];
  readonly strict: boolean;
  readonly output: 'text' | 'json';
  readonly systemdVersion?: number;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  readonly color?: boolean;
}

/** A mended variant may show the next fault, which the first one hid. */
const MAX_ROUNDS = 6;

/** `harden verify [paths..]`. */
export async function runVerify(args: VerifyArguments): Promise<ExitCode> {
  const { root, paths } = locate(args.paths);
  const loaded = await loadConfig(root, args.config);
  if (loaded === undefined) return EXIT_ERROR;
  const options = runOptionsOf(args, loaded);
  const problem = typeof options === 'string' ? options : usageProblem(args);
  if (typeof options === 'string' || problem !== undefined) {
    printError(`harden: ${problem ?? ''}\n`);
    return EXIT_ERROR;
  }
  const found = prepare({ root, paths, ...options });
  return interruptible(async (signal) => {
    const owner = ownerName();
    const tools = await findTools(signal);
    const folder = makeFolder(owner);
    try {
      await removeLeftovers(tools);
      const code = await verifyIn(folder, owner, tools, root, found, args, options, signal);
      return signal.aborted ? EXIT_ERROR : code;
    } catch (error) {
      if (signal.aborted) return EXIT_ERROR;
      const system = (error as NodeJS.ErrnoException).code !== undefined;
      printError(`harden: ${system ? `the copy of the tree ${writeReason(error)}` : messageOf(error)}\n`);
      return EXIT_ERROR;
    } finally {
      await cleanUp(folder, owner, tools);
    }
  });
}

const STAGES: readonly string[] = ['static', 'build', 'run'] satisfies readonly Stage[];

/** What is wrong with the arguments. */
function usageProblem({ stage, settle, composeEnv }: VerifyArguments): string | undefined {
  if (!Number.isFinite(settle) || settle < 0) return '--settle takes a number of seconds, from 0 on.';
  const stranger = stage?.find((name) => !STAGES.includes(name));
  if (stranger !== undefined) return `there is no stage ${stranger}: it is one of ${STAGES.join(', ')}.`;
  const missing = composeEnv.find((path) => !existsSync(path));
  return missing === undefined ? undefined : `${missing} does not exist.`;
}

/** Whatever happened, nothing is left; what is, is named. */
async function cleanUp(folder: string, owner: string, tools: Tools): Promise<void> {
  if (!isMissing(tools.engine)) {
    await removeAll(tools.engine, ownedBy(owner));
    await removeImages(tools, owner);
    const { code } = await tools.engine.call(['ps', '--quiet'], { timeout: 15_000 });
    if (code !== 0)
      printError(
        'harden: the engine does not answer any more; the next harden verify removes what it may still hold\n',
      );
  }
  const left = removeFolder(folder);
  if (left !== undefined) printError(`harden: ${left}\n`);
}

async function verifyIn(
  folder: string,
  owner: string,
  tools: Tools,
  root: string,
  found: Run,
  args: VerifyArguments,
  options: RunOptions,
  signal: AbortSignal,
): Promise<ExitCode> {
  const status = createStatus();
  status.say('copying the tree');
  const trouble = await copyTree(root, folder, signal);
  status.end();
  if (trouble !== undefined) {
    printError(`harden: ${root} can't be copied: ${trouble}\n`);
    return EXIT_ERROR;
  }
  const copied = await prepareCopy(folder, root, found, { ...options, original: args.original }, signal);
  if (typeof copied === 'string') {
    printError(`harden: ${copied}\n`);
    return EXIT_ERROR;
  }
  const trials: TrialOptions = {
    tools,
    signal,
    buildArgs: args.buildArg,
    buildNetwork: args.buildNetwork,
    secrets: args.secret,
    envFiles: args.composeEnv.map((path) => realpathSync(path)),
    allowHost: args.allowHost,
    smoke: args.smoke,
    patience: args.timeout * 1000,
    settle: args.settle * 1000,
    owner,
    explain: args.explain || args.fix === true,
    originals: new Map(),
    say: status.say,
  };
  const output = createOutput(args);
  for (let round = 1; ; round += 1) {
    // A mend of the round before stands in it.
    const { file: configFile, config } = await readConfigOf(root, args);
    const made = copied.make(config);
    const totals = { passed: 0, failed: 0, skipped: 0 };
    const diagnoses: Diagnosis[] = [];
    for (const failure of round === 1 ? [...found.failures, ...made.failures] : []) {
      const place = failure.line === undefined ? failure.path : `${failure.path}:${failure.line}`;
      totals.failed += 1;
      await output.result(failed('static', place, 'harden reads it', problemOf(failure).reason));
    }
    for await (const result of checks({ folder, pairs: made.pairs }, trials, args.stage)) {
      status.end();
      // What was cut short says nothing.
      if (signal.aborted) break;
      if (isDiagnosis(result)) diagnoses.push(result);
      else totals[result.outcome] += 1;
      await output.result(result);
    }
    status.end();
    if (signal.aborted) return EXIT_ERROR;
    const mended =
      args.fix === true && round < MAX_ROUNDS
        ? mendFaults(diagnoses, {
            root,
            pairs: made.pairs,
            config: configFile,
            day: new Date().toISOString().slice(0, 10),
            take: copied.take,
          })
        : [];
    await output.end(totals, nextStep(args, made, totals, diagnoses, mended));
    if (mended.some(({ error }) => error === undefined)) continue;
    if (made.failures.length > 0 || found.failures.length > 0) return EXIT_ERROR;
    return totals.failed > 0 || (args.strict && totals.skipped > 0) ? EXIT_CHANGES : 0;
  }
}

async function* checks(
  copy: WorkingCopy,
  trials: TrialOptions,
  stages: readonly Stage[] | undefined,
): AsyncGenerator<Check | Diagnosis> {
  const wanted = (stage: Stage): boolean =>
    !trials.signal.aborted && (stages === undefined || stages.includes(stage));
  if (wanted('static')) yield* staticChecks(copy, trials);
  if (wanted('build')) yield* imageChecks(copy, trials);
  if (wanted('run')) yield* composeChecks(copy, trials);
  if (wanted('run')) yield* unitChecks(copy, trials);
}

/** The config that was found to be sound, as it stands now. */
async function readConfigOf(
  root: string,
  { config: asked }: VerifyArguments,
): Promise<Extract<ReadConfig, { ok: true }>> {
  const file = typeof asked === 'string' ? realPlace(resolve(asked)) : undefined;
  const read = await readConfig(root, { file });
  if (!read.ok) throw new Error(read.reasons.join('; '));
  return asked === false ? { ...read, config: undefined } : read;
}

function nextStep(
  args: VerifyArguments,
  { pairs, failures }: Pairs,
  { failed: faults, skipped }: VerifyTotals,
  diagnoses: readonly Diagnosis[],
  mended: readonly MendOutcome[],
): string {
  if (mended.length > 0)
    return mended
      .map(({ path, says, error }) =>
        error === undefined ? `mended ${path}: ${says}` : `mend ${path} by hand, ${says}: ${error}`,
      )
      .join('\n');
  if (pairs.length + failures.length === 0) return 'harden changes nothing here: there is nothing to verify.';
  if (diagnoses.some(({ mend: one }) => one !== undefined) && args.fix !== true)
    return 'harden verify --fix makes these changes and verifies again.';
  if (faults === 0 && skipped > 0) return 'What was skipped is not verified: each says what it needs.';
  return '';
}

interface Output {
  result(result: Check | Diagnosis): Promise<void>;
  end(totals: VerifyTotals, nextStep: string): Promise<void>;
}

function createOutput(args: VerifyArguments): Output {
  if (args.output === 'json') {
    const line = (value: object): Promise<void> => print(`${verifyJson(value)}\n`);
    return {
      result: (result) => line(isDiagnosis(result) ? { diagnosis: result } : { check: result }),
      end: (totals) => line({ totals }),
    };
  }
  const text = createVerifyRenderer({ color: wantsColor(args.color), width: process.stdout.columns ?? 100 });
  return {
    result: (result) => print(text.result(result)),
    end: (totals, next) => print(text.totals(totals, next)),
  };
}
