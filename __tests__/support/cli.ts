import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach } from '@jest/globals';
import { put } from './files.js';
import type { Tree } from './memory.js';

export { type CliOptions, type CliResult, harden, MAIN } from './command.js';
export { put } from './files.js';

const made: string[] = [];

/** A temporary folder with these files; it is removed after the test. */
export function folderOf(tree: Tree = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'harden-test-'));
  made.push(root);
  for (const [path, text] of Object.entries(tree)) put(root, path, text);
  return root;
}

afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

export function get(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** All regular files below a folder but git's, with their texts. */
export function treeOf(root: string): Record<string, string> {
  const names = readdirSync(root, { recursive: true }).map(String);
  return Object.fromEntries(
    names
      .map((name) => join(root, name))
      .filter((path) => !relative(root, path).startsWith('.git/') && statSync(path).isFile())
      .map((path) => [relative(root, path), readFileSync(path, 'utf8')]),
  );
}
