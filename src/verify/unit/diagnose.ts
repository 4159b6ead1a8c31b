import { redact } from '../../core/redact.js';
import type { UnitDocument } from '../../formats/systemd/document.js';
import { parseUnit } from '../../formats/systemd/parse.js';
import { guilty } from '../bisect.js';
import type { Diagnosis, Mend, Override } from '../diagnosis.js';
import { remedyFor } from './remedies.js';
import type { Attempt, Case, Remedy } from './remedy.js';
import { linesOf, type Step, takeBack } from './steps.js';
import { type Observation, symptomOf } from './trial.js';

/** A hardened unit that doesn't do what its original did. */
export interface Failure {
  readonly subject: string;
  readonly hardened: UnitDocument;
  readonly steps: readonly Step[];
  readonly before: Observation;
  readonly failing: Observation;
  /** Starts the unit with this text. */
  attempt(text: string): Promise<Attempt>;
}

/** Finds the lines that break the unit, and the smallest change without which they don't. */
export async function diagnose(failure: Failure): Promise<Diagnosis> {
  const { subject, hardened, steps, before, failing } = failure;
  // A variant is often asked for again: when a mend is looked for, and for the steps of another one.
  const known = new Map<string, Promise<Attempt>>([
    [hardened.text, Promise.resolve({ works: false, seen: failing })],
  ]);
  const attempt = (text: string): Promise<Attempt> => {
    const attempted = known.get(text) ?? failure.attempt(text);
    known.set(text, attempted);
    return attempted;
  };
  const causes = await guilty(steps, async (chosen) => {
    const others = steps.filter((step) => !chosen.includes(step));
    return (await attempt(takeBack(hardened, others))).works;
  });
  const evidence = new Set(
    causes.flatMap(({ entries }) => entries.flatMap(({ finding }) => finding.evidence)),
  );
  return {
    subject,
    cause: causes.flatMap(linesOf).map(redact),
    symptom: symptomOf(before, failing) ?? '',
    evidence: [...evidence],
    mend: await mendAll({ ...failure, attempt }, causes),
  };
}

/** A remedy for each cause; each is tried with those before it, and without the causes behind it. */
async function mendAll(failure: Failure, causes: readonly Step[]): Promise<Mend | undefined> {
  const { hardened, steps, before } = failure;
  const remedies: Remedy[] = [];
  for (const [at, step] of causes.entries()) {
    const textWith = (change: Remedy['change']): string =>
      takeBack(reparsed(hardened, change(remedies.reduce(changed, hardened))), causes.slice(at + 1));
    const attempt: Case['attempt'] = (change) => failure.attempt(textWith(change));
    // What this cause alone does, where another one hides it.
    const { seen: failing } = await attempt(({ text }) => text);
    const remedy = await remedyFor({ step, steps, before, failing, attempt });
    if (remedy === undefined) return undefined;
    remedies.push(remedy);
  }
  const override = joined(remedies.flatMap((remedy) => remedy.override ?? []));
  const mended = remedies.reduce(changed, hardened).text;
  return {
    says: redact(remedies.map(({ says }) => says).join('; ')),
    path: hardened.path,
    ...(remedies.every((remedy) => remedy.override !== undefined) ? { override } : {}),
    apply: (text) =>
      text === hardened.text
        ? { ok: true, text: mended }
        : { ok: false, reason: 'it has changed since it was tried' },
  };
}

function changed(document: UnitDocument, remedy: Remedy): UnitDocument {
  return reparsed(document, remedy.change(document));
}

function reparsed({ path }: UnitDocument, text: string): UnitDocument {
  const parsed = parseUnit(path, text);
  if (!parsed.ok) throw new Error(`${path}: ${parsed.reason}`);
  return parsed.document;
}

function joined(overrides: readonly Override[]): Override {
  const all = (key: keyof Override): Override => {
    const values = [...new Set(overrides.flatMap((override) => override[key] ?? []))];
    return values.length === 0 ? {} : { [key]: values };
  };
  return { ...all('capabilities'), ...all('writable'), ...all('skip') };
}
