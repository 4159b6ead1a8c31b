import { type FakeAnswer, type FakeRequest, paged, startServer } from './server.js';
import {
  type FakeForge,
  type FakeForgeOptions,
  type FakePull,
  fakePull,
  firstPulls,
  hasBranch,
} from './state.js';

const ROOT = '/api/v4';

/** The number of the project; its forks have those that follow. */
const ID = 42;

const NOON = '2026-01-02T12:00:00.000Z';
const DRAFT = /^(?:\[draft\]|\(draft\)|draft:)\s*/i;

/** GitLab with one project: as much of https://docs.gitlab.com/api/merge_requests/ as harden uses. */
export async function startFakeGitlab(options: FakeForgeOptions): Promise<FakeForge> {
  const path = options.path ?? 'group/sub/app';
  const pulls = firstPulls(path, options.pulls);
  const labels = [...(options.labels ?? [])];
  const projects = [path, ...(options.forks ?? [])];
  const idOf = (name: string): number => ID + projects.indexOf(name);
  const userId = (name: string): number => 100 + (options.reviewers ?? []).indexOf(name);
  const user = (username: string): object => ({
    id: userId(username),
    username,
    name: username,
    state: 'active',
    web_url: `${server.url}/${username}`,
  });

  const answer = async (request: FakeRequest): Promise<FakeAnswer> => {
    const { method } = request;
    if (request.headers.authorization !== `Bearer ${options.token}`)
      return { status: 401, body: { message: '401 Unauthorized' } };
    if (request.path === '/users') {
      const name = request.query.get('username') ?? '';
      return { status: 200, body: options.reviewers?.includes(name) === true ? [user(name)] : [] };
    }
    const [, id = '', rest = ''] = /^\/projects\/(.+?)(\/merge_requests.*)?$/.exec(request.path) ?? [];
    if (id === options.formerPath) {
      if (method !== 'GET')
        return { status: 405, body: { message: 'Non GET methods are not allowed for moved projects' } };
      return {
        status: 301,
        headers: {
          location: server.url + request.url.replace(encodeURIComponent(id), encodeURIComponent(path)),
        },
      };
    }
    const project = projects.find((name) => name === id || String(idOf(name)) === id);
    if (project === undefined) return { status: 404, body: { message: '404 Project Not Found' } };
    if (rest === '') {
      return {
        status: 200,
        body: {
          id: idOf(project),
          path_with_namespace: project,
          default_branch: options.defaultBranch ?? 'main',
          archived: options.archived ?? false,
          web_url: `${server.url}/${project}`,
        },
      };
    }
    if (rest === '/merge_requests') return method === 'POST' ? open(project, request) : list(request);
    const pull = pulls.find(({ number }) => rest === `/merge_requests/${number}`);
    if (pull === undefined || project !== path) return { status: 404, body: { message: '404 Not found' } };
    if (method === 'PUT') change(pull, request);
    return { status: 200, body: shown(pull) };
  };

  const shown = (pull: FakePull): object => ({
    id: 1000 + pull.number,
    iid: pull.number,
    project_id: ID,
    title: (pull.draft ? 'Draft: ' : '') + pull.title,
    description: pull.body === '' ? null : pull.body,
    state: pull.state === 'open' ? 'opened' : pull.state,
    created_at: NOON,
    updated_at: NOON,
    source_branch: pull.head.branch,
    target_branch: pull.base,
    source_project_id: idOf(pull.head.path),
    target_project_id: ID,
    draft: pull.draft,
    labels: pull.labels,
    reviewers: pull.reviewers.map(user),
    web_url: `${server.url}/${path}/-/merge_requests/${pull.number}`,
  });

  const list = (request: FakeRequest): FakeAnswer => {
    const branch = request.query.get('source_branch');
    const state = request.query.get('state') ?? 'all';
    const found = pulls
      .filter(({ head }) => branch === null || head.branch === branch)
      .filter((pull) => state === 'all' || state === (pull.state === 'open' ? 'opened' : pull.state))
      .sort((one, other) => other.number - one.number);
    return paged(request, found.map(shown), 'per_page', server.url);
  };

  const open = async (project: string, request: FakeRequest): Promise<FakeAnswer> => {
    const body = request.body as {
      source_branch: string;
      target_branch: string;
      target_project_id?: number;
      title: string;
      description?: string;
    };
    const conflict = pulls.find(
      ({ state, head, base }) =>
        state === 'open' &&
        head.branch === body.source_branch &&
        head.path === project &&
        base === body.target_branch,
    );
    if (conflict !== undefined) {
      return {
        status: 409,
        body: {
          message: [`Another open merge request already exists for this source branch: !${conflict.number}`],
        },
      };
    }
    // Without a target, it would be one within the fork.
    if ((body.target_project_id ?? idOf(project)) !== ID)
      return {
        status: 400,
        body: { message: { validate_fork: ['Source project is not a fork of the target project'] } },
      };
    if (!(await hasBranch(options, project, body.source_branch, path))) {
      return { status: 400, body: { message: { source_branch: ['does not exist'] } } };
    }
    if (!(await hasBranch(options, path, body.target_branch, path))) {
      return { status: 400, body: { message: { target_branch: ['does not exist'] } } };
    }
    const made = fakePull(path, Math.max(0, ...pulls.map(({ number }) => number)) + 1, {
      title: body.title.replace(DRAFT, ''),
      draft: DRAFT.test(body.title),
      body: body.description ?? '',
      base: body.target_branch,
      head: { branch: body.source_branch, path: project },
    });
    pulls.push(made);
    return { status: 201, body: shown(made) };
  };

  const change = (pull: FakePull, request: FakeRequest): void => {
    const body = request.body as {
      title?: string;
      description?: string;
      target_branch?: string;
      add_labels?: string[];
      reviewer_ids?: number[];
    };
    if (body.title !== undefined) {
      pull.title = body.title.replace(DRAFT, '');
      pull.draft = DRAFT.test(body.title);
    }
    pull.body = body.description ?? pull.body;
    pull.base = body.target_branch ?? pull.base;
    pull.labels = [...new Set([...pull.labels, ...(body.add_labels ?? [])])];
    labels.push(...pull.labels.filter((name) => !labels.includes(name)));
    const ids = body.reviewer_ids;
    if (ids !== undefined)
      pull.reviewers = (options.reviewers ?? []).filter((name) => ids.includes(userId(name)));
  };

  const server = await startServer(ROOT, answer, options.witness);
  return { ...server, api: `${server.url}${ROOT}`, path, pulls, labels };
}

/** What GitLab says when something goes wrong that a request can't help. */
export const GITLAB_FAULTS = {
  unauthorized: { status: 401, body: { message: '401 Unauthorized' } },
  expired: {
    status: 401,
    body: {
      error: 'invalid_token',
      error_description: 'Token is expired. You can either do re-authorization or token refresh.',
    },
  },
  forbidden: { status: 403, body: { message: '403 Forbidden' } },
  /** A token that may only read. */
  scope: {
    status: 403,
    body: {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: 'api',
    },
  },
  limit: (seconds: number): FakeAnswer => ({
    status: 429,
    headers: { 'retry-after': String(seconds), 'ratelimit-remaining': '0' },
    body: 'Retry later\n',
  }),
  down: { status: 502, body: '<html><title>GitLab is not responding (502)</title></html>' },
} as const;
