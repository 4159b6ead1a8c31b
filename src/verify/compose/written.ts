import { posix } from 'node:path';

/** More than these are no places to write to, but a program that unpacks itself. */
const MAX_PATHS = 12;

/** Mount points of the program that the engine puts in for `init: true`. */
const ENGINE_OWN = ['/usr/sbin/docker-init', '/sbin/docker-init', '/run/podman-init', '/dev/init'];

/**
 * The folders in which a container changed files of its image, the outermost ones that are new or hold what changed.
 * @param diff as `docker diff` prints it: `A` added, `C` changed, `D` deleted; a folder is changed when its content is.
 * @param mounted paths that are not the image's.
 */
export function writtenPaths(diff: string, mounted: readonly string[]): readonly string[] {
  const entries = diff
    .split('\n')
    .map((line) => /^([ACD]) (\/.*)$/.exec(line.trim()))
    .filter((match) => match !== null)
    .map(([, kind, path]) => ({ kind: kind!, path: path! }))
    .filter(({ path }) => ![...ENGINE_OWN, ...mounted].some((place) => isBelow(path, place)));
  const paths = new Set(entries.map(({ path }) => path));
  const isFolder = (path: string): boolean =>
    [...paths].some((other) => other !== path && isBelow(other, path));
  // A mount point is made in the image's folders, and is no content.
  const own = entries.filter(({ kind, path }) => kind !== 'C' || !isFolder(path));
  const folders = own
    .filter(({ path }) => ![...ENGINE_OWN, ...mounted].some((place) => isBelow(place, path)))
    .map(({ kind, path }) => {
      const parent = posix.dirname(path);
      return kind === 'A' && isFolder(path) ? path : parent;
    });
  const outermost = [...new Set(folders)].filter(
    (path) => path !== '/' && ![...folders].some((other) => other !== path && isBelow(path, other)),
  );
  return outermost.length > MAX_PATHS ? [] : outermost.sort();
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
