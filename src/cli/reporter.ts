import { isChanged, NO_COMPANIONS, type Companion, type Companions } from '../core/companion.js';
import { createCompanions, type CompanionMode } from '../companions.js';
import { writeDropIn, writeInPlace, writeNew, writeSidecar, type WriteOutcome } from '../io/write.js';
import { dropInOf, dropInPath } from '../drop-in.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import type { ComposeDocument } from '../formats/compose/document.js';
import type { FileOutcome, Run } from '../harden.js';
import { packageVersion } from '../io/package.js';
import { plainDiff } from '../render/diff.js';
import { createCompanionRenderer } from '../render/companions.js';
import { jsonFoot, jsonHead, jsonOutcome, type ToldCompanion } from '../render/json.js';
import { createTextRenderer, type WrittenFile } from '../render/text.js';
import { count, countCompanions, createTotals, type Totals } from '../render/totals.js';
import { overlayOf, overlayPath } from '../overlay.js';
import { createLinks, sidecarPath, sidecarText } from '../sidecar.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { runOptionsOf, type HardenArguments, type Settings } from './settings.js';

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
      if (args.dropIn === true && file.format === 'systemd') {
        const path = dropInPath(plan.path);
        const text = dropInOf(plan.original as UnitDocument, hardened);
        if (text === undefined) return undefined;
        return writtenAs(path, writeDropIn(root, path, plan.path, text, args.force));
      }
      const overlaid = args.overlay === true && file.format === 'compose';
      const path = overlaid ? overlayPath(plan.path) : sidecarPath(plan.path, file.format);
      const variant = overlaid
        ? overlayOf(plan.original as ComposeDocument, hardened)
        : { ok: true as const, text: hardened };
      if (!variant.ok) return { path, changed: false, error: `can't be an overlay: ${variant.reason}` };
      const { text } = variant;
      return writtenAs(path, writeSidecar(root, path, plan.path, text, args.force));
    };
  }
  return () => undefined;
}

function writtenAs(path: string, outcome: WriteOutcome): WrittenFile {
  return {
    path,
    changed: outcome.ok && outcome.changed,
    error: outcome.ok ? undefined : outcome.reason,
  };
}

/** Writes what goes with a plan; undefined where nothing is to be written. */
function createCompanionWriter(
  run: Run,
  root: string,
  args: HardenArguments,
): (companion: Companion) => WrittenFile | undefined {
  const mode = modeOf(args);
  return (companion) => {
    const { path, source, original, text, variant } = companion;
    if (mode === 'preview' || variant !== (mode === 'write')) return undefined;
    if (variant) return writtenAs(path, writeSidecar(root, path, source, text, args.force));
    if (!isChanged(companion)) return undefined;
    const outcome =
      original === undefined ? writeNew(root, path, source, text) : writeInPlace(root, path, original, text);
    if (outcome.ok) run.replaced(path, original);
    return writtenAs(path, outcome);
  };
}

function modeOf({ inPlace, write }: HardenArguments): CompanionMode {
  if (inPlace === true) return 'in-place';
  return write === true ? 'write' : 'preview';
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

/** An outcome with all that goes with it. */
interface Told {
  readonly outcome: FileOutcome;
  readonly written: WrittenFile | undefined;
  readonly companions: readonly (ToldCompanion & { readonly written: WrittenFile | undefined })[];
  readonly builders: Companions['builders'];
}

interface Printer {
  outcome(told: Told): Report;
}

export function createReporter(run: Run, settings: Settings): Reporter {
  const { root, args } = settings;
  const write = createWriter(run, root, args);
  const writeCompanion = createCompanionWriter(run, root, args);
  const companionsOf = createCompanions(run, companionOptions(run, args), modeOf(args));
  const printer = createPrinter(settings);
  const totals = createTotals();
  return {
    totals,
    take: (outcome) => {
      const { files, builders } = outcome.kind === 'planned' ? companionsOf(outcome.plan) : NO_COMPANIONS;
      const written = outcome.kind === 'planned' ? write(outcome) : undefined;
      const companions = files.map((companion) => ({ companion, written: writeCompanion(companion) }));
      count(totals, outcome);
      countCompanions(totals, { files, builders });
      for (const { error } of [written, ...companions.map((told) => told.written)].filter(isWritten)) {
        if (error !== undefined) totals.errors += 1;
      }
      return printer.outcome({ outcome, written, companions, builders });
    },
  };
}

function isWritten(written: WrittenFile | undefined): written is WrittenFile {
  return written !== undefined;
}

function companionOptions(run: Run, args: HardenArguments): Parameters<typeof createCompanions>[1] {
  const options = runOptionsOf(args);
  // Wrong settings never get here.
  if (typeof options === 'string') throw new Error(options);
  const enabled = options.enabled?.(ignoreMeta.id) ?? true;
  return {
    phase: options.phase,
    ignores: (dockerfile) => enabled && !run.overrides.skips(dockerfile, ignoreMeta.id),
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
      return {
        outcome: ({ outcome, written, companions, builders }) => ({
          out: jsonOutcome(outcome, written, companions, builders),
          err: '',
        }),
      };
    case 'patch':
      return { outcome: patchReport };
    case 'text':
      return textPrinter(settings);
  }
}

/** Only diffs on standard output: what else there is to say goes to standard error. */
function patchReport({ outcome, written, companions }: Told): Report {
  const errors: string[] = [];
  if (outcome.kind === 'failed') errors.push(`${place(outcome)}: ${outcome.reason}`);
  for (const { path, error } of [written, ...companions.map((told) => told.written)].filter(isWritten)) {
    if (error !== undefined) errors.push(`${path}: ${error}`);
  }
  let out = '';
  if (outcome.kind === 'planned') {
    const { path, original, result, failures } = outcome.plan;
    errors.push(...failures.map(({ id, error }) => `${path}: ${id} failed: ${error}`));
    out = plainDiff(path, original.text, result);
    for (const { companion } of companions) {
      const { kind, original: before, text } = companion;
      if (kind === 'dockerignore') out += plainDiff(companion.path, before, text);
    }
  }
  return { out, err: errors.map((error) => `harden: ${error}\n`).join('') };
}

function place({ path, line }: { readonly path: string; readonly line: number | undefined }): string {
  return line === undefined ? path : `${path}:${line}`;
}

function textPrinter({ args, color, width }: Settings): Printer {
  const text = createTextRenderer({ color, width });
  const beside = createCompanionRenderer({ color, width });
  const brief = args.write === true || args.inPlace === true || args.check === true;
  return {
    outcome: ({ outcome, written, companions, builders }) => ({
      out:
        brief && outcome.kind === 'planned'
          ? text.summary(outcome.plan, written, outcome.exposure) +
            companions.map((told) => beside.summary(told.companion, told.written)).join('') +
            (args.write === true && written !== undefined ? beside.hints(builders) : '')
          : text.outcome(outcome) +
            beside.files(companions.map(({ companion }) => companion)) +
            beside.builders(
              companions.map(({ companion }) => companion),
              builders,
            ),
      err: '',
    }),
  };
}

function nextStep(args: HardenArguments, totals: Totals): string {
  if (totals.files + totals.foreign + totals.errors === 0)
    return 'There is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint here.';
  if (args.check === true || args.inPlace === true || totals.changedFiles === 0) return '';
  if (args.write === true)
    return 'Compare each .hardened file with its original and test it before you use it. Compose needs --build once: without it the images of the original Dockerfiles go on running.';
  return 'harden --write writes these changes to .hardened files; harden explain <id> tells more about one of them.';
}
