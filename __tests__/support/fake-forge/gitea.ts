import { type FakeAnswer, type FakeRequest, paged, startServer } from './server.js';
import {
  type FakeForge,
  type FakeForgeOptions,
  type FakePull,
  fakePull,
  firstPulls,
  hasBranch,
} from './state.js';

const ROOT = '/api/v1';
const NOON = '2026-01-02T12:00:00Z';
const DRAFT = /^(?:wip:|\[wip\])\s*/i;

/** Gitea with one repository: as much of https://docs.gitea.com/api/ as harden uses. */
export async function startFakeGitea(options: FakeForgeOptions): Promise<FakeForge> {
  const path = options.path ?? 'octo/app';
  const [owner = ''] = path.split('/');
  const pulls = firstPulls(path, options.pulls);
  const labels = [...(options.labels ?? [])];

  const answer = async (request: FakeRequest): Promise<FakeAnswer> => {
    const { method } = request;
    if (request.headers.authorization !== `token ${options.token}`) {
      return {
        status: 401,
        body: { message: 'user does not exist [uid: 0, name: ]', url: `${server.url}/api/swagger` },
      };
    }
    if (options.formerPath !== undefined && request.path.startsWith(`/repos/${options.formerPath}`)) {
      return { status: 307, headers: { location: request.url.replace(options.formerPath, path) } };
    }
    if (request.path === `/repos/${path}`) return { status: 200, body: repository(path) };
    if (request.path === `/orgs/${owner}/labels`) return missing();
    const [, rest] = request.path.split(`/repos/${path}/`);
    if (rest === 'pulls') return method === 'POST' ? open(request) : list(request);
    if (rest === 'labels') return method === 'POST' ? create(request) : listLabels(request);
    const [, kind, digits, action] = /^(pulls|issues)\/(\d+)(?:\/(\w+))?$/.exec(rest ?? '') ?? [];
    const pull = pulls.find(({ number }) => number === Number(digits));
    if (pull === undefined) return missing();
    if (kind === 'pulls' && action === undefined) {
      if (method === 'PATCH') change(pull, request);
      return { status: method === 'PATCH' ? 201 : 200, body: shown(pull) };
    }
    if (kind === 'issues' && action === 'labels') return label(pull, request);
    if (action === 'requested_reviewers') return review(pull, request);
    return missing();
  };

  const missing = (): FakeAnswer => ({
    status: 404,
    body: { message: "The target couldn't be found.", url: `${server.url}/api/swagger`, errors: [] },
  });
  const repository = (name: string): object => ({
    id: name === path ? 1 : 2,
    owner: { id: 1, login: name.split('/')[0] },
    name: name.split('/')[1],
    full_name: name,
    fork: name !== path,
    html_url: `${server.url}/${name}`,
    default_branch: options.defaultBranch ?? 'main',
    archived: options.archived ?? false,
  });
  const shownLabel = (name: string): object => ({
    id: labels.indexOf(name) + 1,
    name,
    color: 'ededed',
    description: '',
    url: `${server.url}${ROOT}/repos/${path}/labels/${labels.indexOf(name) + 1}`,
  });
  const shown = (pull: FakePull): object => ({
    id: pull.number,
    number: pull.number,
    url: `${server.url}/${path}/pulls/${pull.number}`,
    html_url: `${server.url}/${path}/pulls/${pull.number}`,
    title: (pull.draft ? 'WIP: ' : '') + pull.title,
    body: pull.body,
    labels: pull.labels.map(shownLabel),
    state: pull.state === 'open' ? 'open' : 'closed',
    merged: pull.state === 'merged',
    base: { label: pull.base, ref: pull.base, sha: '', repo_id: 1, repo: repository(path) },
    head: {
      label: pull.head.branch,
      ref: pull.head.branch,
      sha: '',
      repo_id: pull.head.path === path ? 1 : 2,
      repo: repository(pull.head.path),
    },
    created_at: NOON,
    updated_at: NOON,
  });

  const list = (request: FakeRequest): FakeAnswer => {
    const state = request.query.get('state') ?? 'open';
    const found = pulls
      .filter((pull) => state === 'all' || (state === 'open') === (pull.state === 'open'))
      .sort((one, other) => other.number - one.number);
    return paged(request, found.map(shown), 'limit', server.url);
  };

  const open = async (request: FakeRequest): Promise<FakeAnswer> => {
    const body = request.body as { head: string; base: string; title: string; body?: string };
    const [fork, branch] = body.head.includes(':')
      ? (body.head.split(':') as [string, string])
      : [path, body.head];
    // A fork is named by its owner, and by no more than that.
    const from = fork === path ? path : (options.forks?.find((name) => name.startsWith(`${fork}/`)) ?? '');
    if (!(await hasBranch(options, from, branch, path)) || !(await hasBranch(options, path, body.base, path)))
      return missing();
    if (
      pulls.some(
        ({ state, head, base }) =>
          state === 'open' && head.branch === branch && head.path === from && base === body.base,
      )
    ) {
      return {
        status: 409,
        body: {
          message: `pull request already exists for these targets [id: 1, issue_id: 1, head_repo_id: 1, base_repo_id: 1, head_branch: ${branch}, base_branch: ${body.base}]`,
          url: `${server.url}/api/swagger`,
        },
      };
    }
    const made = fakePull(path, Math.max(0, ...pulls.map(({ number }) => number)) + 1, {
      title: body.title.replace(DRAFT, ''),
      draft: DRAFT.test(body.title),
      body: body.body ?? '',
      base: body.base,
      head: { branch, path: from },
    });
    pulls.push(made);
    return { status: 201, body: shown(made) };
  };

  const change = (pull: FakePull, request: FakeRequest): void => {
    const body = request.body as { title?: string; body?: string; base?: string };
    if (body.title !== undefined) {
      pull.title = body.title.replace(DRAFT, '');
      pull.draft = DRAFT.test(body.title);
    }
    pull.body = body.body ?? pull.body;
    pull.base = body.base ?? pull.base;
  };

  const listLabels = (request: FakeRequest): FakeAnswer =>
    paged(request, labels.map(shownLabel), 'limit', server.url);
  const create = (request: FakeRequest): FakeAnswer => {
    const { name } = request.body as { name: string };
    labels.push(name);
    return { status: 201, body: shownLabel(name) };
  };
  const label = (pull: FakePull, request: FakeRequest): FakeAnswer => {
    const ids = (request.body as { labels: number[] }).labels;
    pull.labels = [...new Set([...pull.labels, ...ids.flatMap((id) => labels[id - 1] ?? [])])];
    return { status: 200, body: pull.labels.map(shownLabel) };
  };
  const review = (pull: FakePull, request: FakeRequest): FakeAnswer => {
    const body = request.body as { reviewers: string[]; team_reviewers: string[] };
    const known = options.reviewers ?? [];
    const stranger = body.reviewers.find((name) => !known.includes(name));
    if (stranger !== undefined) {
      return {
        status: 404,
        body: {
          message: `user does not exist [uid: 0, name: ${stranger}]`,
          url: `${server.url}/api/swagger`,
        },
      };
    }
    pull.reviewers = [...new Set([...pull.reviewers, ...body.reviewers])];
    pull.teams = [...new Set([...pull.teams, ...body.team_reviewers])];
    return {
      status: 201,
      body: body.reviewers.map((login, id) => ({ id, state: 'REQUEST_REVIEW', user: { id: 1, login } })),
    };
  };

  const server = await startServer(ROOT, answer, options.witness);
  return { ...server, api: `${server.url}${ROOT}`, path, pulls, labels };
}

/** What Gitea says when something goes wrong that a request can't help. */
export const GITEA_FAULTS = {
  unauthorized: { status: 401, body: { message: 'invalid username, password or token', url: '' } },
  /** A token without the scope. */
  scope: {
    status: 403,
    body: { message: 'token does not have at least one of required scope(s): [write:repository]', url: '' },
  },
  forbidden: { status: 403, body: { message: 'user should have permission to write to this repo', url: '' } },
  down: { status: 502, body: '<html><h1>502 Bad Gateway</h1></html>' },
} as const;
