import { writeInPlace, writeSidecar } from '../io/write.js';
import type { ComposeDocument } from '../formats/compose/document.js';
import type { FileOutcome, Run } from '../harden.js';
import { packageVersion } from '../io/package.js';
import { plainDiff } from '../render/diff.js';
import { jsonFoot, jsonHead, jsonOutcome } from '../render/json.js';
import { createTextRenderer, type WrittenFile } from '../render/text.js';
import { count, createTotals, type Totals } from '../render/totals.js';
import { overlayOf, overlayPath } from '../overlay.js';
import { createLinks, sidecarPath, sidecarText } from '../sidecar.js';
import type { HardenArguments, Settings } from './settings.js';

type Planned = Extract<FileOutcome, { kind: 'planned' }>;

function createWriter(
  run: Run,
  root: string,
  args: HardenArguments,
): (outcome: Planned) => WrittenFile | undefined {
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
    const links = createLinks(run, { files: args.overlay !== true });
    return ({ file, plan }) => {
      const hardened = sidecarText(run, file.format, plan, links);
      if (hardened === undefined) return undefined;
      const overlaid = args.overlay === true && file.format === 'compose';
      const path = overlaid ? overlayPath(plan.path) : sidecarPath(plan.path, file.format);
      const variant = overlaid
        ? overlayOf(plan.original as ComposeDocument, hardened)
        : { ok: true as const, text: hardened };
      if (!variant.ok) return { path, changed: false, error: `can't be an overlay: ${variant.reason}` };
      const { text } = variant;
      const outcome = writeSidecar(root, path, plan.path, text, args.force);
      return outcome.ok
        ? { path, changed: outcome.changed, error: undefined }
        : { path, changed: false, error: outcome.reason };
    };
  }
  return () => undefined;
}

/** What is said of an outcome, on standard output and standard error. */
export interface Report {
  readonly out: string;
  readonly err: string;
}

/** Takes the outcomes of a run one by one: writes what is to be written, counts, and says what happened. */
export interface Reporter {
  readonly totals: Totals;
  take(outcome: FileOutcome): Report;
}

interface Printer {
  outcome(outcome: FileOutcome, written: WrittenFile | undefined): Report;
}

export function createReporter(run: Run, settings: Settings): Reporter {
  const write = createWriter(run, settings.root, settings.args);
  const printer = createPrinter(settings);
  const totals = createTotals();
  return {
    totals,
    take: (outcome) => {
      const written = outcome.kind === 'planned' ? write(outcome) : undefined;
      count(totals, outcome);
      if (written?.error !== undefined) totals.errors += 1;
      return printer.outcome(outcome, written);
    },
  };
}

/** What stands between two reports that aren't empty. */
export function separatorOf(output: HardenArguments['output']): string {
  return output === 'json' ? ',\n' : '';
}

/** What stands before all reports. */
export function headOf({ args }: Settings): string {
  return args.output === 'json' ? jsonHead(packageVersion()) : '';
}

/** What stands behind them. */
export function footOf(settings: Settings, totals: Totals): string {
  if (settings.args.output === 'json') return jsonFoot(totals);
  if (settings.args.output === 'patch') return '';
  return createTextRenderer(settings).totals(totals, nextStep(settings.args, totals));
}

function createPrinter(settings: Settings): Printer {
  switch (settings.args.output) {
    case 'json':
      return { outcome: (outcome, written) => ({ out: jsonOutcome(outcome, written), err: '' }) };
    case 'patch':
      return { outcome: patchReport };
    case 'text':
      return textPrinter(settings);
  }
}

/** Only diffs on standard output: what else there is to say goes to standard error. */
function patchReport(outcome: FileOutcome, written: WrittenFile | undefined): Report {
  const errors: string[] = [];
  if (outcome.kind === 'failed') errors.push(`${place(outcome)}: ${outcome.reason}`);
  if (written?.error !== undefined) errors.push(`${written.path}: ${written.error}`);
  let out = '';
  if (outcome.kind === 'planned') {
    const { path, original, result, failures } = outcome.plan;
    errors.push(...failures.map(({ id, error }) => `${path}: ${id} failed: ${error}`));
    out = plainDiff(path, original.text, result);
  }
  return { out, err: errors.map((error) => `harden: ${error}\n`).join('') };
}

function place({ path, line }: { readonly path: string; readonly line: number | undefined }): string {
  return line === undefined ? path : `${path}:${line}`;
}

function textPrinter({ args, color, width }: Settings): Printer {
  const text = createTextRenderer({ color, width });
  const brief = args.write === true || args.inPlace === true || args.check === true;
  return {
    outcome: (outcome, written) => ({
      out: brief && outcome.kind === 'planned' ? text.summary(outcome.plan, written) : text.outcome(outcome),
      err: '',
    }),
  };
}

function nextStep(args: HardenArguments, totals: Totals): string {
  if (totals.files + totals.foreign + totals.errors === 0)
    return 'There is no Dockerfile, Compose file or systemd service here.';
  if (args.check === true || args.inPlace === true || totals.changedFiles === 0) return '';
  if (args.write === true)
    return 'Compare each .hardened file with its original and test it before you use it. Compose needs --build once: without it the images of the original Dockerfiles go on running.';
  return 'harden --write writes these changes to .hardened files; harden explain <id> tells more about one of them.';
}
