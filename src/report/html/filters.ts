import { SEVERITIES } from '../../core/types.js';
import { PHASES } from '../../survey.js';
import type { Outcome } from '../findings.js';
import { counted } from '../words.js';
import { flag, markup, type Markup } from './markup.js';
import type { PageModel } from './model.js';
import { SEVERITY_NAMES } from './words.js';

const OUTCOMES: readonly (readonly [outcome: Outcome, name: string])[] = [
  ['changed', 'Changed'],
  ['open', 'To decide'],
  ['accepted', 'Rightly as is'],
];

/** The bar that chooses the phase that is shown, and which findings are. Without its script the page shows all. */
export function filterBar({ about, findings, files, workloads }: PageModel): Markup {
  const severities = SEVERITIES.filter((severity) => findings.some(({ meta }) => meta.severity === severity));
  const concerned = files.filter((file) => file.findings.length > 0);
  return markup`<form id="filters" class="scripted" data-total="${findings.length}" aria-label="What is shown"><div class="width"><p id="shown" role="status" aria-live="polite">${counted(findings.length, 'finding')}</p><details open>
<summary>Filter</summary>
<div class="fields">
<fieldset><legend>Show after phase</legend>${PHASES.map(
    (phase) =>
      markup`<label class="choice"><input type="radio" name="shown-phase" value="${phase}"${flag('checked', phase === about.phase)}><span>${phase}</span></label>`,
  )}</fieldset>
<fieldset><legend>Severity</legend>${severities.map((severity) => choice('severity', severity, SEVERITY_NAMES[severity]))}</fieldset>
<fieldset><legend>Phase</legend>${PHASES.map((phase) => choice('phase', String(phase), String(phase)))}</fieldset>
<fieldset><legend>Outcome</legend>${OUTCOMES.map(([outcome, name]) => choice('outcome', outcome, name))}</fieldset>
${select(
  'file',
  'File',
  'All files',
  concerned.map(({ id, file }) => [id, file.path]),
)}
${select(
  'workload',
  'Workload',
  'All workloads',
  workloads.map(({ id, name, path }) => [id, name === path ? name : `${name} (${path})`]),
)}
<button type="button" id="show-all">Show all</button>
</div>
</details></div></form>`;
}

/** One that is chosen shows only its own; with none chosen all are shown. */
function choice(name: string, value: string, label: string): Markup {
  return markup`<label class="choice"><input type="checkbox" name="${name}" value="${value}"><span>${label}</span></label>`;
}

function select(
  name: string,
  label: string,
  all: string,
  options: readonly (readonly [value: string, text: string])[],
): Markup {
  return markup`<div class="select"><label for="filter-${name}">${label}</label><select id="filter-${name}" name="${name}"><option value="">${all}</option>${options.map(([value, text]) => markup`<option value="${value}">${text}</option>`)}</select></div>`;
}
