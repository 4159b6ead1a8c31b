import { isChanged } from '../core/companion.js';
import type { Disposition, FilePlan, PlanEntry } from '../core/plan.js';
import { redact } from '../core/redact.js';
import { LineIndex, type TextEdit } from '../core/text.js';
import type { Evidence, Phase, TransformMeta } from '../core/types.js';
import { ignoreMeta } from '../workload/ignore-additions.js';
import { fixesOf, type Fix } from './fixes.js';
import type { Told, ToldCompanion } from './output.js';
import { regionOf, trimmed, type Region } from './region.js';
import { subjectOf, whatOf } from './text.js';

/** A finding as tools are told of it: without secrets, with its place and what it is known by in the next run. */
export interface Issue {
  readonly meta: TransformMeta;
  readonly disposition: Disposition;
  readonly phase: Phase;
  readonly safety: 'safe' | 'unsafe' | undefined;
  /** The file that it stands in. */
  readonly path: string;
  readonly region: Region;
  /** The part of the file that it is about, as people call it. */
  readonly subject: string;
  /** What is wrong. */
  readonly message: string;
  /** What changes, or could; empty when nothing does. */
  readonly change: string;
  /** Why it was not changed; undefined for what was. */
  readonly reason: string | undefined;
  readonly evidence: readonly Evidence[];
  /** The same in every run until the line or what is wrong with it changes, wherever the line moves. */
  readonly fingerprint: string;
  readonly fix: IssueFix | undefined;
  /** Of one whose change is part of another's fix: the fingerprint of that one. */
  readonly fixedWith?: string | undefined;
  /** True for one that the project's baseline has; undefined where there is no baseline. */
  readonly known?: boolean | undefined;
  /** True where the fix is left out because it would tell a secret. */
  readonly withheld?: boolean;
}

/** A change that settles the issue. */
export interface IssueFix {
  readonly path: string;
  /** The text that it is made to; empty for a file that it makes. */
  readonly text: string;
  readonly lines: LineIndex;
  readonly edits: readonly TextEdit[];
}

/** A hash of a text, in hexadecimal. */
export type Digest = (text: string) => string;

/** The issues of a file and of what goes with it, those with a fix first and in the order in which fixes take effect. */
export function issuesOf({ outcome, companions, known }: Told, digest: Digest): readonly Issue[] {
  if (outcome.kind !== 'planned') return [];
  const numbered = createNumbering(digest, known?.nameOf);
  const issues = [
    ...ofPlan(outcome.plan, numbered),
    ...companions.flatMap((companion) => ofCompanion(companion, numbered)),
  ];
  return known === undefined
    ? issues
    : issues.map((issue) => ({ ...issue, known: known.has(issue.fingerprint) }));
}

/** True for one that somebody has to act on now: neither rightly as it is, nor of a later phase, nor known to the baseline. */
export function isPending({ disposition, known }: Issue): boolean {
  return disposition !== 'accepted' && disposition !== 'later' && known !== true;
}

function ofPlan(plan: FilePlan, fingerprint: Numbering): readonly Issue[] {
  const { original, path, entries } = plan;
  const { text, lines } = original;
  const masked = redact(text).split('\n');
  const fixes = fixesOf(plan);
  const fixOf = new Map(fixes.flatMap((fix) => fix.entries.map((entry) => [entry, fix])));
  const told = new Map<Fix, string>();
  return [...new Set([...fixOf.keys(), ...entries])].map((entry) => {
    const { meta, finding, disposition, phase, reason } = entry;
    const { start } = finding.range;
    const line = (masked[lines.lineOf(start) - 1] ?? '').trim();
    const own = fingerprint([meta.id, path, finding.subject, line]);
    const fix = fixOf.get(entry);
    const fixedWith = fix === undefined ? undefined : told.get(fix);
    if (fix !== undefined && fixedWith === undefined) told.set(fix, own);
    const edits = fixedWith === undefined ? fix?.edits : undefined;
    return {
      meta,
      disposition,
      phase,
      safety: safetyOf(entry),
      path,
      region: regionOf(lines, text, trimmed(text, finding.range)),
      subject: redact(subjectOf(entry)),
      message: redact(finding.message),
      change: redact(whatOf(entry)),
      reason: reason === undefined ? undefined : redact(reason),
      evidence: finding.evidence,
      fingerprint: own,
      fix: edits === undefined ? undefined : { path, text, lines, edits },
      fixedWith,
      withheld: fix !== undefined && fix.edits === undefined,
    };
  });
}

