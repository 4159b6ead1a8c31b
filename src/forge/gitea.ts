import { done, once, then } from './answer.js';
import { allPages, createApi } from './api.js';
import { GITEA_DRAFT, markedTitle, unmarkedTitle } from './draft.js';
import { ensureLabels } from './gitea-labels.js';
import { FORGE_NAMES, openFor } from './problems.js';
import { type Json, listIn, maybeText, numberAt, objectIn, textAt } from './read.js';
import type { Transport } from './transport.js';
import type { Answer, Forge, Head, PullRequest, RepositoryPlace } from './types.js';

/** What a server gives at once unless it is set up otherwise: https://docs.gitea.com/development/api-usage#pagination */
const PAGE = 50;

/** Of the closed pull requests, so many pages of those that changed last are looked through: there is no search. */
const CLOSED_PAGES = 10;

/** Gitea and Forgejo: https://docs.gitea.com/api/, https://forgejo.org/docs/latest/user/api-usage/ */
export function createGitea(place: RepositoryPlace, token: string, transport: Transport): Forge {
  const api = createApi(place, token, `token ${token}`, transport);

  const repository = once(() =>
    then(
      api(
        {
          method: 'GET',
          path: `/repos/${encoded(place.path)}`,
          what: `read ${place.path}`,
          repository: place.path,
        },
        objectIn,
      ),
      (json) =>
        openFor(
          { path: textAt(json, 'full_name'), defaultBranch: maybeText(json, 'default_branch') },
          json.archived,
        ),
    ),
  );
  const inRepository = <T>(next: (root: string, path: string) => Promise<Answer<T>>): Promise<Answer<T>> =>
    then(repository(), ({ path }) => next(`/repos/${encoded(path)}`, path));

  const listed = (
    root: string,
    query: Readonly<Record<string, string>>,
    most?: number,
  ): Promise<Answer<readonly Json[]>> =>
    allPages(
      (page) =>
        api(
          {
            method: 'GET',
            path: `${root}/pulls`,
            query: { ...query, limit: PAGE, page },
            what: 'list the pull requests',
          },
          (json, headers) => ({ items: listIn(json).map(objectIn), headers }),
        ),
      most,
    );
  const edit = (root: string, number: number, body: Json): Promise<Answer<PullRequest>> =>
    api(
      { method: 'PATCH', path: `${root}/pulls/${number}`, body, what: `update pull request ${number}` },
      (json) => pullRequestOf(objectIn(json)),
    );

  return {
    name: FORGE_NAMES.gitea,
    noun: 'pull request',
    // Gitea names no limit: that of GitHub is long enough for a reader.
    bodyLimit: 65_536,
    repository,
    pullRequestsFrom: (from) =>
      inRepository((root, path) =>
        then(listed(root, { state: 'open' }), (open) =>
          then(listed(root, { state: 'closed', sort: 'recentupdate' }, CLOSED_PAGES), (closed) =>
            done(
              [...open, ...closed]
                .filter((pull) => isFrom(pull, from, path))
                .map(pullRequestOf)
                .sort((one, other) => other.number - one.number),
            ),
          ),
        ),
      ),
    open: ({ from, base, title, body, draft }) =>
      inRepository((root) =>
        api(
          {
            method: 'POST',
            path: `${root}/pulls`,
            body: {
              // A fork is named by its owner alone: an owner has a single fork.
              head: from.path === undefined ? from.branch : `${from.path.split('/')[0]}:${from.branch}`,
              base,
              title: markedTitle(GITEA_DRAFT, title, draft),
              body,
            },
            what: 'open the pull request',
          },
          (json) => pullRequestOf(objectIn(json)),
        ),
      ),
    update: (number, { title, body, base }) =>
      inRepository(async (root) => {
        const rest = { ...(body === undefined ? {} : { body }), ...(base === undefined ? {} : { base }) };
        if (title === undefined) return edit(root, number, rest);
        // A new title must not turn a draft into one that can be merged.
        return then(
          api(
            { method: 'GET', path: `${root}/pulls/${number}`, what: `update pull request ${number}` },
            (json) => pullRequestOf(objectIn(json)),
          ),
          ({ draft }) => edit(root, number, { title: markedTitle(GITEA_DRAFT, title, draft), ...rest }),
        );
      }),
    addLabels: (number, labels) =>
      inRepository((root, path) =>
        then(ensureLabels(api, root, path.split('/')[0] ?? '', labels), (ids) =>
          api(
            {
              method: 'POST',
              path: `${root}/issues/${number}/labels`,
              body: { labels: ids },
              what: `label pull request ${number}`,
            },
            () => undefined,
          ),
        ),
      ),
    requestReviewers: (number, reviewers) =>
      inRepository((root) =>
        api(
          {
            method: 'POST',
            path: `${root}/pulls/${number}/requested_reviewers`,
            body: {
              reviewers: reviewers.filter((reviewer) => !reviewer.includes('/')),
              team_reviewers: reviewers.flatMap((reviewer) => reviewer.split('/').slice(1)),
            },
            what: `ask for reviews of pull request ${number}`,
          },
          () => undefined,
        ),
      ),
  };
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function isFrom(pull: Json, from: Head, repository: string): boolean {
  const head = objectIn(pull.head);
  // The repository of the head is null when the fork is gone.
  if (head.ref !== from.branch || head.repo === null || head.repo === undefined) return false;
  const path = textAt(objectIn(head.repo), 'full_name');
  return path.toLowerCase() === (from.path ?? repository).toLowerCase();
}

function pullRequestOf(json: Json): PullRequest {
  const { title, draft } = unmarkedTitle(GITEA_DRAFT, textAt(json, 'title'));
  return {
    number: numberAt(json, 'number'),
    url: textAt(json, 'html_url'),
    state: json.merged === true ? 'merged' : textAt(json, 'state') === 'open' ? 'open' : 'closed',
    title,
    body: maybeText(json, 'body'),
    base: textAt(objectIn(json.base), 'ref'),
    // Its own word counts where the server says it: the marks can be set up otherwise.
    draft: typeof json.draft === 'boolean' ? json.draft : draft,
    head: textAt(objectIn(json.head), 'ref'),
  };
}
