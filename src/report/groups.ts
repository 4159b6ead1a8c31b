import type { Evidence } from '../core/types.js';
import type { ReportFinding } from './findings.js';

/** Findings that say the same of several places of a file: told once. */
export interface FindingGroup {
  readonly first: ReportFinding;
  readonly places: readonly ReportFinding[];
  /** Of all of them, each once. */
  readonly evidence: readonly Evidence[];
}

export function grouped(findings: readonly ReportFinding[]): readonly FindingGroup[] {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const { meta, path, message, outcome, phase, change, reason } = finding;
    const key = JSON.stringify([meta.id, path, message, outcome, phase, change, reason]);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((places) => ({
    first: places[0]!,
    places,
    evidence: distinct(places.flatMap(({ evidence }) => evidence)),
  }));
}

function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const key = (item: Evidence): string =>
    'file' in item ? `${item.file}:${item.line}` : `${item.source} ${item.text}`;
  return [...new Map(evidence.map((item) => [key(item), item])).values()];
}

/** For `filter`: each item once. */
export function isFirst<T>(item: T, at: number, all: readonly T[]): boolean {
  return all.indexOf(item) === at;
}
