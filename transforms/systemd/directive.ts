import { citeSource } from '../../src/core/evidence.js';
import type { Certainty, Evidence, Finding, Transform, TransformMeta } from '../../src/core/types.js';
import type { OptionReader } from '../../src/core/options.js';
import type { Edits, Range } from '../../src/core/text.js';
import {
  citeEntry,
  parseBoolean,
  type UnitDocument,
  type UnitEntry,
} from '../../src/formats/systemd/document.js';
import { DIRECTIVES, isIn, manualPage, settingOf } from '../../src/formats/systemd/directives.js';
import { addAssignments } from '../../src/formats/systemd/edit.js';
import type { UnitContext } from '../../src/workload/context.js';
import { weakest } from '../../src/workload/model.js';
import { unitWorkload, type UnitWorkload } from '../../src/workload/unit.js';
import type { Restriction } from '../../src/workload/unit/needs.js';

export interface SetDecision {
  readonly act: 'set';
  readonly assignments: readonly string[];
  readonly certainty: Certainty;
  readonly evidence: readonly Evidence[];
  /** When an assignment of the author's is made stricter instead of a new one added. */
  readonly edits?: Edits;
  readonly range?: Range;
  /** What is wrong, where the policy's own sentence says more than what is set. */
  readonly message?: string;
  /** What a person must settle first when the certainty is unknown. */
  readonly question?: string;
}

/** What a policy makes of one unit. */
export type Decision =
  SetDecision | { readonly act: 'keep'; readonly reason: string; readonly evidence: readonly Evidence[] };

/** A policy for one or several settings of [Service] that belong together. */
export interface DirectivePolicy {
  readonly meta: TransformMeta;
  /** The settings it decides about. One that the author has assigned is the author's. */
  readonly settings: readonly string[];
  /** What is wrong while they are missing, in one sentence. */
  readonly message: string;
  /** It needs a mount namespace of its own, which a user manager can't make. */
  readonly mounts?: boolean;
  /** It changes which files and mounts the unit sees, beyond /proc and /sys. */
  readonly hidesMounts?: boolean;
  /** The settings that turn NoNewPrivileges on in a process without CAP_SYS_ADMIN. */
  readonly implying?: readonly string[];
  readonly impliedByDynamicUser?: boolean;
  /** It reports for all policies that a unit manages the host, once. */
  readonly reportsHostManagement?: boolean;
  /** It may make a value stricter that the author has set. */
  readonly mayTighten?: boolean;
  /** @param missing those of `settings` that it may assign. */
  decide(unit: UnitWorkload, missing: readonly string[], option: OptionReader): Decision | undefined;
}

/** Makes a transform of a policy: what all settings have in common is decided here, once. */
export function directive(policy: DirectivePolicy): Transform<UnitDocument, UnitContext> {
  return {
    meta: policy.meta,
    run(document, context, option) {
      const unit = unitWorkload(document, context);
      if (unit === undefined) return [];
      const finding = findingOf(policy, unit, option);
      return finding === undefined ? [] : [finding];
    },
  };
}

function findingOf(policy: DirectivePolicy, unit: UnitWorkload, option: OptionReader): Finding | undefined {
  const { document } = unit;
  const range = unit.file.lastSection('Service')!.headerRange;
  const accepted = (reason: string, evidence: readonly Evidence[], message = policy.message): Finding => ({
    subject: ['Service'],
    range,
    message,
    evidence,
    safety: 'accepted',
    reason,
  });

  if (policy.impliedByDynamicUser === true && unit.user.value.kind === 'dynamic') return undefined;
  if (unit.hostManagement !== undefined) {
    if (policy.reportsHostManagement !== true) return undefined;
    const { reason, evidence } = unit.hostManagement;
    return accepted(
      `no restriction is proposed: ${reason}`,
      [evidence],
      'the unit is left without a sandbox',
    );
  }
  const unset = policy.settings.filter((setting) => !document.has('Service', setting));
  if (unset.length === 0 && policy.mayTighten !== true) return authorsChoice(policy, unit);
  const missing = unset.filter((setting) => isIn(setting, unit.context.systemdVersion));
  if (missing.length === 0 && unset.length > 0) return undefined;
  if (unit.manager.value === 'user') {
    const kinds = policy.settings.map((setting) => DIRECTIVES[setting]?.user ?? 'full');
    if (kinds.every((kind) => kind === 'none')) return undefined;
    if (kinds.includes('namespace')) {
      return accepted(
        'a user manager can set up no mount namespace without PrivateUsers=, so the setting has no place here',
        [
          ...unit.manager.evidence,
          citeSource(
            manualPage('PrivateUsers'),
            'the various settings requiring file system namespacing support (such as ProtectSystem=) are not available',
          ),
        ],
      );
    }
  }
  if (policy.mounts === true) {
    if (unit.ownRoot) return undefined;
    const [watched] = unit.hostMounts.value;
    if (policy.hidesMounts === true && watched !== undefined) {
      if (policy.decide(unit, missing, option) === undefined) return undefined;
      return accepted(`it is left out: ${watched}`, unit.hostMounts.evidence);
    }
  }
  const allowed = withoutForbidden(policy, unit, missing);
  if ('reason' in allowed) return accepted(allowed.reason, allowed.evidence);
  const decision = policy.decide(unit, allowed, option);
  if (decision === undefined) return missing.length === 0 ? authorsChoice(policy, unit) : undefined;
  if (decision.act === 'keep') return accepted(decision.reason, decision.evidence);
  return fixOrQuestion(policy, unit, decision, range);
}

