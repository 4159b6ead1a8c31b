import { call, type Outcome } from '../io/process.js';
import { done, failed, problem } from './answer.js';
import { type Environment, jobServers } from './detect.js';
import { FORGE_NAMES } from './problems.js';
import type { Answer, ForgeKind, RepositoryPlace } from './types.js';

export interface Token {
  readonly value: string;
  /** Where it was found: `GITHUB_TOKEN`, `gh auth token`. */
  readonly source: string;
}

/** Runs a program that keeps tokens. */
export type Ask = (program: string, args: readonly string[]) => Promise<Outcome>;

/** A program that asks for a password or for the network must not hold the run up. */
const TIMEOUT_MS = 10_000;

/** What is kept is asked for: the command lines would hand out these variables instead, for whatever host. */
const UNSET = Object.fromEntries(
  (
    'GH_TOKEN GITHUB_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN ' +
    'GITLAB_TOKEN GITLAB_ACCESS_TOKEN OAUTH_TOKEN'
  )
    .split(' ')
    .map((name) => [name, '']),
);

const askProgram: Ask = (program, args) => call(program, args, { timeout: TIMEOUT_MS, env: UNSET });

/** A variable with a token, and the hosts that it is for. */
interface Variable {
  readonly name: string;
  readonly isFor: (host: string) => boolean;
}

/**
 * The token for a repository: of a variable, or of the forge's own command line. A token goes to the host that it is for
 * and to no other.
 */
export async function findToken(
  place: RepositoryPlace,
  environment: Environment,
  ask: Ask = askProgram,
): Promise<Answer<Token>> {
  const variables = variablesOf(place.kind, environment);
  const set = variables.filter(({ name }) => (environment[name] ?? '').trim() !== '');
  const fitting = set.find(({ isFor }) => isFor(place.host));
  if (fitting !== undefined) {
    const value = (environment[fitting.name] ?? '').trim();
    return isToken(value)
      ? done({ value, source: fitting.name })
      : failed(
          problem(
            'no-token',
            `${fitting.name} holds no token: there is a space, a line break or a letter in it that no token has`,
          ),
        );
  }
  const kept = await keptToken(place, ask);
  return kept === undefined ? failed(problem('no-token', missing(place, environment, set))) : done(kept);
}

function variablesOf(kind: ForgeKind, environment: Environment): readonly Variable[] {
  const all: Variable = { name: 'HARDEN_TOKEN', isFor: () => true };
  const job = (of: ForgeKind): readonly string[] =>
    jobServers(environment).flatMap(({ kind: server, server: url }) =>
      server === of && url !== undefined && URL.canParse(url) ? [new URL(url).host] : [],
    );
  /** The host that another variable says, when it says one. */
  const onlyFor = (...names: readonly string[]) => {
    const said = names.flatMap((name) => environment[name] ?? []).map(hostIn);
    return (host: string) => said.length === 0 || said.includes(host);
  };
  switch (kind) {
    case 'github': {
      const servers = job('github');
      const foreign = jobServers(environment).some(
        ({ kind: server, server: url }) => server === 'gitea' && url !== undefined,
      );
      return [
        all,
        // As gh does: https://cli.github.com/manual/gh_help_environment
        { name: 'GH_TOKEN', isFor: isPublicGithub },
        // That of a workflow is one of the server that runs it, be it Gitea.
        {
          name: 'GITHUB_TOKEN',
          isFor: (host) => (servers.length > 0 ? servers.includes(host) : !foreign && isPublicGithub(host)),
        },
        { name: 'GH_ENTERPRISE_TOKEN', isFor: isEnterprise },
        { name: 'GITHUB_ENTERPRISE_TOKEN', isFor: isEnterprise },
      ];
    }
    case 'gitlab': {
      const isFor = onlyFor('GITLAB_HOST', 'GL_HOST', 'GITLAB_URI', 'CI_SERVER_URL');
      return [all, { name: 'GITLAB_TOKEN', isFor }, { name: 'GL_TOKEN', isFor }];
    }
    case 'gitea': {
      const servers = job('gitea');
      const inJob = (host: string): boolean => servers.length === 0 || servers.includes(host);
      return [
        all,
        { name: 'GITEA_TOKEN', isFor: (host) => onlyFor('GITEA_SERVER_URL')(host) && inJob(host) },
        { name: 'FORGEJO_TOKEN', isFor: inJob },
        { name: 'GITHUB_TOKEN', isFor: (host) => servers.includes(host) },
      ];
    }
  }
}

function isPublicGithub(host: string): boolean {
  return host === 'github.com' || host.endsWith('.ghe.com');
}

function isEnterprise(host: string): boolean {
  return !isPublicGithub(host);
}

function hostIn(value: string): string {
  return URL.canParse(value) && value.includes('://') ? new URL(value).host : value.toLowerCase();
}

/** A header takes no line break and no letter beyond ASCII, and no forge makes tokens with spaces in them. */
function isToken(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value);
}

/** The token that the forge's command line keeps for this host. What it prints is never repeated. */
async function keptToken({ kind, host }: RepositoryPlace, ask: Ask): Promise<Token | undefined> {
  const commands: Partial<Record<ForgeKind, readonly [string, ...string[]]>> = {
    github: ['gh', 'auth', 'token', '--hostname', host],
    gitlab: ['glab', 'config', 'get', 'token', '--host', host],
  };
  const command = commands[kind];
  if (command === undefined) return undefined;
  const [program, ...args] = command;
  const { code, stdout } = await ask(program, args);
  const value = stdout.trim();
  return code === 0 && isToken(value) ? { value, source: command.slice(0, 3).join(' ') } : undefined;
}

const ADVICE: Readonly<Record<ForgeKind, string>> = {
  github: 'set GH_TOKEN (of GitHub Enterprise Server: GH_ENTERPRISE_TOKEN), or run gh auth login',
  gitlab: 'set GITLAB_TOKEN to a token with the scope api, or run glab auth login',
  gitea:
    'set GITEA_TOKEN (of Forgejo: FORGEJO_TOKEN) to a token with the scopes write:repository and write:issue',
};

function missing(
  { kind, host }: RepositoryPlace,
  environment: Environment,
  set: readonly Variable[],
): string {
  const others = set.map(({ name }) => name).join(' and ');
  const unused =
    others === '' ? '' : ` ${others} is not used: it is for another host. HARDEN_TOKEN is used for any host.`;
  // https://docs.gitlab.com/ci/jobs/ci_job_token/
  const job =
    kind === 'gitlab' && environment.CI_JOB_TOKEN !== undefined
      ? " A job's own CI_JOB_TOKEN can't open merge requests: give the job a project access token in a variable."
      : '';
  return `there is no token for ${FORGE_NAMES[kind]} at ${host}: ${ADVICE[kind]}.${unused}${job}`;
}
