import type { DockerfileDocument, Instruction } from './document.js';

/** A shell script inside the document: a position in `text` plus `offset` is an offset of the document. */
export interface EmbeddedScript {
  readonly text: string;
  readonly offset: number;
}

/**
 * The shell text of a RUN, CMD or ENTRYPOINT in shell form, at equal length with the source: comment and empty
 * lines inside continuations, which Docker drops before the shell sees them, are spaces; continuations with
 * another escape character are `\` and a newline.
 */
export function runScript(
  document: DockerfileDocument,
  instruction: Instruction,
): EmbeddedScript | undefined {
  const { argumentRange, line, json } = instruction;
  if (json !== undefined || argumentRange.start === argumentRange.end) return undefined;
  const { start, end } = argumentRange;
  let text = '';
  let at = start;
  for (const segment of line.segments) {
    const from = Math.max(segment.start, start);
    const stop = Math.min(segment.start + segment.length, end);
    if (stop <= from) continue;
    if (from > at) text += gap(document.text.slice(at, from), document.escape);
    text += document.text.slice(from, stop);
    at = stop;
  }
  return { text, offset: start };
}

/** The text between two joined lines as a continuation of the same length. */
function gap(source: string, escape: string): string {
  if (!source.includes(escape)) return ' '.repeat(source.length);
  const newline = source.lastIndexOf('\n');
  // The shell wants `\` right before the newline; Docker allows blanks and dropped lines between.
  return ' '.repeat(Math.max(0, newline - 1)) + '\\\n' + source.slice(newline + 1);
}

/** `<<EOF` alone, or as the input of a shell. */
const SCRIPT_HEREDOC = /^(?:(?:\/bin\/)?(?:ba|da|a)?sh(?:\s+-\w+)*\s+)?<<-?\s*(?:'[^']*'|"[^"]*"|\S+)$/;

/** The body of a RUN's heredoc, when a shell runs it. */
function heredocScript(document: DockerfileDocument, instruction: Instruction): EmbeddedScript | undefined {
  const [heredoc, more] = instruction.heredocs;
  if (heredoc === undefined || more !== undefined || instruction.keyword !== 'RUN') return undefined;
  if (!SCRIPT_HEREDOC.test(instruction.argumentText)) return undefined;
  const { start, end } = heredoc.body;
  // At equal length, so that no word ends in the `\r` of a line ending.
  const text = document.text.slice(start, end).replaceAll('\\\r\n', ' \\\n').replaceAll('\r\n', ' \n');
  // https://docs.docker.com/reference/dockerfile/#example-running-a-multi-line-script: a #! line names the program.
  const interpreter = /^#!(.*)/.exec(text)?.[1];
  if (interpreter !== undefined && !/\b(?:ba|da|a)?sh\b/.test(interpreter)) return undefined;
  // A carriage return is no part of the last word for whoever reads the script.
  return { text: text.replaceAll('\r\n', ' \n'), offset: start };
}

/** Every script of a RUN: the heredoc that a shell runs, or its own text. */
export function runScripts(
  document: DockerfileDocument,
  instruction: Instruction,
): readonly EmbeddedScript[] {
  const script = heredocScript(document, instruction) ?? runScript(document, instruction);
  return script === undefined ? [] : [script];
}
