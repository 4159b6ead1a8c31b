import { keepLast } from '../core/lazy.js';
import {
  forEachChild,
  parse,
  type Command,
  type Statement,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import type { Range } from '../core/text.js';

/** A word of a command. `value` is undefined when the shell would expand it (a variable, a glob, a substitution). */
export interface ShellWord extends Range {
  readonly text: string;
  readonly value: string | undefined;
}

/** A simple command as written; offsets are in the script's text. */
export interface ShellCommand extends Range {
  /** The program after `exec`, `command`, `env`, `nohup`, `nice`, `time` and assignments; undefined when expanded. */
  readonly program: string | undefined;
  /** The words after the program. */
  readonly args: readonly ShellWord[];
  /** All words as written, wrappers included. */
  readonly words: readonly ShellWord[];
  readonly assignments: readonly string[];
  /** Targets of `>`, `>>`, `>|`, `&>`, `&>>` and `<>`, without descriptors such as `>&2`. */
  readonly writes: readonly ShellWord[];
  readonly redirected: boolean;
}

export interface ShellScript {
  /** Every simple command in source order, also those inside conditions, functions and substitutions. */
  readonly commands: readonly ShellCommand[];
  /** The statements of the top level, each as the parts that `&&` joins; one with `||` or `&` is one part. */
  readonly statements: readonly (readonly Range[])[];
  /** False when the parser had to recover: what was read is not all there is. */
  readonly complete: boolean;
  /** True when the script is one simple command and nothing else: no pipe, list, redirection or assignment. */
  readonly single: boolean;
}

const WRAPPERS = new Set([
  'exec',
  'command',
  'builtin',
  'env',
  'nohup',
  'nice',
  'ionice',
  'time',
  'stdbuf',
  'setsid',
]);

/** Options of the wrappers that take a value as a word of their own. */
const WRAPPER_OPTIONS_WITH_VALUE = new Set(['-n', '-c', '-u', '-C', '-S', '-a', '-o', '-e', '-i']);

const EXPANDING = new Set<WordPart['type']>([
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ProcessSubstitution',
  'Glob',
  'ExtendedGlob',
  'BraceExpansion',
]);

function expands(parts: readonly WordPart[]): boolean {
  return parts.some(
    (part) =>
      EXPANDING.has(part.type) ||
      ((part.type === 'DoubleQuoted' || part.type === 'LocaleString') && expands(part.parts)),
  );
}

function toWord(word: Word): ShellWord {
  const dynamic = word.parts !== undefined && expands(word.parts);
  const tilde = word.text.startsWith('~');
  return {
    start: word.pos,
    end: word.end,
    text: word.text,
    value: dynamic || tilde ? undefined : word.value,
  };
}

/** Skips wrappers such as `exec` and `env A=b`; returns the index of the program among the words. */
function programIndex(words: readonly ShellWord[]): number {
  let at = 0;
  while (at < words.length && WRAPPERS.has(words[at]?.value ?? '')) {
    const wrapper = words[at]?.value;
    at += 1;
    while (at < words.length) {
      const word = words[at]?.text ?? '';
      if (wrapper === 'env' && /^\w+=/.test(word)) at += 1;
      else if (!word.startsWith('-')) break;
      else at += wrapper !== 'env' && WRAPPER_OPTIONS_WITH_VALUE.has(word) ? 2 : 1;
    }
  }
  return at;
}

function toCommand(node: Command): ShellCommand | undefined {
  const words: ShellWord[] = node.name === undefined ? [] : [toWord(node.name)];
  for (const argument of node.args) {
    if (argument.type === 'Word') words.push(toWord(argument));
    else words.push({ start: argument.pos, end: argument.end, text: argument.text, value: undefined });
  }
  const writes: ShellWord[] = [];
  for (const redirect of node.redirects) {
    if (redirect.type !== 'Redirect' || redirect.target === undefined) continue;
    if (/^(>|>>|>\||&>|&>>|<>)$/.test(redirect.operator)) writes.push(toWord(redirect.target));
  }
  const program = programIndex(words);
  return {
    start: node.pos,
    end: node.end,
    program: words[program]?.value,
    args: words.slice(program + 1),
    words,
    assignments: node.prefix.flatMap((part) => (part.type === 'Assignment' ? [part.text] : [])),
    writes,
    redirected: node.redirects.length > 0,
  };
}

function partsOf({ command, pos, end, background }: Statement): readonly Range[] {
  const joined =
    command.type === 'AndOr' &&
    background !== true &&
    command.operators.every((operator) => operator === '&&');
  if (!joined) return [{ start: pos, end }];
  return command.commands.map((part) => ({ start: part.pos, end: part.end }));
}

/** A file is read once as it is and once with its changes, and most of its commands stay. */
const KEPT_SCRIPTS = 32;

/**
 * Parses a POSIX or Bash script. Never throws: what can't be read makes the script incomplete.
 * @param source the script, with or without a `#!` line.
 */
export const parseShell = keepLast(KEPT_SCRIPTS, readScript);

function readScript(source: string): ShellScript {
  const script = parse(source);
  const commands: ShellCommand[] = [];
  let complete = (script.errors?.length ?? 0) === 0;
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') {
      const command = toCommand(node);
      if (command !== undefined) commands.push(command);
    }
    if (node.type === 'Script' && (node.errors?.length ?? 0) > 0) complete = false;
    forEachChild(node, visit);
  };
  forEachChild(script, visit);
  const only = script.commands.length === 1 ? script.commands[0] : undefined;
  const single =
    complete &&
    only?.command.type === 'Command' &&
    only.end === only.command.end &&
    commands.length === 1 &&
    commands[0]?.assignments.length === 0 &&
    !commands[0].redirected;
  return { commands, statements: script.commands.map(partsOf), complete, single };
}
