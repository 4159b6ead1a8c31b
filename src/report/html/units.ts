import type { Exposure } from '../../exposure/exposure.js';
import { gauge } from './chart.js';
import { markup, type Markup } from './markup.js';
import type { PageModel } from './model.js';
import { blocksByPhase } from './phases.js';

/** The exposure of each unit, as `systemd-analyze security` scores it. */
export function unitsSection({ files }: PageModel): Markup | undefined {
  const units = files.flatMap(({ id, file }) =>
    file.exposure === undefined ? [] : [{ id, path: file.path, exposure: file.exposure }],
  );
  if (units.length === 0) return undefined;
  return markup`<section id="units" aria-labelledby="units-head">
<h2 id="units-head">Units</h2>
<p class="note">Exposure as <code>systemd-analyze security</code> scores it: 0.0 can do nothing, 10.0 can do all. It weighs settings, not what the program does.</p>
<ul class="gauges">${units.map(
    ({ id, path, exposure }) =>
      markup`<li data-file="${id}"><h3><a href="#${id}">${path}</a></h3><div class="pair"><figure>${dial(exposure.before, 'Before')}<figcaption>Before</figcaption></figure><span class="to" aria-hidden="true">→</span>${blocksByPhase(
        (phase) =>
          markup`<figure>${dial(exposure[phase], `After phase ${phase}`)}<figcaption>After phase ${phase}</figcaption></figure>`,
      )}</div></li>`,
  )}</ul>
</section>`;
}

function dial({ score, rating }: Exposure, when: string): Markup {
  return gauge(score, rating, when);
}
