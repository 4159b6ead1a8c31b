import { existsSync, realpathSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { builtIn } from '../registry.js';
import type { HardenConfig } from '../config/types.js';
import { isFix } from '../core/fixes.js';
import type { Format, Phase } from '../core/types.js';
import type { ForgeKind } from '../forge/types.js';
import type { GitAnswer } from '../git/git.js';
import { fetchCommits } from '../git/remote.js';
import { changedFiles, openRepository, type Repository } from '../git/repository.js';
import { checkOut, type Snapshot } from '../git/snapshot.js';
import { prepare, type FailedOutcome, type FileOutcome, type HardenOptions, type Run } from '../harden.js';
import { NEEDS_NAME } from '../io/config.js';
import { isInside } from '../io/files.js';
import { phaseBranches, transformBranches, type BranchPlan } from '../pr/branches.js';
import { forgeOf, localDestination, remoteDestination, type DestinationOptions } from '../pr/destination.js';
import { draftBranch } from '../pr/draft.js';
import { movesOf, prepareBranches, type PreparedBranch } from '../pr/prepared.js';
import { standingOf, type Standing } from '../pr/publish.js';
import { readVerification } from '../pr/verification.js';
import { problemOf, problemText } from '../render/problems.js';
import { plural } from '../render/text.js';
import type { Resolution, RuntimeBase } from '../workload/context.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { loadConfig, tellExpired } from './config.js';
import { realPlace } from './locate.js';
import { EXIT_CHANGES, EXIT_ERROR, print, printError, wantsColor, type ExitCode } from './output.js';
import { headOf, settle, type Work } from './pr-settle.js';
import { createPrText } from './pr-text.js';
import { runOptionsOf } from './settings.js';
import { createStatus } from './status.js';

export interface PrArguments {
  readonly paths: readonly string[];
  readonly dryRun?: boolean;
  readonly phase?: Phase;
  readonly perTransform?: boolean;
  readonly into?: string;
  readonly remote?: string;
  readonly upstream?: string;
  readonly branchPrefix: string;
  readonly titlePrefix?: string;
  readonly label: readonly string[];
  readonly reviewer: readonly string[];
  readonly draft?: boolean;
  readonly signOff?: boolean;
  /** What `harden verify --output json` printed. */
  readonly verification?: string;
  readonly push: boolean;
  readonly pullRequest: boolean;
  readonly again?: boolean;
  readonly allowDirty?: boolean;
  readonly forge?: ForgeKind;
  readonly apiUrl?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly format?: readonly Format[];
  readonly pinDigests?: boolean;
  readonly base?: RuntimeBase;
  readonly systemdVersion?: number;
  /** A config to read in place of the one that is found; false for none. */
  readonly config?: string | false;
  readonly color?: boolean;
}

/** `harden pr [paths..]`. */
export async function runPr(args: PrArguments): Promise<ExitCode> {
  const interruption = new AbortController();
  const interrupt = (): void => {
    interruption.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  try {
    const code = await pullRequests(args, interruption.signal);
    if (!interruption.signal.aborted) return code;
    printError('harden: interrupted: run harden pr again, it goes on from here\n');
    return EXIT_ERROR;
  } finally {
    for (const name of signals) process.off(name, interrupt);
  }
}

function fail(reason: string): ExitCode {
  printError(`harden: ${reason}\n`);
  return EXIT_ERROR;
}

async function pullRequests(args: PrArguments, signal: AbortSignal): Promise<ExitCode> {
  const opened = await openRepository(process.cwd(), signal);
  if (!opened.ok) return fail(opened.reason);
  const repository = opened.value;
  const outside = args.paths.find((path) => !isInside(repository.folder, realPlace(resolve(path))));
  if (outside !== undefined) return fail(`${outside} is not in the repository ${repository.folder}`);
  const dirty = args.allowDirty === true ? undefined : await dirtyReason(repository);
  if (dirty !== undefined) return fail(dirty);
  const verified = args.verification === undefined ? undefined : readVerification(resolve(args.verification));
  if (verified?.ok === false) return fail(`${args.verification ?? ''} ${verified.reason}`);
  if (verified !== undefined && verified.failures.length > 0) {
    printError(
      `harden: nothing is opened: ${args.verification ?? ''} says that a check failed\n${verified.failures.map((line) => `  ${line}\n`).join('')}`,
    );
    return EXIT_CHANGES;
  }

  const status = createStatus();
  const wanted: DestinationOptions = {
    ...{ into: args.into, remote: args.remote, upstream: args.upstream },
    ...{ forge: args.forge, apiUrl: args.apiUrl, environment: process.env },
  };
  status.say('asking the remote for its branches');
  const found = await (args.push ? remoteDestination : localDestination)(repository, wanted);
  status.end();
  if (!found.ok) return fail(found.reason);
  const destination = found.value;
  const place = args.push && args.pullRequest ? await forgeOf(repository, destination, wanted) : undefined;
  // A dry run shows what it can without one.
  if (place?.ok === false && args.dryRun !== true) return fail(place.reason);

  const { upstream, remote, base, tips } = destination;
  status.say(`fetching ${base}`);
  const own = [...tips.keys()].filter((name) => name.startsWith(args.branchPrefix));
  const fetched = await fetchAll(repository, [
    [upstream, [base]],
    [remote, own],
  ]);
  status.end();
  if (!fetched.ok) return fail(fetched.reason);
  for (const path of await unpushedConfigs(repository, destination.baseCommit))
    printError(
      `harden: ${path} is not followed as it is here: ${base}${upstream === undefined ? '' : ` of ${upstream}`} has it otherwise or not at all. Push it first\n`,
    );
  const snapshot = await checkOut(repository, destination.baseCommit, signal);
  if (!snapshot.ok) return fail(`the files of ${base} could not be checked out: ${snapshot.reason}`);
  try {
    return await inSnapshot({
      args,
      repository,
      destination,
      snapshot: snapshot.value,
      place,
      verification: verified?.verification,
      text: createPrText(wantsColor(args.color)),
    });
  } finally {
    snapshot.value.remove();
  }
}

async function fetchAll(
  repository: Repository,
  wanted: readonly (readonly [remote: string | undefined, branches: readonly string[]])[],
): Promise<GitAnswer<undefined>> {
  for (const [remote, branches] of wanted) {
    const fetched = remote === undefined ? undefined : await fetchCommits(repository, remote, branches);
    if (fetched?.ok === false) return fetched;
  }
  return { ok: true, value: undefined };
}

const MAX_NAMED = 5;

/** Why uncommitted work stands in the way: the pull request would not be what the user sees here. */
async function dirtyReason(repository: Repository): Promise<string | undefined> {
  const changed = await changedFiles(repository, (path) => /^harden\.config\./.test(basename(path)));
  if (!changed.ok) return changed.reason;
  if (changed.value.length === 0) return undefined;
  const named = changed.value.slice(0, MAX_NAMED).join(', ');
  const more = changed.value.length - MAX_NAMED;
  return `these are not committed: ${named}${more > 0 ? ` and ${more} more` : ''}. Commit or stash them, or leave them out with --allow-dirty`;
}

/** Configs that commits change which the base doesn't have: what they say has no effect yet. */
async function unpushedConfigs({ git }: Repository, base: string): Promise<readonly string[]> {
  const names = ['harden.config.*', NEEDS_NAME].map((name) => `:(top,glob)**/${name}`);
  const changed = await git.text(['diff', '--name-only', '-z', `${base}...HEAD`, '--', ...names]);
  // A shallow clone may lack the commits that tell.
  return changed.ok ? changed.value.split('\0').filter((path) => path !== '') : [];
}

async function inSnapshot(checkedOut: Omit<Work, 'lastPhase'>): Promise<ExitCode> {
  const { args, repository, destination, snapshot, text } = checkedOut;
  const { root, paths } = placesIn(snapshot, repository, args);
  const asked = configIn(snapshot, repository, args.config);
  // What a plugin imports is installed in the work tree, not in the checkout.
  const moved = { from: snapshot.folder, to: repository.folder };
  const loaded = await loadConfig(root, asked, { moved });
  if (loaded === undefined) return EXIT_ERROR;
  const { config } = loaded;
  // Phase 1 is the default of what changes the files themselves.
  const options = runOptionsOf({ ...args, inPlace: true }, loaded);
  if (typeof options === 'string') return fail(options);
  const work: Work = { ...checkedOut, lastPhase: options.phase };
  const plans = plansOf(args, { ...options, root, paths });

  const failures = new Map<string, FailedOutcome>();
  const met = new Set<number>();
  const status = createStatus();
  const pins = pinning(args, config, root);
  const prepared = await prepareBranches(plans, {
    repository,
    snapshot,
    base: destination.baseCommit,
    tips: destination.tips,
    independent: args.perTransform === true,
    signOff: args.signOff === true,
    draft: async ({ branch, phase, transform }) => {
      status.say(`planning ${branch}`);
      const draft = await draftBranch(
        {
          ...options,
          ...{ root, paths, phase, digests: pins.digests, prefix: args.titlePrefix, top: snapshot.folder },
          withControls: work.place !== undefined,
          enabled: (id) => (transform === undefined || id === transform) && options.enabled?.(id) !== false,
        },
        pins.fill,
      );
      status.end();
      for (const failure of draft.failures) failures.set(`${failure.path} ${failure.reason}`, failure);
      for (const risk of draft.met) met.add(risk);
      return draft;
    },
  });
  if (!prepared.ok) return fail(prepared.reason);
  for (const failure of failures.values()) printError(`harden: ${problemText(problemOf(failure))}\n`);
  if (config !== undefined) tellExpired(config, met);

  const branches =
    args.perTransform === true ? prepared.value.filter(({ commits }) => commits.length > 0) : prepared.value;
  if (branches.every(({ commits, current }) => commits.length === 0 && current === undefined)) {
    const phases = options.phase === 1 ? 'phase 1' : `phases up to ${options.phase}`;
    await print(`${destination.base} has nothing to change in ${phases}.\n${laterText(prepared.value)}`);
    return failures.size > 0 ? EXIT_ERROR : 0;
  }
  const standings = await readStandings(work, branches);
  if (!standings.ok) return fail(standings.reason);
  const moves = movesOf(branches, (branch) => declinedReason(standings.value.get(branch), args));
  let code: ExitCode = failures.size > 0 ? EXIT_ERROR : 0;
  for (const [at, branch] of branches.entries()) {
    const done = await settle(work, branch, moves[at]!, standings.value.get(branch));
    if (done > code) code = done;
    // What stands on a branch that could not be pushed can't be either.
    if (done === EXIT_ERROR) return done;
  }
  await print(laterText(prepared.value));
  if (args.dryRun === true) await print(text.line('same', 'nothing was made: this was a dry run'));
  return code;
}

/** What the next phase would add: a preview shows more than a pull request holds unless it is asked for. */
function laterText(prepared: readonly PreparedBranch[]): string {
  const [phase, count] = [...(prepared.at(-1)?.draft.changes.later ?? [])].sort(([a], [b]) => a - b)[0] ?? [];
  if (phase === undefined || count === undefined) return '';
  return `${count} more ${plural(count, 'change')} in phase ${phase}: harden pr --phase ${phase}\n`;
}

/** The paths of the user's work tree, in the snapshot. */
function placesIn(
  snapshot: Snapshot,
  { folder }: Repository,
  { paths }: PrArguments,
): { root: string; paths: readonly string[] } {
  const there = (path: string): string => join(snapshot.folder, relative(folder, path));
  const here = realpathSync(process.cwd());
  const wanted = paths.map((path) => realPlace(resolve(path)));
  const root = wanted.every((path) => isInside(here, path)) && existsSync(there(here)) ? here : folder;
  return { root: there(root), paths: wanted.map(there) };
}

/** The config that was named: as the commit has it, where it does. */
function configIn(
  snapshot: Snapshot,
  { folder }: Repository,
  asked: PrArguments['config'],
): PrArguments['config'] {
  if (asked === undefined || asked === false) return asked;
  const absolute = realPlace(resolve(asked));
  const committed = join(snapshot.folder, relative(folder, absolute));
  return isInside(folder, absolute) && existsSync(committed) ? committed : absolute;
}

function plansOf(args: PrArguments, options: HardenOptions): readonly BranchPlan[] {
  const { phase, enabled, registry = builtIn } = options;
  if (args.perTransform !== true) return phaseBranches(args.branchPrefix, phase);
  const acting = new Set([...prepare(options).outcomes()].flatMap(idsOfFixes));
  const ids = registry.ids.filter(
    (id) => acting.has(id) || (id === ignoreMeta.id && enabled?.(id) !== false),
  );
  return transformBranches(args.branchPrefix, phase, ids);
}

/** The transforms that could change a file. */
function idsOfFixes(outcome: FileOutcome): readonly string[] {
  if (outcome.kind !== 'planned') return [];
  return outcome.plan.entries.filter(({ finding }) => isFix(finding)).map(({ meta }) => meta.id);
}

interface Pinning {
  readonly digests: Map<string, Resolution> | undefined;
  readonly fill: (run: Run) => Promise<readonly FailedOutcome[]>;
}

/** What asks registries for digests is loaded only where images are to be pinned. */
function pinning(args: PrArguments, config: HardenConfig | undefined, root: string): Pinning {
  if ((args.pinDigests ?? config?.pinDigests) !== true)
    return { digests: undefined, fill: () => Promise.resolve([]) };
  const digests = new Map<string, Resolution>();
  return {
    digests,
    fill: async (run) => {
      const { fillDigests } = await import('./digests.js');
      return fillDigests(digests, run, root, { inPlace: true });
    },
  };
}

type Standings = ReadonlyMap<PreparedBranch, Standing>;

/** The pull requests of the branches, as they stand on the forge. */
async function readStandings(
  { place }: Work,
  branches: readonly PreparedBranch[],
): Promise<GitAnswer<Standings>> {
  const standings = new Map<PreparedBranch, Standing>();
  if (place?.ok !== true) return { ok: true, value: standings };
  for (const branch of branches) {
    // A branch that was never there has no pull request, but for one that was merged and its branch deleted.
    const pulls = await place.value.forge.pullRequestsFrom(headOf(place.value, branch));
    if (!pulls.ok) return { ok: false, reason: pulls.problem.reason };
    standings.set(branch, standingOf(pulls.value));
  }
  return { ok: true, value: standings };
}

function declinedReason(standing: Standing | undefined, { again }: PrArguments): string | undefined {
  if (standing?.kind !== 'declined' || again === true) return undefined;
  return `its last one, ${standing.pull.url}, was closed without a merge. Reopen that one, or open another with --again`;
}
