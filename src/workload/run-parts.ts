import type { Edits, Range } from '../core/text.js';
import { refused } from '../core/text.js';
import type { DockerfileDocument, Instruction } from '../formats/dockerfile/document.js';
import { removeInstruction, removeParts } from '../formats/dockerfile/edit.js';
import { runScripts } from '../formats/dockerfile/shell-text.js';
import { parseShell } from '../formats/shell.js';
import type { RunCommand } from './image-needs.js';

/** The parts of a RUN's list, by statement, in coordinates of the document. */
export function statementsOf(document: DockerfileDocument, run: Instruction): readonly (readonly Range[])[] {
  return runScripts(document, run).flatMap(({ text, offset }) =>
    parseShell(text).statements.map((parts) =>
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
