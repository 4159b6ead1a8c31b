import type { ImageFacts } from './build.js';
import type { Contents } from './contents.js';

/** What an image is, in figures. */
export interface ImageFigures {
  readonly bytes: number;
  readonly layers: number;
  /** Undefined where they can't be counted. */
  readonly packages: number | undefined;
  /** Paths of the files with a set-user or set-group bit; undefined where the files could not be read. */
  readonly setuid: readonly string[] | undefined;
  /** As the image says: a name or a number, perhaps with a group; empty for root. */
  readonly user: string;
  /** Undefined for a name that the image's `/etc/passwd` hasn't. */
  readonly uid: number | undefined;
  /** `3000/tcp` */
  readonly ports: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workdir: string;
  /** Names of the variables. */
  readonly env: readonly string[];
  readonly healthcheck: readonly string[] | undefined;
}

/** @param contents undefined where the files could not be read. */
export function figuresOf(
  { config, layers, bytes }: ImageFacts,
  contents: Contents | undefined,
): ImageFigures {
  const { User: user = '', WorkingDir: workdir = '' } = config;
  const test = config.Healthcheck?.Test ?? [];
  return {
    bytes: bytes ?? contents?.bytes ?? 0,
    layers,
    packages: contents?.packages,
    setuid: contents?.setuid,
    user,
    uid: uidOf(user, contents),
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    workdir: workdir === '' ? '/' : workdir,
    env: (config.Env ?? []).map((variable) => variable.split('=', 1)[0] ?? ''),
    healthcheck: test.length === 0 || test[0] === 'NONE' ? undefined : test,
  };
}

function uidOf(user: string, contents: Contents | undefined): number | undefined {
  const [name = ''] = user.split(':');
  if (name === '' || name === 'root') return 0;
  return /^\d+$/.test(name) ? Number(name) : contents?.users.get(name);
}

/** `size 1051 → 325 MB, layers 12 → 8, packages 417 → 97, setuid files 13 → 11, user root → node (1000), ports 3000` */
export function comparedFigures(before: ImageFigures, after: ImageFigures): string {
  const figures: readonly [name: string, of: (image: ImageFigures) => string | undefined, unit?: string][] = [
    ['size', ({ bytes }) => megabytes(bytes), ' MB'],
    ['layers', ({ layers }) => String(layers)],
    ['packages', ({ packages }) => packages?.toString()],
    ['setuid files', ({ setuid }) => setuid?.length.toString()],
    ['user', userText],
    ['ports', ({ ports }) => ports.map((port) => port.replace(/\/tcp$/, '')).join(' ') || 'none'],
  ];
  return figures
    .flatMap(([name, of, unit = '']) => {
      const [was, is] = [of(before), of(after)];
      if (was === undefined || is === undefined) return [];
      return [`${name} ${was === is ? is : `${was} → ${is}`}${unit}`];
    })
    .join(', ');
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return size < 10 ? size.toFixed(1) : String(Math.round(size));
}

function userText({ user, uid }: ImageFigures): string {
  if (uid === 0) return 'root';
  const [name = ''] = user.split(':');
  return uid === undefined || name === String(uid) ? name : `${name} (${uid})`;
}
