import { EMPTY } from '../../src/config/parse.js';
import type { HardenConfig } from '../../src/config/types.js';
import { parseNeeds } from '../../src/learn/needs-file.js';
import type { Tree } from './memory.js';

const NAME = 'harden.needs.yml';

/** The config of a tree that has recordings at its root, and no other settings; undefined where it has none. */
export function recordedIn(tree: Tree): HardenConfig | undefined {
  const text = tree[NAME];
  if (text === undefined) return undefined;
  const parsed = parseNeeds(text, NAME);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const place = { folder: '.', root: '.' };
  return { path: NAME, place, ...EMPTY, recorded: { place, workloads: parsed.workloads } };
}
