import { packageVersion } from '../io/package.js';
import { fleetJson, fleetMarkdown, fleetText, type ResultFailure } from '../fleet/render.js';
import { findResults, readResult } from '../fleet/results.js';
import { scoreOf, type TransformName } from '../fleet/score.js';
import { scoreboardOf, type Repository } from '../fleet/scoreboard.js';
import { EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';

export interface FleetReportArguments {
  readonly results: readonly string[];
  readonly output: 'text' | 'json' | 'markdown';
  readonly color?: boolean;
}

/** `harden fleet-report <results..>`: many results as one scoreboard. A file that is none is named, and the others count. */
export async function runFleetReport(args: FleetReportArguments): Promise<ExitCode> {
  const { files, failures: unfound } = findResults(args.results);
  const failures: ResultFailure[] = [...unfound];
  const repositories: Repository[] = [];
  const names = new Map<string, TransformName>();
  for (const { path, name } of files) {
    const read = readResult(path);
    const scored = read.ok ? scoreOf(read.text) : read;
    if (!scored.ok) {
      failures.push({ path, reason: scored.reason });
      continue;
    }
    for (const [id, transform] of scored.names) names.set(id, transform);
    repositories.push({ name, ...scored.score });
  }
  for (const { path, reason } of failures) printError(`harden: ${path} ${reason}\n`);
  const board = scoreboardOf(repositories, names);
  if (args.output === 'json') await print(fleetJson(board, failures, packageVersion()));
  else if (repositories.length > 0) {
    const markdown = args.output === 'markdown';
    await print(markdown ? fleetMarkdown(board, failures) : fleetText(board, wantsColor(args.color)));
  }
  return failures.length > 0 ? EXIT_ERROR : 0;
}
