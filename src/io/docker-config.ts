import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The part of `config.json` that says who one is: https://docs.docker.com/reference/cli/docker/login/ */
interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string } | undefined>>;
  readonly credHelpers?: Readonly<Record<string, string | undefined>>;
  readonly credsStore?: string;
}

/** The name under which Docker keeps what it knows of Docker Hub. */
const HUB = 'https://index.docker.io/v1/';

/** Reads Docker's own configuration, so that who is logged in there is logged in here. */
export function dockerCredentials(
  folder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'),
): (registry: string) => Promise<Credentials | undefined> {
  let config: DockerConfig | undefined;
  return async (registry) => {
    config ??= readConfig(join(folder, 'config.json'));
    const key = registry === 'docker.io' ? HUB : registry;
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    if (helper !== undefined) return askHelper(helper, key);
    const auth = (config.auths?.[key] ?? config.auths?.[`https://${key}`])?.auth;
    return auth === undefined ? undefined : fromPair(Buffer.from(auth, 'base64').toString('utf8'));
  };
}

function readConfig(path: string): DockerConfig {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // Without one, or with a broken one, everybody is anonymous; a registry that wants more says so.
    return {};
  }
}

function fromPair(pair: string): Credentials | undefined {
  const colon = pair.indexOf(':');
  return colon < 1 ? undefined : { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

/** Speaks the protocol of https://github.com/docker/docker-credential-helpers: the server goes in, JSON comes out. */
function askHelper(name: string, server: string): Promise<Credentials | undefined> {
  // A name is no path: the configuration must not start any program there is.
  if (!/^[\w.-]+$/.test(name)) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const child = execFile(`docker-credential-${name}`, ['get'], { timeout: 10_000 }, (error, stdout) => {
      resolve(error === null ? fromHelper(stdout) : undefined);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(server);
  });
}

function fromHelper(output: string): Credentials | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as { Username?: string; Secret?: string };
    return Username === undefined || Secret === undefined
      ? undefined
      : { username: Username, password: Secret };
  } catch {
    return undefined;
  }
}
