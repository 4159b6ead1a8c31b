import { cite } from '../core/evidence.js';
import { redact } from '../core/redact.js';
import type { Evidence } from '../core/types.js';
import type { Check, Control, Status, Subject, Verdict } from './types.js';

/** A check of one subject. */
export interface Judged {
  readonly subject: Subject;
  readonly check: Check;
  readonly verdict: Exclude<Verdict, { kind: 'absent' }>;
  /** Why what is unmet was left so on purpose; undefined where nobody says so. */
  readonly accepted: string | undefined;
}

/** How a control stands, and what makes it so. */
export interface ControlState {
  readonly status: Status;
  /** All that was decided; what a control has nothing to do with is left out. */
  readonly judged: readonly Judged[];
}

/** Judges all subjects by the checks of a control. */
export function stateOf(control: Control, subjects: readonly Subject[]): ControlState {
  const judged = control.checks.flatMap((check) =>
    subjects.flatMap((subject): Judged[] => {
      const verdict = judge(check, subject);
      if (verdict === undefined || verdict.kind === 'absent') return [];
      return [
        {
          subject,
          check,
          verdict,
          accepted: verdict.kind === 'unmet' ? reasonIn(check, subject) : undefined,
        },
      ];
    }),
  );
  return { status: statusOf(control, judged), judged };
}

function judge(check: Check, subject: Subject): Verdict | undefined {
  const verdict = decided(check, subject);
  if (verdict === undefined || verdict.kind === 'absent') return verdict;
  // A port, a device or a variable that it names stands in the file as its author wrote it.
  const says = redact(verdict.says);
  if (verdict.kind === 'unknown') return { ...verdict, says };
  return { ...verdict, says, evidence: verdict.evidence.length > 0 ? verdict.evidence : [placeOf(subject)] };
}

/** Where a subject is declared: what shows that something is not there. */
function placeOf(subject: Subject): Evidence {
  if (subject.kind === 'image') return cite(subject.document, subject.build.stage.from.start);
  const { declaredIn, name } = subject.workload.view;
  const service = declaredIn.services.find((one) => one.name === name);
  return cite(declaredIn, service?.keyRange.start ?? 0);
}

function decided(check: Check, subject: Subject): Verdict | undefined {
  if (check.of === 'container') return subject.kind === 'container' ? check.decide(subject) : undefined;
  return subject.kind === 'image' ? check.decide(subject) : undefined;
}

/** The reason of an accepted finding, where no other is left. */
function reasonIn({ transforms }: Check, { found }: Subject): string | undefined {
  const findings = transforms.flatMap(found);
  const [first] = findings;
  return first?.safety === 'accepted' && findings.every(({ safety }) => safety === 'accepted')
    ? redact(first.reason)
    : undefined;
}

function statusOf({ checks, undecided }: Control, judged: readonly Judged[]): Status {
  if (checks.length === 0) return 'UNDECIDABLE';
  if (judged.length === 0) return 'NOT APPLICABLE';
  const unmet = judged.filter(({ verdict }) => verdict.kind === 'unmet');
  if (unmet.length > 0) {
    const some = judged.some(({ verdict }) => verdict.kind === 'met');
    return some || unmet.some(({ accepted }) => accepted !== undefined) ? 'PARTIAL' : 'FAIL';
  }
  const unknown = judged.some(({ verdict }) => verdict.kind === 'unknown');
  return unknown || undecided?.always === true ? 'UNDECIDABLE' : 'PASS';
}
