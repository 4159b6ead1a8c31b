import type { Phase } from '../../core/types.js';
import { PHASES } from '../../survey.js';
import { findingsIn } from '../findings.js';
import { counted } from '../words.js';
import { diffOf } from './diff.js';
import { maskedDiff } from './hunks.js';
import { flag, folded, markup, verbatim, type Markup } from './markup.js';
import type { PageFile, PageModel } from './model.js';
import { FORMAT_NAMES } from './words.js';

/** At most so many files are open at first. */
const OPEN_AT_FIRST = 6;

/** All files that change or of which something is found; the others by their names. */
export function filesSection({ files, about, large }: PageModel): Markup {
  const told = files.filter(({ file, findings }) => findings.length > 0 || changes(file));
  const silent = files.filter((file) => !told.includes(file));
  const changed = told.filter(({ file }) => changes(file));
  const open = changed.length <= OPEN_AT_FIRST;
  return markup`<section id="files" aria-labelledby="files-head">
<div class="head"><h2 id="files-head">Files</h2>${
    changed.length === 0
      ? undefined
      : markup`<p class="tools scripted"><button type="button" data-open="files">Open all</button> <button type="button" data-close="files">Close all</button></p>`
  }</div>
${told.map((file) => fileSection(file, about.phase, open, large))}
${
  silent.length === 0
    ? undefined
    : markup`<details class="quiet"><summary>Nothing is found in ${counted(silent.length, 'more file')}</summary><ul>${silent.map(({ file }) => markup`<li>${file.path}</li>`)}</ul></details>`
}
</section>`;
}

function changes({ original, after }: PageFile['file']): boolean {
  return PHASES.some((phase) => after[phase] !== original.text);
}

/** Phases that make the same of a file, and what that is. */
interface Variant {
  readonly phases: readonly Phase[];
  readonly text: string;
}

function variantsOf({ after }: PageFile['file']): readonly Variant[] {
  const texts = [...new Set(PHASES.map((phase) => after[phase]))];
  return texts.map((text) => ({ phases: PHASES.filter((phase) => after[phase] === text), text }));
}

function fileSection(page: PageFile, shown: Phase, open: boolean, large: boolean): Markup {
  const { id, file, findings } = page;
  const changed = findings.filter(({ outcome }) => outcome === 'changed').length;
  const decide = findings.filter(({ outcome }) => outcome === 'open').length;
  const counts = [
    ...(changed === 0 ? [] : [counted(changed, 'change')]),
    ...(decide === 0 ? [] : [`${decide} to decide`]),
  ].join(', ');
  return markup`<article class="file" id="${id}" data-file="${id}"><details${flag('open', open && changes(file))}>
<summary><h3>${file.path}</h3><span class="format">${FORMAT_NAMES[file.format]}</span><span class="counts">${counts}</span></summary>
${folded(large, [changes(file) ? variants(page, shown) : markup`<p class="note">No phase changes this file.</p>`, left(page)])}
</details></article>`;
}

/** The diff of each phase, and a switch where they differ. */
function variants(page: PageFile, shown: Phase): Markup {
  const list = variantsOf(page.file);
  const radio = (phase: Phase): Markup =>
    markup`<label><input type="radio" name="${page.id}-phase" value="${phase}"${flag('checked', phase === shown)}> ${phase}</label>`;
  return markup`${
    list.length === 1
      ? markup`<p class="note">Every phase makes the same of it.</p>`
      : markup`<fieldset class="switch"><legend>As it is after phase</legend>${PHASES.map(radio)}</fieldset>`
  }${list.map((variant) => variantOf(page, variant, list.length === 1))}`;
}

function variantOf({ file, findings }: PageFile, { phases, text }: Variant, only: boolean): Markup {
  const className = only ? '' : phases.map((phase) => ` in-${phase}`).join('');
  const original = file.original.text;
  if (text === original) {
    return markup`<div class="variant${className}"><p class="note">Nothing changes in ${phaseList(phases)}.</p></div>`;
  }
  const { hunks, patch, masked } = maskedDiff(file.path, original, text);
  const note = masked ? markup`<small> Secrets are masked: read it, don’t apply it.</small>` : undefined;
  const applied = findingsIn({ ...file, entries: file.applied[phases[0]!] });
  return markup`<div class="variant${className}"><p class="tools scripted"><button type="button" data-copy>Copy patch<span class="unseen"> of ${file.path}, ${phaseList(phases)}</span></button>${note}<span class="copied" hidden>${verbatim(patch)}</span></p>
${diffOf(hunks, applied, findings)}</div>`;
}

function phaseList(phases: readonly Phase[]): string {
  return phases.length === 1 ? `phase ${phases[0]!}` : `phases ${phases.join(' and ')}`;
}

/** What of a file no phase changes. */
function left({ findings }: PageFile): Markup | undefined {
  const items = findings.filter(({ outcome }) => outcome !== 'changed');
  if (items.length === 0) return undefined;
  return markup`<h4>Left as it is</h4><ul class="left">${items.map(
    ({ id, message, line, subject, outcome }) =>
      markup`<li><a href="#${id}">${subject === '' ? '' : `${subject}: `}${message}</a> <small>line ${line}, ${outcome === 'open' ? 'for you to decide' : 'rightly as it is'}</small></li>`,
  )}</ul>`;
}
