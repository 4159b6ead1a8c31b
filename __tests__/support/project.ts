import { folderOf } from './cli.js';
import { projectIn, type Project } from './clone.js';
import type { FakeForge } from './fake-forge/index.js';
import type { Tree } from './memory.js';

export { git, type Project, TOKEN } from './clone.js';

/**
 * A project that is removed after the test.
 * @param forge undefined for a remote that no forge keeps.
 */
export function projectOf(
  tree: Tree,
  forge?: Pick<FakeForge, 'url' | 'api' | 'path'>,
  kind = 'github',
): Project {
  return projectIn(folderOf(), tree, forge, kind);
}
