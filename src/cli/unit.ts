import { realpathSync } from 'node:fs';
import { createColors } from 'picocolors';
import type { Phase } from '../core/types.js';
import { dropInCommands, dropInOf, dropInPath } from '../drop-in.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import { createRunBelow } from '../harden.js';
import { findUnit } from '../io/installed-units.js';
import { systemReason } from '../io/files.js';
import { writeDropIn } from '../io/write.js';
import { createTextRenderer } from '../render/text.js';
import { loadConfig } from './config.js';
import { EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';
import { runOptionsOf } from './settings.js';

export interface UnitArguments {
  readonly name: string;
  /** Where the system is installed: `/`, or the folder of an image. */
  readonly root: string;
  readonly phase?: Phase;
  readonly systemdVersion?: number;
  readonly write?: boolean;
  readonly force: boolean;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  readonly color?: boolean;
}

/** `harden unit <name>`: a drop-in for a unit that is only installed. */
export async function runUnit(args: UnitArguments): Promise<ExitCode> {
  const fail = (reason: string): ExitCode => {
    printError(`harden: ${reason}\n`);
    return EXIT_ERROR;
  };
  let root: string;
  try {
    root = realpathSync(args.root);
  } catch (error) {
    return fail(`${args.root} ${systemReason(error)}.`);
  }
  const found = findUnit(root, args.name);
  if (!found.ok) return fail(found.reason);
  const { name, path } = found;
  const loaded = await loadConfig(root, args.config, { system: true });
  if (loaded === undefined) return EXIT_ERROR;
  const options = runOptionsOf({ ...args, dropIn: true }, loaded);
  if (typeof options === 'string') return fail(options);
  const run = createRunBelow(root, [{ path, format: 'systemd' }], options);
  const outcome = run.plan(run.files[0]!);
  if (outcome.kind !== 'planned') return fail(`${path}: ${outcome.reason}`);
  const color = wantsColor(args.color);
  const c = createColors(color);
  const text = createTextRenderer({ color, width: process.stdout.columns ?? 100 });
  const dropIn = dropInOf(outcome.plan.original as UnitDocument, outcome.plan.result);
  await print(text.installed(outcome.plan, dropIn ?? '', outcome.exposure));
  if (dropIn === undefined) {
    await print(`There is nothing to add to ${name}.\n`);
    return 0;
  }
  const target = `etc/systemd/system/${dropInPath(name)}`;
  const { activate, undo } = dropInCommands(name, 'system');
  if (args.write !== true) {
    await print(`\nharden unit ${name} --write writes it to /${target}.\n`);
    return 0;
  }
  const written = writeDropIn(root, target, path, dropIn, args.force);
  if (!written.ok) return fail(`/${target}: ${written.reason}`);
  const state = written.changed ? c.green('wrote') : c.dim('unchanged');
  await print(`\n${state}  /${target}\n  activate  ${activate}\n  undo      ${undo}\n`);
  return 0;
}
