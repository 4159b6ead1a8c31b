import { citeSource } from '../core/evidence.js';
import { redact } from '../core/redact.js';
import type { Evidence } from '../core/types.js';
import { parseShell, type ShellCommand, type ShellScript } from '../formats/shell.js';
import { known, likely, type Need } from './model.js';
import { programName, type StartupScript } from './startup.js';

const NODE = /^(?:node|nodejs|npm|npx|yarn|pnpm|tsx|ts-node|nodemon)$/;
const PYTHON = /^python[\d.]*$/;
const SHELL = /^(?:sh|bash|ash|dash)$/;
const NODE_SOURCE = citeSource(
  'https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals',
  'Node.js was not designed to run as PID 1',
);
/** Python installs a handler for SIGINT only: https://docs.python.org/3/library/signal.html#general-rules */
const KERNEL_SOURCE = citeSource(
  'https://man7.org/linux/man-pages/man7/pid_namespaces.7.html',
  'only signals for which the "init" process has established a signal handler can be sent to it',
);
const SHELL_SOURCE = citeSource(
  'https://docs.docker.com/reference/dockerfile/#entrypoint',
  'as a subcommand of /bin/sh -c, which does not pass signals',
);

const FINE: Need<boolean> = likely(false);

/** Whether the words that PID 1 is started with name a program that isn't made for it; a guess is no. */
export function lacksInit(
  words: readonly string[],
  scripts: readonly StartupScript[],
  evidence: readonly Evidence[],
): Need<boolean> {
  const [path = '', ...args] = words;
  const name = programName(path);
  const runtime = sourceOf(name);
  if (runtime !== undefined) return known(true, ...evidence, runtime);
  const script = scripts.find((candidate) => candidate.path === path || candidate.path.endsWith(`/${name}`));
  if (script !== undefined) return judgeScript(script, args, scripts, evidence);
  if (!SHELL.test(name)) return FINE;
  const flag = args.findIndex((word) => /^-\w*c$/.test(word));
  if (flag === -1) return args.length === 0 || path === args[0] ? FINE : lacksInit(args, scripts, evidence);
  return judgeShell(parseShell(args[flag + 1] ?? ''), args[flag + 1] ?? '', [], scripts, evidence);
}

function judgeScript(
  { file, text, script }: StartupScript,
  args: readonly string[],
  scripts: readonly StartupScript[],
  evidence: readonly Evidence[],
): Need<boolean> {
  const last = script.commands.findLast(isExec) ?? script.commands.at(-1);
  const line = text.slice(0, last?.start ?? 0).split('\n').length;
  const at = { file, line, text: redact((text.split('\n')[line - 1] ?? '').trim()) };
  const others = scripts.filter((candidate) => candidate.file !== file);
  return judgeShell(script, text, args, others, [...evidence, at]);
}

function isExec({ words }: ShellCommand): boolean {
  return words[0]?.value === 'exec' && words.length > 1;
}

function judgeShell(
  script: ShellScript,
  text: string,
  args: readonly string[],
  scripts: readonly StartupScript[],
  evidence: readonly Evidence[],
): Need<boolean> {
  const { commands, complete } = script;
  // Who sets a trap has thought of signals.
  if (!complete || commands.length === 0 || /(?:^|[\s;&])trap\s/.test(text)) return FINE;
  const [last = ''] = commands.at(-1)!.words.map(({ text: word }) => word);
  // It ends by itself, or hands over to an entrypoint that may step down and isn't read here.
  if (last === 'exit' || /entry-?point/.test(last)) return FINE;
  const replaced = commands.findLast(isExec) ?? (commands.length === 1 ? commands[0] : undefined);
  if (replaced === undefined) return likely(true, ...evidence, SHELL_SOURCE);
  const words = [replaced.program ?? '', ...replaced.args.map(({ value, text: word }) => value ?? word)];
  const passed = replaced.words.some((word) => /^"?\$\{?[@*]/.test(word.text));
  const inner = lacksInit(passed ? args : words, scripts, evidence);
  return commands.length === 1 || !inner.value ? inner : { ...inner, certainty: 'likely' };
}

/** Why a program that runs the user's own shouldn't be PID 1. */
export function sourceOf(program: string): Evidence | undefined {
  if (NODE.test(program)) return NODE_SOURCE;
  return PYTHON.test(program) ? KERNEL_SOURCE : undefined;
}
