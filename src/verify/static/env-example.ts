import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderOf, join as joinPaths } from '../../workload/compose/project.js';

const WORD = '(?:example|sample|dist|template|tpl|defaults?)';

/**
 * The file beside an environment file that shows what it holds: `.env.example`, `env.dist`, `sample.env`.
 * @param path relative to the folder, with `/`; there need be no such file.
 */
export function exampleOf(folder: string, path: string): string | undefined {
  const name = basename(path)
    .replace(/^\./, '')
    .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const isExample = new RegExp(`^\\.?(?:${name}[._-]${WORD}|${WORD}[._-]${name})$`);
  const found = namesIn(join(folder, folderOf(path))).find((other) => isExample.test(other));
  return found === undefined ? undefined : joinPaths(folderOf(path), found);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
