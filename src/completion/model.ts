import type { Options } from 'yargs';
import type { Command } from '../cli/command.js';
import { GLOBAL, isNegatable } from '../cli/options.js';
import { builtIn, FORMATS } from '../registry.js';

/** What may stand behind an option, or as a word of a command. */
export type Values =
  | { readonly kind: 'none' | 'files' | 'text' }
  /** One of these; several with commas for a list. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly list: boolean };

export interface CompletedOption {
  /** With its dashes. */
  readonly flag: string;
  readonly describe: string;
  readonly values: Values;
}

export interface CompletedCommand {
  /** Empty for what harden does without one. */
  readonly name: string;
  readonly describe: string;
  readonly options: readonly CompletedOption[];
  readonly positional: Values;
}

const TRANSFORMS: Values = { kind: 'words', words: [...builtIn.ids, ...FORMATS], list: true };

/** The options whose values no choice of the parser's names. */
const BY_NAME: Readonly<Record<string, Values>> = {
  only: TRANSFORMS,
  skip: TRANSFORMS,
  format: { kind: 'words', words: FORMATS, list: true },
  stage: { kind: 'words', words: ['static', 'build', 'run'], list: true },
};

/** Options that take a file or a folder; what other texts are only people know. */
const FILES = ['config', 'baseline', 'out', 'root', 'output-file', 'compose-env'];

/** The words of commands that are no files. */
const POSITIONALS: Readonly<Record<string, Values>> = {
  explain: { kind: 'words', words: ['image', ...builtIn.ids], list: false },
  unit: { kind: 'text' },
};

/** What a shell can complete, from the commands' own data. */
export function completedCommands(commands: readonly Command[]): readonly CompletedCommand[] {
  return commands.map(({ name = '', describe, options, positionals, words }) => ({
    name,
    describe,
    options: [...Object.entries({ ...options, ...GLOBAL }).flatMap(completedOption), HELP],
    positional:
      words === undefined
        ? (POSITIONALS[name] ?? { kind: positionals.length === 0 ? 'none' : 'files' })
        : { kind: 'words', words, list: false },
  }));
}

const HELP: CompletedOption = { flag: '--help', describe: 'show help', values: { kind: 'none' } };

function completedOption([name, option]: readonly [string, Options]): readonly CompletedOption[] {
  const describe = option.describe ?? '';
  const positive = { flag: `--${name}`, describe, values: valuesOf(name, option) };
  return isNegatable(name, option)
    ? [positive, { flag: `--no-${name}`, describe: `without ${name}`, values: { kind: 'none' } }]
    : [positive];
}

function valuesOf(name: string, { type, choices }: Options): Values {
  if (choices !== undefined) return { kind: 'words', words: choices.map(String), list: false };
  if (type === 'boolean') return { kind: 'none' };
  return BY_NAME[name] ?? { kind: FILES.includes(name) ? 'files' : 'text' };
}
