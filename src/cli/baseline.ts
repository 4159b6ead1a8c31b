import { dirname, resolve } from 'node:path';
import { createColors } from 'picocolors';
import { companionOptions, createCompanions } from '../companions.js';
import type { Phase } from '../core/types.js';
import { prepare } from '../harden.js';
import { baselineText, readBaseline } from '../io/baseline.js';
import { pathIn, placeOf } from '../io/config.js';
import { openReport } from '../io/report-file.js';
import { knownBy, type Baseline, type BaselineFinding } from '../render/baseline.js';
import { issuesOf } from '../render/issues.js';
import { problemOf, problemText } from '../render/problems.js';
import { plural } from '../render/text.js';
import { loadConfig } from './config.js';
import { locate, realPlace } from './locate.js';
import { createProgress, EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';
import { digest } from './outputs.js';
import { runOptionsOf } from './settings.js';

export interface BaselineArguments {
  readonly paths: readonly string[];
  readonly phase?: Phase;
  /** The file to write, in place of the one that is found. */
  readonly baseline?: string;
  readonly systemdVersion?: number;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  readonly color?: boolean;
}

/**
 * `harden baseline [paths..]`: keeps what is found today, so that `--check` fails on what is new only. What is kept of
 * files that the paths leave out stays.
 */
export async function runBaseline(args: BaselineArguments): Promise<ExitCode> {
  const fail = (reason: string): ExitCode => {
    printError(`harden: ${reason}\n`);
    return EXIT_ERROR;
  };
  const { root, paths } = locate(args.paths);
  const loaded = await loadConfig(root, args.config);
  if (loaded === undefined) return EXIT_ERROR;
  const options = runOptionsOf(args, loaded);
  if (typeof options === 'string') return fail(options);
  const asked = args.baseline === undefined ? undefined : realPlace(resolve(args.baseline));
  const read = readBaseline(root, asked);
  if (!read.ok) return fail(read.reason);
  const target = openReport(read.absolute);
  const path = pathIn(root, read.absolute);
  if (!target.ok) return fail(`${path} ${target.reason}`);

  const run = prepare({ root, paths, ...options });
  const place = placeOf(root, dirname(read.absolute));
  const known = knownBy({ path, place, files: {} });
  const companionsOf = createCompanions(run, companionOptions(run, options), 'preview');
  const found: Record<string, readonly BaselineFinding[]> = {};
  const progress = createProgress(run.files.length);
  let failed = false;
  let done = 0;
  for (const outcome of run.outcomes()) {
    if (outcome.kind === 'failed') {
      failed = true;
      fail(problemText(problemOf(outcome)));
    }
    if (outcome.kind !== 'planned') continue;
    const { files, builders } = companionsOf(outcome.plan);
    const companions = files.map((companion) => ({ companion, written: undefined }));
    const issues = issuesOf({ outcome, written: undefined, companions, builders, known }, digest);
    found[known.nameOf(outcome.plan.path)] = issues
      .filter(({ disposition }) => disposition !== 'accepted')
      .map(({ meta, subject, fingerprint }) => ({ transform: meta.id, subject, fingerprint }));
    progress.tick((done += 1));
  }
  progress.end();

  // A file that could not be read now may have been, and will be.
  const kept: Baseline['files'] = paths.includes(root) && !failed ? {} : (read.baseline?.files ?? {});
  const files = { ...kept, ...found };
  const text = baselineText(files);
  const changed = text !== read.text;
  if (changed) target.file.write(text);
  const written = changed ? target.file.finish() : undefined;
  if (written?.ok === false) return fail(`${path} ${written.reason}`);
  const c = createColors(wantsColor(args.color));
  const count = Object.values(files).flat().length;
  const folders = Object.values(files).filter((list) => list.length > 0).length;
  await print(
    `${changed ? c.green('wrote') : c.dim('unchanged')}  ${path}  ${c.dim(`${count} ${plural(count, 'finding')} in ${folders} ${plural(folders, 'file')}`)}\n`,
  );
  return failed ? EXIT_ERROR : 0;
}
