import { citeSource } from '../../src/core/evidence.js';
import { expandSystemCalls } from '../../src/formats/systemd/system-calls.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { DENIED_GROUPS } from '../../src/workload/unit/service-calls.js';
import type { SystemCalls } from '../../src/workload/unit/system-calls.js';
import type { UnitWorkload } from '../../src/workload/unit.js';
import { directive, type Decision } from './directive.js';

/** The needs that the first two lines leave out. */
function beyond({ narrow, needs }: SystemCalls): readonly string[] {
  const allowed = expandSystemCalls(['@system-service']);
  const denied = expandSystemCalls(narrow ? DENIED_GROUPS : []);
  return needs.filter((need) =>
    [...expandSystemCalls([need])].some((call) => !allowed.has(call) || denied.has(call)),
  );
}

function filter(calls: SystemCalls): readonly string[] {
  const more = beyond(calls);
  return [
    'SystemCallFilter=@system-service',
    ...(calls.narrow ? [`SystemCallFilter=~${DENIED_GROUPS.join(' ')}`] : []),
    ...(more.length > 0 ? [`SystemCallFilter=${more.join(' ')}`] : []),
    'SystemCallErrorNumber=EPERM',
  ];
}

function decide(unit: UnitWorkload, missing: readonly string[]): Decision | undefined {
  const { certainty, evidence, reason, value } = unit.systemCalls;
  const source = citeSource(
    manualPage('SystemCallFilter'),
    'A reasonable set of system calls used by common system services',
  );
  // Another architecture's programs are rare, and emulators and 32-bit games are what starts them.
  const native = missing.includes('SystemCallArchitectures') && unit.personality.value.length === 0;
  const assignments = [
    ...(native ? ['SystemCallArchitectures=native'] : []),
    ...(missing.includes('SystemCallFilter') ? filter(value) : []),
  ].filter((assignment) => missing.some((setting) => assignment.startsWith(`${setting}=`)));
  if (assignments.length === 0) return undefined;
  return {
    act: 'set',
    assignments,
    certainty,
    evidence: [...evidence.slice(0, 6), source],
    ...(reason === undefined ? {} : { question: reason }),
  };
}

/**
 * `@system-service` first, then without what only root does, then what the programs need of that after all. A call that
 * is refused fails with EPERM, as it does for a process without the privilege: programs know what to do then.
 */
export const filterSystemCalls = directive({
  meta: {
    id: 'systemd/filter-system-calls',
    title: 'Refuse system calls that the service does not make',
    description:
      'Most local exploits of the kernel go through system calls that a service never makes. The filter is the set of usual services, without those for privileged work and for resources unless the programs are known to use them; a refused call fails with EPERM instead of killing the process. Calls of other architectures are refused too.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'A program that makes a rare call and does not bear that it fails: profilers, debuggers, sandboxes, io_uring, programs for another architecture.',
    touches: ['Service.SystemCallFilter', 'Service.SystemCallErrorNumber', 'Service.SystemCallArchitectures'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('SystemCallFilter'), manualPage('SystemCallArchitectures')],
  },
  settings: ['SystemCallFilter', 'SystemCallErrorNumber', 'SystemCallArchitectures'],
  message: 'the service may make every system call',
  implying: ['SystemCallFilter', 'SystemCallErrorNumber', 'SystemCallArchitectures'],
  decide,
});