function safetyOf({ finding }: PlanEntry): Issue['safety'] {
  return finding.safety === 'safe' || finding.safety === 'unsafe' ? finding.safety : undefined;
}

/** The lines that an ignore file gets, and could get, are one issue each; what rightly stays in the context is one a line. */
function ofCompanion({ companion }: ToldCompanion, fingerprint: Numbering): readonly Issue[] {
  const { kind, path, source, variant, original, edits, notes } = companion;
  if (kind !== 'dockerignore') return [];
  // A file that isn't there yet, or is not the one in the tree, is told of where its Dockerfile stands.
  const place = original === undefined || variant ? source : path;
  const base = {
    meta: ignoreMeta,
    path: place,
    region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 },
    subject: path,
  };
  const fix =
    variant || !isChanged(companion)
      ? undefined
      : { path, text: original ?? '', lines: new LineIndex(original ?? ''), edits };
  const together = (['applied', 'later'] as const).flatMap((disposition): Issue[] => {
    const those = notes.filter((note) => note.disposition === disposition);
    const [first] = those;
    if (first === undefined) return [];
    const phase = first.phase ?? ignoreMeta.phase;
    return [
      {
        ...base,
        disposition,
        phase,
        safety: those.some(({ safety }) => safety === 'unsafe') ? 'unsafe' : 'safe',
        message: [...new Set(those.map(({ reason }) => redact(reason)))].join('; '),
        change: redact(those.map(({ subject }) => subject).join(', ')),
        reason: disposition === 'later' ? `phase ${phase}` : undefined,
        evidence: those.flatMap(({ evidence }) => evidence),
        fingerprint: fingerprint([ignoreMeta.id, path, [], disposition]),
        fix: disposition === 'applied' ? fix : undefined,
      },
    ];
  });
  const kept = notes
    .filter(({ disposition }) => disposition === 'accepted')
    .map(({ subject, reason, evidence }) => ({
      ...base,
      disposition: 'accepted' as const,
      phase: ignoreMeta.phase,
      safety: undefined,
      message: redact(`${subject} is not left out of the build context`),
      change: '',
      reason: redact(reason),
      evidence,
      fingerprint: fingerprint([ignoreMeta.id, path, [subject], '']),
      fix: undefined,
    }));
  return [...together, ...kept];
}

type Key = readonly [id: string, path: string, subject: readonly string[], line: string];
type Numbering = (key: Key) => string;

/** Issues that nothing tells apart are numbered in their order. */
function createNumbering(digest: Digest, nameOf = (path: string): string => path): Numbering {
  const counts = new Map<string, number>();
  return ([id, path, subject, line]) => {
    const text = JSON.stringify([id, nameOf(path), subject, line]);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return digest(JSON.stringify([text, count]));
  };
}

/** What is to be said of an issue in a paragraph. */
export function issueText({ subject, message, change, reason, disposition, safety, phase }: Issue): string {
  const changes =
    change === '' ? '' : ` ${sentence(safety === 'unsafe' ? 'Change, to be tested' : 'Change', change)}`;
  const said = sentence(subject, message);
  switch (disposition) {
    case 'applied':
      return said + changes;
    case 'later':
      return `${said} ${sentence(`Change in phase ${phase}`, change)}`;
    case 'manual':
      return `${said} ${sentence('For you to decide', reason ?? '')}${change === '' ? '' : ` ${sentence('Suggestion', change)}`}`;
    case 'accepted':
      return `${said} ${sentence('Rightly as it is', reason ?? '')}`;
    case 'unsound':
      return `${said} ${sentence('The change failed its check, a bug in harden', reason ?? '')}`;
  }
}

function sentence(lead: string, text: string): string {
  return `${lead}: ${text}${/[.!?]$/.test(text) ? '' : '.'}`;
}
