import { done, failed, once, problem, then } from './answer.js';
import { allPages, createApi } from './api.js';
import { GITLAB_DRAFT, markedTitle, unmarkedTitle } from './draft.js';
import { FORGE_NAMES, openFor } from './problems.js';
import { type Json, listIn, maybeText, numberAt, objectIn, textAt } from './read.js';
import type { Transport } from './transport.js';
import type { Answer, Forge, PullRequest, Repository, RepositoryPlace } from './types.js';

const PAGE = 100;

interface Project extends Repository {
  readonly id: number;
}

/** GitLab: https://docs.gitlab.com/api/merge_requests/ */
export function createGitlab(place: RepositoryPlace, token: string, transport: Transport): Forge {
  const api = createApi(place, token, `Bearer ${token}`, transport);

  const projectAt = (path: string): Promise<Answer<Project>> =>
    then(
      api(
        {
          method: 'GET',
          path: `/projects/${encodeURIComponent(path)}`,
          what: `read ${path}`,
          repository: path,
        },
        (json) => objectIn(json),
      ),
      (project) => {
        const known = {
          path: textAt(project, 'path_with_namespace'),
          // An empty project has none.
          defaultBranch: maybeText(project, 'default_branch'),
        };
        return then(openFor(known, project.archived), () => done({ ...known, id: numberAt(project, 'id') }));
      },
    );
  /** A project that was renamed answers to its former name, but takes no orders by it: its number always works. */
  const project = once(() => projectAt(place.path));
  const sourceOf = (path: string | undefined): Promise<Answer<Project>> =>
    path === undefined ? project() : projectAt(path);

  const mergeRequest = (number: number, what: string): Promise<Answer<Json>> =>
    then(project(), ({ id }) =>
      api({ method: 'GET', path: `/projects/${id}/merge_requests/${number}`, what }, objectIn),
    );
  const change = (number: number, what: string, body: Json): Promise<Answer<Json>> =>
    then(project(), ({ id }) =>
      api({ method: 'PUT', path: `/projects/${id}/merge_requests/${number}`, body, what }, objectIn),
    );
  const userNamed = (name: string): Promise<Answer<Json>> =>
    then(
      api(
        { method: 'GET', path: '/users', query: { username: name }, what: `find the user ${name}` },
        (json) => listIn(json).map(objectIn),
      ),
      ([user]) =>
        user === undefined ? failed(problem('invalid', `${place.host} has no user ${name}`)) : done(user),
    );

  return {
    name: FORGE_NAMES.gitlab,
    noun: 'merge request',
    // https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
    bodyLimit: 1_000_000,
    repository: project,
    pullRequestsFrom: ({ branch, path }) =>
      then(project(), ({ id }) =>
        then(sourceOf(path), (source) =>
          then(
            allPages((page) =>
              api(
                {
                  method: 'GET',
                  path: `/projects/${id}/merge_requests`,
                  query: {
                    source_branch: branch,
                    state: 'all',
                    order_by: 'created_at',
                    sort: 'desc',
                    per_page: PAGE,
                    page,
                  },
                  what: 'list the merge requests',
                },
                (json, headers) => ({ items: listIn(json).map(objectIn), headers }),
              ),
            ),
            (found) => done(found.filter((one) => one.source_project_id === source.id).map(mergeRequestOf)),
          ),
        ),
      ),
    open: ({ from, base, title, body, draft }) =>
      then(project(), (target) =>
        // A merge request is made in the project that it comes from.
        then(sourceOf(from.path), (source) =>
          api(
            {
              method: 'POST',
              path: `/projects/${source.id}/merge_requests`,
              body: {
                source_branch: from.branch,
                target_branch: base,
                target_project_id: target.id,
                title: markedTitle(GITLAB_DRAFT, title, draft),
                description: body,
              },
              what: 'open the merge request',
            },
            (json) => mergeRequestOf(objectIn(json)),
          ),
        ),
      ),
    update: async (number, { title, body, base }) => {
      const what = `update merge request ${number}`;
      // A new title must not turn a draft into one that can be merged.
      const before = title === undefined ? done<Json>({}) : await mergeRequest(number, what);
      return then(before, async (known) =>
        then(
          await change(number, what, {
            ...(title === undefined ? {} : { title: markedTitle(GITLAB_DRAFT, title, isDraft(known)) }),
            ...(body === undefined ? {} : { description: body }),
            ...(base === undefined ? {} : { target_branch: base }),
          }),
          (json) => done(mergeRequestOf(json)),
        ),
      );
    },
    addLabels: async (number, labels) =>
      then(change(number, `label merge request ${number}`, { add_labels: labels }), () => done(undefined)),
    requestReviewers: async (number, reviewers) => {
      const ids: number[] = [];
      for (const name of reviewers) {
        const user = await userNamed(name);
        if (!user.ok) return user;
        ids.push(numberAt(user.value, 'id'));
      }
      const what = `ask for reviews of merge request ${number}`;
      return then(mergeRequest(number, what), async (known) => {
        const wanted = [...new Set([...reviewersOf(known), ...ids])];
        return then(change(number, what, { reviewer_ids: wanted }), (after) => {
          const missing = reviewers.filter((_, index) => !reviewersOf(after).includes(ids[index]!));
          if (missing.length === 0) return done(undefined);
          // https://docs.gitlab.com/user/project/merge_requests/reviews/#request-a-review: one, without Premium.
          return failed(
            problem(
              'invalid',
              `${place.host} did not ask ${missing.join(', ')} for a review: they may not see the project, or its licence allows a single reviewer`,
            ),
          );
        });
      });
    },
  };
}

function isDraft(mergeRequest: Json): boolean {
  return mergeRequest.draft === true || unmarkedTitle(GITLAB_DRAFT, maybeText(mergeRequest, 'title')).draft;
}

function reviewersOf({ reviewers }: Json): readonly number[] {
  return listIn(reviewers ?? []).map((user) => numberAt(objectIn(user), 'id'));
}

function mergeRequestOf(json: Json): PullRequest {
  const state = textAt(json, 'state');
  return {
    number: numberAt(json, 'iid'),
    url: textAt(json, 'web_url'),
    // One that is being merged is `locked` for that time.
    state: state === 'merged' || state === 'closed' ? state : 'open',
    title: unmarkedTitle(GITLAB_DRAFT, textAt(json, 'title')).title,
    body: maybeText(json, 'description'),
    base: textAt(json, 'target_branch'),
    draft: isDraft(json),
    head: textAt(json, 'source_branch'),
  };
}
