import type { Survey } from '../../survey.js';
import type { ReportAbout } from './about.js';
import { controlsSection } from './controls.js';
import { filesSection } from './files.js';
import { filterBar } from './filters.js';
import { findingsSection } from './finding-list.js';
import { markup, trusted, type Markup } from './markup.js';
import { pageModel } from './model.js';
import { rulesSection } from './rules.js';
import { summarySection } from './summary.js';
import { unitsSection } from './units.js';

/**
 * A survey as one page that asks for nothing else: no network, and no script or style but its own, which its
 * Content-Security-Policy names by their hashes. https://www.w3.org/TR/CSP3/#framework-directive-source-list
 */
export function htmlReport(survey: Survey, about: ReportAbout): string {
  const { project, version, date, phase, assets } = about;
  const model = pageModel(survey, about);
  const units = unitsSection(model);
  const rules = rulesSection(model);
  const policy = `default-src 'none'; style-src '${assets.style.hash}'; script-src '${assets.script.hash}'; base-uri 'none'; form-action 'none'`;
  const page = markup`<!doctype html>
<html lang="en" data-phase="${phase}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="harden ${version}">
<title>Hardening of ${project}</title>
<style>${trusted(assets.style.text)}</style>
</head>
<body>
<a class="skip" href="#summary">Skip to the summary</a>
<header class="top"><div><p class="by">harden ${version} · ${date}</p><h1>Hardening of ${project}</h1></div>
<nav aria-label="Parts of the report"><ul>${navigation([
    ['summary', 'Summary'],
    ['findings', 'Findings'],
    ['files', 'Files'],
    ...(units === undefined ? [] : [['units', 'Units'] as const]),
    ['controls', 'Controls'],
    ...(rules === undefined ? [] : [['rules', 'Rules'] as const]),
  ])}</ul></nav>
<button type="button" id="theme" class="scripted">Dark theme</button></header>
${filterBar(model)}
<main>
${summarySection(model)}
${findingsSection(model)}
${filesSection(model)}
${units}
${controlsSection(model)}
${rules}
</main>
<p id="told" class="unseen" role="status" aria-live="polite"></p>
<script>${trusted(assets.script.text)}</script>
</body>
</html>
`;
  return page.html;
}

function navigation(parts: readonly (readonly [id: string, name: string])[]): readonly Markup[] {
  return parts.map(([id, name]) => markup`<li><a href="#${id}">${name}</a></li>`);
}
