import type { Git, GitAnswer } from './git.js';
import type { Snapshot } from './snapshot.js';

/** A commit to be made. */
export interface NewCommit {
  /** Subject, blank line, body. */
  readonly message: string;
  /** The files that it changes or adds, from the repository's top, with their whole texts. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** A commit, and what tells its change whatever it stands on. */
export interface Commit {
  readonly id: string;
  /** The hash of its diff without line numbers: https://git-scm.com/docs/git-patch-id. Empty for one without a diff. */
  readonly patch: string;
}

/**
 * The trailer by which harden knows a commit of its own: the hash of the change that it made. Whoever amends the commit changes
 * that, and whoever adds one has no such line.
 */
export const SEAL = 'Harden-Change';

const LENGTH = 16;

export interface CommitOptions {
  /** Adds a Signed-off-by line: https://developercertificate.org */
  readonly signOff: boolean;
}

/**
 * Makes commits one on top of the other, signed where git is set up to sign. No ref is moved.
 * @param parent what the index of the snapshot holds.
 */
export async function makeCommits(
  { git }: Snapshot,
  parent: string,
  commits: readonly NewCommit[],
  options: CommitOptions,
): Promise<GitAnswer<readonly Commit[]>> {
  const committer = await git.text(['var', 'GIT_COMMITTER_IDENT']);
  if (!committer.ok) return nameless(committer.reason);
  const author = await git.text(['var', 'GIT_AUTHOR_IDENT']);
  if (!author.ok) return nameless(author.reason);
  const signs = (await git.call(['config', '--type=bool', '--get', 'commit.gpgSign'])).stdout.trim();
  const made: Commit[] = [];
  let last = parent;
  for (const { message, files } of commits) {
    const tree = await writeTree(git, files);
    if (!tree.ok) return tree;
    const patch = await patchOf(git, last, tree.value);
    if (!patch.ok) return patch;
    // Nothing is left of it once the filters of the repository have seen it.
    if (patch.value === '') continue;
    const trailers = [
      `${SEAL}: ${patch.value.slice(0, LENGTH)}`,
      ...(options.signOff ? [`Signed-off-by: ${committer.value.replace(/ \d+ [+-]\d+\s*$/, '')}`] : []),
    ];
    const sign = signs === 'true' ? ['-S'] : [];
    const commit = await git.text(
      ['commit-tree', ...sign, '-p', last, '-F', '-', tree.value],
      `${message.trimEnd()}\n\n${trailers.join('\n')}\n`,
    );
    if (!commit.ok) return commit;
    last = commit.value.trim();
    made.push({ id: last, patch: patch.value });
  }
  return { ok: true, value: made };
}

function nameless(reason: string): GitAnswer<never> {
  return /tell me who you are|empty ident|unable to auto-detect/i.test(reason)
    ? {
        ok: false,
        reason: 'git does not know who commits: git config user.name and user.email say so',
      }
    : { ok: false, reason };
}

/** Puts files into the index, as `git add` would, and writes the tree. */
async function writeTree(git: Git, files: NewCommit['files']): Promise<GitAnswer<string>> {
  for (const { path, text } of files) {
    const blob = await git.text(['hash-object', '-w', '--stdin', '--path', path], text);
    if (!blob.ok) return blob;
    const known = await git.text(['ls-files', '--stage', '-z', '--', `:(top,literal)${path}`]);
    if (!known.ok) return known;
    const mode = /^\d+/.exec(known.value)?.[0] ?? '100644';
    const entry = `${mode} ${blob.value.trim()}\t${path}\0`;
    const added = await git.text(['update-index', '--add', '-z', '--index-info'], entry);
    if (!added.ok) return added;
  }
  const tree = await git.text(['write-tree']);
  return tree.ok ? { ok: true, value: tree.value.trim() } : tree;
}

async function patchOf(git: Git, from: string, to: string): Promise<GitAnswer<string>> {
  const diff = await git.text([...DIFF_TREE, from, to]);
  if (!diff.ok) return diff;
  const id = await git.text(['patch-id', '--stable'], diff.value);
  return id.ok ? { ok: true, value: id.value.split(' ')[0] ?? '' } : id;
}

/** The same diff whatever the user has set for their own. */
const DIFF_TREE = [
  ...[
    '-c',
    'diff.noprefix=false',
    '-c',
    'diff.context=3',
    '-c',
    'diff.renames=false',
    '-c',
    'core.quotePath=true',
  ],
  ...['diff-tree', '-p', '--no-ext-diff', '--no-textconv', '--no-color', '--full-index', '--binary'],
];

/** A commit of a branch, and whether harden made it. */
export interface BranchCommit extends Commit {
  readonly author: string;
  readonly subject: string;
  /** True for one of harden's that nobody has changed since. */
  readonly own: boolean;
}

/** The commits of a branch since it left another, the oldest first. */
export async function commitsBetween(
  git: Git,
  base: string,
  tip: string,
): Promise<GitAnswer<readonly BranchCommit[]>> {
  const log = await git.text([
    ...[
      'log',
      '--reverse',
      '--topo-order',
      '-z',
      `--format=%H%x01%P%x01%an%x01%s%x01%(trailers:key=${SEAL},valueonly)`,
    ],
    ...['--end-of-options', `${base}..${tip}`],
  ]);
  if (!log.ok) return log;
  const commits: BranchCommit[] = [];
  for (const entry of log.value.split('\0').filter((text) => text !== '')) {
    const [id = '', parents = '', author = '', subject = '', seals = ''] = entry.split('\u0001');
    const [parent = '', second] = parents.split(' ');
    // A merge brings the work of others, whoever made it.
    const patch = second === undefined ? await patchOf(git, parent, id) : undefined;
    if (patch?.ok === false) return patch;
    const own = patch !== undefined && patch.value !== '' && seals.trim() === patch.value.slice(0, LENGTH);
    commits.push({ id, patch: patch?.value ?? '', author, subject, own });
  }
  return { ok: true, value: commits };
}
