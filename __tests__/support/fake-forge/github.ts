import { githubLabel, githubPull, githubRepository } from './github-answers.js';
import { type FakeAnswer, type FakeRequest, paged, startServer } from './server.js';
import {
  type FakeForge,
  type FakeForgeOptions,
  type FakePull,
  fakePull,
  firstPulls,
  hasBranch,
} from './state.js';

/** As GitHub Enterprise puts it below its host. */
const ROOT = '/api/v3';

const DOCS = 'https://docs.github.com/rest';

/** GitHub with one repository: as much of https://docs.github.com/en/rest/pulls as harden uses. */
export async function startFakeGithub(options: FakeForgeOptions): Promise<FakeForge> {
  const path = options.path ?? 'octo/app';
  const pulls = firstPulls(path, options.pulls);
  const labels = [...(options.labels ?? [])];
  const [owner = ''] = path.split('/');

  const answer = async (request: FakeRequest): Promise<FakeAnswer> => {
    const { method } = request;
    if (request.headers.authorization !== `Bearer ${options.token}`) return refusal(401, 'Bad credentials');
    if (options.formerPath !== undefined && request.path.startsWith(`/repos/${options.formerPath}`)) {
      const location = server.url + request.url.replace(options.formerPath, path);
      return {
        status: method === 'GET' ? 301 : 307,
        headers: { location },
        body: { message: 'Moved Permanently', url: location },
      };
    }
    if (request.path === `/repos/${path}` && method === 'GET') {
      return { status: 200, body: githubRepository(server.url, path, options) };
    }
    const [, rest] = request.path.split(`/repos/${path}/`);
    if (rest === undefined) return refusal(404, 'Not Found');
    if (options.archived === true && method !== 'GET')
      return refusal(403, 'Repository was archived so is read-only.');
    if (rest === 'pulls') return method === 'POST' ? open(request) : list(request);
    const [, kind, digits, action] = /^(pulls|issues)\/(\d+)(?:\/(\w+))?$/.exec(rest) ?? [];
    const pull = pulls.find(({ number }) => number === Number(digits));
    if (pull === undefined) return refusal(404, 'Not Found');
    if (kind === 'pulls' && action === undefined)
      return method === 'PATCH' ? change(pull, request) : shown(pull);
    if (kind === 'issues' && action === 'labels' && method === 'POST') return label(pull, request);
    if (action === 'requested_reviewers' && method === 'POST') return review(pull, request);
    return refusal(404, 'Not Found');
  };

  const shown = (pull: FakePull, status = 200): FakeAnswer => ({
    status,
    body: githubPull(server.url, path, pull, options, 'full'),
  });

  const list = (request: FakeRequest): FakeAnswer => {
    const [of = '', ...branch] = (request.query.get('head') ?? ':').split(':');
    const state = request.query.get('state') ?? 'open';
    const found = pulls
      .filter(({ head }) => of === '' || (head.path.startsWith(`${of}/`) && head.branch === branch.join(':')))
      .filter((pull) => state === 'all' || (state === 'open') === (pull.state === 'open'))
      .sort((one, other) => other.number - one.number)
      .map((pull) => githubPull(server.url, path, pull, options, 'simple'));
    return paged(request, found, 'per_page', server.url);
  };

  const open = async (request: FakeRequest): Promise<FakeAnswer> => {
    const body = request.body as {
      head: string;
      head_repo?: string;
      base: string;
      title: string;
      body?: string;
      draft?: boolean;
    };
    const [headOwner = owner, branch = ''] = body.head.includes(':')
      ? body.head.split(':')
      : [owner, body.head];
    const fork = options.forks?.find((name) => name === body.head_repo || name.startsWith(`${headOwner}/`));
    const from = body.head_repo === undefined && headOwner === owner ? path : (fork ?? '');
    if (!(await hasBranch(options, from, branch, path))) return invalid({ field: 'head', code: 'invalid' });
    if (!(await hasBranch(options, path, body.base, path)))
      return invalid({ field: 'base', code: 'invalid' });
    if (body.base === branch && from === path) {
      return invalid({ code: 'custom', message: `No commits between ${body.base} and ${branch}` });
    }
    if (
      pulls.some(
        (pull) =>
          pull.state === 'open' &&
          pull.head.branch === branch &&
          pull.head.path === from &&
          pull.base === body.base,
      )
    ) {
      return invalid({
        code: 'custom',
        message: `A pull request already exists for ${headOwner}:${branch}.`,
      });
    }
    const made = fakePull(path, Math.max(0, ...pulls.map(({ number }) => number)) + 1, {
      title: body.title,
      body: body.body ?? '',
      base: body.base,
      draft: body.draft ?? false,
      head: { branch, path: from },
    });
    pulls.push(made);
    return shown(made, 201);
  };

  const change = (pull: FakePull, request: FakeRequest): FakeAnswer => {
    Object.assign(pull, request.body);
    return shown(pull);
  };

  const label = (pull: FakePull, request: FakeRequest): FakeAnswer => {
    const { labels: wanted } = request.body as { labels: string[] };
    labels.push(...wanted.filter((name) => !labels.includes(name)));
    pull.labels = [...new Set([...pull.labels, ...wanted])];
    return { status: 200, body: pull.labels.map((name) => githubLabel(server.url, path, name)) };
  };

  const review = (pull: FakePull, request: FakeRequest): FakeAnswer => {
    const body = request.body as { reviewers?: string[]; team_reviewers?: string[] };
    const known = options.reviewers ?? [];
    const strangers = [
      ...(body.reviewers ?? []).filter((name) => !known.includes(name)),
      ...(body.team_reviewers ?? []).filter((name) => !known.includes(`${owner}/${name}`)),
    ];
    if (strangers.length > 0) {
      return refusal(
        422,
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
      );
    }
    pull.reviewers = [...new Set([...pull.reviewers, ...(body.reviewers ?? [])])];
    pull.teams = [...new Set([...pull.teams, ...(body.team_reviewers ?? [])])];
    return { status: 201, body: githubPull(server.url, path, pull, options, 'simple') };
  };

  const server = await startServer(ROOT, answer, options.witness);
  return { ...server, api: `${server.url}${ROOT}`, path, pulls, labels };
}

