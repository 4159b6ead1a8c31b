import { pullRequestBody, pullRequestTitle, type PullRequestFacts } from '../../templates/pull-request.js';
import type { Answer, Forge, Head, PullRequest } from '../forge/types.js';
import { updatedBody } from './body.js';

/** How the pull requests are to be. */
export interface PullRequestOptions {
  /** The branch that they are to be merged into. */
  readonly base: string;
  readonly prefix: string | undefined;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
}

/** What became of a pull request. */
export interface Published {
  readonly pull: PullRequest;
  readonly was: 'opened' | 'updated' | 'unchanged';
  /** What of it failed: the pull request itself is there. */
  readonly problems: readonly string[];
}

/** The pull request of a branch that is to be brought up to date, or why there must be none. */
export type Standing =
  | { readonly kind: 'open'; readonly pull: PullRequest }
  /** The last one was closed without a merge: that was somebody's decision. */
  | { readonly kind: 'declined'; readonly pull: PullRequest }
  | { readonly kind: 'none' };

/** @param pulls those of the branch, the newest first. */
export function standingOf(pulls: readonly PullRequest[]): Standing {
  const pull = pulls.find(({ state }) => state === 'open');
  if (pull !== undefined) return { kind: 'open', pull };
  const [last] = pulls;
  return last?.state === 'closed' ? { kind: 'declined', pull: last } : { kind: 'none' };
}

/**
 * Opens the pull request of a branch that was pushed, or brings its body and base up to date. The title is people's once it
 * is open, and so is the question who reviews it.
 */
export async function publish(
  forge: Forge,
  from: Head,
  open: PullRequest | undefined,
  facts: PullRequestFacts,
  options: PullRequestOptions,
): Promise<Answer<Published>> {
  const own = pullRequestBody(facts, forge.bodyLimit - RESERVED);
  const { base } = options;
  const answer =
    open === undefined
      ? await forge.open({
          ...{ from, base, body: own, draft: options.draft },
          title: pullRequestTitle(facts, options.prefix),
        })
      : await bringUpToDate(forge, open, base, own);
  if (!answer.ok) return answer;
  const pull = answer.value;
  const was = open === undefined ? 'opened' : pull === open ? 'unchanged' : 'updated';
  const problems: string[] = [];
  if (options.labels.length > 0) {
    const labelled = await forge.addLabels(pull.number, options.labels);
    if (!labelled.ok) problems.push(`it has no labels yet: ${labelled.problem.reason}`);
  }
  if (was === 'opened' && options.reviewers.length > 0) {
    const asked = await forge.requestReviewers(pull.number, options.reviewers);
    if (!asked.ok) problems.push(`nobody was asked to review it: ${asked.problem.reason}`);
  }
  return { ok: true, value: { pull, was, problems } };
}

/** Room for what people write around harden's part. */
const RESERVED = 4096;

async function bringUpToDate(
  forge: Forge,
  open: PullRequest,
  base: string,
  own: string,
): Promise<Answer<PullRequest>> {
  const body = updatedBody(open.body, own);
  const sameBody = body.trim() === open.body.replaceAll('\r\n', '\n').trim();
  if (sameBody && open.base === base) return { ok: true, value: open };
  return forge.update(open.number, {
    ...(sameBody ? {} : { body }),
    ...(open.base === base ? {} : { base }),
  });
}
