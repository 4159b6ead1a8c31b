import { combine, edits, refused, type Edits, type Range } from '../core/text.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { addFlag, removeInstruction, removeParts, removeWordBefore } from '../formats/dockerfile/edit.js';
import { runScripts } from '../formats/dockerfile/shell-text.js';
import { parseShell, statements } from '../formats/shell.js';
import type { RecursiveChown } from './chown.js';
import type { ChownFold } from './chown-fold.js';
import type { RunCommand } from './image-needs.js';

/** The parts of a RUN's list, by statement, in coordinates of the document. */
export function statementsOf(document: DockerfileDocument, run: Instruction): readonly (readonly Range[])[] {
  return runScripts(document, run).flatMap(({ text, offset }) =>
    statements(parseShell(text)).map((parts) =>
      parts.map(({ start, end }) => ({ start: start + offset, end: end + offset })),
    ),
  );
}

/** The part of its RUN's list that a command is in. */
export function partOf(statements: readonly (readonly Range[])[], command: RunCommand): Range | undefined {
  const start = command.offset + command.start;
  return statements.flat().find((part) => part.start <= start && start < part.end);
}

/** Removes parts of a RUN, or all of it. */
export function removeFromRun(
  document: DockerfileDocument,
  run: Instruction,
  statements: readonly (readonly Range[])[],
  removed: ReadonlySet<Range>,
): Edits {
  const kept = statements.flat().filter((part) => !removed.has(part));
  if (kept.length === 0) return removeInstruction(document, run);
  if (kept.every((part) => /^set\s+[-+]/.test(document.text.slice(part.start, part.end))))
    return run.heredocs.length > 0
      ? refused('nothing but set would be left of it')
      : removeInstruction(document, run);
  return removeParts(document, statements, removed);
}

/** `chown -R owner path` without the `-R`: the directory alone. */
function withoutRecursion(document: DockerfileDocument, { command, option }: RecursiveChown): Edits {
  const moved = ({ start, end }: Range): Range => ({
    start: start + command.offset,
    end: end + command.offset,
  });
  const next = command.words[command.words.indexOf(option) + 1];
  if (next === undefined) return refused('the option is the last word');
  if (/^(?:-R|--recursive)$/.test(option.text)) return removeWordBefore(document, moved(option), moved(next));
  return edits({ ...moved(option), text: option.text.replace('R', '') });
}

/**
 * The edits by which COPY takes a recursive chown over.
 * @param alone false where others edit the same RUN: then only the option goes.
 */
export function foldEdits(
  document: DockerfileDocument,
  chown: RecursiveChown,
  fold: ChownFold,
  alone: boolean,
): Edits {
  const flags = fold.copies.map((copy) => addFlag(copy, fold.flag));
  const { command, instruction } = chown;
  const statements = statementsOf(document, instruction);
  const part = partOf(statements, command);
  const whole = part?.start === command.offset + command.start && part.end === command.offset + command.end;
  const removed =
    fold.keepsPlain || part === undefined || !whole || !alone
      ? refused('the directory is chowned by itself')
      : removeFromRun(document, instruction, statements, new Set([part]));
  return combine(...flags, removed.ok ? removed : withoutRecursion(document, chown));
}
