import { EMPTY, parseConfig } from '../../src/config/parse.js';
import type { HardenConfig } from '../../src/config/types.js';
import { parseNeeds } from '../../src/learn/needs-file.js';
import { allTransforms } from '../../transforms/index.js';
import type { Tree } from './memory.js';

const KNOWN = allTransforms.map(({ meta }) => meta);
const NEEDS = 'harden.needs.yml';
const CONFIG = 'harden.config.yml';

/** The config of a tree at its root, with its recordings; undefined where it has neither. */
export function configIn(tree: Tree): HardenConfig | undefined {
  const [needs, text] = [tree[NEEDS], tree[CONFIG]];
  if (needs === undefined && text === undefined) return undefined;
  const place = { folder: '.', root: '.' };
  const read = parseConfig(text ?? '', { path: CONFIG, place, transforms: KNOWN });
  const seen = parseNeeds(needs ?? '', NEEDS);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  if (!seen.ok) throw new Error(JSON.stringify(seen.problems));
  const recorded = needs === undefined ? undefined : { place, workloads: seen.workloads };
  return { ...EMPTY, ...read.config, path: text === undefined ? NEEDS : CONFIG, place, recorded };
}
