import { uniqueEvidence } from '../core/evidence.js';
import type { Evidence } from '../core/types.js';
import type { ReportFinding } from './findings.js';

/** Findings that say the same of several places: told once. */
export interface FindingGroup {
  readonly first: ReportFinding;
  readonly places: readonly ReportFinding[];
  /** Of all of them, each once. */
  readonly evidence: readonly Evidence[];
}

/** Findings that say the same of one file. */
export function grouped(findings: readonly ReportFinding[]): readonly FindingGroup[] {
  return groupedBy(findings, ({ path }) => path);
}

/** Findings that say the same, whatever files they are about. */
export function groupedOverFiles(findings: readonly ReportFinding[]): readonly FindingGroup[] {
  return groupedBy(findings, () => '');
}

function groupedBy(
  findings: readonly ReportFinding[],
  where: (finding: ReportFinding) => string,
): readonly FindingGroup[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const { meta, message, outcome, phase, safety, change, reason } = finding;
    const key = JSON.stringify([meta.id, where(finding), message, outcome, phase, safety, change, reason]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((places) => ({
    first: places[0]!,
    places,
    evidence: uniqueEvidence(places.flatMap(({ evidence }) => evidence)),
  }));
}

/** For `filter`: each item once. */
export function isFirst<T>(item: T, at: number, all: readonly T[]): boolean {
  return all.indexOf(item) === at;
}
