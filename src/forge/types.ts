/** The three interfaces that harden talks to. Forgejo's is that of Gitea. */
export const FORGE_KINDS = ['github', 'gitlab', 'gitea'] as const;

export type ForgeKind = (typeof FORGE_KINDS)[number];

/** A repository on a forge. */
export interface RepositoryPlace {
  readonly kind: ForgeKind;
  /** The root of the API, without a final slash: `https://api.github.com`. */
  readonly api: string;
  /** Where people see it: `github.com`, `git.example.org:3000`. */
  readonly host: string;
  /** `owner/name`; on GitLab with all its groups. */
  readonly path: string;
}

/** A repository as its forge knows it today. */
export interface Repository {
  /** Its present name: it may have been renamed since it was cloned. */
  readonly path: string;
  readonly defaultBranch: string;
}

/** Where the commits of a pull request come from. */
export interface Head {
  readonly branch: string;
  /** The fork that holds the branch; absent when it is the repository itself. */
  readonly path?: string | undefined;
}

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  /** Without the word that marks a draft on GitLab and Gitea. */
  readonly title: string;
  readonly body: string;
  readonly base: string;
  readonly draft: boolean;
  /** The branch it comes from. */
  readonly head: string;
}

export interface NewPullRequest {
  readonly from: Head;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

/** What of a pull request is to change; the rest stays. */
export interface PullRequestChange {
  readonly title?: string | undefined;
  readonly body?: string | undefined;
  readonly base?: string | undefined;
}

export type ForgeProblemKind =
  | 'no-token'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'invalid'
  | 'rate-limit'
  | 'connection'
  | 'server';

/** Why a forge did not do what it was asked. */
export interface ForgeProblem {
  readonly kind: ForgeProblemKind;
  /** What happened and what to do, in a sentence or two. Holds no secret. */
  readonly reason: string;
}

export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ForgeProblem };

/** What harden asks of a forge, about one repository. Expected failures are answers, nothing is thrown. */
export interface Forge {
  /** `GitHub`, `GitLab`, `Gitea`. */
  readonly name: string;
  readonly noun: 'pull request' | 'merge request';
  /** What a body may hold, in characters. */
  readonly bodyLimit: number;
  /** Asked for once. It fails for a repository that takes no pull requests. */
  repository(): Promise<Answer<Repository>>;
  /** The pull requests from a branch, the newest first, whatever their state. */
  pullRequestsFrom(from: Head): Promise<Answer<readonly PullRequest[]>>;
  open(request: NewPullRequest): Promise<Answer<PullRequest>>;
  update(number: number, change: PullRequestChange): Promise<Answer<PullRequest>>;
  /** Adds to the labels that are there. Labels that the repository does not have yet are created. */
  addLabels(number: number, labels: readonly string[]): Promise<Answer<undefined>>;
  /** Asks for reviews by users, and on GitHub and Gitea by teams as `organisation/team`; those asked before stay. */
  requestReviewers(number: number, reviewers: readonly string[]): Promise<Answer<undefined>>;
}
