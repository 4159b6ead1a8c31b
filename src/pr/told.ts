import { uniqueEvidence } from '../core/evidence.js';
import { redact } from '../core/redact.js';
import type { Evidence } from '../core/types.js';
import { printable, subjectOf, whatOf } from '../render/text.js';
import type { FileChange, Step } from './steps.js';

/** A change as reviewers are told of it: without secrets, once for all places in a file where it is the same. */
export interface ToldChange {
  readonly path: string;
  /** How many changes these are, as the preview and the totals count: one for each service. */
  readonly count: number;
  /** `web, api`. */
  readonly subjects: readonly string[];
  /** What changes. */
  readonly change: string;
  /** What is wrong without it. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  /** True for what something that is only likely depends on. */
  readonly toBeTested: boolean;
}

/** What a step changes, file by file. */
export function toldChanges({ changes }: Step): readonly ToldChange[] {
  return changes.flatMap((change) =>
    change.companion === undefined ? ofEntries(change) : ofCompanion(change.path, change.companion),
  );
}

function ofEntries({ path, entries }: FileChange): readonly ToldChange[] {
  return joined(
    entries.map((entry): ToldChange => ({
      path,
      count: 1,
      subjects: [clean(subjectOf(entry))],
      change: clean(whatOf(entry)),
      why: clean(entry.finding.message),
      evidence: uniqueEvidence(entry.finding.evidence),
      toBeTested: entry.finding.safety === 'unsafe',
    })),
  );
}

function ofCompanion(path: string, { notes }: NonNullable<FileChange['companion']>): readonly ToldChange[] {
  return joined(
    notes
      .filter(({ disposition }) => disposition === 'applied')
      .map(({ subject, reason, evidence, safety }): ToldChange => ({
        path,
        count: 1,
        subjects: [],
        change: clean(subject),
        why: clean(reason),
        evidence: uniqueEvidence(evidence),
        toBeTested: safety === 'unsafe',
      })),
  );
}

function joined(changes: readonly ToldChange[]): readonly ToldChange[] {
  const groups = new Map<string, ToldChange>();
  for (const one of changes) {
    const key = JSON.stringify([one.path, one.change, one.why, one.toBeTested]);
    const known = groups.get(key);
    const both = (a: readonly string[], b: readonly string[]): readonly string[] => [
      ...new Set([...a, ...b]),
    ];
    groups.set(
      key,
      known === undefined
        ? one
        : {
            ...known,
            count: known.count + one.count,
            subjects: both(known.subjects, one.subjects),
            evidence: uniqueEvidence([...known.evidence, ...one.evidence]),
          },
    );
  }
  return [...groups.values()];
}

/** `Dockerfile:12: USER node`. */
export function evidenceLine(evidence: Evidence): string {
  const place = 'source' in evidence ? evidence.source : `${evidence.file}:${evidence.line}`;
  return clean(`${place}: ${evidence.text}`);
}

/** One line without secrets and control characters. */
export function clean(text: string): string {
  return printable(redact(text)).replace(/\s+/g, ' ').trim();
}
