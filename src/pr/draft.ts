import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { companionOptions } from '../companions.js';
import type { NewCommit } from '../git/commits.js';
import { prepare, type FailedOutcome, type HardenOptions, type Run } from '../harden.js';
import { readTextFile } from '../io/files.js';
import { LOCK_NAME } from '../io/lock.js';
import { writeChanged } from '../io/write.js';
import { standards } from '../standards/index.js';
import { stateOf } from '../standards/status.js';
import { subjectsOf } from '../survey.js';
import { commitMessage } from '../../templates/commit-message.js';
import type { ControlChange } from '../../templates/pull-request.js';
import { changesOf, type Changes, type Step } from './steps.js';
import { clean } from './told.js';

/** What a branch is to hold, and what its pull request tells of it. */
export interface Draft {
  readonly changes: Changes;
  readonly commits: readonly NewCommit[];
  readonly controls: readonly ControlChange[];
  /** What is left on purpose, each with its reason. */
  readonly accepted: readonly string[];
  /** The places in the config's list of the accepted risks that were met. */
  readonly met: ReadonlySet<number>;
  /** What could not be read, planned or written. */
  readonly failures: readonly FailedOutcome[];
}

export interface DraftOptions extends HardenOptions {
  /** Real path of the folder that the repository is checked out to; the root is this folder or one in it. */
  readonly top: string;
  /** As the project begins the subjects of its commits. */
  readonly prefix: string | undefined;
  /** Judges the controls before and after: for a pull request, which tells of them. */
  readonly withControls: boolean;
}

/**
 * Plans the changes of a checked out tree and writes them there, so that the next draft is one on top of it.
 * @param fillPins asks for the digests of a run's images, and keeps them in the lock of the tree.
 */
export async function draftBranch(
  options: DraftOptions,
  fillPins: (run: Run) => Promise<readonly FailedOutcome[]>,
): Promise<Draft> {
  const { top, root, prefix, withControls } = options;
  const locked = readTextFile(join(root, LOCK_NAME));
  const run = prepare(options);
  const unpinned = await fillPins(run);
  const changes = changesOf(run, run.registry.ids, companionOptions(run, options));
  const before = withControls ? statesOf(run) : [];
  const failures = [...unpinned, ...changes.failures];
  for (const [path, { before: original, after, like }] of changes.texts) {
    const written = writeChanged(root, path, original, after, like);
    if (!written.ok) failures.push({ kind: 'failed', path, line: undefined, reason: written.reason });
  }
  const after = !withControls || changes.steps.length === 0 ? before : statesOf(prepare(options));
  const lock = readTextFile(join(root, LOCK_NAME));
  const lockText = lock.ok && (!locked.ok || locked.text !== lock.text) ? lock.text : undefined;
  return {
    changes,
    commits: commitsOf(changes.steps, { top, root, prefix, lockText }),
    controls: before.flatMap((control, at): ControlChange[] => {
      const { standard, id, title, status } = control;
      const now = after[at]?.status ?? status;
      return now === status ? [] : [{ standard, id, title, before: status, after: now }];
    }),
    accepted: acceptedLines(changes),
    met: run.acceptances.met,
    failures,
  };
}

interface CommitOptions extends Pick<DraftOptions, 'top' | 'root' | 'prefix'> {
  /** The lock of pinned images, where it changes. */
  readonly lockText: string | undefined;
}

function commitsOf(
  steps: readonly Step[],
  { top, root, prefix, lockText }: CommitOptions,
): readonly NewCommit[] {
  // A link is what a repository holds; what it leads to is what is written.
  const inRepository = (path: string): string =>
    relative(top, realpathSync(join(root, path)))
      .split(sep)
      .join('/');
  const pinning = steps.find(({ meta }) => meta.id.endsWith('/pin-image'));
  return steps.map((step) => ({
    message: commitMessage(step, prefix),
    files: [
      ...step.changes.map(({ path, text }) => ({ path: inRepository(path), text })),
      ...(lockText !== undefined && step === pinning
        ? [{ path: inRepository(LOCK_NAME), text: lockText }]
        : []),
    ],
  }));
}

type ControlStatus = Pick<ControlChange, 'standard' | 'id' | 'title'> & {
  readonly status: ControlChange['before'];
};

function statesOf(run: Run): readonly ControlStatus[] {
  const subjects = subjectsOf(run);
  return standards.flatMap((standard) =>
    standard.controls.map((control) => ({
      // Its full name says which parts of it are meant: the report's readers need that.
      standard: standard.name.replace(/[,:].*/, ''),
      id: control.id.slice(standard.id.length + 1),
      title: control.title,
      status: stateOf(control, subjects).status,
    })),
  );
}

/** What a person has decided: harden's own reasons to leave a thing are no news to a reviewer. */
function acceptedLines({ accepted }: Changes): readonly string[] {
  const lines = accepted.flatMap(({ path, entry: { meta, reason = '' } }) =>
    /^(?:accepted until|left out by|ignored by) /.test(reason)
      ? [clean(`${meta.id} in ${path}: ${reason}`)]
      : [],
  );
  return [...new Set(lines)];
}