function refusal(status: number, message: string): FakeAnswer {
  return { status, body: { message, documentation_url: DOCS, status: String(status) } };
}

function invalid(error: {
  readonly field?: string;
  readonly code: string;
  readonly message?: string;
}): FakeAnswer {
  return {
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [{ resource: 'PullRequest', ...error }],
      documentation_url: `${DOCS}/pulls/pulls#create-a-pull-request`,
      status: '422',
    },
  };
}

/** What GitHub says when something goes wrong that a request can't help. */
export const GITHUB_FAULTS = {
  unauthorized: refusal(401, 'Bad credentials'),
  /** A fine-grained token that may not write. */
  forbidden: {
    status: 403,
    headers: { 'x-accepted-github-permissions': 'pull_requests=write' },
    body: {
      message: 'Resource not accessible by personal access token',
      documentation_url: DOCS,
      status: '403',
    },
  },
  /** The token of a workflow, where the settings do not let it. */
  workflow: refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.'),
  singleSignOn: {
    status: 403,
    headers: { 'x-github-sso': 'required; url=https://github.com/orgs/octo/sso?authorization_request=AZSC' },
    body: { message: 'Resource protected by organization SAML enforcement.', documentation_url: DOCS },
  },
  /** The primary limit, until so many seconds from now. */
  primaryLimit: (seconds: number): FakeAnswer => ({
    status: 403,
    headers: {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + seconds),
    },
    body: { message: 'API rate limit exceeded for user ID 1.', documentation_url: DOCS },
  }),
  secondaryLimit: (seconds: number): FakeAnswer => ({
    status: 403,
    headers: { 'retry-after': String(seconds) },
    body: { message: 'You have exceeded a secondary rate limit.', documentation_url: DOCS },
  }),
  /** GitHub's own page when it is down. */
  down: { status: 502, body: '<html><body><h1>502 Bad Gateway</h1></body></html>' },
  /** A proxy's login page. */
  page: { status: 200, body: '<!doctype html><title>Sign in</title>' },
} as const;
