import { SEVERITIES, type Evidence, type Severity } from '../core/types.js';
import type { ReportFinding } from './findings.js';
import { isFirst, type FindingGroup } from './groups.js';
import { enumeration } from '../core/words.js';
import { blocks, cell, code, codeCell, escape, fence, list, prose, proseCell, table } from './markdown.js';
import type { Topic } from './topics.js';

const HEADINGS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'For information',
};

/** The findings by severity, each rule told once: the grave ones in full, the others in short. */
export function findingSections(topics: readonly Topic[]): string {
  return blocks(
    ...SEVERITIES.map((severity) => {
      const those = topics.filter(({ meta }) => meta.severity === severity);
      if (those.length === 0) return undefined;
      const grave = severity === 'critical' || severity === 'high';
      return blocks(`### ${HEADINGS[severity]}`, ...those.map(grave ? inFull : inShort));
    }),
  );
}

/** So many pieces of evidence say enough; the page has all of them. */
const MOST_EVIDENCE = { full: 4, short: 2 } as const;
const MOST_QUOTES = 8;

function inFull(topic: Topic): string {
  const { meta, groups } = topic;
  return blocks(
    heading(topic),
    list([
      `**Risk:** ${prose(riskOf(meta.description))}`,
      ...(groups.some(({ first }) => first.outcome === 'changed')
        ? [`**May break:** ${prose(meta.mayBreak)}`]
        : []),
      `**Rule:** ${rule(topic)}`,
      ...(meta.references.length === 0
        ? []
        : [`**See:** ${meta.references.map((url) => `<${url}>`).join(', ')}`]),
    ]),
    ...groups.map((group) =>
      blocks(
        `${placesOf(group.places)}: ${prose(group.first.message)}.`,
        quotes(group.places),
        list([...evidenceOf(group, MOST_EVIDENCE.full), decision(group.first)]),
      ),
    ),
  );
}

function inShort(topic: Topic): string {
  return blocks(
    heading(topic),
    `**Risk:** ${prose(riskOf(topic.meta.description))} (${rule(topic)})`,
    list(
      topic.groups.map((group) => {
        const { first, places } = group;
        const quoted = places.map((place) => place.quoted).filter(isFirst);
        const lines = quoted.slice(0, MOST_EVIDENCE.short).map(code);
        const rest = quoted.length > lines.length ? ' …' : '';
        return `${placesOf(places)}: ${prose(first.message)}: ${lines.join(', ')}${rest}\n${list([
          ...evidenceOf(group, MOST_EVIDENCE.short),
          decision(first),
        ])}`;
      }),
    ),
  );
}

function heading({ name, meta }: Topic): string {
  return `#### ${name}. ${escape(meta.title)}`;
}

function rule({ meta }: Topic): string {
  const controls = meta.controls.length === 0 ? '' : `; ${meta.controls.map(escape).join(', ')}`;
  return `${code(meta.id)}${controls}`;
}

/** `compose.yml:3, 29` (services web and api), `other.yml:7`. */
function placesOf(places: readonly ReportFinding[]): string {
  const texts = places
    .map(({ path }) => path)
    .filter(isFirst)
    .map((path) => {
      const own = places.filter((place) => place.path === path);
      const lines = own.map(({ line }) => String(line)).filter(isFirst);
      return `${code(`${path}:${lines.join(', ')}`)}${subjectsOf(own)}`;
    });
  return enumeration(texts);
}

/** ` (services web and api)`; empty where findings are about the whole file. */
export function subjectsOf(places: readonly ReportFinding[]): string {
  const names = places
    .map(({ subject }) => subject)
    .filter((name) => name !== '')
    .filter(isFirst);
  if (names.length === 0) return '';
  const [kind] = /^(?:service|stage) /.exec(names[0]!) ?? [];
  const text =
    kind !== undefined && names.length > 1 && names.every((name) => name.startsWith(kind))
      ? `${kind.trimEnd()}s ${enumeration(names.map((name) => escape(name.slice(kind.length))))}`
      : enumeration(names.map(escape));
  return ` (${text})`;
}

function quotes(places: readonly ReportFinding[]): string {
  const lines = places.map(({ path, line, quoted }) => `${path}:${line}: ${quoted}`).filter(isFirst);
  const more = lines.length - MOST_QUOTES;
  return fence([...lines.slice(0, MOST_QUOTES), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'));
}

/** Evidence that is not the quoted line itself: of lines and of documents about as many. */
function evidenceOf({ evidence, places }: FindingGroup, most: number): readonly string[] {
  const own = new Set(places.map(({ path, line }) => `${path}:${line}`));
  const others = evidence.filter((item) => !('file' in item) || !own.has(`${item.file}:${item.line}`));
  if (others.length === 0) return [];
  const documents = others.filter((item) => !('file' in item));
  const lines = others.filter((item) => 'file' in item);
  const shown = [...lines.slice(0, most - Math.min(documents.length, most / 2)), ...documents].slice(0, most);
  const more = others.length - shown.length;
  const rest = more > 0 ? `; ${more} more in harden-report.html` : '';
  return [`**Evidence:** ${shown.map(evidenceText).join('; ')}${rest}`];
}

function evidenceText(item: Evidence): string {
  return 'file' in item
    ? `${code(`${item.file}:${item.line}`)} ${item.text === '' ? '' : code(item.text)}`.trim()
    : `"${escape(item.text)}" (${sourceText(item.source)})`;
}

/** The catalogues cite a file on GitHub by its repository, commit and path. */
function sourceText(source: string): string {
  if (/^https?:/.test(source)) return `<${source}>`;
  const [, repository, commit, path] = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40}):(\S+)$/.exec(source) ?? [];
  return path === undefined
    ? escape(source)
    : `[${escape(`${repository!}: ${path}`)}](https://github.com/${repository!}/blob/${commit!}/${encodeURI(path)})`;
}

/** What is wrong without the change: the description's sentences before it tells of the change. */
function riskOf(description: string): string {
  return /^(.*?[.!?])(?=\s+[A-Z`]|$)/s.exec(description)?.[1] ?? description;
}

function decision({ outcome, phase, safety, change, reason }: ReportFinding): string {
  if (outcome === 'changed') {
    return `**Changed in phase ${phase}** (${safety === 'safe' ? 'safe' : 'test it first'}): ${code(change ?? '')}`;
  }
  const suggested = change === undefined ? '' : ` Suggested: ${code(change)}`;
  return `**For you to decide:** ${prose(reason ?? '')}.${suggested}`;
}

/** What stays, and why: told once for all that stays in a file for the same reason. */
export function acceptedSection(findings: readonly ReportFinding[]): string {
  const accepted = findings.filter(({ outcome }) => outcome === 'accepted');
  const key = ({ path, reason }: ReportFinding): string => JSON.stringify([path, reason]);
  const rows = accepted
    .map(key)
    .filter(isFirst)
    .map((one) => {
      const own = accepted.filter((finding) => key(finding) === one);
      const { path, reason } = own[0]!;
      const lines = own.map(({ line }) => String(line)).filter(isFirst);
      const whats = own.map(({ message }) => message).filter(isFirst);
      return [
        codeCell(`${path}:${lines.join(', ')}`),
        `${whats.map(proseCell).join('; ')}${cell(subjectsOf(own))}`,
        proseCell(reason ?? ''),
      ];
    });
  if (rows.length === 0) return '';
  return blocks('### Looked at, and rightly as it is', table(['where', 'what', 'why it stays'], rows));
}
