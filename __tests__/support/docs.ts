import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/io/package.js';
import { folderOf } from './cli.js';
import type { Tree } from './memory.js';

/** The files that a page of docs/ shows in full, by the titles of their code blocks. */
export function filesIn(page: string): Tree {
  const text = readFileSync(join(packageRoot(), 'docs', page), 'utf8');
  const blocks = [...text.matchAll(/^```\w+ title=(\S+)\n([^]*?)^```$/gm)];
  return Object.fromEntries(blocks.map(([, path = '', source = '']) => [path, source]));
}

/** A folder of a user who has harden installed, with these files. */
export function userFolder(tree: Tree): string {
  const root = folderOf({ 'package.json': '{"type":"module"}', 'node_modules/.keep': '', ...tree });
  symlinkSync(packageRoot(), join(root, 'node_modules', 'harden'));
  return root;
}
