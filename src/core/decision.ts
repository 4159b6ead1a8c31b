import { isFix } from './fixes.js';
import type { Evidence, Finding, SemanticPath } from './types.js';

/** Why a finding stays as it is, and where a person said so. */
export interface Decision {
  readonly evidence: Evidence;
  /** `left out by harden.config.yml:7: the mailer forks` */
  readonly reason: string;
}

/**
 * The finding as a person has decided it: accepted, with the place that says so. A change that is made once for several
 * services, of which only some are decided, is for a person to part.
 * @param decisionFor what is decided for a Compose service; undefined for the file as a whole.
 */
export function decide(
  finding: Finding,
  decisionFor: (service: string | undefined) => Decision | undefined,
): Finding {
  if (finding.safety === 'accepted') return finding;
  const shared = isFix(finding) ? finding.sharedBy : undefined;
  const { subject } = finding;
  const own = decisionFor(serviceOf(subject) ?? (shared === undefined ? undefined : subject.at(-1)));
  if (own !== undefined) return leave(finding, own);
  const sharers = (shared ?? []).map(serviceOf);
  const decisions = sharers.map(decisionFor);
  const first = decisions.find((one) => one !== undefined);
  if (first === undefined) return finding;
  if (decisions.every((one) => one !== undefined)) return leave(finding, first);
  return leaveTogether(
    finding,
    first,
    sharers.filter((_, at) => decisions[at] === undefined),
  );
}

/** The finding as rightly left. */
export function leave(finding: Finding, { evidence: decided, reason }: Decision): Finding {
  const { subject, range, message, evidence } = finding;
  return { subject, range, message, evidence: [decided, ...evidence], safety: 'accepted', reason };
}

/** `harden.config.yml:7` */
export function placeOf(evidence: Evidence): string {
  return 'file' in evidence ? `${evidence.file}:${evidence.line}` : evidence.source;
}

function serviceOf(subject: SemanticPath): string | undefined {
  return subject[0] === 'services' ? subject[1] : undefined;
}

function leaveTogether(
  finding: Finding,
  decision: Decision,
  others: readonly (string | undefined)[],
): Finding {
  const { subject, range, message, evidence } = finding;
  const reason = `${others.join(', ')} would get it in the same place as a service for which it is ${decision.reason}`;
  const suggestion = 'change' in finding ? finding.change : '';
  return {
    ...{ subject, range, message, reason, suggestion },
    safety: 'manual',
    evidence: [decision.evidence, ...evidence],
  };
}
