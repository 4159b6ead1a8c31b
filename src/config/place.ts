import { join } from '../workload/compose/project.js';

/** Where a config stands to the root of a run; all with `/`. */
export interface ConfigPlace {
  /** The folder from which the overrides name files, relative to the root. */
  readonly folder: string;
  /** The root, relative to that folder. */
  readonly root: string;
}

/**
 * A file as an override names it; undefined for one outside the config's folder.
 * @param path relative to the root of the run.
 */
export function pathInConfig({ folder, root }: ConfigPlace, path: string): string | undefined {
  if (folder === '.' || /^\.\.(?:\/|$)/.test(folder)) return join(root, path);
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
