import { uniqueEvidence } from '../../core/evidence.js';
import { parseBoolean, type UnitDocument } from '../../formats/systemd/document.js';
import { because, citations, known, likely, unknown, type Need } from '../model.js';
import type { UnitCommands, UnitProgram } from './collect.js';
import { isCatalogued, startsHelpers } from './daemons.js';
import type { UnitUser } from './identity.js';
import { STEPPERS } from './programs.js';

/** The system calls that a unit's processes use, in systemd's groups. */
export interface SystemCalls {
  /** `@privileged` and `@resources` may be taken away, up to `needs`. */
  readonly narrow: boolean;
  /** Groups and calls beyond `@system-service` without those two. */
  readonly needs: readonly string[];
}

/** What programs of coreutils call beyond that. */
const CLOSED: readonly (readonly [programs: RegExp, calls: readonly string[]])[] = [
  [/^(chown|chgrp|install|cp|mv|sed|gzip|gunzip|xz|unxz|zstd|bzip2)$/, ['@chown']],
  [/^sync$/, ['@sync']],
];

/** Programs that change the priority, the affinity or the limits of what they start. */
const SCHEDULERS = /^(nice|ionice|chrt|taskset|prlimit|cpulimit|numactl|ulimit)$/;

function callsOf(program: UnitProgram): readonly string[] {
  const { facts, name } = program;
  return [
    ...(program.closed ? CLOSED.filter(([names]) => names.test(name)).flatMap(([, calls]) => calls) : []),
    ...(SCHEDULERS.test(name) ? ['@resources'] : []),
    ...(STEPPERS.test(name) && !program.closed ? ['@setuid', 'chroot'] : []),
    ...facts.flatMap(({ systemCalls }) => systemCalls.needs),
    // What sendmail and sudo do first.
    ...(startsHelpers(program) ? ['@chown', '@setuid'] : []),
  ];
}

/** The system calls of all that the unit starts. */
export function systemCallsOf(
  document: UnitDocument,
  commands: UnitCommands,
  user: UnitUser,
): Need<SystemCalls> {
  const { opaque, programs } = commands;
  const root = user.kind === 'root';
  // A manager's own limits and priorities are set before the filter is.
  const needs = [...new Set(programs.flatMap(callsOf))].sort();
  const evidence = uniqueEvidence([
    ...programs.map((program) => program.evidence),
    ...programs.flatMap(({ facts }) =>
      facts.flatMap(({ systemCalls }) => citations(systemCalls.cites).slice(0, 1)),
    ),
  ]);
  const [first] = opaque;
  if (first !== undefined) return because(unknown({ narrow: false, needs }, first.evidence), first.reason);
  if (parseBoolean(document.last('Service', 'Delegate')?.value ?? 'no') !== false)
    return because(unknown({ narrow: false, needs }, ...evidence), 'it manages its own control group');
  const stranger = programs.find((program) => !program.closed && !isCatalogued(program));
  if (stranger === undefined) {
    const value = { narrow: true, needs };
    return programs.every(({ closed }) => closed) ? known(value, ...evidence) : likely(value, ...evidence);
  }
  // An interpreter's own calls are known; a script of root's may do anything that root may.
  const narrow = !root && programs.every((program) => program.closed || program.facts.length > 0);
  const value = { narrow, needs };
  if (root)
    return because(
      unknown(value, ...evidence),
      `what ${stranger.name} asks of the kernel as root is not known`,
    );
  return likely(value, ...evidence);
}
