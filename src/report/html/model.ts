import type { Phase } from '../../core/types.js';
import type { Survey, SurveyedFile } from '../../survey.js';
import { findingsOf, type ReportFinding } from '../findings.js';
import type { ReportAbout } from './about.js';

/** A finding with its place on the page. */
export interface PageFinding extends ReportFinding {
  /** The anchor of its card. */
  readonly id: string;
  readonly fileId: string;
  /** Undefined for what concerns a file as a whole. */
  readonly workload: PageWorkload | undefined;
}

/** A service, a stage or a unit: what a reader may want to see alone. */
export interface PageWorkload {
  readonly id: string;
  readonly name: string;
  readonly path: string;
}

export interface PageFile {
  readonly id: string;
  readonly file: SurveyedFile;
  readonly findings: readonly PageFinding[];
}

/** All that the page shows. */
export interface PageModel {
  readonly about: ReportAbout;
  readonly survey: Survey;
  /** The gravest first. */
  readonly findings: readonly PageFinding[];
  readonly files: readonly PageFile[];
  readonly workloads: readonly PageWorkload[];
  /** So large that folds are made when they are opened. */
  readonly large: boolean;
}

/** Up to so many findings all of the page is made at once, so that a search in the page finds all. */
const FINDINGS_AT_ONCE = 400;

/** Gives findings, files and workloads their places on the page. */
export function pageModel(survey: Survey, about: ReportAbout): PageModel {
  const fileIds = new Map(survey.files.map(({ path }, at) => [path, `file-${at + 1}`]));
  const formats = new Map(survey.files.map(({ path, format }) => [path, format]));
  const workloads = new Map<string, PageWorkload>();
  const workloadOf = (path: string, name: string | undefined): PageWorkload | undefined => {
    if (name === undefined) return undefined;
    const key = `${path}\n${name}`;
    const known = workloads.get(key) ?? { id: `workload-${workloads.size + 1}`, name, path };
    workloads.set(key, known);
    return known;
  };
  const findings = findingsOf(survey).map((finding, at): PageFinding => {
    const { path, subject } = finding;
    return {
      ...finding,
      id: `finding-${at + 1}`,
      fileId: fileIds.get(path)!,
      workload: workloadOf(path, workloadName(formats.get(path)!, path, subject)),
    };
  });
  const byPath = new Map<string, PageFinding[]>();
  for (const finding of findings) byPath.set(finding.path, [...(byPath.get(finding.path) ?? []), finding]);
  return {
    about,
    survey,
    findings,
    files: survey.files.map((file) => ({
      id: fileIds.get(file.path)!,
      file,
      findings: byPath.get(file.path) ?? [],
    })),
    workloads: [...workloads.values()].sort(byName),
    large: findings.length > FINDINGS_AT_ONCE,
  };
}

/** A unit is one workload; a Compose file and a Dockerfile have several. */
function workloadName(format: SurveyedFile['format'], path: string, subject: string): string | undefined {
  if (format === 'systemd' || format === 'quadlet') return path.slice(path.lastIndexOf('/') + 1);
  return /^(?:service|stage) ./.test(subject) ? subject : undefined;
}

function byName(a: PageWorkload, b: PageWorkload): number {
  const [first, second] = [`${a.name}\n${a.path}`, `${b.name}\n${b.path}`];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** True for what is changed when the phase is over. */
export function isChangedBy(phase: Phase, finding: ReportFinding): boolean {
  return finding.outcome === 'changed' && finding.phase <= phase;
}
