import { lineEnding } from '../core/text.js';
import { hunkHeader, hunksOf } from '../render/diff.js';

export type EditedText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

const GUIDE = `# ---
# To leave out a line that begins with +, delete it.
# To keep a line that begins with -, put a space in place of the -.
# New lines begin with +. Lines that begin with # are left out.
# The result must still be a file of its format; else you are asked again.
# When all lines are deleted, the edit is given up and the change stays as it was.
`;

/** A change as it is opened in an editor, as `git add -p` does it: a person's own bytes, with no secret masked. */
export function editableHunks(path: string, before: string, after: string): string {
  const hunks = hunksOf(before, after).map(
    (hunk) => `${hunkHeader(hunk)}\n${hunk.lines.map((line) => `${line.replace(/\r$/, '')}\n`).join('')}`,
  );
  return `# Edit this change of ${path.replace(/[\u0000-\u001f\u007f]/g, '?')}; see the end for how.\n${hunks.join('')}${GUIDE}`;
}

/** True where a person has deleted all that there was to edit. */
export function isGivenUp(edited: string): boolean {
  return contentOf(edited).every((line) => line.trim() === '');
}

/**
 * The text that edited hunks make of the one before.
 * @param after what the hunks made of it before they were edited.
 */
export function textOfHunks(edited: string, before: string, after: string): EditedText {
  const fail = (reason: string): EditedText => ({ ok: false, reason });
  const lines = before.split('\n');
  const eol = lineEnding(before) === '\r\n' ? '\r' : '';
  const starts = new Map(hunksOf(before, after).map((hunk) => [hunkHeader(hunk), hunk]));
  const result: string[] = [];
  let at = 0;
  let end = -1;
  for (const line of contentOf(edited)) {
    if (line.startsWith('@@')) {
      if (at < end) return fail(`a line of the file is missing before ${line}`);
      const hunk = starts.get(/^@@ .*? @@/.exec(line)?.[0] ?? '');
      if (hunk === undefined) return fail(`there is no part ${line}: leave the lines with @@ as they are`);
      const start = hunk.oldStart - 1;
      if (start < at) return fail('the parts are not in their order');
      result.push(...lines.slice(at, start));
      at = start;
      end = start + hunk.oldLines;
      continue;
    }
    if (end === -1) return fail('its first line with @@ is missing');
    const sign = line[0] ?? ' ';
    const text = line.slice(1);
    if (sign === '\\') continue;
    if (sign === '+') {
      result.push(text + eol);
      continue;
    }
    if (sign !== ' ' && sign !== '-')
      return fail(`each line begins with a space, + or -, and not with ${sign}`);
    if (at >= end || (lines[at] ?? '').replace(/\r$/, '') !== text)
      return fail(`line ${at + 1} of the file is not ${JSON.stringify(text)}`);
    if (sign === ' ') result.push(lines[at] ?? '');
    at += 1;
  }
  if (at < end) return fail(`line ${at + 1} of the file is missing`);
  result.push(...lines.slice(at));
  return { ok: true, text: result.join('\n') };
}

/** Without comments. An editor may have taken the space from a line that is empty otherwise. */
function contentOf(edited: string): readonly string[] {
  const lines = edited.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines.at(-1) === '') lines.pop();
  return lines.filter((line) => !line.startsWith('#'));
}
