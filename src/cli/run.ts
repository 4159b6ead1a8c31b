import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { prepare, type FileOutcome } from '../harden.js';
import { isInside } from '../io/files.js';
import { near } from './near.js';
import {
  createProgress,
  EXIT_CHANGES,
  EXIT_ERROR,
  isOutputClosed,
  print,
  printError,
  wantsColor,
  type ExitCode,
} from './output.js';
import { createReporter, footOf, headOf, separatorOf, type Report } from './reporter.js';
import { phaseOf, selectTransforms, type HardenArguments, type Settings } from './settings.js';

/** `harden [paths..]` in any of its modes. */
export async function runHarden(args: HardenArguments): Promise<ExitCode> {
  const selection = selectTransforms(args);
  if (typeof selection === 'string') {
    printError(`harden: ${selection}\n`);
    return EXIT_ERROR;
  }
  const { root, paths } = locate(args.paths);
  const run = prepare({
    root,
    paths,
    phase: phaseOf(args),
    enabled: selection,
    formats: args.format === undefined ? undefined : new Set(args.format),
  });
  const settings: Settings = {
    args,
    root,
    color: wantsColor(args.color),
    width: process.stdout.columns ?? 100,
  };
  const reporter = createReporter(run, settings);
  const say = createSpeaker(separatorOf(args.output));
  const writes = args.write === true || args.inPlace === true;
  const progress = createProgress(run.files.length);

  await print(headOf(settings));
  for (const failure of run.failures) await say(reporter.take(withHint(failure)));
  for (const [at, file] of run.files.entries()) {
    await say(reporter.take(run.plan(file)));
    progress.tick(at + 1);
    if (isOutputClosed() && !writes) break;
  }
  progress.end();
  await print(footOf(settings, reporter.totals));

  if (reporter.totals.errors > 0) return EXIT_ERROR;
  return args.check === true && reporter.totals.changedFiles > 0 ? EXIT_CHANGES : 0;
}

/** Prints reports with the separator between those that aren't empty. */
function createSpeaker(separator: string): (report: Report) => Promise<void> {
  let first = true;
  return async ({ out, err }) => {
    if (err !== '') printError(err);
    if (out === '') return;
    await print(first ? out : separator + out);
    first = false;
  };
}

/** A lone word that is no path may be a command with a typing error. */
function withHint(outcome: FileOutcome): FileOutcome {
  if (outcome.kind !== 'failed' || outcome.reason !== 'does not exist' || !/^[a-z]+$/i.test(outcome.path)) {
    return outcome;
  }
  const command = near(outcome.path, ['list', 'explain']);
  if (command === undefined) return outcome;
  return { ...outcome, reason: `${outcome.reason}; did you mean the command ${command}?` };
}

/**
 * The root of the run, as a real path: the current folder, or for paths outside it the folder that holds them all.
 * The paths are absolute; links above a file and to a folder are resolved, a file that is a link stays one.
 */
function locate(paths: readonly string[]): { root: string; paths: readonly string[] } {
  const absolute = paths.map((path) => realPlace(resolve(path)));
  let root = realpathSync(process.cwd());
  if (!absolute.every((path) => isInside(root, path))) {
    const [first = root] = absolute;
    root = isFolder(first) ? first : dirname(first);
    while (!isFolder(root) || !absolute.every((path) => isInside(root, path))) root = dirname(root);
  }
  return { root, paths: absolute };
}

function realPlace(path: string): string {
  try {
    return isFolder(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
  } catch {
    // It doesn't exist, or can't be looked at: discovery says so.
    return path;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
