import { SEVERITIES, type Phase } from '../core/types.js';
import type { Status } from '../standards/types.js';
import { MOMENTS, PHASES, type AssessedStandard, type Moment, type Survey } from '../survey.js';
import { complianceSection, momentName } from './compliance.js';
import { acceptedSection, findingSections } from './finding-sections.js';
import { findingsOf, type Outcome, type ReportFinding } from './findings.js';
import { isFirst } from './groups.js';
import { enumeration } from '../core/words.js';
import { blocks, capital, codeCell, code, cell, escape, list, prose, table } from './markdown.js';
import { recommendationsSection } from './recommendations.js';
import { topicsOf, type Topic } from './topics.js';
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
  const topics = topicsOf(findings);
  return `${blocks(
    `# Security assessment of ${escape(about.project)}`,
    `Written by harden ${about.version} on ${about.date}. Values of secrets are masked.`,
    posture(survey, findings, topics),
    scope(survey, findings),
    '## Findings',
    findings.length === 0
      ? 'There is none.'
      : 'A change is safe when the files show all that it depends on; of the others something is only likely: test them first. Phase 1 makes the safe changes that a workload does not notice, phase 2 those that need a test, phase 3 the advanced ones.',
    findingSections(topics),
    acceptedSection(findings),
    complianceSection(survey.standards, topics),
    recommendationsSection(topics),
    '## Validation',
    validationSteps(survey),
  )}\n`;
}

function posture(survey: Survey, findings: readonly ReportFinding[], topics: readonly Topic[]): string {
  const open = findings.filter(({ outcome }) => outcome === 'open');
  const changed = findings.filter(({ outcome }) => outcome === 'changed');
  const accepted = findings.length - open.length - changed.length;
  const inPhase = (phase: Phase): number => changed.filter((finding) => finding.phase === phase).length;
  const worst = SEVERITIES.find((severity) => topics.some(({ meta }) => meta.severity === severity));
  const told = SEVERITIES.filter(
    (severity) => severity !== 'info' || findings.some(({ meta }) => meta.severity === severity),
  );
  return blocks(
    '## Posture',
    `${counted(findings.length, 'finding')} in ${counted(survey.files.length, 'file')}${worst === undefined ? '' : `, the gravest of them ${worst}`}. harden changes ${changed.length} of them (${inPhase(1)} in phase 1, ${inPhase(2)} in phase 2, ${inPhase(3)} in phase 3); ${open.length} are for you to decide; ${accepted} are rightly as they are.`,
    table(
      ['severity', 'findings', 'phase 1', 'phase 2', 'phase 3', 'for you to decide', 'accepted'],
      told.map((severity) => {
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
    gravest(topics),
    controlCounts(survey.standards),
    exposures(survey),
  );
}

/** What a reader must know who reads no further. */
function gravest(topics: readonly Topic[]): string | undefined {
  const grave = topics.filter(({ meta }) => meta.severity === 'critical' || meta.severity === 'high');
  if (grave.length === 0) return undefined;
  return blocks(
    'The grave ones:',
    list(
      grave.map(({ name, meta, findings, groups }) => {
        const number = (outcome: Outcome): number =>
          findings.filter((finding) => finding.outcome === outcome).length;
        const [changed, open] = [number('changed'), number('open')];
        const becomes = [
          ...(changed === 0 ? [] : [`${changed} changed`]),
          ...(open === 0 ? [] : [`${open} for you to decide`]),
        ];
        const files = new Set(findings.map(({ path }) => path));
        const [first] = files;
        const where = files.size === 1 ? code(first ?? '') : counted(files.size, 'file');
        const messages = groups.map(({ first }) => first.message).filter(isFirst);
        const what = messages.length === 1 ? capital(messages[0]!) : meta.title;
        return `**${name}** ${prose(what)}: ${counted(findings.length, 'place')} in ${where}, ${enumeration(becomes)}`;
      }),
    ),
  );
}

function controlCounts(standards: readonly AssessedStandard[]): string {
  return blocks(
    'How many controls PASS / are PARTIAL / FAIL:',
    table(
      ['standard', ...MOMENTS.map(momentName), 'no file shows'],
      standards.map(({ standard, controls }) => {
        const count = (status: Status, moment: Moment): number =>
          controls.filter(({ states }) => states[moment].status === status).length;
        return [
          cell(standard.name),
          ...MOMENTS.map((moment) =>
            (['PASS', 'PARTIAL', 'FAIL'] as const).map((status) => count(status, moment)).join(' / '),
          ),
          String(count('UNDECIDABLE', 2)),
        ];
      }),
    ),
  );
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