interface Kept {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** A value that the author has set stays; one that turns the protection off is worth a line in the report. */
function authorsChoice(policy: DirectivePolicy, unit: UnitWorkload): Finding | undefined {
  const { document } = unit;
  for (const setting of policy.settings) {
    const entry = document.entries.findLast((one) => one.section === 'Service' && one.key === setting);
    if (entry === undefined) continue;
    if (!turnsOff(entry)) continue;
    const value = entry.value === '' ? 'nothing' : entry.value;
    return {
      subject: ['Service'],
      range: entry.origin === undefined ? entry.range : unit.file.lastSection('Service')!.headerRange,
      message: policy.message,
      evidence: [citeEntry(document, entry)],
      safety: 'accepted',
      reason: `the author set ${setting}= to ${value}, which harden does not override`,
    };
  }
  return undefined;
}

/** Nothing is the default of most settings; of the bounding set it is the strictest value, and `~` the default. */
function turnsOff({ key, value }: UnitEntry): boolean {
  if (key === 'CapabilityBoundingSet') return value === '~';
  return value === '' || parseBoolean(value) === false || /^(all|auto|default)$/.test(value);
}

/**
 * The settings that may be set without taking a privilege that the unit needs: in a process without
 * CAP_SYS_ADMIN most of them turn NoNewPrivileges on, whatever NoNewPrivileges= itself says.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#NoNewPrivileges=
 */
function withoutForbidden(
  policy: DirectivePolicy,
  unit: UnitWorkload,
  missing: readonly string[],
): readonly string[] | Kept {
  const implying = policy.implying ?? [];
  if (implying.length > 0 && unit.rootWrittenOut !== undefined) {
    const others = missing.filter((setting) => !implying.includes(setting));
    return others.length > 0 ? others : losesSetuid(unit, unit.rootWrittenOut, implying.join(', '));
  }
  if (implying.length === 0 || unit.sysAdmin || unit.noNewPrivilegesBy !== undefined) return missing;
  const { document, setuid } = unit;
  const off = document.entries.findLast(
    (entry) => entry.section === 'Service' && entry.key === 'NoNewPrivileges',
  );
  const why = off !== undefined ? 'the author set NoNewPrivileges= to no' : setuid.value[0];
  if (why === undefined) return missing;
  const rest = missing.filter((setting) => !implying.includes(setting));
  if (rest.length > 0) return rest;
  return {
    reason: `${implying.join(', ')} would turn NoNewPrivileges= on here, and ${why}`,
    evidence: [
      ...(off !== undefined ? [citeEntry(document, off)] : setuid.evidence),
      citeSource(
        manualPage('NoNewPrivileges'),
        'Defaults to false, but certain settings override this and ignore the value of this setting.',
      ),
    ],
  };
}

function fixOrQuestion(
  policy: DirectivePolicy,
  unit: UnitWorkload,
  decision: SetDecision,
  header: Range,
): Finding {
  const assignments = decision.assignments.filter((one) => isIn(settingOf(one), unit.context.systemdVersion));
  const change = assignments.join(', ');
  const gainsNoNewPrivileges =
    policy.implying !== undefined && !unit.sysAdmin && unit.noNewPrivilegesBy === undefined;
  const certainty = gainsNoNewPrivileges
    ? weakest(decision.certainty, unit.setuid.certainty)
    : decision.certainty;
  const base = {
    subject: ['Service'],
    range: decision.range ?? header,
    message: decision.message ?? policy.message,
    evidence: decision.evidence.slice(0, 8),
  } as const;
  const suggestion = assignments.join('\n');
  if (certainty === 'unknown') {
    const reason =
      decision.question ?? unit.commands.opaque[0]?.reason ?? 'what the unit runs could not be read';
    return { ...base, safety: 'manual', reason: `check first: ${reason}`, suggestion };
  }
  const outcome = decision.edits ?? addAssignments(unit.file, 'Service', assignments);
  if (!outcome.ok) return { ...base, safety: 'manual', reason: `not changed: ${outcome.reason}`, suggestion };
  return { ...base, safety: certainty === 'known' ? 'safe' : 'unsafe', change, edits: outcome.edits };
}

/** Why `User=root`, a system call filter and NoNewPrivileges= don't go together. */
export function losesSetuid(unit: UnitWorkload, user: UnitEntry, setting: string): Decision & Kept {
  return {
    act: 'keep',
    reason: `with ${user.key}=${user.value} written out, ${setting} and NoNewPrivileges= take CAP_SETUID from systemd 255 on, which a process that steps down itself needs; without the line ${user.key}=${user.value} they don't`,
    evidence: [
      citeEntry(unit.document, user),
      citeSource(
        'https://github.com/systemd/systemd/blob/v255/src/core/exec-invoke.c',
        'keep_seccomp_privileges: drop_capability(CAP_SETUID) unless it is an ambient capability',
      ),
    ],
  };
}

/** The policy of most settings: set them unless something needs what they take away. */
export function unlessNeeded(
  need: Restriction,
  assignments: readonly string[],
  ...sources: readonly Evidence[]
): Decision {
  const first = need.value[0];
  if (first !== undefined)
    return { act: 'keep', reason: `it is left out: ${first}`, evidence: [...need.evidence, ...sources] };
  return {
    act: 'set',
    assignments,
    certainty: need.certainty,
    evidence: [...need.evidence.slice(0, 6), ...sources],
    ...(need.reason === undefined ? {} : { question: need.reason }),
  };
}
