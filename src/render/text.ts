import { uniqueEvidence } from '../core/evidence.js';
import { createColors } from 'picocolors';
import type { Disposition, FilePlan, PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import type { Evidence } from '../core/types.js';
import type { Exposure } from '../exposure/exposure.js';
import type { ExposureChange } from '../exposure/plan.js';
import type { FileOutcome } from '../harden.js';
import { maskedDiff } from './diff.js';
import type { Issue } from './issues.js';
import type { WrittenFile } from './output.js';
import { phaseCounts, type Totals } from './totals.js';
import { wrap } from './wrap.js';

export interface TextOptions {
  readonly color: boolean;
  /** Columns to wrap at. */
  readonly width: number;
}

export interface TextRenderer {
  /** One file's report; empty when there is nothing to say of it. */
  outcome(outcome: FileOutcome): string;
  /** One line for a file that was written or would change. */
  summary(plan: FilePlan, written: WrittenFile | undefined, exposure?: ExposureChange): string;
  /** The report on a unit that is installed: the file that is merged over it, and why. */
  installed(plan: FilePlan, dropIn: string, exposure: ExposureChange | undefined): string;
  /** A finding in a line, with its reason below. */
  issue(issue: Issue): string;
  totals(totals: Totals, nextStep: string): string;
}

export type Colors = ReturnType<typeof createColors>;

/** Renders plans for people: the diff, the changes with their reasons, what was left alone and why, totals. */
export function createTextRenderer({ color, width }: TextOptions): TextRenderer {
  const c = createColors(color);
  const columns = Math.max(60, Math.min(width, 120));
  return {
    outcome: (outcome) => {
      switch (outcome.kind) {
        case 'failed':
          return failure(c, outcome);
        case 'foreign':
          return c.dim(`${printable(outcome.path)}: ${outcome.reason}; left alone\n`);
        case 'planned':
          return planned(
            c,
            columns,
            outcome.plan,
            diffText(c, outcome.plan.original.text, outcome.plan.result),
            outcome.exposure,
          );
      }
    },
    summary: (plan, written, exposure) => summaryText(c, plan, written, exposure),
    installed: (plan, dropIn, exposure) =>
      planned(
        c,
        columns,
        plan,
        dropIn.replace(/^(?!#).+$/gm, (line) => c.green(printable(line))),
        exposure,
      ),
    issue: ({ path, region, meta, subject, message, change, reason, disposition }) => {
      const head = `${c.yellow('new')}  ${c.bold(printable(`${path}:${region.startLine}`))}  ${meta.id}  ${c.dim(meta.severity)}\n`;
      const said = `${subject}: ${message}`;
      const what = disposition === 'applied' ? `change: ${change}` : `for you to decide: ${reason ?? ''}`;
      return (
        head +
        [said, what]
          .flatMap((line) => wrap(shown(line), columns - 5))
          .map((line) => `     ${line}\n`)
          .join('')
      );
    },
    totals: (totals, nextStep) => totalsText(c, columns, totals, nextStep),
  };
}

function failure(c: Colors, { path, line, reason }: Extract<FileOutcome, { kind: 'failed' }>): string {
  const place = line === undefined ? path : `${path}:${line}`;
  return `${c.bold(printable(place))}: ${c.red('error')}: ${shown(reason)}\n`;
}

/** @param change how the text changes: the diff, or the file that is merged over it. */
function planned(
  c: Colors,
  columns: number,
  plan: FilePlan,
  change: string,
  exposure: ExposureChange | undefined,
): string {
  const groups = groupEntries(plan.entries);
  const those = (disposition: Disposition): readonly Group[] =>
    groups.filter(({ entry }) => entry.disposition === disposition);
  const left = (disposition: Disposition): readonly string[] =>
    byReason(those(disposition)).map((same) => leftText(c, columns, same, plan.path));
  const sections = [
    change,
    exposureText(c, exposure),
    section(c, 'Changes', changeTexts(c, columns, those('applied'), plan.path)),
    section(
      c,
      'In a later phase',
      those('later').map((group) => laterText(c, columns, group)),
    ),
    section(c, 'For you to decide', left('manual')),
    section(c, 'Rightly as it is', left('accepted')),
    section(c, 'Dropped: the change failed its check (a bug in harden)', left('unsound')),
    section(
      c,
      'Failed transforms (a bug in harden)',
      plan.failures.map(({ id, error }) => `  ${c.red(id)}: ${shown(error)}\n`),
    ),
  ].filter((text) => text !== '');
  if (sections.length === 0) return c.dim(`${printable(plan.path)}: nothing to change\n`);
  return `${c.bold(c.underline(printable(plan.path)))}\n\n${sections.join('\n')}\n`;
}

/** What `systemd-analyze security` makes of a unit, before and after. */
function exposureText(c: Colors, change: ExposureChange | undefined): string {
  if (change === undefined) return '';
  const { after, before } = change;
  if (after.score === before.score) return `Exposure ${scored(c, before)} by systemd-analyze security\n`;
  return `Exposure ${scored(c, before)} → ${scored(c, after)} by systemd-analyze security\n`;
}

function scored(c: Colors, { score, rating }: Exposure): string {
  const paint = score < 4 ? c.green : score < 7 ? c.yellow : c.red;
  return paint(`${score.toFixed(1)} ${rating}`);
}

/** Findings that say the same of several services or stages are told once. */
interface Group {
  readonly entry: PlanEntry;
  readonly subjects: readonly string[];
  readonly evidence: readonly Evidence[];
}

function groupEntries(entries: readonly PlanEntry[]): readonly Group[] {
  const groups = new Map<string, { entry: PlanEntry; subjects: string[]; evidence: Evidence[] }>();
  for (const entry of entries) {
    const { finding, meta, disposition, reason } = entry;
    const key = JSON.stringify([
      meta.id,
      disposition,
      finding.safety,
      finding.message,
      whatOf(entry),
      reason,
    ]);
    const group = groups.get(key) ?? { entry, subjects: [], evidence: [] };
    const subject = subjectOf(entry);
    if (!group.subjects.includes(subject)) group.subjects.push(subject);
    for (const item of finding.evidence) {
      if (!group.evidence.some((known) => placeOf(known, '') === placeOf(item, '')))
        group.evidence.push(item);
    }
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What changes, or could. */
export function whatOf({ finding }: PlanEntry): string {
  if ('change' in finding) return finding.change;
  return 'suggestion' in finding ? (finding.suggestion ?? '') : '';
}

/** What the finding is about; a change in a shared mapping names who takes it over, and where it is made. */
export function subjectOf({ finding, meta }: PlanEntry): string {
  const { subject } = finding;
  if (meta.id.startsWith('fly/')) return tableName(subject);
  if (!('sharedBy' in finding) || finding.sharedBy === undefined) return subjectName(subject);
  return `${finding.sharedBy.map(subjectName).join(', ')} (in ${subject.at(-1) ?? ''})`;
}

const BLUEPRINT_KINDS: Readonly<Record<string, string>> = {
  databases: 'database',
  envVarGroups: 'group',
  projects: 'environment',
};

function subjectName(subject: readonly string[]): string {
  if (subject.length === 0) return 'the file';
  if (subject[0] === 'services') return subject[1] ?? '';
  // Of a Blueprint: what is no service.
  const kind = BLUEPRINT_KINDS[subject[0] ?? ''];
  if (kind !== undefined) return `${kind} ${subject.at(-1) ?? ''}`;
  if (subject[0] === 'stages') return subject[1] === undefined ? 'the stages' : `stage ${subject[1]}`;
  return `[${subject[0] ?? ''}]`;
}

/** A table of a TOML file: `[env]`, and `[[services]] 2` for the second of a list. */
function tableName(subject: readonly string[]): string {
  const [name = '', at] = subject;
  return at !== undefined && /^\d+$/.test(at) ? `[[${name}]] ${Number(at) + 1}` : `[${name}]`;
}

export function section(c: Colors, title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `${c.bold(title)}\n${items.join('')}`;
}

/** The changes with their reasons, as a report tells them. */
export function changesText(c: Colors, columns: number, entries: readonly PlanEntry[], path: string): string {
  return changeTexts(c, columns, groupEntries(entries), path).join('');
}

/** What a transform may break is told with the first of its changes. */
function changeTexts(c: Colors, columns: number, groups: readonly Group[], path: string): readonly string[] {
  const told = new Set<string>();
  return groups.map((group) => {
    const { id } = group.entry.meta;
    const text = changeText(c, columns, group, path, !told.has(id));
    told.add(id);
    return text;
  });
}

const SAFETY_WIDTH = 'phase 2  unsafe  '.length;

function changeText(c: Colors, columns: number, group: Group, path: string, withRisk: boolean): string {
  const { entry } = group;
  const unsafe = entry.finding.safety === 'unsafe';
  const safety = unsafe ? c.yellow('unsafe') : c.green('safe  ');
  const indent = ' '.repeat(SAFETY_WIDTH + 2);
  const room = columns - indent.length;
  const names = wrap(printable(`${group.subjects.join(', ')}:`), room);
  const what = shown(whatOf(entry));
  // Where many share a change, what changes begins a line of its own.
  const lines =
    names.length > 1
      ? [...names.map(c.bold), ...wrap(what, room)]
      : wrap(`${names.join('')} ${what}`, room).map((line, at) =>
          at === 0 && line.startsWith(names[0]!) ? c.bold(names[0]!) + line.slice(names[0]!.length) : line,
        );
  const head = `  phase ${entry.phase}  ${safety}  ${lines.join(`\n${indent}`)}\n`;
  return (
    head +
    detail(c, columns, 'why', `${entry.finding.message} (${entry.meta.id})`) +
    evidenceText(c, columns, group.evidence, path) +
    (withRisk ? detail(c, columns, 'may break', entry.meta.mayBreak) : '')
  );
}

function laterText(c: Colors, columns: number, group: Group): string {
  const { entry, subjects } = group;
  const text = `${subjects.join(', ')}: ${whatOf(entry)} (${entry.meta.id})`;
  return hanging(`  phase ${entry.phase}  `, text, columns, c.dim);
}

/** What was left alone for the same reason is told together. */
function byReason(groups: readonly Group[]): readonly (readonly Group[])[] {
  const found = new Map<string, Group[]>();
  for (const group of groups) {
    const reason = group.entry.reason ?? '';
    found.set(reason, [...(found.get(reason) ?? []), group]);
  }
  return [...found.values()];
}

function leftText(c: Colors, columns: number, groups: readonly Group[], path: string): string {
  const subjects = [...new Set(groups.flatMap((group) => group.subjects))];
  const items = groups.map(({ entry }) => {
    const what = whatOf(entry);
    return `${entry.finding.message}${what === '' ? '' : `: ${what}`} (${entry.meta.id})`;
  });
  const evidence = uniqueEvidence(groups.flatMap((group) => group.evidence));
  return (
    hanging('  ', `${subjects.join(', ')}: ${groups[0]?.entry.reason ?? ''}`, columns, c.bold) +
    [...new Set(items)].map((item, at) => detail(c, columns, at === 0 ? 'left' : '', item)).join('') +
    evidenceText(c, columns, evidence, path)
  );
}

const MAX_EVIDENCE = 3;

/** The first pieces of evidence; the JSON output has all of them. */
export function evidenceText(
  c: Colors,
  columns: number,
  evidence: readonly Evidence[],
  path: string,
  most = MAX_EVIDENCE,
): string {
  const first = evidence.slice(0, most);
  const rest = evidence.length - first.length;
  return first
    .map((item, at) => {
      const more = rest > 0 && at === first.length - 1 ? ` (and ${rest} more)` : '';
      return detail(
        c,
        columns,
        at === 0 ? 'evidence' : '',
        `${shortCommit(placeOf(item, path))}: ${item.text}${more}`,
      );
    })
    .join('');
}

function placeOf(evidence: Evidence, path: string): string {
  if ('source' in evidence) return evidence.source;
  return evidence.file === path ? `line ${evidence.line}` : `${evidence.file}:${evidence.line}`;
}

/** git and forges find a commit by twelve of its forty digits; the JSON output has all of them. */
function shortCommit(place: string): string {
  return place.replace(/(@[0-9a-f]{12})[0-9a-f]{28}(?=:|$)/, '$1');
}

export function detail(c: Colors, columns: number, label: string, text: string): string {
  const lead = ' '.repeat(SAFETY_WIDTH - 8) + label.padEnd(10);
  return hanging(lead, text, columns, c.dim);
}

export function hanging(
  lead: string,
  text: string,
  columns: number,
  style: (text: string) => string,
): string {
  const lines = wrap(shown(text), columns - lead.length);
  return lines.map((line, at) => style((at === 0 ? lead : ' '.repeat(lead.length)) + line) + '\n').join('');
}

export function diffText(c: Colors, before: string, after: string): string {
  const paint = { '@': c.cyan, '+': c.green, '-': c.red };
  return maskedDiff(before, after)
    .map((line) => (paint[line[0] as keyof typeof paint] ?? String)(printable(line)) + '\n')
    .join('');
}

/** Keeps a file's control characters away from the terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** What findings and errors say of a file, for a terminal. */
export function shown(text: string): string {
  return printable(redact(text));
}

function summaryText(
  c: Colors,
  plan: FilePlan,
  written: WrittenFile | undefined,
  exposure: ExposureChange | undefined,
): string {
  const changes = plan.entries.filter(({ disposition }) => disposition === 'applied').length;
  const decide = plan.entries.filter(({ disposition }) => disposition === 'manual').length;
  const counts = [
    `${changes} ${plural(changes, 'change')}`,
    ...(decide === 0 ? [] : [`${decide} for you to decide`]),
    ...(exposure === undefined || exposure.after.score === exposure.before.score
      ? []
      : [`exposure ${exposure.before.score.toFixed(1)} → ${exposure.after.score.toFixed(1)}`]),
  ].join(', ');
  return summaryLine(c, plan, written, counts) + failedTransforms(c, plan);
}

function summaryLine(c: Colors, plan: FilePlan, written: WrittenFile | undefined, counts: string): string {
  if (written === undefined) {
    return plan.result === plan.original.text
      ? ''
      : `${c.yellow('would change')}  ${printable(plan.path)}  ${c.dim(counts)}\n`;
  }
  const path = printable(written.path);
  if (written.error !== undefined) return `${c.red('not written ')}  ${path}  ${written.error}\n`;
  const state = written.changed ? c.green('wrote       ') : c.dim('unchanged   ');
  return `${state}  ${path}  ${c.dim(counts)}\n`;
}

function failedTransforms(c: Colors, { path, failures }: FilePlan): string {
  return failures
    .map(({ id, error }) => `${c.red('error       ')}  ${printable(path)}  ${id} failed: ${shown(error)}\n`)
    .join('');
}

function totalsText(c: Colors, columns: number, totals: Totals, nextStep: string): string {
  const changes = totals.safe + totals.unsafe;
  const rows: [number, string][] = [
    [
      totals.changedFiles,
      `of ${totals.files} ${plural(totals.files, 'file')} ${totals.changedFiles === 1 ? 'changes' : 'change'}`,
    ],
    [changes, `${plural(changes, 'change')}: ${phaseCounts(totals).join(', ')}`],
    [totals.later, `more in a later phase`],
    [totals.manual, 'for you to decide'],
    [totals.accepted, 'rightly as they are'],
    [totals.unsound, 'dropped by verification'],
    [totals.foreign, 'left alone: templates and other formats'],
    [totals.errors, plural(totals.errors, 'error')],
    [totals.fresh, 'not in the baseline'],
    [totals.known, 'known to the baseline'],
  ];
  const shown = rows.filter(([count], at) => at === 0 || count > 0);
  const digits = Math.max(...shown.map(([count]) => String(count).length));
  const lines = shown.map(([count, text]) => `${String(count).padStart(digits)} ${text}`);
  const hint = nextStep === '' ? '' : `\n${wrap(nextStep, columns).join('\n')}\n`;
  return `${c.bold('Totals')}\n${lines.map((line) => `  ${line}\n`).join('')}${hint}`;
}

export function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
