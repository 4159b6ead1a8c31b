import { redact } from '../../core/redact.js';
import { MOMENTS, type AssessedControl, type AssessedStandard, type Moment } from '../../survey.js';
import { counted } from '../words.js';
import { link } from './finding-list.js';
import { historiesOf, type History, type Stretch } from './histories.js';
import { flag, folded, markup, type Markup } from './markup.js';
import type { PageFinding, PageModel } from './model.js';
import { momentName, statusBadge } from './words.js';

type FindingsOfRule = ReadonlyMap<string, readonly PageFinding[]>;

/** Each standard's controls at each moment, with what makes them stand so. */
export function controlsSection({ survey, findings, large }: PageModel): Markup {
  const byRule = new Map<string, PageFinding[]>();
  for (const finding of findings) {
    const key = ruleKey(finding.meta.id, finding.path);
    byRule.set(key, [...(byRule.get(key) ?? []), finding]);
  }
  return markup`<section id="controls" aria-labelledby="controls-head">
<h2 id="controls-head">Controls</h2>
<p class="note">PASS: everything meets it. PARTIAL: some does, or what doesn’t is accepted with a reason. FAIL: nothing does. NOT APPLICABLE: nothing here is what it is about. UNDECIDABLE: files can’t show it; the command that decides it stands beside it.</p>
${survey.standards.map((assessed, at) => standardPart(assessed, byRule, { open: at === 0, large }))}
</section>`;
}

function standardPart(
  { standard, controls }: AssessedStandard,
  byRule: FindingsOfRule,
  { open, large }: { readonly open: boolean; readonly large: boolean },
): Markup {
  return markup`<article class="standard" id="standard-${standard.id}"><details${flag('open', open)}>
<summary><h3>${standard.name}</h3><span class="counts">${standard.version}, ${counted(controls.length, 'control')}</span></summary>
<p class="note">${standard.scope === undefined ? undefined : `${standard.scope}. `}${link(standard.source)}</p>
<table class="controls" role="table" aria-label="${standard.name}"><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Control</th>${MOMENTS.map((moment) => markup`<th role="columnheader" scope="col">${momentName(moment)}</th>`)}</tr></thead><tbody role="rowgroup">${controls.map((control) => row(control, byRule, large))}</tbody></table>
</details></article>`;
}

/** The roles are said again, as a narrow page shows the table as blocks. */
function row(assessed: AssessedControl, byRule: FindingsOfRule, large: boolean): Markup {
  const { control, states } = assessed;
  return markup`<tr role="row"><th role="rowheader" scope="row"><b>${control.id}</b> ${control.title}${why(assessed, byRule, large)}${decision(assessed)}</th>${MOMENTS.map(
    (moment) =>
      markup`<td role="cell" data-when="${momentName(moment)}">${statusBadge(states[moment].status)}</td>`,
  )}</tr>`;
}

function decision({ control: { undecided }, states }: AssessedControl): Markup | undefined {
  const open = MOMENTS.some((moment) => states[moment].status === 'UNDECIDABLE');
  if (!open || undecided === undefined) return undefined;
  return markup`<p class="decide">Files can’t show it: ${undecided.why}. <code class="copied">${undecided.decide}</code> <button type="button" class="scripted" data-copy>Copy<span class="unseen"> what decides it</span></button></p>`;
}

function why(assessed: AssessedControl, byRule: FindingsOfRule, large: boolean): Markup | undefined {
  const histories = historiesOf(assessed);
  if (histories.length === 0) return undefined;
  return markup`<details class="why"><summary>Why<span class="unseen"> ${assessed.control.id} stands so</span></summary>${folded(large, markup`<ul>${histories.map((history) => historyItem(history, byRule))}</ul>`)}</details>`;
}

/** So many are named of those of which the same is true; the findings name all. */
const MOST_NAMES = 12;

function historyItem({ check, subjects, stretches }: History, byRule: FindingsOfRule): Markup {
  const more = subjects.length - MOST_NAMES;
  const names = subjects.slice(0, MOST_NAMES).map((subject, at) => {
    const finding = check.transforms
      .flatMap((id) => byRule.get(ruleKey(id, subject.path)) ?? [])
      .find(({ subject: of }) => subject.kind === 'image' || of === `service ${subject.name}` || of === '');
    const name = subject.name === '' ? subject.path : `${subject.name} in ${subject.path}`;
    return markup`${at === 0 ? '' : ', '}${finding === undefined ? name : markup`<a href="#${finding.id}">${name}</a>`}`;
  });
  return markup`<li>${names}${more > 0 ? ` and ${more} more` : ''}${
    stretches.length === 1
      ? markup`: ${saidOf(stretches[0]!)}`
      : markup`<ul>${stretches.map((stretch) => markup`<li>${momentsName(stretch.moments)}: ${saidOf(stretch)}</li>`)}</ul>`
  }</li>`;
}

const VERDICTS = { met: 'met', unmet: 'not met', unknown: 'not known' } as const;

function saidOf({ says }: Stretch): Markup {
  if (says === undefined) return markup`not there`;
  const accepted = says.accepted === undefined ? undefined : `; accepted: ${redact(says.accepted)}`;
  return markup`<b class="${says.kind}">${VERDICTS[says.kind]}</b>, ${redact(says.text)}${accepted}`;
}

/** `Before`, `Until phase 1`, `Phase 1 and 2`, `From phase 2`. */
function momentsName(moments: readonly Moment[]): string {
  const first = moments[0] ?? 'before';
  const last = moments.at(-1) ?? first;
  if (first === last) return momentName(first);
  if (first === 'before') return `Until phase ${last}`;
  return last === 3 ? `From phase ${first}` : `Phase ${first} and ${last}`;
}

function ruleKey(id: string, path: string): string {
  return `${id} ${path}`;
}
