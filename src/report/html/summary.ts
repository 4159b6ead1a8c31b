import { redact } from '../../core/redact.js';
import { SEVERITIES } from '../../core/types.js';
import { PHASES, type AssessedStandard, type Moment, type SurveyedFile } from '../../survey.js';
import { counted } from '../words.js';
import { stackedBar } from './chart.js';
import { markup, type Content, type Markup } from './markup.js';
import { isChangedBy, type PageModel } from './model.js';
import { blocksByPhase, byPhase } from './phases.js';
import { momentName, SEVERITY_NAMES, severityBadge, STATUSES, statusClass } from './words.js';

/** How the tree stands, before and after the phase that is shown. */
export function summarySection(model: PageModel): Markup {
  return markup`<section id="summary" aria-labelledby="summary-head">
<h2 id="summary-head">Summary</h2>
<p class="lead">${lead(model)}</p>
<ul class="tiles">${tiles(model)}</ul>
${severityTable(model)}
${controlsChart(model.survey.standards)}
${failures(model)}
</section>`;
}

function lead({ findings, survey: { files } }: PageModel): Content {
  if (findings.length === 0) {
    return `harden looked at ${counted(files.length, 'file')} and has nothing to say.`;
  }
  const grave = findings.filter(
    ({ meta }) => meta.severity === 'critical' || meta.severity === 'high',
  ).length;
  const found = `harden looked at ${counted(files.length, 'file')} and has ${counted(findings.length, 'finding')}, ${grave} of them critical or high.`;
  return markup`${found} ${byPhase((phase) => {
    const changed = findings.filter((finding) => isChangedBy(phase, finding)).length;
    return `After phase ${phase}, ${changed} of them ${changed === 1 ? 'is' : 'are'} changed.`;
  })}`;
}

function tiles({ findings, survey: { files, standards } }: PageModel): readonly Markup[] {
  const open = findings.filter(({ outcome }) => outcome === 'open').length;
  const accepted = findings.filter(({ outcome }) => outcome === 'accepted').length;
  const controls = standards.flatMap((standard) => standard.controls);
  const passing = (moment: Moment): number =>
    controls.filter(({ states }) => states[moment].status === 'PASS').length;
  const before = meanExposure(files, 'before');
  return [
    tile(
      'Changed by harden',
      byPhase((phase) => findings.filter((finding) => isChangedBy(phase, finding)).length),
      `of ${findings.length}`,
    ),
    tile('For you to decide', open, open === 0 ? 'nothing' : 'with a reason each'),
    tile('Rightly as they are', accepted, accepted === 0 ? 'nothing' : 'with a reason each'),
    tile(
      'Files changed',
      byPhase((phase) => files.filter((file) => file.after[phase] !== file.original.text).length),
      `of ${files.length}`,
    ),
    tile(
      'Controls that pass',
      byPhase((phase) => arrow(passing('before'), passing(phase))),
      `of ${controls.length}`,
    ),
    ...(before === undefined
      ? []
      : [
          tile(
            'Mean exposure of units',
            byPhase((phase) => arrow(before, meanExposure(files, phase)!)),
            '0 is best, 10 is worst',
          ),
        ]),
  ];
}

function tile(name: string, figure: Content, note: string): Markup {
  return markup`<li><span class="name">${name}</span> <strong>${figure}</strong> <span class="note">${note}</span></li>`;
}

/** The arrow is for the eye only: a screen reader says "to". */
function arrow(from: string | number, to: string | number): Markup {
  return markup`${from}<span aria-hidden="true"> → </span><span class="unseen"> to </span>${to}`;
}

/** With one decimal; undefined without a unit. */
function meanExposure(files: readonly SurveyedFile[], moment: Moment): string | undefined {
  const scores = files.flatMap(({ exposure }) => (exposure === undefined ? [] : [exposure[moment].score]));
  if (scores.length === 0) return undefined;
  return (scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(1);
}

function severityTable({ findings }: PageModel): Markup | undefined {
  const present = SEVERITIES.filter((severity) => findings.some(({ meta }) => meta.severity === severity));
  if (present.length === 0) return undefined;
  return markup`<h3 id="by-severity">Findings by severity</h3>
<table class="figures" aria-labelledby="by-severity"><thead><tr><th scope="col">Severity</th>${PHASES.map(
    (phase) => markup`<th scope="col"><span class="long">Changed in </span>phase ${phase}</th>`,
  )}<th scope="col"><span class="long">For you to </span>decide</th><th scope="col"><span class="long">Rightly </span>as is</th><th scope="col">All</th></tr></thead><tbody>${present.map(
    (severity) => {
      const list = findings.filter(({ meta }) => meta.severity === severity);
      const figures = [
        ...PHASES.map(
          (at) => list.filter(({ outcome, phase }) => outcome === 'changed' && phase === at).length,
        ),
        list.filter(({ outcome }) => outcome === 'open').length,
        list.filter(({ outcome }) => outcome === 'accepted').length,
        list.length,
      ];
      return markup`<tr><th scope="row"><a href="#severity-${severity}" aria-label="${SEVERITY_NAMES[severity]}">${severityBadge(severity)}</a></th>${figures.map((figure) => markup`<td>${figure}</td>`)}</tr>`;
    },
  )}</tbody></table>`;
}

function controlsChart(standards: readonly AssessedStandard[]): Markup {
  const bar = ({ controls }: AssessedStandard, moment: Moment): Markup =>
    stackedBar(
      STATUSES.map((status) => ({
        className: statusClass(status),
        name: status.toLowerCase(),
        count: controls.filter(({ states }) => states[moment].status === status).length,
      })),
    );
  return markup`<h3>Controls before and after</h3>
<div class="chart">${standards.map(
    (assessed) =>
      markup`<figure><figcaption><a href="#standard-${assessed.standard.id}">${assessed.standard.name}</a></figcaption><div class="row"><span class="when">Before</span><div>${bar(assessed, 'before')}</div></div><div class="row"><span class="when">${byPhase((phase) => `After phase ${phase}`)}</span><div>${blocksByPhase((phase) => bar(assessed, phase))}</div></div></figure>`,
  )}</div>
<details class="quiet"><summary>The same as a table</summary>${controlsTable(standards)}</details>`;
}

function controlsTable(standards: readonly AssessedStandard[]): Markup {
  const moments: readonly Moment[] = ['before', ...PHASES];
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Controls by status"><table class="figures"><thead><tr><th scope="col">Standard</th><th scope="col">When</th>${STATUSES.map((status) => markup`<th scope="col">${status}</th>`)}</tr></thead><tbody>${standards.flatMap(
    ({ standard, controls }) =>
      moments.map(
        (moment) =>
          markup`<tr><th scope="row">${standard.name}</th><td>${momentName(moment)}</td>${STATUSES.map(
            (status) =>
              markup`<td>${controls.filter(({ states }) => states[moment].status === status).length}</td>`,
          )}</tr>`,
      ),
  )}</tbody></table></div>`;
}

/** What could not be read: the figures leave it out, so it stands beside them. */
function failures({ survey }: PageModel): Markup | undefined {
  if (survey.failures.length === 0) return undefined;
  return markup`<h3>Not read</h3><ul class="left">${survey.failures.map(
    ({ path, line, reason }) =>
      markup`<li><b>${path}${line === undefined ? '' : `:${line}`}</b> ${redact(reason)}</li>`,
  )}</ul>`;
}
