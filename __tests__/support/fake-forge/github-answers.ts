import type { FakeForgeOptions, FakePull } from './state.js';

type Json = Readonly<Record<string, unknown>>;

const NOON = '2026-01-02T12:00:00Z';
const SHA = '6dcb09b5b57875f334f61aebed695e2e4193db5e';

/** The parts of addresses in a user and in a repository that the API names: its answers hold them all. */
const USER_URLS =
  'followers following gists starred subscriptions organizations repos events received_events'.split(' ');
const REPOSITORY_URLS = (
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments ' +
  'downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages ' +
  'merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees'
).split(' ');

function urlsOf(names: readonly string[], url: string): Json {
  return Object.fromEntries(names.map((name) => [`${name}_url`, `${url}/${name}`]));
}

/** https://docs.github.com/en/rest/users/users#get-a-user */
function user(root: string, login: string): Json {
  const url = `${root}/api/v3/users/${login}`;
  return {
    login,
    id: 1,
    node_id: 'MDQ6VXNlcjE=',
    avatar_url: `${root}/images/${login}.gif`,
    gravatar_id: '',
    url,
    html_url: `${root}/${login}`,
    ...urlsOf(USER_URLS, url),
    type: 'User',
    site_admin: false,
  };
}

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export function githubRepository(root: string, path: string, options: FakeForgeOptions, id = 1): Json {
  const [owner = '', name = ''] = path.split('/');
  const url = `${root}/api/v3/repos/${path}`;
  return {
    id,
    node_id: 'MDEwOlJlcG9zaXRvcnkx',
    name,
    full_name: path,
    private: false,
    owner: user(root, owner),
    html_url: `${root}/${path}`,
    description: null,
    fork: id !== 1,
    url,
    ...urlsOf(REPOSITORY_URLS, url),
    git_url: `git://${new URL(root).host}/${path}.git`,
    ssh_url: `git@${new URL(root).host}:${path}.git`,
    clone_url: `${root}/${path}.git`,
    svn_url: `${root}/${path}`,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    default_branch: options.defaultBranch ?? 'main',
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 100,
    open_issues: 0,
    open_issues_count: 0,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: options.archived ?? false,
    disabled: false,
    pushed_at: NOON,
    created_at: NOON,
    updated_at: NOON,
    network_count: 0,
    subscribers_count: 0,
  };
}

/** https://docs.github.com/en/rest/issues/labels#list-labels-for-an-issue */
export function githubLabel(root: string, path: string, name: string): Json {
  return {
    id: 1,
    node_id: 'MDU6TGFiZWwx',
    url: `${root}/api/v3/repos/${path}/labels/${encodeURIComponent(name)}`,
    name,
    description: '',
    color: 'ededed',
    default: false,
  };
}

/** https://docs.github.com/en/rest/pulls/pulls: the simple form is that of lists. */
export function githubPull(
  root: string,
  path: string,
  pull: FakePull,
  options: FakeForgeOptions,
  form: 'simple' | 'full',
): Json {
  const url = `${root}/api/v3/repos/${path}/pulls/${pull.number}`;
  const issue = `${root}/api/v3/repos/${path}/issues/${pull.number}`;
  const page = `${root}/${path}/pull/${pull.number}`;
  const statuses = `${root}/api/v3/repos/${path}/statuses/${SHA}`;
  const end = (at: string, ref: string, id: number): Json => ({
    label: `${at.split('/')[0] ?? ''}:${ref}`,
    ref,
    sha: SHA,
    user: user(root, at.split('/')[0] ?? ''),
    repo: githubRepository(root, at, options, id),
  });
  const merged = pull.state === 'merged';
  return {
    url,
    id: pull.number,
    node_id: 'MDExOlB1bGxSZXF1ZXN0MQ==',
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${url}/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state === 'open' ? 'open' : 'closed',
    locked: false,
    title: pull.title,
    user: user(root, 'octocat'),
    body: pull.body === '' ? null : pull.body,
    labels: pull.labels.map((name) => githubLabel(root, path, name)),
    milestone: null,
    created_at: NOON,
    updated_at: NOON,
    closed_at: pull.state === 'open' ? null : NOON,
    merged_at: merged ? NOON : null,
    merge_commit_sha: null,
    assignee: null,
    requested_reviewers: pull.reviewers.map((login) => user(root, login)),
    head: end(pull.head.path, pull.head.branch, pull.head.path === path ? 1 : 2),
    base: end(path, pull.base, 1),
    _links: Object.fromEntries(
      Object.entries({
        self: url,
        html: page,
        issue,
        comments: `${issue}/comments`,
        review_comments: `${url}/comments`,
        review_comment: `${url}/comments{/number}`,
        commits: `${url}/commits`,
        statuses,
      }).map(([name, href]) => [name, { href }]),
    ),
    author_association: 'OWNER',
    auto_merge: null,
    draft: pull.draft,
    ...(form === 'simple'
      ? {}
      : {
          merged,
          mergeable: null,
          mergeable_state: 'unknown',
          merged_by: merged ? user(root, 'octocat') : null,
          maintainer_can_modify: true,
          comments: 0,
          review_comments: 0,
          commits: 1,
          additions: 1,
          deletions: 1,
          changed_files: 1,
        }),
  };
}
