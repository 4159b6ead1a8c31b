import { FORGE_NAMES } from './problems.js';
import { parseRemote, type Remote } from './remote.js';
import type { ForgeKind, RepositoryPlace } from './types.js';

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a user says of the forge. */
export interface PlaceOptions {
  readonly forge?: ForgeKind | undefined;
  /** The root of its API. */
  readonly apiUrl?: string | undefined;
  readonly environment: Environment;
}

export type FoundPlace =
  { readonly ok: true; readonly place: RepositoryPlace } | { readonly ok: false; readonly reason: string };

/** The forge and the repository that a remote of git stands for. Credentials in its URL are neither kept nor repeated. */
export function findPlace(remoteUrl: string, options: PlaceOptions): FoundPlace {
  const remote = parseRemote(remoteUrl);
  if (!remote.ok) return remote;
  const told = options.apiUrl === undefined ? undefined : apiRoot(options.apiUrl);
  if (told !== undefined && !told.ok) return told;
  const own = serverOfJob(options.environment, remote.value);
  const kind = options.forge ?? own?.kind ?? knownKind(remote.value.host);
  if (kind === undefined) {
    return refused(
      `harden does not know which forge ${remote.value.host} is: say --forge github, gitlab or gitea, and --api-url where the API is on another host`,
    );
  }
  const api = told?.api ?? (own?.kind === kind ? own.api : undefined) ?? apiOf(kind, remote.value);
  // An address that is told may be that of another host than git's: an alias in SSH's configuration, a mirror.
  const host = told === undefined ? remote.value.host : hostOf(api);
  const path = withoutRoot(remote.value.path, api);
  const parts = path.split('/').length;
  if (parts < 2 || (parts > 2 && kind !== 'gitlab')) {
    return refused(`${remote.value.host}/${path} is not the address of a repository on ${FORGE_NAMES[kind]}`);
  }
  return { ok: true, place: { kind, api, host, path } };
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

/** The forges that everybody can use. */
function knownKind(host: string): ForgeKind | undefined {
  if (host === 'github.com' || host.endsWith('.ghe.com')) return 'github';
  if (host === 'gitlab.com') return 'gitlab';
  return ['codeberg.org', 'gitea.com'].includes(host) ? 'gitea' : undefined;
}

/**
 * Where a forge has its API.
 * https://docs.github.com/en/enterprise-server@latest/rest/enterprise-admin#endpoint-urls,
 * https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom,
 * https://docs.gitlab.com/api/rest/, https://docs.gitea.com/development/api-usage
 */
function apiOf(kind: ForgeKind, { scheme, host }: Remote): string {
  if (kind === 'gitlab') return `${scheme}://${host}/api/v4`;
  if (kind === 'gitea') return `${scheme}://${host}/api/v1`;
  if (host === 'github.com' || host.endsWith('.ghe.com')) return `https://api.${host}`;
  return `${scheme}://${host}/api/v3`;
}

/** The host that people see of an API. */
function hostOf(api: string): string {
  return new URL(api).host.replace(/^api\.(?=github\.com$|[\w-]+\.ghe\.com$)/, '');
}

function apiRoot(
  url: string,
): { readonly ok: true; readonly api: string } | { readonly ok: false; readonly reason: string } {
  if (!URL.canParse(url)) return refused('--api-url needs a URL, such as https://git.example.org/api/v1');
  const { protocol, hostname, host, pathname, username } = new URL(url);
  if (username !== '')
    return refused('--api-url must hold no credentials: the token comes from the environment');
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
    return refused(
      `--api-url must begin with https:// : the token would be sent to ${host} for everyone to read`,
    );
  }
  return { ok: true, api: `${protocol}//${host}${pathname.replace(/\/+$/, '')}` };
}

function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

/** A forge that does not stand at the root of its host has the part before its repositories in its API's address too. */
function withoutRoot(path: string, api: string): string {
  const root = new URL(api).pathname.replace(/\/api\/v\d+$/, '').slice(1);
  return root !== '' && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/**
 * The forge whose job this is, when the remote is on it.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables,
 * https://docs.gitlab.com/ci/variables/predefined_variables/,
 * https://forgejo.org/docs/latest/user/actions/reference/#variables
 */
function serverOfJob(
  environment: Environment,
  remote: Remote,
): { readonly kind: ForgeKind; readonly api: string } | undefined {
  for (const { kind, server, api } of jobServers(environment)) {
    if (server === undefined || api === undefined || !URL.canParse(server)) continue;
    const root = apiRoot(api);
    if (root.ok && new URL(server).host === remote.host) return { kind, api: root.api };
  }
  return undefined;
}

/** The servers that the variables of a job name. */
export function jobServers(environment: Environment): readonly {
  readonly kind: ForgeKind;
  readonly server: string | undefined;
  readonly api: string | undefined;
}[] {
  const { GITHUB_SERVER_URL, GITHUB_API_URL, FORGEJO_SERVER_URL, FORGEJO_API_URL } = environment;
  // Gitea's and Forgejo's runners set the variables of GitHub's too.
  const gitea =
    environment.GITEA_ACTIONS === 'true' ||
    environment.FORGEJO_ACTIONS === 'true' ||
    /\/api\/v1\/?$/.test(GITHUB_API_URL ?? '');
  return [
    { kind: 'gitea', server: FORGEJO_SERVER_URL, api: FORGEJO_API_URL },
    { kind: gitea ? 'gitea' : 'github', server: GITHUB_SERVER_URL, api: GITHUB_API_URL },
    { kind: 'gitlab', server: environment.CI_SERVER_URL, api: environment.CI_API_V4_URL },
  ];
}
