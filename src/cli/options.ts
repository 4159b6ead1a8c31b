import type { Options } from 'yargs';
import { DEFAULT_SYSTEMD_VERSION } from '../workload/systemd-version.js';
import type { Positional } from './command.js';

/** Options that several commands have. */

export const PATHS: Positional = {
  name: 'paths',
  describe: 'files or folders',
  many: { default: ['.'] },
};

/** An option that takes one value each time, or several with commas, and leaves the paths alone. */
export function listOption(describe: string): Options {
  return {
    type: 'string',
    array: true,
    nargs: 1,
    requiresArg: true,
    describe,
    coerce: (values: readonly string[]) => values.flatMap((value) => value.split(',')),
  };
}

/** The same, for values that may hold commas. */
export function repeatedOption(describe: string): Options {
  return { type: 'string', array: true, nargs: 1, requiresArg: true, describe };
}

export const PHASE = {
  choices: [1, 2, 3] as const,
  describe: 'how far to go; 2 by default',
} satisfies Options;

export const ONLY = listOption('transforms to run, by id, name or format (see harden list)');
export const SKIP = listOption('transforms to leave out');

export function formatOption(verb: string): Options {
  return listOption(`formats to ${verb}: dockerfile, compose, systemd, quadlet, fly, render`);
}

export const SYSTEMD_VERSION: Options = {
  type: 'number',
  requiresArg: true,
  describe: `the oldest systemd that is to know every setting; ${DEFAULT_SYSTEMD_VERSION} by default`,
};

export const BASELINE: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'the baseline in place of the harden.baseline.json that is found; --no-baseline for none',
};

export const CONFIG: Options = {
  type: 'string',
  requiresArg: true,
  describe: 'the config to follow in place of the harden.config.yml that is found; --no-config for none',
};

/** True for an option that is turned off by `--no-`: what is on by default, or says so. */
export function isNegatable(name: string, { default: initial, describe = '' }: Options): boolean {
  return initial === true || describe.includes(`--no-${name}`);
}

/** Those of every command. */
export const GLOBAL = {
  color: {
    type: 'boolean',
    global: true,
    describe: 'colours; by default on a terminal without NO_COLOR; --no-color for none',
  },
} satisfies Readonly<Record<string, Options>>;
