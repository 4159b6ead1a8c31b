import type { HardenConfig } from '../config/types.js';
import { createRunBelow, type Run, type RunOptions } from '../harden.js';
import { writeInPlace, writeMended } from '../io/write.js';
import { readOriginals } from './originals.js';
import { makePairs, type Pairs } from './pairs.js';
import type { Pair } from './subject.js';

/** A copy of a tree, for which variants are made. */
export interface Copied {
  /** Puts the variants into the copy, anew after each mend. */
  readonly make: (config: HardenConfig | undefined) => Pairs;
  /** Tells of a variant that was mended in the tree. */
  readonly take: (pair: Pair, text: string) => void;
}

/**
 * Puts the originals into a copy: those of a commit where the tree was changed in place.
 * @param found the run over the tree itself: the copy has no history, and with it no outer ignore files.
 * @returns why that can't be done.
 */
export async function prepareCopy(
  folder: string,
  root: string,
  found: Run,
  { original, ...options }: RunOptions & { readonly original: string | undefined },
  signal: AbortSignal,
): Promise<Copied | string> {
  const { files } = found.workspace;
  const { selected } = found;
  const changed = new Map<string, string>();
  const originals = new Map<string, string>();
  if (original !== undefined) {
    const read = await readOriginals(
      root,
      original,
      found.files.map(({ path }) => path),
      signal,
    );
    if (!read.ok) return `--original: ${read.reason}`;
    for (const [path, text] of read.texts) {
      const now = found.workspace.reader.read(path);
      if (now === undefined || now === text) continue;
      changed.set(path, now);
      originals.set(path, text);
    }
  }
  const own = new Set<string>();
  for (const [path, text] of originals) writeInPlace(folder, path, changed.get(path)!, text);
  return {
    make: (config) =>
      makePairs(createRunBelow(folder, files, { ...options, config, selected }), {
        phase: options.phase,
        enabled: options.enabled ?? (() => true),
        folder,
        changed,
        own,
      }),
    take: ({ from, path, hardenedPath, hardened }, text) => {
      if (from === 'in-place') changed.set(path, text);
      else writeMended(folder, hardenedPath, path, hardened, text);
    },
  };
}
