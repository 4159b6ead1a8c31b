import { join, posix } from 'node:path';
import { parse } from 'yaml';
import { readTextFile } from '../../io/files.js';
import type { SourceFile } from '../../io/discover.js';
import { fullName } from './names.js';

/** An image that the project builds. Paths are from the root of the repository, and begin with `./`. */
export interface BuiltImage {
  readonly context: string;
  readonly file: string;
  readonly target: string;
  /** The name that the project gives it, with its registry; undefined where it gives none. */
  readonly name: string | undefined;
  /** What tells it from the project's other images: a service or a folder. */
  readonly part: string;
  /** The names of build arguments that the workflow does not pass. */
  readonly args: readonly string[];
}

export interface ProjectImages {
  readonly built: readonly BuiltImage[];
  /** The names of images that the project only pulls. */
  readonly pulled: readonly string[];
  /** What is left out, and why. */
  readonly left: readonly string[];
}

interface Service {
  readonly image?: unknown;
  readonly build?: unknown;
}

const OUTSIDE = 'it lies outside the repository';

type Build = Readonly<Record<string, unknown>>;

/** The images that Compose files build and pull; those of Dockerfiles where no Compose file builds one. */
export function imagesOf(root: string, files: readonly SourceFile[]): ProjectImages {
  const built = new Map<string, BuiltImage>();
  const pulled = new Set<string>();
  const left: string[] = [];
  const add = (image: BuiltImage): void => {
    const key = [image.context, image.file, image.target].join('\n');
    const first = built.get(key);
    if (first === undefined) built.set(key, image);
    else if (first.name === undefined && image.name !== undefined)
      built.set(key, { ...first, name: image.name });
  };
  for (const { path } of files.filter(({ format }) => format === 'compose')) {
    for (const [service, { image, build }] of servicesIn(root, path)) {
      const name = typeof image === 'string' ? fullName(image) : undefined;
      if (build === undefined || build === null) {
        if (name !== undefined) pulled.add(name);
        continue;
      }
      const made = imageOf(path, service, build, name);
      if (typeof made === 'string') left.push(`the image of ${JSON.stringify(service)} in ${path}: ${made}`);
      else add(made);
    }
  }
  if (built.size === 0) {
    for (const { path } of files.filter(({ format }) => format === 'dockerfile')) {
      if (!/(?:^|\/)(?:Docker|Container)file$/.test(path)) continue;
      const made = placed({ context: posix.dirname(path), file: path, target: '' });
      if (typeof made === 'string') left.push(`the image of ${JSON.stringify(path)}: ${made}`);
      else
        add({
          ...made,
          name: undefined,
          part: posix.basename(posix.dirname(posix.resolve('/', path))),
          args: [],
        });
    }
  }
  return {
    built: [...built.values()],
    pulled: [...pulled].filter((name) => ![...built.values()].some((image) => image.name === name)).sort(),
    left,
  };
}

function imageOf(
  compose: string,
  service: string,
  build: unknown,
  name: string | undefined,
): BuiltImage | string {
  const {
    context = '.',
    dockerfile = 'Dockerfile',
    target = '',
    args,
    ...rest
  } = (
    typeof build === 'string' ? { context: build } : typeof build === 'object' ? build : { context: 0 }
  ) as Build;
  if (rest.dockerfile_inline !== undefined) return 'its Dockerfile is a part of the Compose file';
  if (typeof context !== 'string' || typeof dockerfile !== 'string' || typeof target !== 'string')
    return 'its build is not one that harden can read';
  if (/^(?:[\w+.-]+:\/\/|git@|github\.com\/)/.test(context)) return 'it is built from another repository';
  if (posix.isAbsolute(context) || posix.isAbsolute(dockerfile)) return OUTSIDE;
  const folder = posix.join(posix.dirname(compose), context);
  const made = placed({ context: folder, file: posix.join(folder, dockerfile), target });
  if (typeof made === 'string') return made;
  // A name without a slash is one of this machine, not of a registry.
  const published = name?.startsWith('docker.io/library/') === true ? undefined : name;
  return { ...made, name: published, part: service, args: argumentNames(args) };
}

/** Names only: a value may be a secret. */
function argumentNames(args: unknown): readonly string[] {
  if (Array.isArray(args)) return args.map((arg) => String(arg).split('=', 1)[0]!);
  return typeof args === 'object' && args !== null ? Object.keys(args) : [];
}

type Place = Pick<BuiltImage, 'context' | 'file' | 'target'>;

/**
 * A place that no CI reads as anything but text: GitHub evaluates `${{ }}`, build-push-action `{{ }}`, GitLab `$NAME`, and
 * an output of a step ends at its line.
 */
function placed({ context, file, target }: Place): Place | string {
  if (target !== '' && !/^[\w.-]+$/.test(target)) return 'its target is not the name of a stage';
  for (const path of [context, file]) {
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}$\\`]|\{\{/u.test(path))
      return 'its path has a character that a CI reads as more than text';
    if (path === '..' || path.startsWith('../')) return OUTSIDE;
  }
  const here = (path: string): string =>
    `./${posix.normalize(path).replace(/\/$/, '')}`.replace(/^\.\/\.$/, '.');
  return { context: here(context), file: here(file), target };
}

function servicesIn(root: string, path: string): readonly (readonly [string, Service])[] {
  const read = readTextFile(join(root, path));
  if (!read.ok) return [];
  try {
    const { services } = (parse(read.text, { logLevel: 'silent', merge: true }) ?? {}) as {
      readonly services?: unknown;
    };
    return typeof services === 'object' && services !== null
      ? Object.entries(services).filter(
          (entry): entry is [string, Service] => typeof entry[1] === 'object' && entry[1] !== null,
        )
      : [];
  } catch {
    // What is broken is told by the commands that read it.
    return [];
  }
}
