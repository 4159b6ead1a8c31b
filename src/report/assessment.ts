import { SEVERITIES, type Evidence, type Phase } from '../core/types.js';
import {
  MOMENTS,
  PHASES,
  type AssessedControl,
  type AssessedStandard,
  type Moment,
  type Survey,
} from '../survey.js';
import type { Status } from '../standards/types.js';
import type { Judged } from '../standards/status.js';
import { findingsOf, type ReportFinding } from './findings.js';
import { grouped, isFirst, type FindingGroup } from './groups.js';
import { blocks, capital, cell, code, codeCell, escape, fence, list, lower, table } from './markdown.js';
import { validationSteps } from './validation.js';
import { counted } from './words.js';

/** What reports tell of themselves. */
export interface About {
  /** The project's name. */
  readonly project: string;
  /** harden's version. */
  readonly version: string;
  /** `2026-11-26`. */
  readonly date: string;
}

/** `SECURITY_ASSESSMENT_DOCKER.md`: what was wrong, what is changed, what is left, and how each is known. */
export function assessment(survey: Survey, about: About): string {
  const findings = findingsOf(survey);
  return `${blocks(
    `# Security assessment of ${escape(about.project)}`,
    `Written by harden ${about.version} on ${about.date}. Each finding names the line that it is about; each status of a control was decided from the files, before and after each phase. Values of secrets are masked.`,
    posture(survey, findings),
    scope(survey, findings),
    '## Findings',
    findings.length === 0 ? 'There is none.' : undefined,
    ...SEVERITIES.map((severity) => severitySection(severity, findings)),
    acceptedSection(findings),
    '## Compliance',
    'PASS: every container or image meets it. PARTIAL: some do, or what does not is accepted with a reason. FAIL: none does. UNDECIDABLE: no file shows it; the command that decides it stands below the table. "Phase 1" is the state of the files after the changes of that phase, and so on.',
    ...survey.standards.map(standardSection),
    recommendations(findings),
    '## Validation',
    validationSteps(survey),
  )}\n`;
}

function posture(survey: Survey, findings: readonly ReportFinding[]): string {
  const open = findings.filter(({ outcome }) => outcome === 'open');
  const changed = findings.filter(({ outcome }) => outcome === 'changed');
  const accepted = findings.length - open.length - changed.length;
  const inPhase = (phase: Phase): number => changed.filter((finding) => finding.phase === phase).length;
  const [cis] = survey.standards;
  const count = (status: Status, moment: Moment): number =>
    (cis?.controls ?? []).filter(({ states }) => states[moment].status === status).length;
  const worst = SEVERITIES.find((severity) =>
    findings.some((one) => one.meta.severity === severity && one.outcome !== 'accepted'),
  );
  return blocks(
    '## Posture',
    `${counted(findings.length, 'finding')} in ${counted(survey.files.length, 'file')}${worst === undefined ? '' : `, the gravest of them ${worst}`}. harden changes ${changed.length} of them (${inPhase(1)} in phase 1, ${inPhase(2)} in phase 2, ${inPhase(3)} in phase 3); ${open.length} are for you to decide; ${accepted} are rightly as they are.`,
    table(
      ['severity', 'findings', 'changed in phase 1', 'phase 2', 'phase 3', 'for you to decide', 'accepted'],
      SEVERITIES.map((severity) => {
        const those = findings.filter(({ meta }) => meta.severity === severity);
        const number = (of: (finding: ReportFinding) => boolean): string => String(those.filter(of).length);
        return [
          severity,
          String(those.length),
          ...PHASES.map((phase) => number((one) => one.outcome === 'changed' && one.phase === phase)),
          number(({ outcome }) => outcome === 'open'),
          number(({ outcome }) => outcome === 'accepted'),
        ];
      }),
    ),
    cis === undefined
      ? undefined
      : table(
          [escape(cis.standard.name), ...MOMENTS.map(momentName)],
          STATUSES.map((status) => [status, ...MOMENTS.map((moment) => String(count(status, moment)))]),
        ),
    exposures(survey),
  );
}

const STATUSES: readonly Status[] = ['PASS', 'PARTIAL', 'FAIL', 'NOT APPLICABLE', 'UNDECIDABLE'];

function momentName(moment: Moment): string {
  return moment === 'before' ? 'before' : `phase ${moment}`;
}

function exposures({ files }: Survey): string {
  const rows = files.flatMap(({ path, exposure }) =>
    exposure === undefined
      ? []
      : [
          [
            codeCell(path),
            ...MOMENTS.map((moment) => `${exposure[moment].score.toFixed(1)} ${exposure[moment].rating}`),
          ],
        ],
  );
  if (rows.length === 0) return '';
  return blocks(
    'The exposure of units as `systemd-analyze security` scores it, from 0 (confined) to 10:',
    table(['unit', ...MOMENTS.map(momentName)], rows),
  );
}

function scope(survey: Survey, findings: readonly ReportFinding[]): string {
  return blocks(
    '## Scope',
    table(
      ['file', 'format', 'findings', 'changes first in'],
      survey.files.map(({ path, format, original, after }) => {
        const first = PHASES.find((phase) => after[phase] !== original.text);
        return [
          codeCell(path),
          format,
          String(findings.filter((finding) => finding.path === path).length),
          first === undefined ? 'not at all' : `phase ${first}`,
        ];
      }),
    ),
    survey.failures.length === 0
      ? undefined
      : blocks(
          'These could not be read, and nothing is said of them:',
          list(
            survey.failures.map(
              ({ path, line, reason }) =>
                `${code(line === undefined ? path : `${path}:${line}`)}: ${escape(reason)}`,
            ),
          ),
        ),
    'Only files were read. The engine and its settings, the hosts, built images and their vulnerabilities, and what runs now are not part of it.',
  );
}

const HEADINGS = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'For information',
} as const;

/** The grave ones in full; of the others, which are many in a unit, a table for each file. */
function severitySection(severity: keyof typeof HEADINGS, findings: readonly ReportFinding[]): string {
  const those = findings.filter(({ meta, outcome }) => meta.severity === severity && outcome !== 'accepted');
  const groups = grouped(those);
  if (groups.length === 0) return '';
  const grave = severity === 'critical' || severity === 'high';
  return blocks(
    `### ${HEADINGS[severity]}`,
    ...(grave
      ? groups.map(findingSection)
      : those
          .map(({ path }) => path)
          .filter(isFirst)
          .map((path) =>
            findingTable(
              path,
              groups.filter(({ first }) => first.path === path),
            ),
          )),
  );
}

