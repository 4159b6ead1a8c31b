import { SEVERITIES, type Evidence } from '../../core/types.js';
import { redact } from '../../core/redact.js';
import { capital } from '../markdown.js';
import { counted } from '../words.js';
import { folded, held, markup, prose, type Markup } from './markup.js';
import type { PageFinding, PageModel } from './model.js';
import { outcomeText, severityBadge } from './words.js';

/** Cards in a list: where a list is out of sight, a browser takes no time for what it holds. */
const LIST_LENGTH = 40;

/** All findings, the gravest first. */
export function findingsSection({ findings, large }: PageModel): Markup {
  const groups = SEVERITIES.map((severity) => ({
    severity,
    list: findings.filter(({ meta }) => meta.severity === severity),
  })).filter(({ list }) => list.length > 0);
  return markup`<section id="findings" aria-labelledby="findings-head">
<div class="head"><h2 id="findings-head">Findings</h2>${
    findings.length === 0
      ? undefined
      : markup`<p class="tools scripted"><button type="button" data-open="findings">Open all</button> <button type="button" data-close="findings">Close all</button></p>`
  }</div>
${findings.length === 0 ? markup`<p class="note">Nothing was found.</p>` : undefined}
${groups.map(
  ({ severity, list }) =>
    markup`<section class="group" aria-labelledby="severity-${severity}"><h3 id="severity-${severity}">${severityBadge(severity)} <span class="count">${counted(list.length, 'finding')}</span></h3>
${slices(list).map((slice, at) => (large && at > 0 ? laterCards(slice) : cards(slice, (content) => folded(large, content))))}</section>`,
)}
<p class="note" id="none-shown" hidden>No finding is both in this report and within the filter.</p>
</section>`;
}

function slices<T>(list: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(list.length / LIST_LENGTH);
  return Array.from({ length: count }, (_, at) => list.slice(at * LIST_LENGTH, (at + 1) * LIST_LENGTH));
}

type Fold = (content: Markup) => Markup;

function cards(slice: readonly PageFinding[], fold: Fold): Markup {
  return markup`<ul class="cards">${slice.map((finding) => card(finding, fold))}</ul>\n`;
}

/** Cards that are made when the page is shown already: thousands of them would keep it from being shown. */
function laterCards(slice: readonly PageFinding[]): Markup {
  return markup`<noscript data-cards="${slice.length}">${cards(slice, held)}</noscript>\n`;
}

function card(finding: PageFinding, fold: Fold): Markup {
  const { id, fileId, meta, path, line, subject, message, outcome, phase, workload } = finding;
  return markup`<li class="card" id="${id}" data-severity="${meta.severity}" data-phase="${phase}" data-outcome="${outcome}" data-file="${fileId}" data-workload="${workload?.id ?? ''}"><details><summary><span class="title">${subject === '' ? capital(message) : markup`<b>${capital(subject)}:</b> ${message}`}</span><span class="place">${path}:${line}</span><span class="outcome outcome-${outcome}">${outcomeText(finding)}</span></summary>${fold(markup`<dl>${facts(finding)}</dl>`)}</details></li>`;
}

function facts(finding: PageFinding): readonly Markup[] {
  const { meta, path, line, quoted, change, reason, outcome, safety, evidence, fileId } = finding;
  const fact = (term: string, value: Markup): Markup => markup`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  return [
    fact('Severity', severityBadge(meta.severity)),
    fact(
      'Line',
      markup`<a href="#${fileId}">${path}</a>, line ${line}${quoted === '' ? undefined : markup`<code class="quote">${quoted}</code>`}`,
    ),
    ...(change === undefined
      ? []
      : [fact(outcome === 'changed' ? 'Change' : 'Suggestion', changeOf(change, outcome === 'changed'))]),
    ...(outcome === 'changed'
      ? [
          fact(
            'Safety',
            markup`${safety === 'safe' ? 'Safe: all that it depends on is known.' : 'To be tested: something that it depends on is only likely.'}`,
          ),
        ]
      : []),
    ...(reason === undefined
      ? []
      : [fact(outcome === 'accepted' ? 'Why it may stay' : 'Why harden leaves it', prose(reason))]),
    ...(evidence.length === 0
      ? []
      : [fact('Evidence', markup`<ul>${evidence.map((item) => evidenceItem(item, path))}</ul>`)]),
    ...(outcome === 'accepted' ? [] : [fact('May break', prose(meta.mayBreak))]),
    fact('Rule', markup`<a href="#${ruleId(meta.id)}">${meta.title}</a> <code>${meta.id}</code>`),
  ];
}

function changeOf(change: string, made: boolean): Markup {
  if (made) return markup`<code class="quote">${change}</code>`;
  return markup`<code class="quote copied">${change}</code> <button type="button" class="scripted" data-copy>Copy<span class="unseen"> the suggestion</span></button>`;
}

function evidenceItem(evidence: Evidence, path: string): Markup {
  const text = redact(evidence.text);
  if ('source' in evidence) return markup`<li>${link(evidence.source)}: ${text}</li>`;
  const place = evidence.file === path ? `line ${evidence.line}` : `${evidence.file}:${evidence.line}`;
  return markup`<li>${place}: <code>${text}</code></li>`;
}

/** A link where the source is an address that a browser opens, else its text. */
export function link(source: string): Markup {
  return /^https:\/\/\S+$/.test(source) ? markup`<a href="${source}">${source}</a>` : markup`${source}`;
}

export function ruleId(id: string): string {
  return `rule-${id.replace('/', '-')}`;
}
