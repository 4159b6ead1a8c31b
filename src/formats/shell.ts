import { keepLast, lazy } from '../core/lazy.js';
import {
  forEachChild,
  parse,
  type Command,
  type PipelineNode,
  type Script,
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

/** Commands with `|` between them. Its status is the last one's, unless the shell is told otherwise. */
export interface ShellPipeline extends Range {
  /** In order; undefined for a group, a condition, a loop. */
  readonly commands: readonly (ShellCommand | undefined)[];
  /** True when its status decides what runs next: in a condition, negated, or before a `||`. */
  readonly tested: boolean;
  /** True when nothing sees its status: in a substitution among a command's words, as in `echo "$(a | b)"`. */
  readonly discarded: boolean;
}

/** What stands between the `&&`, `||`, `;` and line ends of the script's outermost list. */
export interface ShellStep extends Range {
  /** `simple`: a command, or several with `|` between them. `compound`: a group, a condition, a loop. */
  readonly kind: 'simple' | 'compound' | 'function';
  /** What joins it to the next step; undefined for the last of its and-or list. */
  readonly operator: '&&' | '||' | undefined;
  /** Number of its and-or list in the script. */
  readonly list: number;
  readonly background: boolean;
}

export interface ShellScript {
  /** Every simple command in source order, also those inside conditions, functions and substitutions. */
  readonly commands: readonly ShellCommand[];
  /** False when the parser had to recover: what was read is not all there is. */
  readonly complete: boolean;
  /** True when the script is one simple command and nothing else: no pipe, list, redirection or assignment. */
  readonly single: boolean;
  /** Every pipeline of more than one command, also inside conditions and substitutions. */
  readonly pipelines: readonly ShellPipeline[];
  readonly steps: readonly ShellStep[];
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
  const pipelines = lazy(() => pipelinesOf(script));
  const steps = lazy(() => stepsOf(script));
  return {
    ...{ commands, complete, single },
    get pipelines() {
      return pipelines();
    },
    get steps() {
      return steps();
    },
  };
}

function pipelinesOf(script: SyntaxNode): ShellPipeline[] {
  const pipelines: ShellPipeline[] = [];
  const visit = (node: SyntaxNode, tested: boolean, discarded: boolean): void => {
    switch (node.type) {
      case 'AndOr': {
        const lastOr = node.operators.lastIndexOf('||');
        node.commands.forEach((command, at) => visit(command, tested || at <= lastOr, discarded));
        return;
      }
      case 'If':
      case 'Elif':
      case 'While':
        forEachChild(node, (child) => visit(child, tested || child === node.clause, discarded));
        return;
      case 'Pipeline': {
        const asked = tested || node.prefixes.some(({ type }) => type === 'Negation');
        if (node.commands.length > 1) {
          const commands = node.commands.map((part) =>
            part.type === 'Command' ? toCommand(part) : undefined,
          );
          pipelines.push({ start: node.pos, end: node.end, commands, tested: asked, discarded });
        }
        forEachChild(node, (child) => visit(child, asked, discarded));
        return;
      }
      default: {
        const words = node.type === 'Command' && node.name !== undefined;
        forEachChild(node, (child) => visit(child, tested, discarded || words));
      }
    }
  };
  visit(script, false, false);
  return pipelines;
}

function stepKind(node: PipelineNode): ShellStep['kind'] {
  if (node.type === 'Function') return 'function';
  if (node.type === 'Command') return 'simple';
  return node.type === 'Pipeline' && node.commands.every(({ type }) => type === 'Command')
    ? 'simple'
    : 'compound';
}

function stepsOf(script: Script): ShellStep[] {
  return script.commands.flatMap(({ command, background }, list) => {
    const parts = command.type === 'AndOr' ? command.commands : [command];
    return parts.map((part, at) => ({
      ...{ start: part.pos, end: part.end, kind: stepKind(part), list, background: background === true },
      operator: command.type === 'AndOr' ? command.operators[at] : undefined,
    }));
  });
}

/**
 * The simple commands of a script that runs each of them once, one after the other, as long as none fails: joined by
 * `&&` or on lines of their own. Undefined for any other script.
 */
export function plainCommands(script: ShellScript): readonly ShellCommand[] | undefined {
  const { commands, complete, pipelines, steps } = script;
  if (!complete || pipelines.length > 0) return undefined;
  const simple = steps.map(({ background, kind, operator, start }) =>
    kind === 'simple' && !background && operator !== '||'
      ? commands.find((command) => command.start === start)
      : undefined,
  );
  return simple.every((command) => command !== undefined) ? simple : undefined;
}

/** The statements of the top level, each as the parts that `&&` joins; one with `||` or `&` is one part. */
export function statements({ steps }: ShellScript): readonly (readonly Range[])[] {
  const lists: ShellStep[][] = [];
  for (const step of steps) (lists[step.list] ??= []).push(step);
  return lists.map((parts) => {
    const joined = parts.every(({ background, operator }) => !background && operator !== '||');
    return joined ? parts : [{ start: parts[0]!.start, end: parts.at(-1)!.end }];
  });
}
