import { edits, lineEnding, refused, type Edits, type Range } from '../../core/text.js';
import { parseShell, type ShellScript, type ShellStep } from '../shell.js';
import type { DockerfileDocument, Instruction, Stage } from './document.js';
import { stageScope } from './scope.js';
import { runScripts } from './shell-text.js';

/** What a RUN gives to a shell. Positions in `text` and in the script plus `offset` are offsets of the document. */
export interface RunScript {
  readonly instruction: Instruction;
  readonly text: string;
  readonly offset: number;
  readonly script: ShellScript;
  /** True when the script is a heredoc's body. */
  readonly heredoc: boolean;
  /** `set -e`: from the start, possibly somewhere, or not. */
  readonly errexit: 'yes' | 'maybe' | 'no';
}

/** The words of the SHELL in force where an instruction runs; undefined for the engine's own, `/bin/sh -c`. */
export function shellAt(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): readonly string[] | undefined {
  const earlier = stageScope(document, stage).instructions.findLast(
    ({ keyword, index }) => keyword === 'SHELL' && index < instruction.index,
  );
  return earlier === undefined ? undefined : (earlier.json ?? []);
}

const POSIX_SHELL = /(?:^|\/)(?:ba|da|a|k|z)?sh$/;
const ERREXIT = /^-[a-z]*e[a-z]*$|^errexit$/;

function errexitOf(words: readonly string[], script: ShellScript): RunScript['errexit'] {
  if (words.some((word) => ERREXIT.test(word))) return 'yes';
  const sets = script.commands.filter(
    ({ program, args }) => program === 'set' && args.some(({ text }) => ERREXIT.test(text)),
  );
  if (sets.length === 0) return 'no';
  return sets[0] === script.commands[0] ? 'yes' : 'maybe';
}

/** The script of a RUN; undefined for the JSON form, for another program's input and for what can't be read whole. */
export function readRun(
  document: DockerfileDocument,
  stage: Stage,
  instruction: Instruction,
): RunScript | undefined {
  if (instruction.keyword !== 'RUN') return undefined;
  const [embedded] = runScripts(document, instruction);
  if (embedded === undefined) return undefined;
  const shell = shellAt(document, stage, instruction);
  if (shell !== undefined && !POSIX_SHELL.test(shell[0] ?? '')) return undefined;
  const { text, offset } = embedded;
  const script = parseShell(text);
  const heredoc = offset !== instruction.argumentRange.start;
  // `cat <<EOF > file`: the body is in none of the lines that were read.
  if (!script.complete || (!heredoc && instruction.heredocs.length > 0)) return undefined;
  const program = heredoc ? `${instruction.argumentText} ${/^#!.*/.exec(text)?.[0] ?? ''}` : '';
  const words = [...(shell ?? []), ...program.split(/\s+/)];
  return { ...{ instruction, text, offset, script, heredoc }, errexit: errexitOf(words, script) };
}

/** The outermost step that holds a position of the script. */
export function stepAt({ script }: RunScript, at: number): ShellStep | undefined {
  return script.steps.find(({ start, end }) => start <= at && at < end);
}

/** The white space that a line of the script begins with. */
export function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))?.[0] ?? '';
}

/** Where the author puts the operator: at the start of the next line, at the end of a line, or all on one line. */
interface Layout {
  readonly style: 'leading' | 'trailing' | 'one line';
  readonly indent: string;
}

function layoutOf({ text }: RunScript, step: ShellStep): Layout {
  const continued = [...text.matchAll(/\n([ \t]*)(?=[^\s\\])/g)];
  if (continued.length === 0) return { style: 'one line', indent: '' };
  const leading = [...text.matchAll(/\n([ \t]*)(?:&&|;|\|\|)/g)];
  const least = continued.map(([, indent = '']) => indent).sort((a, b) => a.length - b.length)[0] ?? '';
  if (leading.length > 0) {
    const near = leading.findLast(({ index }) => index < step.end) ?? leading[0];
    return { style: 'leading', indent: near?.[1] ?? least };
  }
  if (!/(?:&&|;)[ \t]*\\\n/.test(text)) return { style: 'leading', indent: least };
  const first = text.lastIndexOf('\n', step.start) === -1;
  return { style: 'trailing', indent: first ? least : indentAt(text, step.start) };
}

/**
 * Puts a command that can't fail behind a step of a RUN's script, in the same layer, such that the script ends and
 * goes on exactly as it did. `a && b` hides a failure of `a` from `set -e` where `a` alone doesn't, so a step that ends
 * a list before the script's last one is followed by a command of its own, and only there.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#set
 */
export function appendStep(
  document: DockerfileDocument,
  run: RunScript,
  step: ShellStep,
  command: string,
): Edits {
  const { script, text, errexit, heredoc } = run;
  if (step.kind === 'function') return refused('a shell function does it: when that runs is not known');
  if (step.background) return refused('it runs in the background');
  if (/\$\?/.test(text)) return refused('the script asks for the status of an earlier command ($?)');
  const lastList = script.steps.at(-1)?.list;
  const alone = script.steps.filter(({ list }) => list === step.list).length === 1;
  const inherits = step.operator === undefined && step.list === lastList;
  if (inherits && step.kind === 'compound' && errexit !== 'no') {
    return refused('set -e would no longer see what fails inside the group, the condition or the loop');
  }
  const own =
    step.operator === undefined && (!inherits || (errexit === 'yes' && alone && script.steps.length > 1));
  const at = run.offset + step.end;
  return edits({ start: at, end: at, text: joined(document, run, step, own, command, heredoc) });
}

function joined(
  document: DockerfileDocument,
  run: RunScript,
  step: ShellStep,
  own: boolean,
  command: string,
  heredoc: boolean,
): string {
  const newline = lineEnding(document.text);
  if (heredoc) return own ? `${newline}${indentAt(run.text, step.start)}${command}` : ` && ${command}`;
  const { style, indent } = layoutOf(run, step);
  const next = `${document.escape}${newline}${indent}`;
  if (own) return style === 'one line' ? `; ${command}` : `; ${next}${command}`;
  if (style === 'one line') return ` && ${command}`;
  return style === 'trailing' ? ` && ${next}${command}` : ` ${next}&& ${command}`;
}

/** The range of a script's part in the document. */
export function rangeIn(run: RunScript, { start, end }: Range): Range {
  return { start: run.offset + start, end: run.offset + end };
}

/** True when a RUN mounts a cache, or memory, on one of the paths: what is written there is in no layer. */
export function mountsOver(instruction: Instruction, path: RegExp): boolean {
  return instruction.flags.some(({ name, value = '' }) => {
    if (name !== 'mount' || !/(?:^|,)type=(?:cache|tmpfs)(?:,|$)/.test(value)) return false;
    return path.test(/(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(value)?.[1] ?? '');
  });
}
