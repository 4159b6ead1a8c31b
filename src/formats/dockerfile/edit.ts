import { edits, lineEnding, refused, type Edits } from '../../core/text.js';
import type { DockerfileDocument, Instruction, Stage } from './document.js';

/** Instructions whose effect depends on the user in force or that set it. */
const BUILDS = /^(?:FROM|RUN|COPY|ADD|WORKDIR|USER|VOLUME)$/;

/** Start of the comment lines that stand directly above an instruction, or of its own line. */
function blockStart(document: DockerfileDocument, instruction: Instruction): number {
  const { lines, text } = document;
  let start = lines.startOfLine(instruction.start);
  const directives = new Set(document.directives.map((directive) => lines.startOfLine(directive.start)));
  const comments = new Set(
    document.commentRanges
      .map((comment) => lines.startOfLine(comment.start))
      .filter((at) => !directives.has(at)),
  );
  const previous = document.instructions[instruction.index - 1];
  while (start > 0) {
    const above = lines.startOfLine(start - 1);
    if (!comments.has(above) || (previous !== undefined && above < previous.end) || text[above] === '\uFEFF')
      break;
    start = above;
  }
  return start;
}

/** The white space before an instruction on its own line. */
function indentOf(document: DockerfileDocument, instruction: Instruction): string {
  return document.text
    .slice(document.lines.startOfLine(instruction.start), instruction.start)
    .replace('\uFEFF', '');
}

/** Inserts lines above an instruction and above the comment lines that belong to it. */
export function insertBefore(
  document: DockerfileDocument,
  instruction: Instruction,
  lines: readonly string[],
): Edits {
  if (instruction.index === 0) return refused('nothing can stand before the first instruction');
  const at = blockStart(document, instruction);
  const newline = lineEnding(document.text);
  const indent = indentOf(document, instruction);
  return edits({ start: at, end: at, text: lines.map((line) => indent + line + newline).join('') });
}

/** Inserts lines below an instruction (and its heredocs). A file without a final newline stays without one. */
export function insertAfter(
  document: DockerfileDocument,
  instruction: Instruction,
  lines: readonly string[],
): Edits {
  const newline = lineEnding(document.text);
  const indent = indentOf(document, instruction);
  const dangling = danglingContinuation(document, instruction);
  if (dangling) return refused('the instruction ends in a continuation that leads nowhere');
  const at = instruction.end;
  return edits({ start: at, end: at, text: lines.map((line) => newline + indent + line).join('') });
}

/** Inserts lines above the CMD or ENTRYPOINT that ends a stage: after all that builds it. */
export function insertBeforeStart(
  document: DockerfileDocument,
  stage: Stage,
  lines: readonly string[],
): Edits {
  const { instructions } = stage;
  const last = instructions.findLastIndex(({ keyword }) => BUILDS.test(keyword));
  const start = instructions.slice(last + 1).find(({ keyword }) => /^(?:CMD|ENTRYPOINT)$/.test(keyword));
  if (start !== undefined) return insertBefore(document, start, lines);
  return insertAfter(document, instructions[last]!, lines);
}

/** True when the last line of an instruction is continued, but nothing follows. */
function danglingContinuation(document: DockerfileDocument, instruction: Instruction): boolean {
  if (instruction.heredocs.length > 0) return false;
  const last = document.text.slice(document.lines.startOfLine(instruction.end), instruction.end).trimEnd();
  return last.endsWith(document.escape) && !last.endsWith(document.escape.repeat(2));
}

/** Replaces the keyword, in the letter case that the author used. */
export function replaceKeyword(
  document: DockerfileDocument,
  instruction: Instruction,
  keyword: string,
): Edits {
  const { start, end } = instruction.keywordRange;
  const written = document.text.slice(start, end);
  if (written.toUpperCase() !== instruction.keyword) return refused('the keyword is split over lines');
  return edits({ start, end, text: written === written.toLowerCase() ? keyword.toLowerCase() : keyword });
}

/** Adds a flag after the last one, or after the keyword. */
export function addFlag(instruction: Instruction, flag: string): Edits {
  const name = flag.replace(/^--/, '').replace(/=.*$/s, '').toLowerCase();
  if (instruction.flags.some((present) => present.name === name))
    return refused(`--${name} is already given`);
  const at = instruction.flags.at(-1)?.end ?? instruction.keywordRange.end;
  return edits({ start: at, end: at, text: ` ${flag}` });
}

/** Names a stage that has no name. */
export function nameStage({ from, name }: Stage, text: string): Edits {
  const [image, ...more] = from.words;
  if (name !== undefined || image === undefined || more.length > 0) return refused('the stage has a name');
  return edits({ start: image.end, end: image.end, text: ` AS ${text}` });
}

/** Replaces all that follows the keyword and the flags. */
export function replaceArguments(
  document: DockerfileDocument,
  instruction: Instruction,
  text: string,
): Edits {
  const { start, end } = instruction.argumentRange;
  if (instruction.heredocs.length > 0) return refused('the instruction has a heredoc');
  if (start === end) return refused('the instruction has no arguments');
  if (document.commentRanges.some((comment) => comment.start > start && comment.end < end)) {
    return refused('the arguments have comments between them');
  }
  return edits({ start, end, text });
}
