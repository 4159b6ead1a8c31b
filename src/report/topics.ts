import { SEVERITIES, type Severity, type TransformMeta } from '../core/types.js';
import type { ReportFinding } from './findings.js';
import { groupedOverFiles, isFirst, type FindingGroup } from './groups.js';

/** All that a rule finds and that is not accepted, with a name by which the rest of the report refers to it. */
export interface Topic {
  /** `H2`: the second of high severity. */
  readonly name: string;
  readonly meta: TransformMeta;
  readonly findings: readonly ReportFinding[];
  readonly groups: readonly FindingGroup[];
}

const LETTERS: Readonly<Record<Severity, string>> = {
  critical: 'C',
  high: 'H',
  medium: 'M',
  low: 'L',
  info: 'I',
};

/** @param findings the gravest first, which is the order of the topics. */
export function topicsOf(findings: readonly ReportFinding[]): readonly Topic[] {
  const left = findings.filter(({ outcome }) => outcome !== 'accepted');
  return SEVERITIES.flatMap((severity) => {
    const metas = left
      .map(({ meta }) => meta)
      .filter((meta) => meta.severity === severity)
      .filter(isFirst);
    return metas.map((meta, at): Topic => {
      const own = left.filter((finding) => finding.meta === meta);
      return {
        name: `${LETTERS[severity]}${at + 1}`,
        meta,
        findings: own,
        groups: groupedOverFiles(own),
      };
    });
  });
}
