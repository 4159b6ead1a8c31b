import type { StructuredPatchHunk } from 'diff';
import { redact } from '../../core/redact.js';
import { hunkHeader, hunksOf, maskedLines, unifiedDiff } from '../../render/diff.js';

/** Lines that stand in both texts, or lines that take the place of others. */
export interface Block {
  readonly kind: 'same' | 'changed';
  readonly before: readonly Line[];
  readonly after: readonly Line[];
}

export interface Line {
  readonly number: number;
  readonly text: string;
  /** The text ends here, without a line break. */
  readonly unended?: true;
}

export interface Hunk {
  /** The lines of the original that it shows, the last one included. */
  readonly from: number;
  readonly to: number;
  readonly blocks: readonly Block[];
}

/** What turns a text into another, with its secrets masked. */
export interface MaskedDiff {
  readonly hunks: readonly Hunk[];
  /** As `git apply` takes it, when nothing of it had to be masked. */
  readonly patch: string;
  readonly masked: boolean;
}

export function maskedDiff(path: string, before: string, after: string): MaskedDiff {
  const [from, to] = [redact(before).split('\n'), redact(after).split('\n')];
  const found = hunksOf(before, after).map((hunk) => ({ hunk, lines: maskedLines(hunk, from, to) }));
  const masked = found.some(({ hunk, lines }) =>
    hunk.lines.some((line, at) => line.replace(/\r$/, '') !== lines[at]),
  );
  const patch = unifiedDiff(path, before, after);
  return {
    hunks: found.map(({ hunk, lines }) => ({
      from: hunk.oldStart,
      to: hunk.oldStart + Math.max(hunk.oldLines, 1) - 1,
      blocks: blocksOf(hunk, lines),
    })),
    patch: masked
      ? patch.slice(0, patch.indexOf('\n@@ ') + 1) +
        found.map(({ hunk, lines }) => `${[hunkHeader(hunk), ...lines].join('\n')}\n`).join('')
      : patch,
    masked,
  };
}

interface OpenBlock {
  readonly kind: Block['kind'];
  readonly before: Line[];
  readonly after: Line[];
}

function blocksOf({ oldStart, newStart }: StructuredPatchHunk, lines: readonly string[]): readonly Block[] {
  const blocks: OpenBlock[] = [];
  let [from, to] = [oldStart, newStart];
  let last = '';
  for (const line of lines) {
    const [sign = '', text] = [line[0], line.slice(1)];
    const open = blocks.at(-1);
    if (sign === '\\') {
      if (open !== undefined && last !== '+') markUnended(open.before);
      if (open !== undefined && last !== '-') markUnended(open.after);
      continue;
    }
    const kind = sign === ' ' ? 'same' : 'changed';
    const block: OpenBlock = open?.kind === kind ? open : { kind, before: [], after: [] };
    if (block !== open) blocks.push(block);
    if (sign !== '+') block.before.push({ number: from++, text });
    if (sign !== '-') block.after.push({ number: to++, text });
    last = sign;
  }
  return blocks;
}

function markUnended(lines: Line[]): void {
  const last = lines.pop();
  if (last !== undefined) lines.push({ ...last, unended: true });
}

/** The part in which two lines differ; undefined when they have little in common. */
export interface Difference {
  readonly start: number;
  /** Counted from the end of each line. */
  readonly rest: number;
}

export function differenceOf(before: string, after: string): Difference | undefined {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let rest = 0;
  while (rest < most - start && before.at(-1 - rest) === after.at(-1 - rest)) rest += 1;
  // Half of a surrogate pair is no character.
  if (/[\ud800-\udbff]/.test(before[start - 1] ?? '')) start -= 1;
  if (/[\udc00-\udfff]/.test(before.at(-rest) ?? '') && rest > 0) rest -= 1;
  const shared = before.slice(0, start).trim().length + rest;
  const shorter = Math.min(before.trim().length, after.trim().length);
  return shared === 0 || shared * 2 < shorter ? undefined : { start, rest };
}
