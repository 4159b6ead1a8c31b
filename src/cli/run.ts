import { resolve } from 'node:path';
import type { Resolution } from '../workload/context.js';
import type { fillDigests } from './digests.js';
import type { selectAffected, Selection } from './since.js';
import { createRunBelow, prepare, type FileOutcome, type Run } from '../harden.js';
import { addTotals } from '../render/totals.js';
import { loadBaseline, loadConfig, tellExpired, tellGone, tellUnmet, tellUnused } from './config.js';
import { crewSize, startCrew, workAlone, type Crew } from './crew.js';
import { near } from '../core/near.js';
import { locate, realPlace } from './locate.js';
import {
  createProgress,
  EXIT_CHANGES,
  EXIT_ERROR,
  isOutputClosed,
  printError,
  wantsColor,
  type ExitCode,
} from './output.js';
import { createOutputs } from './outputs.js';
import { createReporter, type Report, type Reporter } from './reporter.js';
import { reportTargetsOf, runOptionsOf, type HardenArguments, type Settings } from './settings.js';
import { createStreams, openReports } from './streams.js';

/** `harden [paths..]` in any of its modes. */
export async function runHarden(args: HardenArguments): Promise<ExitCode> {
  if (args.interactive === true && !hasTerminal()) {
    printError('harden: --interactive asks on a terminal: standard input and output must both be one.\n');
    return EXIT_ERROR;
  }
  const reports = reportTargetsOf(args);
  if (typeof reports === 'string') {
    printError(`harden: ${reports}\n`);
    return EXIT_ERROR;
  }
  // Files that have changed are looked at among all the others.
  const { root, paths } = locate(args.changed === true ? ['.'] : args.paths);
  const loaded = await loadConfig(root, args.config);
  if (loaded === undefined) return EXIT_ERROR;
  const { config } = loaded;
  const options = runOptionsOf(args, loaded);
  if (typeof options === 'string') {
    printError(`harden: ${options}\n`);
    return EXIT_ERROR;
  }
  const pins = args.pinDigests ?? config?.pinDigests ?? false;
  const digests = pins ? new Map<string, Resolution>() : undefined;
  const found = prepare({ root, paths, digests, ...options });
  const sources = new Set(found.workspace.files.map(({ path }) => resolve(root, path)));
  const files = openReports(reports, sources);
  if (typeof files === 'string') {
    printError(`harden: ${files}\n`);
    return EXIT_ERROR;
  }
  const selection = selectionOf(args);
  const selected = selection === undefined ? undefined : await select(selection, root, found, options, args);
  if (typeof selected === 'string') {
    printError(`harden: ${selected}\n`);
    return EXIT_ERROR;
  }
  const run =
    selected === undefined
      ? found
      : createRunBelow(root, found.workspace.files, { ...options, digests, selected }, found.failures);
  const unpinned = digests === undefined ? [] : await fill(digests, run, root, args);
  const failures = await Promise.all([...unpinned, ...run.failures].map(withHint));
  const baseline = loadBaseline(root, args.baseline);
  if (baseline === undefined) return EXIT_ERROR;
  const settings: Settings = {
    args,
    root,
    color: wantsColor(args.color),
    width: process.stdout.columns ?? 100,
    digests,
    config,
    plugins: loaded.registry.plugins,
    baseline: baseline.baseline,
    selected: run.selected,
    reports,
  };
  if (args.interactive === true) {
    const { runInteractive } = await import('./interactive.js');
    return runInteractive(run, settings, options, failures, loaded.registry);
  }
  const outputs = await createOutputs(settings, loaded.registry);
  const reporter = createReporter(run, settings, outputs);
  const crew = crewFor(run, settings, reporter);
  const streams = createStreams(outputs, files);
  const met = new Set<number>();
  const say = async (report: Report): Promise<void> => {
    for (const risk of report.met) met.add(risk);
    if (report.err !== '') printError(report.err);
    await streams.take(report);
  };

  await streams.begin();
  for (const failure of failures) await say(reporter.take(failure));
  await sayAll(crew, run.files.length, args, say);
  await crew.end();
  const totals = addTotals(reporter.totals, crew.totals);
  const unwritten = await streams.end(totals);
  for (const reason of unwritten) printError(`harden: ${reason}\n`);
  const expired = config === undefined ? 0 : tellExpired(config, met);
  // Who names a part of the tree or of the transforms leaves out what the others are about.
  const whole = paths.includes(root) && options.formats === undefined && isUnfiltered(args);
  if (config !== undefined && paths.includes(root)) tellUnused(run, config);
  if (config !== undefined && whole) tellUnmet(config, met);
  if (settings.baseline !== undefined && whole) tellGone(settings.baseline, totals.known);

  if (totals.errors > 0 || unwritten.length > 0) return EXIT_ERROR;
  const pending = settings.baseline === undefined ? totals.changedFiles : totals.fresh;
  return args.check === true && (pending > 0 || expired > 0) ? EXIT_CHANGES : 0;
}

function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

function isUnfiltered(args: HardenArguments): boolean {
  return args.only === undefined && args.skip === undefined && selectionOf(args) === undefined;
}

function selectionOf({ since, changed, paths }: HardenArguments): Selection | undefined {
  if (since !== undefined) return { since };
  return changed === true ? { changed: paths.map((path) => realPlace(resolve(path))) } : undefined;
}

/** What asks git is loaded only where it is to be asked. */
async function select(...given: Parameters<typeof selectAffected>): ReturnType<typeof selectAffected> {
  const { selectAffected: selectThem } = await import('./since.js');
  return selectThem(...given);
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
  { write, inPlace, outputFile }: HardenArguments,
  say: (report: Report) => Promise<void>,
): Promise<void> {
  const writes = write === true || inPlace === true || outputFile !== undefined;
  const progress = createProgress(count);
  let done = 0;
  for await (const report of crew.reports()) {
    await say(report);
    progress.tick((done += 1));
    if (isOutputClosed() && !writes) break;
  }
  progress.end();
}

/** A lone word that is no path may be a command with a typing error. */
async function withHint(outcome: FileOutcome): Promise<FileOutcome> {
  if (outcome.kind !== 'failed' || outcome.reason !== 'does not exist' || !/^[a-z]+$/i.test(outcome.path)) {
    return outcome;
  }
  const { commands } = await import('./commands/index.js');
  const names = commands.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const command = near(outcome.path, names);
  if (command === undefined) return outcome;
  return { ...outcome, reason: `${outcome.reason}; did you mean the command ${command}?` };
}
