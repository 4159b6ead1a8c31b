import { isChanged } from '../core/companion.js';
import { SEVERITIES } from '../core/types.js';
import { maskedDiff } from './diff.js';
import { isPending, issuesOf, type Digest, type Issue } from './issues.js';
import type { Output, Piece, Told } from './output.js';
import { problemsOf } from './problems.js';
import { plural, printable } from './text.js';
import { phaseCounts, type Totals } from './totals.js';

/** GitHub takes no larger job summary: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary */
const MAX_BYTES = 1024 * 1024;
/** Room for the head, and for the sentence that says what was cut. */
const RESERVED = 4096;

const ERROR = -1;
const DIFF = SEVERITIES.length;

/** A summary for a job's page or a comment: what is to be done, the most severe first, then each file's diff. */
export function createMarkdownOutput(digest: Digest): Output {
  return {
    head: () => '',
    separator: '',
    outcome: (told) => [
      ...problemsOf(told).map(({ path, line, reason }): Piece => ({
        text: `- ${code(line === undefined ? path : `${path}:${line}`)}: ${plain(reason)}\n`,
        rank: ERROR,
      })),
      ...issuesOf(told, digest)
        .filter(isPending)
        .map((issue): Piece => ({ text: rowOf(issue), rank: SEVERITIES.indexOf(issue.meta.severity) })),
      ...diffsOf(told).map((text): Piece => ({ text, rank: DIFF })),
    ],
    foot: summary,
  };
}

function rowOf({ meta, path, region, subject, message, disposition, change, reason, safety }: Issue): string {
  const suggestion = change === '' ? '' : ` Suggestion: ${code(change)}`;
  const does: Readonly<Record<typeof disposition, string>> = {
    applied: `${safety === 'unsafe' ? 'Test first: ' : ''}${code(change)}`,
    manual: `For you to decide: ${plain(reason ?? '')}.${suggestion}`,
    unsound: `Dropped, a bug in harden: ${plain(reason ?? '')}`,
    later: '',
    accepted: '',
  };
  const cells = [
    meta.severity,
    code(`${path}:${region.startLine}`),
    `${plain(subject)}: ${plain(message)} (${code(meta.id)})`,
    does[disposition],
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
}

function diffsOf({ outcome, companions }: Told): readonly string[] {
  if (outcome.kind !== 'planned') return [];
  const { path, original, result } = outcome.plan;
  const beside = companions
    .map(({ companion }) => companion)
    .filter((companion) => !companion.variant && isChanged(companion));
  return [
    diffOf(path, original.text, result),
    ...beside.map((companion) => diffOf(companion.path, companion.original ?? '', companion.text)),
  ].filter((text) => text !== '');
}

function diffOf(path: string, before: string, after: string): string {
  const lines = maskedDiff(before, after).map(printable);
  if (lines.length === 0) return '';
  const text = lines.join('\n');
  const fence = fenceFor(text, 3);
  return `\n<details><summary><code>${entities(printable(path))}</code></summary>\n\n${fence}diff\n${text}\n${fence}\n\n</details>\n`;
}

function summary(totals: Totals, held: readonly Piece[]): string {
  const of = (from: number, to: number): readonly string[] =>
    held.filter(({ rank = 0 }) => rank >= from && rank <= to).map(({ text }) => text);
  let room = MAX_BYTES - RESERVED;
  let cut = 0;
  const fitting = (texts: readonly string[]): string => {
    let kept = '';
    for (const text of texts) {
      const size = Buffer.byteLength(text);
      if (size > room) cut += 1;
      else {
        room -= size;
        kept += text;
      }
    }
    return kept;
  };
  const errors = fitting(of(ERROR, ERROR));
  const rows = fitting(of(0, SEVERITIES.length - 1));
  const diffs = fitting(of(DIFF, DIFF));
  return [
    `## harden\n\n${countsOf(totals)}\n`,
    errors === '' ? '' : `\n### Errors\n\n${errors}`,
    rows === ''
      ? ''
      : `\n| Severity | Where | What is wrong | What to do |\n| --- | --- | --- | --- |\n${rows}`,
    diffs === '' ? '' : `\n### Changes\n${diffs}`,
    cut === 0
      ? ''
      : `\n${cut} ${plural(cut, 'row')} and diffs are left out: GitHub takes a summary of up to 1 MiB. \`harden\` shows them all.\n`,
  ].join('');
}

function countsOf(totals: Totals): string {
  const { files, changedFiles, safe, unsafe, later, manual, accepted, errors } = totals;
  if (files + errors === 0) return 'There is nothing here that harden reads.';
  const changes = safe + unsafe;
  const counts = [
    `${changes} ${plural(changes, 'change')}${changes === 0 ? '' : ` (${phaseCounts(totals).join(', ')})`}`,
    `${manual} for you to decide`,
    `${later} in a later phase`,
    `${accepted} rightly as they are`,
    `${errors} ${plural(errors, 'error')}`,
  ];
  const change = changedFiles === 1 ? 'changes' : 'change';
  return `**${changedFiles} of ${files} ${plural(files, 'file')} ${change}**: ${counts.join(', ')}.`;
}

/** Text that Markdown and HTML leave as it is, on one line. */
function plain(text: string): string {
  return entities(printable(text).replace(/\s+/g, ' ')).replace(/[\\`*_[\]~#]/g, '\\$&');
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** https://github.github.com/gfm/#code-spans */
export function code(text: string): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const fence = fenceFor(line, 1);
  const space = /^`|`$/.test(line) ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** More backticks than stand together anywhere in a text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}
