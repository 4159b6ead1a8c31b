import { redact } from '../../core/redact.js';
import type { Evidence } from '../../core/types.js';
import { parseShell, type ShellCommand } from '../../formats/shell.js';
import type { UnitContext } from '../context.js';
import { addProgram, WRITERS, type Collector } from './collect.js';
import { OPAQUE_BUILTINS, SHELLS } from './programs.js';
import { baseName, findScript, scriptBeside, type FoundScript } from './scripts.js';

/** Scripts that start scripts are followed this far. */
const DEPTH = 4;

/** Where a script is read, and into what. */
export interface ShellScope {
  readonly unitPath: string;
  readonly context: UnitContext;
  readonly found: Collector;
  readonly depth: number;
  /** The script being read; undefined for `sh -c`. */
  readonly script?: FoundScript;
}

/** Reads the script that is installed as `path`. */
export function readScriptAt(path: string | undefined, evidence: Evidence, scope: ShellScope): void {
  const script = path === undefined ? undefined : findScript(path, scope.unitPath, scope.context);
  if (path !== undefined) scope.found.texts.push({ text: path, readsOnly: script !== undefined, evidence });
  if (script !== undefined) return readScript(script, evidence, scope);
  const reason = `${path ?? 'the shell'} runs a script that this repository doesn't have`;
  scope.found.opaque.push({ reason, evidence });
}

/** Reads a script of the repository: line by line when it is for a shell, else as its interpreter's program. */
export function readScript(script: FoundScript, evidence: Evidence, scope: ShellScope): void {
  if (script.interpreter !== undefined && !SHELLS.test(script.interpreter)) {
    addProgram(script.interpreter, script.interpreter, [script.path], evidence, scope.found);
    return;
  }
  const lines = script.text.split('\n');
  const citeLine = (offset: number): Evidence => {
    const line = script.text.slice(0, offset).split('\n').length;
    return { file: script.path, line, text: redact((lines[line - 1] ?? '').trim()) };
  };
  readShell(script.text, citeLine, { ...scope, script });
}

/** Reads shell source: each command, each place it writes to, each assignment. */
export function readShell(source: string, citeAt: (offset: number) => Evidence, scope: ShellScope): void {
  const { found } = scope;
  if (scope.depth > DEPTH) {
    found.opaque.push({ reason: 'scripts that start each other', evidence: citeAt(0) });
    return;
  }
  found.shell = true;
  const parsed = parseShell(source);
  if (!parsed.complete) {
    found.opaque.push({ reason: 'a shell command could not be read to its end', evidence: citeAt(0) });
  }
  const functions = source.matchAll(
    /^\s*(?:function\s+)?([\w:.-]+)\s*\(\s*\)|^\s*function\s+([\w:.-]+)\s*\{/gm,
  );
  const names = new Set([...functions].map((match) => match[1] ?? match[2]!));
  const inner = { ...scope, depth: scope.depth + 1 };
  for (const command of parsed.commands) readCommand(command, citeAt(command.start), names, source, inner);
  // A redirection of bash that opens a socket.
  const socket = /\/dev\/(tcp|udp)\/\S*/.exec(source);
  if (socket !== null) addProgram('bash', 'bash', [socket[0]], citeAt(socket.index), found);
  // Assignments stand outside simple commands too, in `export X=`, `X=` and defaults such as `${X:-/path}`.
  for (const match of source.matchAll(/^[ \t]*(?:(?:export|local|readonly|declare)\s+)*\w+=.*$/gm)) {
    found.texts.push({ text: match[0], readsOnly: false, evidence: citeAt(match.index) });
  }
}

function readCommand(
  command: ShellCommand,
  evidence: Evidence,
  functions: ReadonlySet<string>,
  source: string,
  scope: ShellScope,
): void {
  const { found } = scope;
  for (const target of command.writes) {
    if (target.value?.startsWith('/dev/') === true) continue;
    found.writes.push({ path: target.value, makesDirectory: false, evidence });
    found.texts.push({ text: target.text, readsOnly: false, evidence });
  }
  if (command.words.length === 0) return;
  const args = command.args.map((word) => word.value ?? word.text);
  const { program } = command;
  if (program === undefined) return readComputed(command, evidence, source, scope);
  const name = baseName(program);
  for (const { value } of command.words.slice(0, -args.length - 1)) {
    if (value === 'nice' || value === 'ionice') addProgram(value, value, [], evidence, found);
  }
  if (functions.has(program)) {
    found.texts.push({ text: args.join(' '), readsOnly: false, evidence });
    return;
  }
  if (OPAQUE_BUILTINS.has(name)) return readBuiltin(name, args, evidence, source, scope);
  if (SHELLS.test(name) && name !== 'busybox') {
    const inline = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
    const line = inline < 0 ? undefined : command.args[inline + 1]?.value;
    if (line !== undefined) readShell(line, () => evidence, scope);
    else if (inline < 0 && args.length > 0) readScriptAt(args[0], evidence, scope);
    else found.opaque.push({ reason: `${name} runs what the script computes`, evidence });
    return;
  }
  const nested = program.includes('/') ? findScript(program, scope.unitPath, scope.context) : undefined;
  if (nested !== undefined) return readScript(nested, evidence, scope);
  addProgram(name, program, args, evidence, found);
  const computed = command.args.some((word) => word.value === undefined && !word.text.startsWith('-'));
  if (WRITERS.test(name) && computed) found.writes.push({ path: undefined, makesDirectory: false, evidence });
}

/** `"$SCRIPT_DIR/other.sh"`: a script beside this one can be read, anything else that is computed can't. */
function readComputed(command: ShellCommand, evidence: Evidence, source: string, scope: ShellScope): void {
  const word = command.words[0]!.text;
  const beside =
    scope.script === undefined ? undefined : scriptBeside(word, source, scope.script.path, scope.context);
  scope.found.texts.push({
    text: command.words.map(({ text }) => text).join(' '),
    readsOnly: false,
    evidence,
  });
  if (beside !== undefined) return readScript(beside, evidence, scope);
  scope.found.opaque.push({ reason: `${word} is a command that the script computes`, evidence });
}

/** `eval`, `source` and what starts other programs from its arguments. */
function readBuiltin(
  name: string,
  args: readonly string[],
  evidence: Evidence,
  source: string,
  scope: ShellScope,
): void {
  const { found } = scope;
  if (name === '.' || name === 'source') {
    const path = args[0] ?? '';
    const nested =
      findScript(path, scope.unitPath, scope.context) ??
      (scope.script === undefined ? undefined : scriptBeside(path, source, scope.script.path, scope.context));
    if (nested !== undefined) return readScript(nested, evidence, scope);
  }
  if (/^(eval|source|\.|xargs|parallel)$/.test(name)) {
    found.texts.push({ text: args.join(' '), readsOnly: false, evidence });
    found.opaque.push({ reason: `${name} runs what the script computes`, evidence });
    return;
  }
  addProgram(name, name, args, evidence, found);
}
