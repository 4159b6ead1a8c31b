import { edits, lineEnding, refused, type Edits, type Range } from '../../core/text.js';
import type { DockerfileDocument, Instruction, Stage, Word } from './document.js';

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

/**
 * Inserts metadata lines above the CMD or ENTRYPOINT that ends a stage, or at the stage's end.
 * @param depth among what is inserted at the same place, the lower one comes later.
 */
export function insertAtStart(
  document: DockerfileDocument,
  stage: Stage,
  lines: readonly string[],
  depth: number,
): Edits {
  const { instructions } = stage;
  const last = instructions.findLastIndex(({ keyword }) => BUILDS.test(keyword));
  const start = instructions.slice(last + 1).find(({ keyword }) => /^(?:CMD|ENTRYPOINT)$/.test(keyword));
  const inserted =
    start === undefined
      ? insertAfter(document, instructions.at(-1)!, lines)
      : insertBefore(document, start, lines);
  return inserted.ok ? edits(...inserted.edits.map((edit) => ({ ...edit, depth }))) : inserted;
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

/** Inserts words at the front of the JSON form. */
export function prependJson(
  document: DockerfileDocument,
  instruction: Instruction,
  words: readonly string[],
): Edits {
  const { json, argumentRange } = instruction;
  if (json === undefined || json.length === 0) return refused('the instruction has no JSON form');
  const at = document.text.indexOf('"', argumentRange.start);
  if (at === -1 || at >= argumentRange.end) return refused('the instruction has no JSON form');
  const text = words.map((word) => `${JSON.stringify(word)}, `).join('');
  return edits({ start: at, end: at, text });
}

/**
 * Adds a word behind another one of a list: on a line of its own when that one has its own.
 * @param end where the last word ends.
 */
export function appendWord(document: DockerfileDocument, end: number, word: string, depth: number): Edits {
  const { lines, text, escape } = document;
  const start = lines.startOfLine(end);
  const line = text.slice(start, end);
  const above = start === 0 ? '' : text.slice(lines.startOfLine(start - 1), start).trimEnd();
  const alone = /^[ \t]+\S+$/.test(line) && above.endsWith(escape);
  const gap = alone ? ` ${escape}${lineEnding(text)}${/^\s*/.exec(line)![0]}` : ' ';
  return edits({ start: end, end, text: `${gap}${word}`, depth });
}

/** Adds a mount to a RUN, before the flags that it has; several mounts stand side by side. */
export function addMount(document: DockerfileDocument, run: Instruction, mount: string): Edits {
  const { start, end } = run.keywordRange;
  if (document.text.slice(start, end).toUpperCase() !== 'RUN')
    return refused('the keyword is split over lines');
  return edits({ start: end, end, text: ` --mount=${mount}` });
}

/** Removes a word of an instruction with the white space and the continuations before it. */
export function removeWord(document: DockerfileDocument, instruction: Instruction, word: Word): Edits {
  const { words, flags, keywordRange } = instruction;
  const start = Math.max(
    keywordRange.end,
    ...[...flags, ...words].filter(({ end }) => end <= word.start).map(({ end }) => end),
  );
  if (document.commentRanges.some((comment) => comment.start > start && comment.end < word.end))
    return refused('the instruction has comments between its lines');
  return edits({ start, end: word.end, text: '' });
}

/**
 * Removes an instruction with its lines. What others insert above and below it, and a comment above it, stays; of two
 * empty lines around it one goes too.
 */
export function removeInstruction(document: DockerfileDocument, instruction: Instruction): Edits {
  if (instruction.index === 0) return refused('the first instruction stays');
  if (instruction.line.comments.length > 0) return refused('the instruction has comments between its lines');
  if (danglingContinuation(document, instruction))
    return refused('the instruction ends in a continuation that leads nowhere');
  const { lines, text } = document;
  let start = lines.startOfLine(instruction.start);
  const before = text.slice(0, start);
  const blankAbove = /\n[ \t]*\r?\n$/.exec(before);
  const blankBelow = /^\r?\n[ \t]*(?:\r?\n|$)/.test(text.slice(instruction.end));
  start -= (blankAbove !== null && blankBelow ? blankAbove[0].length - 1 : 0) + 1;
  if (text[start - 1] === '\r') start -= 1;
  return edits({ start, end: instruction.end, text: '' });
}

/**
 * Removes parts of an `&&` list, or whole statements, with what joins them to their neighbours.
 * @param statements those of the script, in coordinates of the document; something must be left of them.
 */
export function removeParts(
  document: DockerfileDocument,
  statements: readonly (readonly Range[])[],
  removed: ReadonlySet<Range>,
): Edits {
  const gone = (parts: readonly Range[]): boolean => parts.every((part) => removed.has(part));
  const spanOf = (parts: readonly Range[]): Range => ({ start: parts[0]!.start, end: parts.at(-1)!.end });
  const ranges = statements.flatMap((parts) =>
    gone(parts)
      ? []
      : cuts(
          parts,
          (part) => removed.has(part),
          (part) => part,
        ),
  );
  const all = [...ranges, ...cuts(statements, gone, spanOf)];
  const hasComment = ({ start, end }: Range): boolean => /^\s*#/m.test(document.text.slice(start, end));
  if (all.some(hasComment)) return refused('comments stand between the parts of its list');
  return edits(...all.map(({ start, end }) => ({ start, end, text: '' })));
}

/** Removes a word with the white space between it and the next one. */
export function removeWordBefore(document: DockerfileDocument, word: Range, next: Range): Edits {
  const range = { start: word.start, end: next.start };
  if (document.commentRanges.some(({ start, end }) => start >= range.start && end <= range.end))
    return refused('a comment stands behind the word');
  return edits({ ...range, text: '' });
}

/** What to cut so that the elements that go leave no joint behind: the first ones with what follows, others with what precedes. */
function cuts<T>(
  elements: readonly T[],
  goes: (element: T) => boolean,
  spanOf: (element: T) => Range,
): Range[] {
  const firstKept = elements.findIndex((element) => !goes(element));
  return elements.flatMap((element, at) => {
    if (!goes(element)) return [];
    if (firstKept === -1) return [];
    const { start, end } = spanOf(element);
    if (at < firstKept) return [{ start, end: spanOf(elements[at + 1]!).start }];
    return [{ start: spanOf(elements[at - 1]!).end, end }];
  });
}
