import { findPlace } from '../forge/detect.js';
import { createForge } from '../forge/forge.js';
import { findToken } from '../forge/token.js';
import type { Forge, ForgeKind, RepositoryPlace } from '../forge/types.js';
import type { GitAnswer } from '../git/git.js';
import { commitOf, localBranches } from '../git/local.js';
import { readBranches } from '../git/remote.js';
import { remoteNames, remoteUrls, type Repository } from '../git/repository.js';

export interface DestinationOptions {
  readonly into: string | undefined;
  readonly remote: string | undefined;
  readonly upstream: string | undefined;
  readonly forge: ForgeKind | undefined;
  readonly apiUrl: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where branches go. */
export interface Destination {
  /** The branch that they are to be merged into, and where it is. */
  readonly base: string;
  readonly baseCommit: string;
  /** The remote that has the base; undefined where the branches stay here. */
  readonly upstream: string | undefined;
  /** The remote to push to; undefined where the branches stay here. */
  readonly remote: string | undefined;
  /** The branches there, and where they point to. */
  readonly tips: ReadonlyMap<string, string>;
}

/** Branches of the repository itself, on top of what is checked out. */
export async function localDestination(
  repository: Repository,
  { into }: DestinationOptions,
): Promise<GitAnswer<Destination>> {
  const base = into ?? repository.branch ?? 'HEAD';
  const commit = await commitOf(repository, into ?? 'HEAD');
  if (!commit.ok) return into === undefined ? { ok: false, reason: 'there is no commit here yet' } : commit;
  const tips = await localBranches(repository);
  if (!tips.ok) return tips;
  const here = { upstream: undefined, remote: undefined };
  return { ok: true, value: { base, baseCommit: commit.value, ...here, tips: tips.value } };
}

/** The remote to push to, the one to open pull requests at, and its branch to merge into. */
export async function remoteDestination(
  repository: Repository,
  options: DestinationOptions,
): Promise<GitAnswer<Destination>> {
  const names = await remoteNames(repository);
  if (!names.ok) return names;
  const known = names.value;
  if (known.length === 0)
    return refused(
      'the repository has no remote: git remote add origin <url>, or make the branches here with --no-push',
    );
  const stranger = [options.remote, options.upstream].find(
    (name) => name !== undefined && !known.includes(name),
  );
  if (stranger !== undefined)
    return refused(`there is no remote ${stranger}: it is one of ${known.join(', ')}`);
  const remote =
    options.remote ?? (known.includes('origin') ? 'origin' : known.length === 1 ? known[0] : undefined);
  if (remote === undefined)
    return refused(`which remote to push to? --remote takes one of ${known.join(', ')}`);
  const upstream = options.upstream ?? (known.includes('upstream') ? 'upstream' : remote);
  const there = await readBranches(repository, upstream);
  if (!there.ok) return there;
  const base = options.into ?? there.value.standard;
  if (base === undefined)
    return refused(
      `${upstream} does not say which branch is its own: name the one to merge into with --into`,
    );
  const baseCommit = there.value.tips.get(base);
  if (baseCommit === undefined)
    return refused(
      there.value.tips.size === 0
        ? `${upstream} is empty`
        : `${upstream} has no branch ${base}: name another with --into`,
    );
  const own = remote === upstream ? there : await readBranches(repository, remote);
  return own.ok ? { ok: true, value: { base, baseCommit, upstream, remote, tips: own.value.tips } } : own;
}

/** The forge that takes the pull requests. */
export interface ForgePlace {
  readonly forge: Forge;
  /** The fork that is pushed to, as the forge calls it; undefined where it is the repository itself. */
  readonly fork: string | undefined;
}

/** The forge of the remotes, once its token is found. Nothing is asked of it yet. */
export async function forgeOf(
  repository: Repository,
  { upstream, remote }: Destination,
  options: DestinationOptions,
): Promise<GitAnswer<ForgePlace>> {
  if (upstream === undefined || remote === undefined) return refused('nothing is pushed');
  const place = await placeOf(repository, upstream, options);
  if (!place.ok) return place;
  const source = remote === upstream ? place : await placeOf(repository, remote, options);
  if (!source.ok) return source;
  const token = await findToken(place.value, options.environment);
  if (!token.ok) return refused(token.problem.reason);
  if (source.value.host !== place.value.host)
    return refused(
      `${remote} is on ${source.value.host}, ${upstream} on ${place.value.host}: a pull request stays on one forge`,
    );
  const fork = source.value.path === place.value.path ? undefined : source.value.path;
  return { ok: true, value: { forge: await createForge(place.value, token.value.value), fork } };
}

/** By the address that git uses or, where that is a mirror's or an alias's, by the one that is written. */
async function placeOf(
  repository: Repository,
  remote: string,
  options: DestinationOptions,
): Promise<GitAnswer<RepositoryPlace>> {
  const urls = await remoteUrls(repository, remote);
  if (!urls.ok) return urls;
  const places = urls.value.map((url) => findPlace(url, options));
  const found = places.find((place) => place.ok);
  if (found?.ok === true) return { ok: true, value: found.place };
  const [first] = places;
  return refused(
    `${first?.ok === false ? first.reason : 'the remote has no address'}; --no-pull-request only pushes`,
  );
}

function refused(reason: string): GitAnswer<never> {
  return { ok: false, reason };
}
