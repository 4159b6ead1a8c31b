import { structuredPatch, type StructuredPatchHunk } from 'diff';
import { redact } from '../core/redact.js';

/** The hunks that turn one text into another, with three lines of context. */
export function hunksOf(before: string, after: string): readonly StructuredPatchHunk[] {
  return structuredPatch('', '', before, after, undefined, undefined, { context: 3 }).hunks;
}

/**
 * A unified diff that `git apply` accepts, for a file that exists before and after.
 * @param path relative to the root, with `/`.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const diff = plainDiff(path, before, after);
  return diff === '' ? '' : `diff --git ${gitName(`a/${path}`)} ${gitName(`b/${path}`)}\n${diff}`;
}

/**
 * The same without git's own line, for a path relative to the folder in which the diff is applied: with that line
 * `git apply` takes the path from the repository's root, and skips the file in silence below it.
 * @param before undefined for a file that is new.
 */
export function plainDiff(path: string, before: string | undefined, after: string): string {
  if ((before ?? '') === after) return '';
  // git ends a name with white space in it by a tab.
  const tab = / /.test(path) ? '\t' : '';
  const from = before === undefined ? '/dev/null' : `${gitName(`a/${path}`)}${tab}`;
  const head = `--- ${from}\n+++ ${gitName(`b/${path}`)}${tab}\n`;
  return (
    head +
    hunksOf(before ?? '', after)
      .map(hunkText)
      .join('')
  );
}

function hunkText(hunk: StructuredPatchHunk): string {
  return `${hunkHeader(hunk)}\n${hunk.lines.map((line) => `${line}\n`).join('')}`;
}

export function hunkHeader({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk): string {
  return `@@ -${span(oldStart, oldLines)} +${span(newStart, newLines)} @@`;
}

/** The lines of a diff for people, without the names of the files: values of secrets are masked. */
export function maskedDiff(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const [from, to] = [redact(before).split('\n'), redact(after).split('\n')];
  return hunksOf(before, after).flatMap((hunk) => [hunkHeader(hunk), ...maskedLines(hunk, from, to)]);
}

/** A hunk's lines as they are in the masked texts: a secret may begin above the line that it ends on. */
export function maskedLines(
  { lines, oldStart, newStart }: StructuredPatchHunk,
  before: readonly string[],
  after: readonly string[],
): readonly string[] {
  let [from, to] = [oldStart - 1, newStart - 1];
  return lines.map((line) => {
    const sign = line[0] ?? '';
    if (sign === '\\') return line;
    const text = sign === '-' ? before[from] : after[to];
    if (sign !== '+') from += 1;
    if (sign !== '-') to += 1;
    return sign + (text ?? '').replace(/\r$/, '');
  });
}

/**
 * A span without lines stands behind the line before it:
 * https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 */
function span(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`;
  return lines === 1 ? String(start) : `${start},${lines}`;
}

/** Quotes a name as git does when it holds a quote, a backslash or a control character. */
function gitName(name: string): string {
  if (!/["\\\u0000-\u001f\u007f]/.test(name)) return name;
  const escaped = name.replace(
    /["\\\u0000-\u001f\u007f]/g,
    (character) =>
      ({ '"': '\\"', '\\': '\\\\', '\n': '\\n', '\t': '\\t' })[character] ??
      `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}