function findingTable(path: string, groups: readonly FindingGroup[]): string {
  return blocks(
    `#### ${code(path)}`,
    table(
      ['line', 'finding and risk', 'evidence', 'what becomes of it'],
      groups.map(({ first, places, evidence }) => [
        places
          .map(({ line }) => String(line))
          .filter(isFirst)
          .join(', '),
        `${cell(capital(first.message))}${cell(subjectsOf(places))}. ${cell(riskOf(first.meta.description))} (${codeCell(first.meta.id)})`,
        [codeCell(first.quoted), ...otherEvidence(evidence, places).slice(0, MAX_CITED)]
          .join('; ')
          .replace(/(?<!\\)\|/g, '\\|'),
        decision(first).replace(/(?<!\\)\|/g, '\\|'),
      ]),
    ),
  );
}

/** What a cell of a table has room for. */
const MAX_CITED = 2;

function findingSection({ first, places, evidence }: FindingGroup): string {
  const { meta, path } = first;
  const others = otherEvidence(evidence, places);
  return blocks(
    `#### ${escape(meta.title)}: ${code(path)}`,
    `${capital(escape(first.message))}${subjectsOf(places)}.`,
    fence(
      places
        .map(({ line, quoted }) => `${path}:${line}: ${quoted}`)
        .filter(isFirst)
        .join('\n'),
    ),
    list([
      ...(others.length === 0 ? [] : [`**Evidence:** ${others.join('; ')}`]),
      `**Risk:** ${escape(riskOf(meta.description))}`,
      decision(first),
      ...(first.outcome === 'changed' ? [`**May break:** ${escape(meta.mayBreak)}`] : []),
      `**Rule:** ${code(meta.id)}${meta.controls.length === 0 ? '' : `; ${meta.controls.map(escape).join(', ')}`}`,
      ...(meta.references.length === 0
        ? []
        : [`**See:** ${meta.references.map((url) => `<${url}>`).join(', ')}`]),
    ]),
  );
}

function subjectsOf(places: readonly ReportFinding[]): string {
  const names = places
    .map(({ subject }) => subject)
    .filter((name) => name !== '')
    .filter(isFirst);
  return names.length === 0 ? '' : ` (${names.map(escape).join(', ')})`;
}

/** Evidence that is not the quoted line itself. */
function otherEvidence(evidence: readonly Evidence[], places: readonly ReportFinding[]): readonly string[] {
  const own = new Set(places.map(({ path, line }) => `${path}:${line}`));
  return evidence
    .filter((item) => !('file' in item) || !own.has(`${item.file}:${item.line}`))
    .map((item) =>
      'file' in item
        ? `${code(`${item.file}:${item.line}`)} ${item.text === '' ? '' : code(item.text)}`.trim()
        : `"${escape(item.text)}" (${/^https?:/.test(item.source) ? `<${item.source}>` : escape(item.source)})`,
    );
}

