import type { Options } from 'yargs';
import type { ExitCode } from './output.js';

/** What stands on a command line without a name. */
export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required?: boolean;
  /** Takes all that is left, and these where nothing is. */
  readonly many?: { readonly default: readonly string[] };
}

/** A command as data: the parser, `--help`, shell completion and the manual page are made of it. */
export interface Command {
  /** As it is typed; undefined for what harden does without one. */
  readonly name: string | undefined;
  readonly describe: string;
  readonly positionals: readonly Positional[];
  /** The words that the first of them may be, where it is one of a few. */
  readonly words?: readonly string[];
  /** What stands after `--` is a command of the user's own, as `command` among the arguments. */
  readonly takesCommand?: boolean;
  readonly options: Readonly<Record<string, Options>>;
  /** Options, each with those that can't stand beside it. */
  readonly conflicts?: Readonly<Record<string, readonly string[]>>;
  /** Says what is wrong with the arguments; undefined where nothing is. */
  readonly check?: (args: Arguments) => string | undefined;
  /** A command line, `$0` for the program, and what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  /** What the exit codes mean where they don't mean what they do elsewhere. */
  readonly exitCodes?: string;
  run(args: Arguments): ExitCode | Promise<ExitCode>;
}

/** By the options' names, in camel case. */
export type Arguments = Readonly<Record<string, unknown>>;

/** `verify [paths..]` */
export function usageOf({ name, positionals }: Command): string {
  const parts = positionals.map((one) => {
    const word = one.many === undefined ? one.name : `${one.name}..`;
    return one.required === true ? `<${word}>` : `[${word}]`;
  });
  return [name ?? '$0', ...parts].join(' ');
}
