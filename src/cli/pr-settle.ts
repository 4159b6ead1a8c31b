import { pullRequestBody, pullRequestTitle, type PullRequestFacts } from '../../templates/pull-request.js';
import type { Phase } from '../core/types.js';
import type { Head } from '../forge/types.js';
import type { GitAnswer } from '../git/git.js';
import { setBranch } from '../git/local.js';
import { pushCommit } from '../git/remote.js';
import type { Repository } from '../git/repository.js';
import type { Snapshot } from '../git/snapshot.js';
import { packageVersion } from '../io/package.js';
import type { Destination, ForgePlace } from '../pr/destination.js';
import type { BranchMove, PreparedBranch } from '../pr/prepared.js';
import { publish, type Standing } from '../pr/publish.js';
import { EXIT_CHANGES, EXIT_ERROR, print, type ExitCode } from './output.js';
import type { PrText } from './pr-text.js';
import type { PrArguments } from './pr.js';

/** All that a run of `harden pr` goes by once the files are checked out. */
export interface Work {
  readonly args: PrArguments;
  readonly repository: Repository;
  readonly destination: Destination;
  readonly snapshot: Snapshot;
  /** Undefined where no pull request is wanted. */
  readonly place: GitAnswer<ForgePlace> | undefined;
  readonly verification: PullRequestFacts['verification'];
  /** The phase that was asked for; the branches before it are of earlier ones. */
  readonly lastPhase: Phase;
  readonly text: PrText;
}

export function headOf({ fork }: ForgePlace, { plan }: PreparedBranch): Head {
  return { branch: plan.branch, path: fork };
}

/** Brings one branch and its pull request up to date, and says so. */
export async function settle(
  work: Work,
  branch: PreparedBranch,
  move: BranchMove,
  standing: Standing | undefined,
): Promise<ExitCode> {
  const { args, destination, repository, text } = work;
  const { plan, draft, tip, current } = branch;
  await print(text.branch(plan.branch, branch.commits.length, draft.changes.texts.size));
  if (move.kind === 'none') {
    if (standing?.kind === 'open')
      await print(text.line('left', `nothing is left to change: ${standing.pull.url} can be closed`));
    return 0;
  }
  if (move.kind === 'refuse') {
    await print(text.line('left', `left alone: ${move.reason}`));
    return EXIT_CHANGES;
  }
  if (args.dryRun === true) {
    await preview(work, branch, move, standing);
    return 0;
  }
  if (move.kind === 'push') {
    const { remote } = destination;
    const moved =
      remote === undefined
        ? await setBranch(repository, plan.branch, tip)
        : await pushCommit(repository, remote, { branch: plan.branch, commit: tip, expected: current });
    if (!moved.ok) {
      await print(text.line('failed', `not pushed: ${moved.reason}`));
      return EXIT_ERROR;
    }
    const what =
      remote === undefined ? `made, on top of ${branch.onTopOf ?? destination.base}` : `pushed to ${remote}`;
    await print(text.line('done', what));
    if (remote === undefined)
      await print(
        text.line(
          'same',
          `look at it: git log --patch ${branch.onTopOf ?? destination.base}..${plan.branch}`,
        ),
      );
  } else {
    await print(text.line('same', 'unchanged'));
  }
  return openPullRequest(work, branch, standing);
}

async function openPullRequest(
  { args, place, text, ...work }: Work,
  branch: PreparedBranch,
  standing: Standing | undefined,
): Promise<ExitCode> {
  if (place?.ok !== true) return 0;
  const { forge } = place.value;
  const published = await publish(
    forge,
    headOf(place.value, branch),
    standing?.kind === 'open' ? standing.pull : undefined,
    factsOf({ args, place, text, ...work }, branch),
    {
      base: baseOf(place.value, branch, work.destination),
      prefix: args.titlePrefix,
      draft: args.draft === true,
      labels: args.label,
      reviewers: args.reviewer,
    },
  );
  if (!published.ok) {
    await print(text.line('failed', `no ${forge.noun}: ${published.problem.reason}`));
    return EXIT_ERROR;
  }
  const { was, pull, problems } = published.value;
  await print(text.line(was === 'unchanged' ? 'same' : 'done', `${was} ${pull.url}`));
  for (const problem of problems) await print(text.line('failed', problem));
  return problems.length > 0 ? EXIT_ERROR : 0;
}

/** A fork's pull request is merged into a branch of the repository, where no branch of the fork is. */
function baseOf(
  { fork }: Pick<ForgePlace, 'fork'>,
  { onTopOf }: PreparedBranch,
  { base }: Destination,
): string {
  return fork === undefined ? (onTopOf ?? base) : base;
}

function factsOf({ place, verification, lastPhase }: Work, branch: PreparedBranch): PullRequestFacts {
  const { plan, draft, onTopOf } = branch;
  const { changes, controls, accepted } = draft;
  return {
    version: packageVersion(),
    noun: place?.ok === true ? place.value.forge.noun : 'pull request',
    ...{ phase: plan.phase, transform: plan.transform, steps: changes.steps, onTopOf, controls, accepted },
    exposures: changes.exposures.map(({ path, change: { before, after } }) => ({ path, before, after })),
    // It ran with the changes of all phases up to the last.
    verification: plan.phase === lastPhase ? verification : undefined,
    manual: changes.manual.length,
  };
}

/** Shows all that would be done. */
async function preview(
  work: Work,
  branch: PreparedBranch,
  move: BranchMove,
  standing: Standing | undefined,
): Promise<void> {
  const { args, destination, place, text } = work;
  const { draft, plan, current } = branch;
  const where = destination.remote === undefined ? 'here' : `to ${destination.remote}`;
  const verb = destination.remote === undefined ? 'make' : 'push';
  const replaced = current === undefined ? '' : `, in place of ${current.slice(0, 9)}`;
  await print(
    move.kind === 'push'
      ? text.line('would', `would ${verb} ${plan.branch} ${where}${replaced}`)
      : text.line('same', 'unchanged'),
  );
  for (const commit of draft.commits) await print(`\n${text.commit(commit)}`);
  for (const [path, written] of draft.changes.texts) await print(`\n${text.diff(path, written)}`);
  if (place === undefined) return;
  if (!place.ok) await print(text.line('left', `can't ask the forge: ${place.reason}`));
  const facts = factsOf(work, branch);
  const base = baseOf({ fork: place.ok ? place.value.fork : undefined }, branch, destination);
  const what =
    standing?.kind === 'open' ? `update ${standing.pull.url}` : `open a ${facts.noun} into ${base}`;
  const asks = [
    ...(args.draft === true ? ['as a draft'] : []),
    ...(args.label.length === 0 ? [] : [`with the labels ${args.label.join(', ')}`]),
    ...(args.reviewer.length === 0 ? [] : [`reviewers ${args.reviewer.join(', ')}`]),
  ];
  await print(`\n${text.line('would', `would ${[what, ...asks].join(', ')}`)}`);
  const limit = place.ok ? place.value.forge.bodyLimit : Infinity;
  await print(
    text.pullRequest(facts.noun, pullRequestTitle(facts, args.titlePrefix), pullRequestBody(facts, limit)),
  );
}