/** What is wrong without the change: the description's sentences before it tells of the change. */
function riskOf(description: string): string {
  return /^(.*?[.!?])(?=\s+[A-Z`]|$)/s.exec(description)?.[1] ?? description;
}

function decision({ outcome, phase, safety, change, reason }: ReportFinding): string {
  if (outcome === 'changed') {
    const certainty =
      safety === 'safe' ? 'all it depends on is known' : 'needs a test: not all that it depends on is known';
    return `**Changed in phase ${phase}** (${certainty}): ${code(change ?? '')}`;
  }
  const suggested = change === undefined ? '' : ` Suggested: ${code(change)}`;
  return `**For you to decide:** ${escape(reason ?? '')}.${suggested}`;
}

function acceptedSection(findings: readonly ReportFinding[]): string {
  const accepted = grouped(findings.filter(({ outcome }) => outcome === 'accepted'));
  if (accepted.length === 0) return '';
  return blocks(
    '### Looked at, and rightly as it is',
    table(
      ['where', 'what', 'why it stays'],
      accepted.map(({ first, places }) => [
        places
          .map(({ path, line }) => codeCell(`${path}:${line}`))
          .filter(isFirst)
          .join(', '),
        `${cell(first.message)}${cell(subjectsOf(places))}`,
        cell(first.reason ?? ''),
      ]),
    ),
  );
}

function standardSection({ standard, controls }: AssessedStandard): string {
  return blocks(
    `### ${escape(standard.name)}`,
    `Version: ${escape(standard.version)}. Source: <${standard.source}>.${standard.scope === undefined ? '' : ` ${escape(standard.scope)}`}`,
    table(
      ['control', 'what it asks for', ...MOMENTS.map(momentName)],
      controls.map(({ control, states }) => [
        escape(control.id.slice(standard.id.length + 1)),
        cell(control.title),
        ...MOMENTS.map((moment) => states[moment].status),
      ]),
    ),
    behind(standard.id, controls),
    undecidable(standard.id, controls),
  );
}

/** What keeps a control from PASS after phase 2, which is what `--write` makes. */
function behind(id: string, controls: readonly AssessedControl[]): string {
  const rows = controls.flatMap(({ control, states }) =>
    states[2].judged
      .filter(({ verdict }) => verdict.kind === 'unmet')
      .map((judged) => [escape(control.id.slice(id.length + 1)), placeOf(judged), cell(saysOf(judged))]),
  );
  if (rows.length === 0) return '';
  return blocks('What is still unmet after phase 2:', table(['control', 'where', 'what'], rows));
}

function placeOf({ subject: { name, path } }: Judged): string {
  return `${codeCell(path)}${name === '' ? '' : ` ${cell(name)}`}`;
}

function saysOf({ verdict, accepted, check }: Judged): string {
  const says = 'says' in verdict ? verdict.says : '';
  const why = accepted === undefined ? '' : `; accepted: ${accepted}`;
  const rules = check.transforms.length === 0 ? '' : ` (${check.transforms.join(', ')})`;
  return `${says}${why}${rules}`;
}

function undecidable(id: string, controls: readonly AssessedControl[]): string {
  const rows = controls.flatMap(({ control, states }) => {
    if (states[2].status !== 'UNDECIDABLE') return [];
    const { undecided } = control;
    const unknown = states[2].judged.find(({ verdict }) => verdict.kind === 'unknown');
    const why = undecided?.why ?? (unknown === undefined ? '' : saysOf(unknown));
    const decide = undecided?.decide === undefined ? '' : codeCell(undecided.decide);
    return [[escape(control.id.slice(id.length + 1)), cell(why), decide]];
  });
  if (rows.length === 0) return '';
  return blocks('What no file shows, and what decides it:', table(['control', 'why', 'decide it by'], rows));
}

function recommendations(findings: readonly ReportFinding[]): string {
  const open = grouped(findings.filter(({ outcome }) => outcome === 'open'));
  const changed = (phase: Phase): readonly FindingGroup[] =>
    grouped(findings.filter((one) => one.outcome === 'changed' && one.phase === phase));
  const names = (groups: readonly FindingGroup[]): string =>
    groups
      .map(({ first }) => first.meta.title)
      .filter(isFirst)
      .map(lower)
      .map(escape)
      .join('; ');
  const steps = [
    ...(changed(1).length === 0
      ? []
      : [
          `**Now, phase 1** (nothing that it changes is visible to a workload): ${names(changed(1))}. \`harden --in-place --phase 1\``,
        ]),
    ...(open.length === 0
      ? []
      : [
          `**Decide** what only you know, the gravest first:\n${list(
            open.map(
              ({ first, places }) =>
                `${code(`${first.path}:${first.line}`)} ${escape(first.message)}${subjectsOf(places)}: ${escape(first.reason ?? '')}`,
            ),
          )}`,
        ]),
    ...(changed(2).length === 0
      ? []
      : [`**After a test, phase 2**: ${names(changed(2))}. \`harden --write\`, then \`harden verify\``]),
    ...(changed(3).length === 0
      ? []
      : [`**Advanced, phase 3**: ${names(changed(3))}. \`harden --write --phase 3\``]),
    '**On the hosts and in CI**: run the commands of the tables "What no file shows" above.',
  ];
  return blocks(
    '## Recommendations by priority',
    steps.map((step, at) => `${at + 1}. ${step.replace(/\n/g, '\n   ')}`).join('\n'),
  );
}
