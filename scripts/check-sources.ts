/**
 * `npm run sources -- MIRRORS [NAME..]`: checks that every quotation in the catalogues of images and daemons, and in the
 * runtime classes of src/seccomp, stands in the file and the commit that it cites. MIRRORS holds one clone for each repository, as `owner+name` or `owner+name/repo`.
 * Exit code 1 when a quotation is not found; what has no clone there (a file or a manual page of a Debian package, a
 * web page) is counted, not judged.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Citation } from '../src/catalogue/types.js';
import { seccompData } from '../src/seccomp/data.js';
import { catalogueEntries, daemonEntries } from './catalogue-schema.js';

const [mirrors, ...names] = process.argv.slice(2);
if (mirrors === undefined) {
  console.error('usage: npm run sources -- MIRRORS [NAME..]');
  process.exit(2);
}

/** All citations below a value, wherever they stand. */
function citationsIn(value: unknown): readonly Citation[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'cites' ? (inner as readonly Citation[]) : citationsIn(inner),
  );
}

/** The text of a file at a commit; undefined when no clone has the commit, null when the commit has no such file. */
function sourceText(folder: string, at: string): string | null | undefined {
  const match = /^([\w.-]+)\/([\w.-]+)@([0-9a-f]{40}):(.+)$/.exec(at);
  if (match === null) return undefined;
  const [, owner, repository, commit, path] = match;
  const clone = ['repo', '.git', ''].map((inner) => join(folder, `${owner}+${repository}`, inner));
  const found = clone.find((candidate) => existsSync(join(candidate, 'HEAD')));
  if (found === undefined || git(found, 'cat-file', '-e', `${commit}^{commit}`) === null) return undefined;
  return git(found, 'cat-file', 'blob', `${commit}:${path}`);
}

/** What git prints; null when it fails. */
function git(folder: string, ...args: readonly string[]): string | null {
  try {
    return execFileSync('git', ['--git-dir', folder, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 27,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return null;
  }
}

/** White space of a line is not part of a quotation. */
const squeeze = (text: string): string => text.replace(/\s+/g, ' ');

let found = 0;
let unjudged = 0;
const offences: string[] = [];
const classes = seccompData().classes.map((facts) => ({
  file: `seccomp/${facts.name}.yml`,
  problems: [] as string[],
  facts,
}));
for (const { file, problems, facts } of [...catalogueEntries(), ...daemonEntries(), ...classes]) {
  if (names.length > 0 && !names.includes(facts.name)) continue;
  offences.push(...problems.map((problem) => `${file}: ${problem}`));
  for (const { at, text } of citationsIn(facts)) {
    const source = sourceText(mirrors, at);
    if (source === undefined) unjudged += 1;
    else if (source !== null && squeeze(source).includes(squeeze(text))) found += 1;
    else offences.push(`${file}: ${at}: ${source === null ? 'no such file' : `not found: ${text}`}`);
  }
}
console.log(`${found} quotations found, ${unjudged} without a clone, ${offences.length} wrong`);
for (const offence of offences) console.error(offence);
process.exitCode = offences.length > 0 ? 1 : 0;
