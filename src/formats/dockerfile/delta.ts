import type { SemanticPath } from '../../core/types.js';
import type { DockerfileDocument, Instruction } from './document.js';

/** What an instruction means, without its layout: two instructions of a stage with the same text do the same. */
function normalised(document: DockerfileDocument, instruction: Instruction): string {
  const { keyword, flags, json, words, argumentText, heredocs, stage } = instruction;
  const argument =
    json !== undefined && keyword !== 'HEALTHCHECK'
      ? JSON.stringify(json)
      : /^(?:RUN|CMD|ENTRYPOINT|SHELL|HEALTHCHECK|ONBUILD)$/.test(keyword)
        ? argumentText
        : words.map(({ text }) => text).join(' ');
  const bodies = heredocs.map(({ name, body }) => `${name}\n${document.text.slice(body.start, body.end)}`);
  return [String(stage), keyword, ...flags.map(({ text }) => text), argument, ...bodies].join('\u0000');
}

function pathOf({ stage, keyword }: Instruction): SemanticPath {
  return stage === -1 ? ['global', keyword] : ['stages', String(stage), keyword];
}

/** Beyond it two versions are too different to be aligned in reasonable memory: all counts as changed. */
const MAX_CELLS = 4_000_000;

/** The keyword of a normalised instruction, behind its stage; ADD and COPY take each other's place. */
function kindOf(text: string): string {
  const keyword = text.split('\u0000', 2)[1] ?? '';
  return keyword === 'ADD' ? 'COPY' : keyword;
}

/**
 * Marks what stays the same in the alignment of two lists with the fewest insertions, removals and replacements.
 * A replacement counts as one, so that `ADD . .` turned into `COPY . .` is not taken for another line's COPY; no
 * instruction takes the place of one of another kind, so that a RUN that goes is not taken for what follows it.
 */
function unchanged(before: readonly string[], after: readonly string[]): [boolean[], boolean[]] {
  const keepBefore = before.map(() => false);
  const keepAfter = after.map(() => false);
  const width = after.length + 1;
  if ((before.length + 1) * width > MAX_CELLS) return [keepBefore, keepAfter];
  const kindsBefore = before.map(kindOf);
  const kindsAfter = after.map(kindOf);
  const price = (i: number, j: number): number =>
    before[i] === after[j] ? 0 : kindsBefore[i] === kindsAfter[j] ? 1 : 3;
  const costs = new Uint32Array((before.length + 1) * width);
  for (let i = before.length; i >= 0; i -= 1) {
    for (let j = after.length; j >= 0; j -= 1) {
      if (i === before.length || j === after.length) {
        costs[i * width + j] = before.length - i + after.length - j;
        continue;
      }
      const replace = costs[(i + 1) * width + j + 1]! + price(i, j);
      const shift = Math.min(costs[(i + 1) * width + j]!, costs[i * width + j + 1]!) + 1;
      costs[i * width + j] = Math.min(replace, shift);
    }
  }
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const same = before[i] === after[j];
    if (costs[i * width + j] === costs[(i + 1) * width + j + 1]! + price(i, j)) {
      keepBefore[i] = keepAfter[j] = same;
      i += 1;
      j += 1;
    } else if (costs[i * width + j] === costs[(i + 1) * width + j]! + 1) i += 1;
    else j += 1;
  }
  return [keepBefore, keepAfter];
}

/** The semantic paths of every instruction that was inserted, removed or changed, and of changed directives. */
export function delta(before: DockerfileDocument, after: DockerfileDocument): readonly SemanticPath[] {
  const left = before.instructions.map((instruction) => normalised(before, instruction));
  const right = after.instructions.map((instruction) => normalised(after, instruction));
  let head = 0;
  while (head < left.length && head < right.length && left[head] === right[head]) head += 1;
  let tail = 0;
  while (
    tail < left.length - head &&
    tail < right.length - head &&
    left[left.length - 1 - tail] === right[right.length - 1 - tail]
  ) {
    tail += 1;
  }
  const [keepLeft, keepRight] = unchanged(
    left.slice(head, left.length - tail),
    right.slice(head, right.length - tail),
  );
  const paths = new Map<string, SemanticPath>();
  const add = (path: SemanticPath): unknown => paths.set(path.join('\u0000'), path);
  keepLeft.forEach((kept, index) => kept || add(pathOf(before.instructions[head + index]!)));
  keepRight.forEach((kept, index) => kept || add(pathOf(after.instructions[head + index]!)));
  for (const name of ['syntax', 'escape', 'check']) {
    const value = ({ directives }: DockerfileDocument): string | undefined =>
      directives.find((directive) => directive.name === name)?.value;
    if (value(before) !== value(after)) add(['directives', name]);
  }
  return [...paths.values()];
}
