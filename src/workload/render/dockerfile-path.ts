import type { FileReader } from '../../core/types.js';
import { folderOf, join } from '../compose/project.js';

/** Where a service's Dockerfile stands, and from where the Blueprint's paths count. */
export interface DockerfilePlace {
  readonly path: string;
  readonly base: string;
}

/**
 * The Dockerfile that a service is built from. Its path is relative to the root of the repository; whether `rootDir` comes
 * before it is not said clearly, and a Blueprint may stand in a folder that is a repository of its own for Render: the
 * one that exists is meant. https://render.com/docs/blueprint-spec#dockerfilepath
 */
export function dockerfilePlace(
  { dockerfile, rootDir }: { readonly dockerfile: string; readonly rootDir: string },
  blueprint: string,
  files: FileReader,
): DockerfilePlace | undefined {
  const places = new Map<string, DockerfilePlace>();
  for (const base of new Set(['.', folderOf(blueprint)])) {
    for (const path of [join(base, rootDir, dockerfile), join(base, dockerfile)]) {
      if (!places.has(path) && files.kind(path) === 'file') places.set(path, { path, base });
    }
  }
  const [only, ...more] = places.values();
  return more.length === 0 ? only : undefined;
}
