import { readDockerignore, type Dockerignore } from '../formats/dockerignore.js';
import type { DockerfileContext } from './context.js';
import { contextPath } from './copied-files.js';

/** The ignore file that a build reads. */
export interface IgnoreFile {
  /** Relative to the root. */
  readonly path: string;
  readonly ignore: Dockerignore;
}

/**
 * The ignore file in force for a Dockerfile: the one named after it, beside it, else the build context's own.
 * https://docs.docker.com/build/concepts/context/#filename-and-location
 */
export function ignoreFileOf(
  dockerfile: string,
  { files, buildContext }: Pick<DockerfileContext, 'files' | 'buildContext'>,
): IgnoreFile | undefined {
  for (const path of [`${dockerfile}.dockerignore`, contextPath(buildContext, '.dockerignore')]) {
    const text = files.read(path);
    if (text !== undefined) return { path, ignore: readDockerignore(text) };
  }
  return undefined;
}
