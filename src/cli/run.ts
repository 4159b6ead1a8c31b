import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Resolution } from '../workload/context.js';
import type { fillDigests } from './digests.js';
import { prepare, type FileOutcome, type Run } from '../harden.js';
import { isInside } from '../io/files.js';
import { addTotals } from '../render/totals.js';
import { crewSize, startCrew, workAlone, type Crew } from './crew.js';
import { near } from '../core/near.js';
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
import { createReporter, footOf, headOf, separatorOf, type Report, type Reporter } from './reporter.js';
import { runOptionsOf, type HardenArguments, type Settings } from './settings.js';

/** `harden [paths..]` in any of its modes. */
export async function runHarden(args: HardenArguments): Promise<ExitCode> {
  const options = runOptionsOf(args);
  if (typeof options === 'string') {
    printError(`harden: ${options}\n`);
    return EXIT_ERROR;
  }
  const { root, paths } = locate(args.paths);
  const digests = args.pinDigests === true ? new Map<string, Resolution>() : undefined;
  const run = prepare({ root, paths, digests, ...options });
  const failures = digests === undefined ? [] : await fill(digests, run, root, args);
  const settings: Settings = {
    args,
    root,
    color: wantsColor(args.color),
    width: process.stdout.columns ?? 100,
    digests,
  };
  const reporter = createReporter(run, settings);
  const crew = crewFor(run, settings, reporter);
  const say = createSpeaker(separatorOf(args.output));

  await print(headOf(settings));
  for (const failure of [...failures, ...run.failures]) await say(reporter.take(withHint(failure)));
  await sayAll(crew, run.files.length, args, say);
  await crew.end();
  const totals = addTotals(reporter.totals, crew.totals);
  await print(footOf(settings, totals));

  if (totals.errors > 0) return EXIT_ERROR;
  return args.check === true && totals.changedFiles > 0 ? EXIT_CHANGES : 0;
}

/** What speaks to registries is loaded only where images are to be pinned. */
async function fill(...given: Parameters<typeof fillDigests>): ReturnType<typeof fillDigests> {
  const { fillDigests: fillThem } = await import('./digests.js');
  return fillThem(...given);
}

/** Several threads for a large run. A file changed in place is read again for what it said before: by one thread. */
function crewFor(run: Run, settings: Settings, reporter: Reporter): Crew {
  const { inPlace, jobs } = settings.args;
  const size = inPlace === true ? 1 : crewSize(run.files.length, jobs);
  if (size === 1) return workAlone(run, reporter);
  return startCrew(size, { settings, files: run.workspace.files }, run.files.length);
}

async function sayAll(
  crew: Crew,
  count: number,
  { write, inPlace }: HardenArguments,
  say: (report: Report) => Promise<void>,
): Promise<void> {
  const writes = write === true || inPlace === true;
  const progress = createProgress(count);
  let done = 0;
  for await (const report of crew.reports()) {
    await say(report);
    progress.tick((done += 1));
    if (isOutputClosed() && !writes) break;
  }
  progress.end();
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
  const command = near(outcome.path, ['list', 'explain', 'unit']);
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
