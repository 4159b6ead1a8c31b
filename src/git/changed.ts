import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { redact } from '../core/redact.js';
import { SKIPPED_FOLDERS } from '../io/discover.js';
import { isInside } from '../io/files.js';
import { lastLines, type Outcome } from '../io/process.js';
import { createGit } from './git.js';

/** What a work tree has changed since a commit, all by absolute path. */
export interface Changes {
  /** Files whose content is another, that are new, or that are gone; a folder stands for all below it. */
  readonly paths: ReadonlySet<string>;
  /** Of these what is new or gone: the listing of its folder is another too. */
  readonly entries: ReadonlySet<string>;
  /** Of these what is gone. */
  readonly gone: ReadonlySet<string>;
}

export type ChangesOutcome =
  { readonly ok: true; readonly changes: Changes } | { readonly ok: false; readonly reason: string };

/** What an install leaves in the tree is no change of it, whether or not a `.gitignore` says so. */
const NO_CHANGE = [...SKIPPED_FOLDERS].map((name) => `--exclude=${name}/`);

/** Nothing is asked for, also on a terminal, and nothing locked. */
const ENVIRONMENT = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' };

/**
 * What the branch has changed since it left a commit's history (https://git-scm.com/docs/git-diff, the three dots), with
 * what is not yet committed, and what git doesn't know yet. Files that git ignores are not among it, nor is what it
 * doesn't know in a folder that discovery never looks into.
 * @param folder real path of a folder of the work tree.
 */
export async function changedSince(folder: string, ref: string): Promise<ChangesOutcome> {
  const top = await git(folder, ['rev-parse', '--show-toplevel']);
  if (top.code !== 0) return { ok: false, reason: noRepository(folder, top) };
  const root = realpathSync(top.stdout.replace(/\r?\n$/, ''));
  const base = await forkPoint(root, ref);
  if (!base.ok) return base;
  const diff = await git(root, ['diff', '--name-status', '--no-renames', '--no-ext-diff', '-z', base.commit]);
  const others = await git(root, ['ls-files', '--others', '--exclude-standard', ...NO_CHANGE, '-z']);
  const failed = [diff, others].find(({ code }) => code !== 0);
  if (failed !== undefined) return { ok: false, reason: said(failed) };
  const place = (path: string): string => resolve(root, path);
  const paths = new Set<string>();
  const entries = new Set<string>();
  for (const [status, path] of pairs(diff.stdout)) {
    paths.add(place(path));
    if (status !== 'M') entries.add(place(path));
  }
  for (const path of fields(others.stdout)) {
    paths.add(place(path));
    entries.add(place(path));
  }
  for (const path of await foldersNewOrGone(root, base.commit, entries)) entries.add(path);
  for (const path of entries) paths.add(path);
  return {
    ok: true,
    changes: { paths, entries, gone: new Set([...entries].filter((path) => !exists(path))) },
  };
}

/** The commit at which HEAD's history left that of another one. */
async function forkPoint(
  root: string,
  ref: string,
): Promise<{ readonly ok: true; readonly commit: string } | { readonly ok: false; readonly reason: string }> {
  // What begins with a dash would be an option.
  const found = ref.startsWith('-')
    ? undefined
    : await git(root, ['rev-parse', '--verify', `${ref}^{commit}`]);
  const shallow = (await git(root, ['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
  if (found?.code !== 0) {
    const hint = shallow ? '; the clone is shallow: fetch it first' : '';
    return { ok: false, reason: `there is no commit ${redact(ref)} here${hint}` };
  }
  const base = await git(root, ['merge-base', found.stdout.trim(), 'HEAD']);
  if (base.code === 0) return { ok: true, commit: base.stdout.trim() };
  if (shallow)
    return {
      ok: false,
      reason: `the clone is shallow and has no commit that HEAD and ${redact(ref)} both come from: fetch more of the history (git fetch --unshallow)`,
    };
  return {
    ok: false,
    reason: base.code === 1 ? `HEAD and ${redact(ref)} have no commit in common` : said(base),
  };
}

/** The folders above new and gone files that were not there at the commit, or no longer are. */
async function foldersNewOrGone(
  root: string,
  commit: string,
  entries: ReadonlySet<string>,
): Promise<readonly string[]> {
  const above = new Set<string>();
  for (const path of entries) {
    for (let at = dirname(path); at !== root && isInside(root, at) && !above.has(at); at = dirname(at))
      above.add(at);
  }
  // A name with a line feed would be two questions.
  const folders = [...above].filter((path) => !path.includes('\n'));
  if (folders.length === 0) return [];
  const asked = folders.map((path) => `${commit}:${path.slice(root.length + 1)}\n`).join('');
  const answers = (await git(root, ['cat-file', '--batch-check=%(objecttype)'], asked)).stdout.split('\n');
  return folders.filter((path, at) => (answers[at] === 'tree') !== exists(path));
}

/** git in a folder, as it is asked here: nothing is locked or written. */
function git(folder: string, args: readonly string[], input?: string): Promise<Outcome> {
  return createGit(folder, { env: ENVIRONMENT }).call(args, input);
}

function noRepository(folder: string, outcome: Outcome): string {
  if (outcome.code === 127) return 'it needs git, which is not installed';
  if (/not a git repository/.test(outcome.stderr)) return `${folder} is in no git repository`;
  return said(outcome);
}

function said({ stderr }: Outcome): string {
  return `git says: ${redact(lastLines(stderr, 3).replace(/\s*\n\s*/g, ' '))}`;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** The fields of what git prints with -z. */
function fields(text: string): readonly string[] {
  return text.split('\0').slice(0, -1);
}

function* pairs(text: string): Generator<readonly [status: string, path: string], void, void> {
  const all = fields(text);
  for (let at = 0; at + 1 < all.length; at += 2) yield [all[at]!, all[at + 1]!];
}
