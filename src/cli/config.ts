import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ComposeDocument } from '../formats/compose/document.js';
import { composeAdapter } from '../formats/compose/parse.js';
import type { Run } from '../harden.js';
import type { HardenConfig } from '../config/types.js';
import { readBaseline } from '../io/baseline.js';
import { readConfig, readRegistry, type ConfigSearch } from '../io/config.js';
import { builtIn, type Registry } from '../registry.js';
import type { Baseline } from '../render/baseline.js';
import { realPlace } from './locate.js';
import { printError } from './output.js';

/** `--config` with its file; false for `--no-config`. */
export type ConfigArgument = string | false | undefined;

/** The config of a run; undefined where there is none. */
export interface LoadedConfig {
  readonly config: HardenConfig | undefined;
  /** The transforms that there are: harden's own, and those of the config's plugins. */
  readonly registry: Registry;
}

/**
 * Reads the config that a run is to follow, and says what is wrong in it.
 * @param search how else it is looked for.
 * @returns undefined where it is broken: nothing may be written then.
 */
export async function loadConfig(
  root: string,
  asked: ConfigArgument,
  search: Omit<ConfigSearch, 'file'> = {},
): Promise<LoadedConfig | undefined> {
  if (asked === false) return { config: undefined, registry: builtIn };
  const file = asked === undefined ? undefined : realPlace(resolve(asked));
  const read = await readConfig(root, { ...search, file });
  if (read.ok) return read;
  for (const reason of read.reasons) printError(`harden: ${reason}\n`);
  return undefined;
}

/** The transforms that there are in the current folder, whatever else is wrong in its config. */
export async function loadRegistry(
  asked: ConfigArgument,
): Promise<{ readonly registry: Registry; readonly sound: boolean }> {
  if (asked === false) return { registry: builtIn, sound: true };
  const file = asked === undefined ? undefined : realPlace(resolve(asked));
  const { registry, reasons } = await readRegistry(realpathSync(process.cwd()), { file });
  for (const reason of reasons) printError(`harden: ${reason}\n`);
  return { registry, sound: reasons.length === 0 };
}

/**
 * The baseline that a run is to go by, and where it is or would be.
 * @param asked `--baseline` with its file; false for `--no-baseline`.
 * @returns undefined where it is broken, which is told.
 */
export function loadBaseline(
  root: string,
  asked: string | false | undefined,
): { readonly baseline: Baseline | undefined } | undefined {
  if (asked === false) return { baseline: undefined };
  const read = readBaseline(root, asked === undefined ? undefined : realPlace(resolve(asked)));
  if (!read.ok) printError(`harden: ${read.reason}\n`);
  else if (asked === undefined || read.baseline !== undefined) return read;
  else printError(`harden: ${asked} does not exist: 'harden baseline' writes one\n`);
  return undefined;
}

/** Says which overrides are about nothing: a file was moved, or a service has another name now. */
export function tellUnused(run: Run, config: HardenConfig): void {
  const paths = run.workspace.files.map(({ path }) => path);
  const servicesOf = (path: string): readonly string[] => {
    const file = run.workspace.files.find((one) => one.path === path);
    if (file?.format !== 'compose') return [];
    const opened = run.workspace.open<ComposeDocument>(path, composeAdapter);
    return opened.kind === 'document' ? opened.document.services.map(({ name }) => name) : [];
  };
  for (const { file, line, service } of run.overrides.unused(paths, servicesOf)) {
    const what =
      service === undefined ? `no file here is ${file}` : `no ${file} here has a service ${service}`;
    printError(`harden: ${placeIn(config, line)}: ${what}; the override has no effect\n`);
  }
}

/**
 * Says which accepted risks have had their day.
 * @param met the places in the config's list of those that a finding was met for.
 * @returns how many.
 */
export function tellExpired({ accept, path }: HardenConfig, met: ReadonlySet<number>): number {
  const expired = accept.filter((risk, at) => risk.expired && met.has(at));
  for (const risk of expired) {
    printError(
      `harden: ${placeIn({ path }, risk.line)}: ${risk.transform} in ${risk.file} was accepted until ${risk.expires}: decide anew, or name a later day\n`,
    );
  }
  return expired.length;
}

/** Says which accepted risks nothing is found for: mended since, or written wrongly. */
export function tellUnmet({ accept, path }: HardenConfig, met: ReadonlySet<number>): void {
  for (const [at, risk] of accept.entries()) {
    if (met.has(at)) continue;
    const where = risk.service === undefined ? risk.file : `${risk.service} of ${risk.file}`;
    printError(
      `harden: ${placeIn({ path }, risk.line)}: ${risk.transform} finds nothing${risk.contains === undefined ? '' : ' like it'} in ${where}; what is accepted has no effect\n`,
    );
  }
}

/** Says how many findings of a baseline are no longer found. */
export function tellGone({ files, path }: Baseline, known: number): void {
  const gone = Object.values(files).flat().length - known;
  if (gone > 0)
    printError(`harden: ${path}: ${gone} of its findings are gone; 'harden baseline' takes them out\n`);
}

function placeIn({ path }: Pick<HardenConfig, 'path'>, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}
