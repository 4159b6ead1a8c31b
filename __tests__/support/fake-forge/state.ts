import type { FakeServer, Witness } from './server.js';

/** A pull request as the fake forges keep it. */
export interface FakePull {
  readonly number: number;
  state: 'open' | 'closed' | 'merged';
  title: string;
  body: string;
  base: string;
  draft: boolean;
  readonly head: { readonly branch: string; readonly path: string };
  labels: readonly string[];
  reviewers: readonly string[];
  teams: readonly string[];
}

export interface FakeForgeOptions {
  /** The repository that is there; `octo/app` unless it is said. */
  readonly path?: string;
  /** The only token that is accepted. */
  readonly token: string;
  readonly defaultBranch?: string;
  /** Its former name, which is redirected. */
  readonly formerPath?: string;
  readonly archived?: boolean;
  /** Branches of the repository, or of a fork as `owner/name:branch`; without it, any branch is there. */
  readonly branches?: () => readonly string[] | Promise<readonly string[]>;
  /** Forks of the repository, and nothing else, can be the source of a pull request. */
  readonly forks?: readonly string[];
  /** Users, and teams as `org/team`, who can review. */
  readonly reviewers?: readonly string[];
  /** The labels that are there from the start. */
  readonly labels?: readonly string[];
  readonly pulls?: readonly Partial<FakePull>[];
  readonly witness?: Witness;
}

/** A forge with one repository, in memory. */
export interface FakeForge extends FakeServer {
  /** What `createForge` takes as `api`. */
  readonly api: string;
  readonly path: string;
  readonly pulls: FakePull[];
  readonly labels: string[];
}

/** A pull request with what is not said of it. */
export function fakePull(path: string, number: number, known: Partial<FakePull>): FakePull {
  return {
    number,
    state: 'open',
    title: `Change ${number}`,
    body: '',
    base: 'main',
    draft: false,
    head: { branch: `branch-${number}`, path },
    labels: [],
    reviewers: [],
    teams: [],
    ...known,
  };
}

/** The pull requests that a forge has from the start, numbered as they come. */
export function firstPulls(path: string, known: readonly Partial<FakePull>[] = []): FakePull[] {
  return known.map((pull, index) => fakePull(path, index + 1, pull));
}

/** Whether there is a branch that a pull request could come from. */
export async function hasBranch(
  options: FakeForgeOptions,
  path: string,
  branch: string,
  own: string,
): Promise<boolean> {
  if (path !== own && options.forks?.includes(path) !== true) return false;
  const branches = await options.branches?.();
  return branches === undefined || branches.includes(path === own ? branch : `${path}:${branch}`);
}
