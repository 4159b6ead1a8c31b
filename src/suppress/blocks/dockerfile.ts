import type { DockerfileDocument, Instruction } from '../../formats/dockerfile/document.js';
import type { Block } from './block.js';

/**
 * One for each instruction, in order: it with its continuation lines and heredocs, and with FROM its whole stage. The end
 * of the last line is a part of it, as what a conversion adds behind a stage is found there.
 */
export function dockerfileBlocks({
  instructions,
  stages,
  lines,
  text,
}: DockerfileDocument): readonly Block[] {
  const endOf = ({ end }: Instruction): number => Math.min(lines.endOfLine(end) + 1, text.length);
  return instructions.map((instruction) => {
    const { start, stage } = instruction;
    const own = { start, end: endOf(instruction) };
    const { from, instructions: all } = stages[stage] ?? {};
    if (from !== instruction) return { range: own, head: own, above: from === undefined ? [] : [from] };
    return { range: { start, end: endOf(all?.at(-1) ?? from) }, head: own, above: [] };
  });
}
