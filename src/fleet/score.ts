import { SEVERITIES, type Phase, type Severity } from '../core/types.js';
import { ignoreMeta } from '../workload/ignore-additions.js';

/** What one repository's result says, in numbers. */
export interface Score {
  /** The version of harden that wrote the result. */
  readonly version: string;
  readonly files: number;
  readonly changedFiles: number;
  /** What is to be done, by severity: changes of any phase, and decisions. */
  readonly severities: Readonly<Record<Severity, number>>;
  /** Changes, by the phase that makes them. */
  readonly phases: Readonly<Record<Phase, number>>;
  /** What is for a person to decide. */
  readonly decisions: number;
  /** What is rightly as it is. */
  readonly accepted: number;
  readonly errors: number;
  /** What is to be done, by transform. */
  readonly transforms: ReadonlyMap<string, number>;
}

/** A transform as a result describes it. */
export interface TransformName {
  readonly title: string;
  readonly severity: Severity;
}

export type ScoreOutcome =
  | { readonly ok: true; readonly score: Score; readonly names: ReadonlyMap<string, TransformName> }
  | { readonly ok: false; readonly reason: string };

/** The shape that is read: that of render/output.schema.json. */
const SCHEMA = 1;

/** Reads what `harden --output json` printed. */
export function scoreOf(text: string): ScoreOutcome {
  let result: unknown;
  try {
    result = JSON.parse(text);
  } catch {
    return { ok: false, reason: text.trim() === '' ? 'is empty' : 'is not JSON, or cut off' };
  }
  if (!isRecord(result) || !('schema' in result)) return foreign;
  if (result.schema !== SCHEMA)
    return {
      ok: false,
      reason: `has the shape ${JSON.stringify(result.schema)}, and this harden reads ${SCHEMA}`,
    };
  const { version, transforms, files, totals } = result;
  if (typeof version !== 'string' || !isRecord(transforms) || !Array.isArray(files) || !isRecord(totals))
    return foreign;
  const names = namesOf(transforms);
  const tasks = tasksOf(files);
  if (names === undefined || tasks === undefined || tasks.some(({ id }) => !names.has(id))) return foreign;
  return { ok: true, names, score: { version, ...countsOf(tasks, names), ...numbersOf(totals) } };
}

const foreign: ScoreOutcome = { ok: false, reason: "is not what 'harden --output json' prints" };

/** Something to be done. */
interface Task {
  readonly id: string;
  /** Undefined for a decision. */
  readonly phase: Phase | undefined;
}

function namesOf(transforms: Readonly<Record<string, unknown>>): Map<string, TransformName> | undefined {
  const names = new Map<string, TransformName>();
  for (const [id, meta] of Object.entries(transforms)) {
    const severity = isRecord(meta) ? SEVERITIES.find((known) => known === meta.severity) : undefined;
    if (!isRecord(meta) || typeof meta.title !== 'string' || severity === undefined) return undefined;
    names.set(id, { title: meta.title, severity });
  }
  return names;
}

function tasksOf(files: readonly unknown[]): readonly Task[] | undefined {
  const tasks: Task[] = [];
  for (const file of files) {
    if (!isRecord(file) || typeof file.path !== 'string') return undefined;
    for (const finding of recordsOf(file.findings)) {
      if (typeof finding.id !== 'string') return undefined;
      const { id, disposition } = finding;
      if (disposition === 'manual') tasks.push({ id, phase: undefined });
      else if (isChange(disposition)) tasks.push({ id, phase: phaseOf(finding.phase) });
    }
    // An ignore file's lines are findings of its own transform; the other companions only follow their sources.
    for (const { kind, notes } of recordsOf(file.companions)) {
      if (kind !== 'dockerignore') continue;
      for (const note of recordsOf(notes)) {
        if (isChange(note.disposition)) tasks.push({ id: ignoreMeta.id, phase: phaseOf(note.phase) });
      }
    }
  }
  return tasks;
}

function isChange(disposition: unknown): boolean {
  return disposition === 'applied' || disposition === 'later';
}

function phaseOf(phase: unknown): Phase {
  return phase === 1 || phase === 2 ? phase : 3;
}

function countsOf(
  tasks: readonly Task[],
  names: ReadonlyMap<string, TransformName>,
): Pick<Score, 'severities' | 'phases' | 'decisions' | 'transforms'> {
  const severities = noSeverities();
  const phases = noPhases();
  const transforms = new Map<string, number>();
  for (const { id, phase } of tasks) {
    severities[names.get(id)!.severity] += 1;
    if (phase !== undefined) phases[phase] += 1;
    transforms.set(id, (transforms.get(id) ?? 0) + 1);
  }
  return {
    severities,
    phases,
    transforms,
    decisions: tasks.filter(({ phase }) => phase === undefined).length,
  };
}

export function noSeverities(): Record<Severity, number> {
  return { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
}

export function noPhases(): Record<Phase, number> {
  return { 1: 0, 2: 0, 3: 0 };
}

function numbersOf(
  totals: Readonly<Record<string, unknown>>,
): Pick<Score, 'files' | 'changedFiles' | 'accepted' | 'errors'> {
  const number = (name: string): number => (typeof totals[name] === 'number' ? totals[name] : 0);
  return {
    files: number('files'),
    changedFiles: number('changedFiles'),
    accepted: number('accepted'),
    errors: number('errors'),
  };
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
