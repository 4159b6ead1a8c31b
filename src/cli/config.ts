import { resolve } from 'node:path';
import type { ComposeDocument } from '../formats/compose/document.js';
import { composeAdapter } from '../formats/compose/parse.js';
import type { Run } from '../harden.js';
import type { HardenConfig } from '../config/types.js';
import { readConfig } from '../io/config.js';
import { realPlace } from './locate.js';
import { printError } from './output.js';

/** The config of a run; undefined where there is none. */
export interface LoadedConfig {
  readonly config: HardenConfig | undefined;
}

/**
 * Reads the config that a run is to follow, and says what is wrong in it.
 * @param asked `--config` with its file; false for `--no-config`.
 * @param system the root is that of a whole system.
 * @returns undefined where it is broken: nothing may be written then.
 */
export async function loadConfig(
  root: string,
  asked: string | false | undefined,
  system = false,
): Promise<LoadedConfig | undefined> {
  if (asked === false) return { config: undefined };
  const file = asked === undefined ? undefined : realPlace(resolve(asked));
  const read = await readConfig(root, { file, system });
  if (read.ok) return { config: read.config };
  for (const reason of read.reasons) printError(`harden: ${reason}\n`);
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
    printError(`harden: ${config.path}:${line}: ${what}; the override has no effect\n`);
  }
}
