import yargs, { type Argv, type PositionalOptions } from 'yargs';
import { near } from '../core/near.js';
import { packageVersion } from '../io/package.js';
import { usageOf, type Arguments, type Command, type Positional } from './command.js';
import { commands } from './commands/index.js';
import { ownEnvironment } from './environment.js';
import { GLOBAL, isNegatable } from './options.js';
import { EXIT_ERROR, printError, surviveClosedPipe, type ExitCode } from './output.js';

/** The command line can't be understood: nothing was done. */
class UsageError extends Error {}

/**
 * Runs the command line and returns the exit code: 0 done, 1 `--check` found something to change, 2 a file could
 * not be read, parsed or written, or the usage was wrong.
 */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  surviveClosedPipe();
  ownEnvironment();
  let exitCode: ExitCode = 0;
  const { words, command: after } = split(argv);
  const parser = yargs(words)
    .scriptName('harden')
    .locale('en')
    .usage(
      '$0 [paths..]\n\nWrites hardened variants of Dockerfiles, Compose files, systemd units, Quadlets, fly.toml files and Render Blueprints, as reviewable diffs.',
    )
    .options(GLOBAL)
    .version(packageVersion())
    .alias('version', 'v')
    .help()
    .alias('help', 'h')
    .strict()
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    // Without an exception yargs would go on and run the command.
    .fail((message, error: unknown) => {
      // A check that fails gives its sentence as both.
      throw error instanceof Error && error.name !== 'YError' ? error : new UsageError(message);
    });
  for (const command of commands) {
    const usage = usageOf(command);
    parser.command(
      command.name === undefined ? [usage] : usage,
      command.describe,
      (argv) => declare(argv, command),
      async (args) => {
        const given = command.takesCommand === true ? { ...args, command: after } : args;
        const wrong = command.check?.(given);
        if (wrong !== undefined) throw new UsageError(wrong);
        exitCode = await command.run(given);
      },
    );
  }
  try {
    await parser.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(`harden: ${explainUsage(error.message, argv)}\nTry 'harden --help'.\n`);
    return EXIT_ERROR;
  }
  return exitCode;
}

/** What stands after `--` is a command for the one that takes one; else it is a path, and a word as others. */
function split(argv: readonly string[]): { words: string[]; command: readonly string[] } {
  const at = argv.indexOf('--');
  const first = argv.slice(0, Math.max(at, 0)).find((word) => !word.startsWith('-'));
  const takes = commands.some(({ name, takesCommand }) => takesCommand === true && name === first);
  if (at === -1 || !takes) return { words: withPaths(argv), command: [] };
  return { words: argv.slice(0, at), command: argv.slice(at + 1) };
}

/**
 * What stands after `--` is a path, whatever it looks like; the parser would leave it out.
 * https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap12.html#tag_12_02, guideline 10
 */
function withPaths(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  if (at === -1) return [...argv];
  const isOther = (word: string): boolean =>
    word.startsWith('-') || commands.some(({ name }) => name === word);
  return [...argv.slice(0, at), ...argv.slice(at + 1).map((word) => (isOther(word) ? `./${word}` : word))];
}

/** Tells the parser of a command's arguments. */
function declare(argv: Argv, command: Command): Argv {
  const { positionals, options, conflicts = {}, examples, exitCodes } = command;
  for (const positional of positionals) argv.positional(positional.name, positionalOptions(positional));
  argv.options(options);
  for (const [name, others] of Object.entries(conflicts)) argv.conflicts(name, [...others]);
  argv.check((args) => mistake(args, command) ?? true);
  argv.example(examples.map(([line, describe]): [string, string] => [line, describe]));
  return exitCodes === undefined ? argv : argv.epilogue(`Exit codes: ${exitCodes}.`);
}

function positionalOptions({ describe, required, many }: Positional): PositionalOptions {
  return {
    type: 'string',
    describe,
    ...(required === true ? { demandOption: true } : {}),
    ...(many === undefined ? {} : { array: true, default: [...many.default] }),
  };
}

/** What is wrong with the values of options. An option of one value given twice can't be meant. */
function mistake(args: Arguments, { options }: Command): string | undefined {
  for (const [name, { array, type }] of Object.entries(options)) {
    const value = args[name];
    if (array !== true && Array.isArray(value)) return `--${name} was given twice`;
    if (type === 'number' && Number.isNaN(value)) return `--${name} takes a number`;
  }
  return undefined;
}

/** What yargs says, in one line; for an unknown option with the one that was probably meant. */
function explainUsage(message: string, argv: readonly string[]): string {
  const named = /^Unknown arguments?: ([^,\s]+)/.exec(message)?.[1];
  // The parser has taken --no- from it.
  const unknown = argv.some((word) => word === `--no-${named}`) ? `no-${named}` : named;
  const choice = /Argument: ([^,]+), Given: "?([^",]*)"?, Choices: (.*)$/m.exec(message);
  if (choice !== null) {
    const [, name = '', given = '', listed = ''] = choice;
    const words = listed.split(', ').map((word) => word.replaceAll('"', ''));
    const meant = given.length > 1 ? near(given, words) : undefined;
    return `--${name} takes ${words.join(', ')}, not ${given}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
  }
  if (unknown === undefined) return message.trim().replace(/\s*\n\s*/g, ' ');
  const option = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
  if (optionNames().includes(unknown)) return `${option} is no option of this command`;
  const meant = unknown.length === 1 ? undefined : meantBy(unknown, optionNames());
  return `unknown option ${option}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}

/** The only name that begins so, or else the nearest. */
function meantBy(word: string, names: readonly string[]): string | undefined {
  const begun = names.filter((name) => name.startsWith(word));
  return begun.length === 1 ? begun[0] : near(word, names);
}

function optionNames(): readonly string[] {
  const options = commands.flatMap((command) => Object.entries({ ...command.options, ...GLOBAL }));
  const names = options.flatMap(([name, option]) =>
    isNegatable(name, option) ? [name, `no-${name}`] : [name],
  );
  return [...new Set([...names, 'help', 'version'])];
}
