import type { ReportFinding } from '../findings.js';
import { differenceOf, type Block, type Difference, type Hunk, type Line } from './hunks.js';
import { markup, type Markup } from './markup.js';
import type { PageFinding } from './model.js';
import { severityBadge } from './words.js';

/**
 * The hunks of a file side by side, each with the findings that it answers.
 * @param findings those of the page, for links to them.
 */
export function diffOf(
  hunks: readonly Hunk[],
  applied: readonly ReportFinding[],
  findings: readonly PageFinding[],
): readonly Markup[] {
  const ids = new Map(findings.map((finding) => [keyOf(finding), finding.id]));
  return hunks.map((hunk) => {
    const reasons = applied
      .filter(({ touches }) => touches.some(({ from, to }) => from <= hunk.to && to >= hunk.from))
      .map((finding) => reasonOf(finding, ids.get(keyOf(finding))));
    return markup`<div class="hunk">
${reasons.length === 0 ? undefined : markup`<ul class="reasons" aria-label="Why ${linesOf(hunk)} change">${reasons}</ul>`}
<div class="sides" role="group" aria-label="Change of ${linesOf(hunk)}"><p class="where">${linesOf(hunk)}</p>${hunk.blocks.map(blockOf)}</div>
</div>`;
  });
}

function linesOf({ from, to }: Hunk): string {
  return from === to ? `line ${from}` : `lines ${from} to ${to}`;
}

function keyOf({ meta, subject, line, message }: ReportFinding): string {
  return JSON.stringify([meta.id, subject, line, message]);
}

function reasonOf(
  { meta, message, change, subject, safety, phase }: ReportFinding,
  id: string | undefined,
): Markup {
  const says = subject === '' ? message : `${subject}: ${message}`;
  const test = safety === 'unsafe' ? ', test it first' : '';
  return markup`<li>${severityBadge(meta.severity)} ${id === undefined ? says : markup`<a href="#${id}">${says}</a>`}${
    change === undefined ? undefined : markup`<code>${change}</code>`
  }<small>phase ${phase}${test}</small></li>`;
}

/**
 * Both sides of a block. Lines that stand in both texts are said once to those who listen, and shown once where there is no
 * room for two sides.
 */
function blockOf({ kind, before, after }: Block): Markup {
  if (kind === 'same') {
    return markup`<div class="block same"><div class="side">${before.map(sameLine)}</div><div class="side" aria-hidden="true">${after.map(sameLine)}</div></div>`;
  }
  const differences =
    before.length === after.length
      ? before.map((line, at) => differenceOf(line.text, after[at]!.text))
      : undefined;
  const side = (lines: readonly Line[], tag: 'del' | 'ins'): Markup =>
    markup`<div class="side">${lines.map((line, at) => changedLine(line, tag, differences?.[at]))}</div>`;
  return markup`<div class="block changed">${side(before, 'del')}${side(after, 'ins')}</div>`;
}

function sameLine({ number, text, unended }: Line): Markup {
  return markup`<span data-n="${number}">${text}${unended ? unendedNote : undefined}</span>`;
}

function changedLine(
  { number, text, unended }: Line,
  tag: 'del' | 'ins',
  difference: Difference | undefined,
): Markup {
  const content = difference === undefined ? text : marked(text, difference);
  const line = markup`${content}${unended ? unendedNote : undefined}`;
  return tag === 'del'
    ? markup`<del data-n="${number}">${line}</del>`
    : markup`<ins data-n="${number}">${line}</ins>`;
}

const unendedNote = markup`<small>no line break at the end</small>`;

function marked(text: string, { start, rest }: Difference): Markup {
  const end = text.length - rest;
  return markup`${text.slice(0, start)}${start < end ? markup`<mark>${text.slice(start, end)}</mark>` : undefined}${text.slice(end)}`;
}
