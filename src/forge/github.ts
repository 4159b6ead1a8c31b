import { request } from '@octokit/request';
import { done, failed, once, then } from './answer.js';
import { allPages, type Page } from './api.js';
import { FORGE_NAMES, openFor, problemOf } from './problems.js';
import { type Json, listIn, maybeText, numberAt, objectIn, textAt } from './read.js';
import { NoAnswer, type Transport } from './transport.js';
import type { Answer, Forge, Head, PullRequest, Repository, RepositoryPlace } from './types.js';

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions */
const API_VERSION = '2022-11-28';

const PAGE = 100;

/** What octokit says of an answer that is no success. */
interface OctokitError {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, unknown>>; readonly data: unknown };
  readonly cause?: unknown;
}

/** GitHub and GitHub Enterprise: https://docs.github.com/en/rest/pulls/pulls */
export function createGithub(place: RepositoryPlace, token: string, transport: Transport): Forge {
  const client = request.defaults({
    baseUrl: place.api,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'user-agent': 'harden',
      'x-github-api-version': API_VERSION,
    },
    request: { fetch: transport, log: { warn: () => undefined } },
  });

  /** Sends a request through octokit. An error that it makes of an answer becomes a problem. */
  const ask = async <T>(
    what: string,
    send: () => Promise<{ readonly data: unknown; readonly headers: object }>,
    read: (data: unknown, headers: Headers) => T,
    path?: string,
  ): Promise<Answer<T>> => {
    try {
      const { data, headers } = await send();
      return done(read(data, headersIn(headers)));
    } catch (error) {
      const { status, response, cause } = error as OctokitError;
      if (cause instanceof NoAnswer) throw cause;
      if (response === undefined) throw error;
      const headers = headersIn(response.headers);
      return failed(
        problemOf({ status, headers, body: response.data }, { place, token, what, repository: path }),
      );
    }
  };

  const repository = once<Repository>(() => {
    const [owner = '', repo = ''] = place.path.split('/');
    const found = ask(
      `read ${place.path}`,
      () => client('GET /repos/{owner}/{repo}', { owner, repo }),
      objectIn,
      place.path,
    );
    return then(found, (json) =>
      openFor(
        { path: textAt(json, 'full_name'), defaultBranch: textAt(json, 'default_branch') },
        json.archived,
      ),
    );
  });

  /** Goes on with the present names of the repository: a search for the branches of a former owner finds none. */
  const inRepository = <T>(
    next: (names: { readonly owner: string; readonly repo: string }) => Promise<Answer<T>>,
  ): Promise<Answer<T>> =>
    then(repository(), ({ path }) => {
      const [owner = '', repo = ''] = path.split('/');
      return next({ owner, repo });
    });

  return {
    name: FORGE_NAMES.github,
    noun: 'pull request',
    // https://github.com/orgs/community/discussions/41331: 65536 four-byte characters.
    bodyLimit: 65_536,
    repository,
    pullRequestsFrom: (from) =>
      inRepository(async (names) => {
        const found = await allPages((page) =>
          ask(
            'list the pull requests',
            () =>
              client('GET /repos/{owner}/{repo}/pulls', {
                ...names,
                head: `${from.path?.split('/')[0] ?? names.owner}:${from.branch}`,
                state: 'all',
                sort: 'created',
                direction: 'desc',
                per_page: PAGE,
                page,
              }),
            (pulls, headers): Page<Json> => ({ items: listIn(pulls).map(objectIn), headers }),
          ),
        );
        return then(found, (pulls) =>
          done(pulls.filter((pull) => isFrom(pull, from, `${names.owner}/${names.repo}`)).map(pullRequestOf)),
        );
      }),
    open: ({ from, base, title, body, draft }) =>
      inRepository((names) =>
        ask(
          'open the pull request',
          () =>
            client('POST /repos/{owner}/{repo}/pulls', {
              ...names,
              ...headOf(from, names.owner),
              base,
              title,
              body,
              draft,
            }),
          pullRequestOf,
        ),
      ),
    update: (number, { title, body, base }) =>
      inRepository((names) =>
        ask(
          `update pull request ${number}`,
          () =>
            client('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
              ...names,
              pull_number: number,
              ...(title === undefined ? {} : { title }),
              ...(body === undefined ? {} : { body }),
              ...(base === undefined ? {} : { base }),
            }),
          pullRequestOf,
        ),
      ),
    addLabels: (number, labels) =>
      inRepository((names) =>
        ask(
          `label pull request ${number}`,
          () =>
            client('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
              ...names,
              issue_number: number,
              labels: [...labels],
            }),
          () => undefined,
        ),
      ),
    requestReviewers: (number, reviewers) =>
      inRepository((names) =>
        ask(
          `ask for reviews of pull request ${number}`,
          () =>
            client('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', {
              ...names,
              pull_number: number,
              reviewers: reviewers.filter((reviewer) => !reviewer.includes('/')),
              // A team is named by its slug alone: it is one of the repository's organisation.
              team_reviewers: reviewers.flatMap((reviewer) => reviewer.split('/').slice(1)),
            }),
          () => undefined,
        ),
      ),
  };
}

function pullRequestOf(data: unknown): PullRequest {
  const pull = objectIn(data);
  const closed = textAt(pull, 'state') === 'open' ? 'open' : 'closed';
  return {
    number: numberAt(pull, 'number'),
    url: textAt(pull, 'html_url'),
    state: maybeText(pull, 'merged_at') === '' ? closed : 'merged',
    title: textAt(pull, 'title'),
    body: maybeText(pull, 'body'),
    base: textAt(objectIn(pull.base), 'ref'),
    draft: pull.draft === true,
    head: textAt(objectIn(pull.head), 'ref'),
  };
}

/** An owner can have several forks: the search finds the branches of each of them. */
function isFrom(pull: Json, { path, branch }: Head, repository: string): boolean {
  const head = objectIn(pull.head);
  // The repository of the head is null when the fork is gone.
  if (head.ref !== branch || head.repo === null) return false;
  return textAt(objectIn(head.repo), 'full_name').toLowerCase() === (path ?? repository).toLowerCase();
}

/** Within one organisation, `head_repo` names the fork: `owner:branch` would be a branch of the repository itself. */
function headOf(
  { branch, path }: Head,
  owner: string,
): { readonly head: string; readonly head_repo?: string } {
  if (path === undefined) return { head: branch };
  const [forkOwner = ''] = path.split('/');
  return forkOwner.toLowerCase() === owner.toLowerCase()
    ? { head: branch, head_repo: path }
    : { head: `${forkOwner}:${branch}` };
}

function headersIn(headers: object): Headers {
  const known = new Headers();
  for (const [name, value] of Object.entries(headers)) known.set(name, String(value));
  return known;
}
