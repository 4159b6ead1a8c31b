import type { Range } from '../core/text.js';
import type { ShellCommand, ShellWord } from '../formats/shell.js';
import { programName } from './startup.js';

/** Options after which the command runs as root with what the caller sees: sudo(8). */
const PLAIN_OPTIONS = /^(?:-[EHn]+|--(?:preserve-env(?:=\S*)?|set-home|non-interactive)|--)$/;

/** `sudo -E apt-get update`, taken apart. */
export interface SudoWords {
  /** From the word `sudo` to the command that it runs. */
  readonly prefix: Range;
  /** The command that it runs, from its assignments on; empty for `sudo -i`. */
  readonly inner: readonly ShellWord[];
  /** True when all it does is to run the command as root. */
  readonly plain: boolean;
}

/** Reads a command that starts with sudo; undefined for any other. */
export function sudoWords(command: ShellCommand): SudoWords | undefined {
  if (command.program === undefined || programName(command.program) !== 'sudo') return undefined;
  const { words, args } = command;
  const [first] = words;
  let at = 0;
  while (PLAIN_OPTIONS.test(args[at]?.text ?? '')) at += 1;
  const inner = args.slice(at);
  const direct = first !== undefined && programName(first.value ?? '') === 'sudo';
  const start = words[words.length - args.length - 1]?.start ?? command.start;
  const options = inner[0]?.text.startsWith('-') === true;
  const shell = /^(?:su|sudo|sudoedit|visudo)$/.test(programName(inner[0]?.value ?? ''));
  return {
    prefix: { start, end: inner[0]?.start ?? command.end },
    inner,
    plain: direct && inner.length > 0 && !options && !shell,
  };
}

/** A command as it is without the sudo in front of it. */
export function withoutSudo<T extends ShellCommand>(command: T): T {
  const sudo = sudoWords(command);
  if (sudo === undefined || !sudo.plain) return command;
  const at = sudo.inner.findIndex(({ text }) => !/^\w+=/.test(text));
  if (at === -1) return command;
  return {
    ...command,
    program: sudo.inner[at]!.value,
    args: sudo.inner.slice(at + 1),
    words: sudo.inner.slice(at),
  };
}
