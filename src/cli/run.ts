import { basename, dirname, join, resolve } from 'node:path';
import { realpathSync, statSync } from 'node:fs';
import type { Format, Phase } from '../core/types.js';
import { prepare, type FileOutcome, type Run } from '../harden.js';
import { isInside } from '../io/files.js';
import { packageVersion } from '../io/package.js';
import { writeInPlace, writeSidecar } from '../io/write.js';
import { plainDiff } from '../render/diff.js';
import { createJsonRenderer } from '../render/json.js';
import { createTextRenderer } from '../render/text.js';
import { count, createTotals, type Totals } from '../render/totals.js';
import { createHardenedBuilds, sidecarPath, sidecarText } from '../sidecar.js';
import { allTransforms, registry } from '../../transforms/index.js';
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

export interface HardenArguments {
  readonly paths: readonly string[];
  readonly write?: boolean;
  readonly inPlace?: boolean;
  readonly check?: boolean;
  readonly phase?: Phase;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly format?: readonly Format[];
  readonly output: 'text' | 'patch' | 'json';
  readonly force: boolean;
  readonly color?: boolean;
}

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
    phase: args.phase ?? (args.inPlace === true ? 1 : 2),
    enabled: selection,
    formats: args.format === undefined ? undefined : new Set(args.format),
  });
  const write = createWriter(run, root, args);
  const printer = createPrinter(args);
  const totals = createTotals();
  const progress = createProgress(run.files.length);

  await print(printer.head);
  let done = 0;
  const writes = args.write === true || args.inPlace === true;
  for (const made of run.outcomes()) {
    const outcome = withHint(made);
    if (isOutputClosed() && !writes) break;
    const written = outcome.kind === 'planned' ? write(outcome) : undefined;
    count(totals, outcome);
    if (written?.error !== undefined) totals.errors += 1;
    await print(printer.outcome(outcome, written));
    progress.tick((done += 1));
  }
  progress.end();
  await print(printer.foot(totals));

  if (totals.errors > 0) return EXIT_ERROR;
  return args.check === true && totals.changedFiles > 0 ? EXIT_CHANGES : 0;
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

/** A file that was written, or why it could not be. */
interface Written {
  readonly path: string;
  readonly changed: boolean;
  readonly error: string | undefined;
}

type Planned = Extract<FileOutcome, { kind: 'planned' }>;

function createWriter(
  run: Run,
  root: string,
  args: HardenArguments,
): (outcome: Planned) => Written | undefined {
  if (args.inPlace === true) {
    return ({ plan }) => {
      if (plan.result === plan.original.text) return undefined;
      const outcome = writeInPlace(root, plan.path, plan.original.text, plan.result);
      if (!outcome.ok) return { path: plan.path, changed: false, error: outcome.reason };
      run.replaced(plan.path, plan.original.text);
      return { path: plan.path, changed: true, error: undefined };
    };
  }
  if (args.write === true) {
    const isHardened = createHardenedBuilds(run);
    return ({ file, plan }) => {
      const text = sidecarText(run, file.format, plan, isHardened);
      if (text === undefined) return undefined;
      const path = sidecarPath(plan.path, file.format);
      const outcome = writeSidecar(root, path, plan.path, text, args.force);
      return outcome.ok
        ? { path, changed: outcome.changed, error: undefined }
        : { path, changed: false, error: outcome.reason };
    };
  }
  return () => undefined;
}

interface Printer {
  readonly head: string;
  outcome(outcome: FileOutcome, written: Written | undefined): string;
  foot(totals: Totals): string;
}

function createPrinter(args: HardenArguments): Printer {
  if (args.output === 'json') return jsonPrinter();
  if (args.output === 'patch') return patchPrinter();
  return textPrinter(args);
}

function jsonPrinter(): Printer {
  const json = createJsonRenderer(packageVersion());
  return {
    head: json.head(),
    outcome: (outcome, written) => json.outcome(outcome, written),
    foot: (totals) => json.foot(totals),
  };
}

/** Only diffs on standard output: what else there is to say goes to standard error. */
function patchPrinter(): Printer {
  return {
    head: '',
    outcome: (outcome, written) => {
      if (outcome.kind === 'failed') printError(`harden: ${place(outcome)}: ${outcome.reason}\n`);
      if (written?.error !== undefined) printError(`harden: ${written.path}: ${written.error}\n`);
      if (outcome.kind !== 'planned') return '';
      const { path, original, result, failures } = outcome.plan;
      for (const { id, error } of failures) printError(`harden: ${path}: ${id} failed: ${error}\n`);
      return plainDiff(path, original.text, result);
    },
    foot: () => '',
  };
}

function place({ path, line }: { readonly path: string; readonly line: number | undefined }): string {
  return line === undefined ? path : `${path}:${line}`;
}

function textPrinter(args: HardenArguments): Printer {
  const text = createTextRenderer({ color: wantsColor(args.color), width: process.stdout.columns ?? 100 });
  const brief = args.write === true || args.inPlace === true || args.check === true;
  return {
    head: '',
    outcome: (outcome, written) => {
      if (!brief || outcome.kind !== 'planned') return text.outcome(outcome);
      return text.summary(outcome.plan, written);
    },
    foot: (totals) => text.totals(totals, nextStep(args, totals)),
  };
}

function nextStep(args: HardenArguments, totals: Totals): string {
  if (totals.files + totals.foreign + totals.errors === 0)
    return 'There is no Dockerfile, Compose file or systemd service here.';
  if (args.check === true || args.inPlace === true || totals.changedFiles === 0) return '';
  if (args.write === true)
    return 'Compare each .hardened file with its original and test it before you use it.';
  return 'harden --write writes these changes to .hardened files; harden explain <id> tells more about one of them.';
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

/** A filter from `--only` and `--skip`, or the message for a name that no transform or format has. */
function selectTransforms({ only, skip, format }: HardenArguments): ((id: string) => boolean) | string {
  const formats: readonly string[] = Object.keys(registry);
  const stranger = format?.find((name) => !formats.includes(name));
  if (stranger !== undefined) return `there is no format ${stranger}: it is one of ${formats.join(', ')}.`;
  const ids: readonly string[] = allTransforms.map(({ meta }) => meta.id);
  const matches = (name: string, id: string): boolean =>
    id === name || id.startsWith(`${name}/`) || id.endsWith(`/${name}`);
  for (const name of [...(only ?? []), ...(skip ?? [])]) {
    if (ids.some((id) => matches(name, id))) continue;
    const suggestion = near(name, ids);
    const hint = suggestion === undefined ? '' : ` Did you mean ${suggestion}?`;
    return `there is no transform ${name}.${hint} 'harden list' shows them all.`;
  }
  return (id) =>
    (only === undefined || only.some((name) => matches(name, id))) &&
    skip?.some((name) => matches(name, id)) !== true;
}
