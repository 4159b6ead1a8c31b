import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createColors } from 'picocolors';
import type { Format } from '../core/types.js';
import { systemReason } from '../io/files.js';
import { packageVersion } from '../io/package.js';
import { loadReportAssets } from '../io/report-assets.js';
import { writeReport } from '../io/write.js';
import type { About } from '../report/assessment.js';
import { problemOf, problemText } from '../render/problems.js';
import { reportsOf } from '../report/reports.js';
import { survey } from '../survey.js';
import { loadConfig } from './config.js';
import { locate } from './locate.js';
import { EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';
import { runOptionsOf } from './settings.js';
import { createStatus } from './status.js';

export interface ReportArguments {
  readonly paths: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly format?: readonly Format[];
  /** Where the reports are written, in place of the tree's root. */
  readonly out?: string;
  readonly force: boolean;
  readonly systemdVersion?: number;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  readonly color?: boolean;
}

/** `harden report [paths..]`: the security assessment, the deployment guide, and both on one page. */
export async function runReport(args: ReportArguments): Promise<ExitCode> {
  const { root, paths } = locate(args.paths);
  const loaded = await loadConfig(root, args.config);
  if (loaded === undefined) return EXIT_ERROR;
  const options = runOptionsOf(args, loaded);
  if (typeof options === 'string') {
    printError(`harden: ${options}\n`);
    return EXIT_ERROR;
  }
  const status = createStatus();
  status.say('looking at the files, as they are and after each phase');
  const found = survey({ ...options, root, paths });
  status.end();
  for (const failure of found.failures) printError(`harden: ${problemText(problemOf(failure))}\n`);
  if (found.files.length === 0) {
    printError('harden: there is nothing to report on: no file that harden reads is here\n');
    return EXIT_ERROR;
  }
  const about: About = {
    project: basename(root),
    version: packageVersion(),
    date: new Date().toISOString().slice(0, 10),
  };
  const folder = args.out === undefined ? root : makeFolder(resolve(args.out));
  if (folder === undefined) return EXIT_ERROR;
  const site = args.out === undefined ? siteGenerator(root) : undefined;
  if (site !== undefined)
    printError(
      `harden: ${site} builds a site of docs/, where the guide is written: --out names another folder\n`,
    );
  const c = createColors(wantsColor(args.color));
  let failed = found.failures.length > 0;
  for (const [path, text] of await reportsOf(found, about, loadReportAssets())) {
    const written = writeReport(folder, path, about.project, text, args.force);
    if (written.ok) await print(`${written.changed ? c.green('wrote') : c.dim('unchanged')}  ${path}\n`);
    else {
      failed = true;
      printError(`harden: ${path} ${written.reason}\n`);
    }
  }
  return failed ? EXIT_ERROR : 0;
}

/** The settings of a program that makes a site of all that is below docs/. */
function siteGenerator(root: string): string | undefined {
  const own = [
    'mkdocs.yml',
    'mkdocs.yaml',
    ...['js', 'ts', 'mjs', 'cjs'].map((end) => `docusaurus.config.${end}`),
  ];
  return [...own, 'docs/_config.yml', 'docs/conf.py', 'docs/.vitepress', '.vitepress'].find((path) =>
    existsSync(join(root, path)),
  );
}

/** The folder's real path; undefined when it can't be made, which is told. */
function makeFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true });
    return realpathSync(path);
  } catch (error) {
    printError(`harden: ${path} ${systemReason(error)}\n`);
    return undefined;
  }
}
