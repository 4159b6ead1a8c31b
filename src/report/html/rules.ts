import { link, ruleId } from './finding-list.js';
import { markup, prose, type Markup } from './markup.js';
import type { PageModel } from './model.js';
import { severityBadge } from './words.js';

/** What is said of each rule that has a finding, once for all of them. */
export function rulesSection({ findings }: PageModel): Markup | undefined {
  const metas = [...new Map(findings.map(({ meta }) => [meta.id, meta])).values()].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  );
  if (metas.length === 0) return undefined;
  return markup`<section id="rules" aria-labelledby="rules-head">
<h2 id="rules-head">Rules</h2>
${metas.map(
  ({ id, title, description, severity, mayBreak, controls, references }) =>
    markup`<article class="rule" id="${ruleId(id)}"><details>
<summary>${severityBadge(severity)}<h3>${title}</h3><code>${id}</code></summary>
<p>${prose(description)}</p>
<dl><div><dt>May break</dt><dd>${prose(mayBreak)}</dd></div>
${controls.length === 0 ? undefined : markup`<div><dt>Controls</dt><dd>${controls.join(', ')}</dd></div>`}
${references.length === 0 ? undefined : markup`<div><dt>References</dt><dd><ul>${references.map((reference) => markup`<li>${link(reference)}</li>`)}</ul></dd></div>`}</dl>
</details></article>`,
)}
</section>`;
}
