import { DockerfileParser } from 'dockerfile-ast';
import type { DockerfileDocument } from '../src/formats/dockerfile/document.js';

/** Keyword and line of each instruction, as harden's own scanner sees them. */
export function instructionsOf(document: DockerfileDocument): readonly string[] {
  return document.instructions.map(
    ({ keyword, keywordRange }) => `${keyword} at line ${document.lines.lineOf(keywordRange.start)}`,
  );
}

/**
 * The same by dockerfile-ast, which knows only some forms of heredocs: their bodies become comments and their
 * marks other letters, at equal length.
 */
export function instructionsByAst(document: DockerfileDocument): readonly string[] {
  let masked = document.text.replace(/^\uFEFF/, ' ');
  for (const { heredocs } of document.instructions) {
    for (const { body, terminator } of heredocs) {
      const blank = masked.slice(body.start, terminator.end).replace(/[^\n]/g, ' ').replace(/^ /gm, '#');
      masked = masked.slice(0, body.start) + blank + masked.slice(terminator.end);
    }
  }
  return DockerfileParser.parse(masked.replaceAll('<<', '__'))
    .getInstructions()
    .map((instruction) => `${instruction.getKeyword()} at line ${instruction.getRange().start.line + 1}`);
}
