import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../../io/process.js';
import { isMissing, type Command, type Engine, type Missing, type Tools } from '../tools.js';

/** What is built, and how. */
export interface BuildRequest {
  /** The folder that the paths are relative to. */
  readonly folder: string;
  readonly dockerfile: string;
  readonly context: string;
  readonly target: string | undefined;
  /** `NAME=value`, or `NAME` for the one of the environment. */
  readonly args: readonly string[];
  /** As `docker build --secret` takes them. */
  readonly secrets: readonly string[];
  /** Named contexts: `NAME=PATH`. */
  readonly contexts: readonly string[];
  readonly network: string | undefined;
}

/** What an image says of itself: https://github.com/opencontainers/image-spec/blob/main/config.md#properties */
export interface ImageConfig {
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly Env?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly WorkingDir?: string;
  /** Docker's own: https://docs.docker.com/reference/dockerfile/#healthcheck */
  readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
}

export interface ImageFacts {
  readonly config: ImageConfig;
  readonly layers: number;
  /** Undefined where the program doesn't say. */
  readonly bytes: number | undefined;
}

/** A program that builds images, and says what is in them. */
export interface Builder {
  readonly name: 'docker' | 'podman' | 'buildah';
  build(request: BuildRequest, tag: string, signal: AbortSignal): Promise<Outcome>;
  /** Undefined when there is no such image. */
  inspect(tag: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  /** The files of an image as a tar archive, without running it. */
  files(tag: string, onBytes: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<Outcome>;
  /** Also works after an abort. */
  remove(tag: string): Promise<void>;
}

/** Of whose run an image or a container is. */
export const LABEL = 'dev.harden.verify';

/** How long a build may take, in milliseconds. */
const BUILD_PATIENCE = 60 * 60_000;
/** How long anything else may. */
const PATIENCE = 10 * 60_000;

/** What this machine builds images with. */
export function findBuilder({ engine, buildah }: Pick<Tools, 'engine' | 'buildah'>): Builder | Missing {
  if (!isMissing(engine)) return engineBuilder(engine);
  return isMissing(buildah) ? engine : buildahBuilder(buildah);
}

/** Builds an image under a tag; the caller judges how it ended, and removes it. */
export function buildImage(
  builder: Builder,
  request: BuildRequest,
  tag: string,
  signal: AbortSignal,
): Promise<Outcome> {
  return builder.build(request, tag, signal);
}

function buildArguments(request: BuildRequest, tag: string): readonly string[] {
  const { dockerfile, target, args, secrets, contexts, network } = request;
  return [
    ...['--file', dockerfile, '--tag', tag, '--label', `${LABEL}=${process.pid}`],
    ...(target === undefined ? [] : ['--target', target]),
    ...(network === undefined ? [] : ['--network', network]),
    ...args.flatMap((arg) => ['--build-arg', arg]),
    ...secrets.flatMap((secret) => ['--secret', secret]),
    ...contexts.flatMap((context) => ['--build-context', context]),
  ];
}

/** BuildKit finds `Dockerfile.hardened.dockerignore` by itself. */
function ignoreFile({ folder, dockerfile }: BuildRequest): readonly string[] {
  const own = `${dockerfile}.dockerignore`;
  return existsSync(join(folder, own)) ? ['--ignorefile', own] : [];
}

/** The engine's own builder, and nothing of the user's settings of others: no push, no cache of elsewhere. */
const DOCKER_ENV = { DOCKER_BUILDKIT: '1', BUILDX_BUILDER: 'default', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' };

function engineBuilder(engine: Engine): Builder {
  const { name } = engine;
  return {
    name,
    build: (request, tag, signal) => {
      const own = name === 'docker' ? [] : ['--format', 'docker', ...ignoreFile(request)];
      const args = ['build', ...own, ...buildArguments(request, tag), request.context];
      const env = name === 'docker' ? DOCKER_ENV : {};
      return engine.call(args, { cwd: request.folder, env, timeout: BUILD_PATIENCE, signal });
    },
    inspect: async (tag, signal) => {
      const { stdout } = await engine.call(['image', 'inspect', tag], { timeout: PATIENCE, signal });
      const [image] = parsed<readonly Inspected[]>(stdout) ?? [];
      if (image === undefined) return undefined;
      const { Config: config, RootFS: root, Size: bytes, HealthCheck: healthcheck } = image;
      return {
        // Podman has it beside the configuration.
        config: healthcheck === undefined ? (config ?? {}) : { ...config, Healthcheck: healthcheck },
        layers: root?.Layers?.length ?? 0,
        bytes,
      };
    },
    files: async (tag, onBytes, signal) => {
      // The command is never run; an image may have none of its own.
      const container = tag.replace(/[^\w.-]/g, '-');
      const label = ['--label', `${LABEL}=${process.pid}`];
      const create = ['create', '--name', container, '--network', 'none', ...label, tag, '/none'];
      try {
        const created = await engine.call(create, { timeout: PATIENCE, signal });
        if (created.code !== 0) return created;
        if (name === 'docker')
          return await engine.call(['export', container], { timeout: PATIENCE, signal, onOutput: onBytes });
        return await throughFile(onBytes, (file) =>
          engine.call(['export', '--output', file, container], { timeout: PATIENCE, signal }),
        );
      } finally {
        await engine.call(['rm', '--force', '--volumes', container], { timeout: PATIENCE });
      }
    },
    remove: async (tag) => {
      await engine.call(['image', 'rm', '--force', tag], { timeout: PATIENCE });
    },
  };
}

interface Inspected {
  readonly Config?: ImageConfig;
  readonly RootFS?: { readonly Layers?: readonly string[] };
  readonly Size?: number;
  readonly HealthCheck?: NonNullable<ImageConfig['Healthcheck']>;
}

function buildahBuilder(buildah: Command): Builder {
  return {
    name: 'buildah',
    build: (request, tag, signal) =>
      buildah.call(
        [
          ...['build', '--format', 'docker', '--layers', ...ignoreFile(request)],
          ...[...buildArguments(request, tag), request.context],
        ],
        { cwd: request.folder, timeout: BUILD_PATIENCE, signal },
      ),
    inspect: async (tag, signal) => {
      const args = ['inspect', '--type', 'image', tag];
      const { stdout } = await buildah.call(args, { timeout: PATIENCE, signal });
      const image = parsed<{ readonly Docker?: BuildahImage }>(stdout)?.Docker;
      if (image === undefined) return undefined;
      return { config: image.config ?? {}, layers: image.rootfs?.diff_ids?.length ?? 0, bytes: undefined };
    },
    files: (tag, onBytes, signal) =>
      throughFile(onBytes, async (file, folder) => {
        await writeFile(join(folder, 'Containerfile'), `FROM ${tag}\n`);
        const output = ['--output', `type=tar,dest=${file}`, '--file', join(folder, 'Containerfile')];
        return buildah.call(['build', '--quiet', ...output, folder], { timeout: PATIENCE, signal });
      }),
    remove: async (tag) => {
      await buildah.call(['rmi', '--force', tag], { timeout: PATIENCE });
    },
  };
}

/** Podman and Buildah open the output by its name, which the pipes of Node don't allow. */
async function throughFile(
  onBytes: (bytes: Uint8Array) => void,
  write: (file: string, folder: string) => Promise<Outcome>,
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'harden-files-'));
  try {
    const file = join(folder, 'files.tar');
    const outcome = await write(file, folder);
    if (outcome.code === 0) for await (const bytes of createReadStream(file)) onBytes(bytes as Uint8Array);
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface BuildahImage {
  readonly config?: ImageConfig;
  readonly rootfs?: { readonly diff_ids?: readonly string[] };
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
