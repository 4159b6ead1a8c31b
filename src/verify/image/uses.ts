import { existsSync } from 'node:fs';
import { isAbsolute, join as joinPath, relative, resolve, sep } from 'node:path';
import { BASE_NAMES } from '../../io/projects.js';
import { folderOf, join } from '../../workload/compose/project.js';
import { composeConfig, WHOLE_PROJECT } from '../compose/config.js';
import { composeFiles, type ComposeFiles } from '../compose/files.js';
import type { VerifyOptions } from '../options.js';
import type { Pair, WorkingCopy } from '../subject.js';
import { isMissing, type Command } from '../tools.js';
import type { BuildRequest } from './build.js';

/** The same build of both variants of a Dockerfile. */
export interface Use {
  /** What is built, where that is not all of the file: `target build`. */
  readonly part: string | undefined;
  readonly original: BuildRequest;
  readonly hardened: BuildRequest;
}

/** Finds how a Dockerfile is built: as each Compose service near it does, else from its own folder. */
export type FindUses = (pair: Pair) => Promise<readonly Use[]>;

export function createFindUses(copy: WorkingCopy, options: VerifyOptions): FindUses {
  const { compose } = options.tools;
  const projects = new Map<string, Promise<Project>>();
  const projectOf = (command: Command, files: readonly string[]): Promise<Project> => {
    const key = files.join('\n');
    const known = projects.get(key) ?? readProject(command, files, copy, options);
    projects.set(key, known);
    return known;
  };
  return async (pair) => {
    const found = new Map<string, Use>();
    for (const files of isMissing(compose) ? [] : filesNear(pair, copy)) {
      if (isMissing(compose)) break;
      const original = await projectOf(compose, files.original);
      const users = [...original].filter(([, build]) => build.dockerfile === pair.path);
      // The hardened project may give its builds more: secrets.
      const hardened = users.length === 0 ? original : await projectOf(compose, files.hardened);
      for (const [service, build] of users) {
        const other = hardened.get(service);
        const own = other?.dockerfile === pair.hardenedPath ? other : build;
        const use: Use = {
          part: build.target === undefined ? undefined : `target ${build.target}`,
          original: given(build, pair.path, options),
          hardened: given(own, pair.hardenedPath, options),
        };
        found.set(JSON.stringify(use), use);
      }
    }
    if (found.size > 0) return [...found.values()];
    const alone: BuildRequest = {
      ...{ folder: copy.folder, dockerfile: pair.path, context: folderOf(pair.path), target: undefined },
      ...{ args: [], secrets: [], contexts: [], network: undefined },
    };
    return [
      {
        part: undefined,
        original: given(alone, pair.path, options),
        hardened: given(alone, pair.hardenedPath, options),
      },
    ];
  };
}

/** What the user gives counts over what the project says. */
function given(
  request: BuildRequest,
  dockerfile: string,
  { buildArgs, buildNetwork, secrets }: VerifyOptions,
): BuildRequest {
  return {
    ...request,
    dockerfile,
    network: buildNetwork ?? request.network,
    args: [...request.args, ...buildArgs],
    secrets: [...request.secrets.filter((secret) => !secrets.some(sameId(secret))), ...secrets],
  };
}

function sameId(secret: string): (other: string) => boolean {
  const idOf = (text: string): string | undefined => /(?:^|,)id=([^,]+)/.exec(text)?.[1];
  return (other) => idOf(other) === idOf(secret);
}

/** The projects of the hardened Compose files, and of those in the Dockerfile's folder and above it. */
function filesNear(pair: Pair, copy: WorkingCopy): readonly ComposeFiles[] {
  const folders = ['.'];
  for (let at = folderOf(pair.path); at !== '.'; at = folderOf(at)) folders.push(at);
  const bases = folders.flatMap((folder) => {
    const base = BASE_NAMES.map((name) => join(folder, name)).find((path) =>
      existsSync(joinPath(copy.folder, path)),
    );
    return base === undefined ? [] : [composeFiles({ path: base, original: '' }, copy)];
  });
  const hardened = copy.pairs
    .filter(({ format }) => format === 'compose')
    .map((compose) => composeFiles(compose, copy));
  return [...new Map([...bases, ...hardened].map((files) => [files.original.join('\n'), files])).values()];
}

/** How each service is built, by its name; of those that build from the working copy. */
type Project = ReadonlyMap<string, BuildRequest>;

/** https://docs.docker.com/reference/compose-file/build/ */
interface ComposeBuild {
  readonly context?: string;
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly target?: string;
  readonly network?: string;
  readonly args?: Readonly<Record<string, string | null>> | null;
  readonly additional_contexts?: Readonly<Record<string, string>> | null;
  readonly secrets?: readonly { readonly source: string; readonly target?: string }[] | null;
}

interface ComposeConfig {
  readonly services?: Readonly<Record<string, { readonly build?: ComposeBuild | null }>>;
  readonly secrets?: Readonly<Record<string, { readonly file?: string; readonly environment?: string }>>;
}

async function readProject(
  compose: Command,
  files: readonly string[],
  copy: WorkingCopy,
  options: VerifyOptions,
): Promise<Project> {
  const folder = folderOf(files[0] ?? '.');
  const request = { files, folder, before: WHOLE_PROJECT, options: ['--format', 'json'] };
  const { code, stdout } = await composeConfig(compose, request, copy, options);
  // The static checks tell of a project that Compose doesn't accept.
  if (code !== 0) return new Map();
  const config = JSON.parse(stdout) as ComposeConfig;
  return new Map(
    Object.entries(config.services ?? {}).flatMap(([name, { build }]): [string, BuildRequest][] => {
      const request = build ? requestOf(build, config, copy) : undefined;
      return request === undefined ? [] : [[name, request]];
    }),
  );
}

function requestOf(
  build: ComposeBuild,
  { secrets = {} }: ComposeConfig,
  { folder }: WorkingCopy,
): BuildRequest | undefined {
  const { context, dockerfile = 'Dockerfile', target, network } = build;
  if (context === undefined || !isAbsolute(context) || build.dockerfile_inline !== undefined)
    return undefined;
  const [at, file] = [below(folder, context), below(folder, resolve(context, dockerfile))];
  if (at === undefined || file === undefined) return undefined;
  return {
    ...{ folder, dockerfile: file, context: at, target, network },
    args: Object.entries(build.args ?? {}).map(([name, value]) =>
      value === null ? name : `${name}=${value}`,
    ),
    contexts: Object.entries(build.additional_contexts ?? {}).map(([name, path]) => `${name}=${path}`),
    secrets: (build.secrets ?? []).flatMap(({ source, target: id = source }) => {
      const { file: src, environment } = secrets[source] ?? {};
      // A path may hold no comma: the option's syntax has no quotes for it.
      if (src !== undefined) return [`id=${id},src=${src}`];
      return environment === undefined ? [] : [`id=${id},env=${environment}`];
    }),
  };
}

/** A path relative to a folder; undefined for one outside. */
function below(folder: string, path: string): string | undefined {
  const inner = relative(folder, path);
  if (inner === '..' || inner.startsWith(`..${sep}`) || isAbsolute(inner)) return undefined;
  return inner === '' ? '.' : inner.split(sep).join('/');
}
