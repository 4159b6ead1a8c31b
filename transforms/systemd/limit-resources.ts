import { citeSource } from '../../src/core/evidence.js';
import type { UnitDocument } from '../../src/formats/systemd/document.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import type { UnitWorkload } from '../../src/workload/unit.js';
import { memoryOf, openFilesOf } from '../../src/workload/unit/resources.js';
import { directive, type Decision } from './directive.js';

const MEMORY = citeSource(
  manualPage('MemoryMax'),
  'If memory usage cannot be contained under the limit, out-of-memory killer is invoked inside the unit',
);

const LIMITS = ['MemoryMax', 'MemoryHigh', 'MemoryLimit', 'TasksMax', 'LimitAS', 'Slice'] as const;

/** A job ends by itself. */
function runsOn(document: UnitDocument): boolean {
  return !/^oneshot$/.test(document.last('Service', 'Type')?.value ?? '');
}

function decide(unit: UnitWorkload, missing: readonly string[]): Decision | undefined {
  const { commands, document, manager } = unit;
  const bounded = LIMITS.some((key) => document.has('Service', key));
  const memory = bounded ? undefined : memoryOf(document, commands);
  const files = missing.includes('LimitNOFILE') ? openFilesOf(commands) : undefined;
  if (memory !== undefined || files !== undefined) {
    return {
      act: 'set',
      assignments: [
        ...(memory === undefined ? [] : [`MemoryMax=${size(memory.value)}`]),
        ...(files === undefined ? [] : [`LimitNOFILE=${files.value}`]),
      ],
      certainty: 'likely',
      evidence: [...(memory === undefined ? [] : [...memory.evidence, MEMORY]), ...(files?.evidence ?? [])],
    };
  }
  if (bounded || manager.value === 'user' || !runsOn(document)) return undefined;
  const name = document.unitName.replace(/@\./, '@<instance>.');
  return {
    act: 'set',
    assignments: ['MemoryMax=<twice the peak>', 'TasksMax=<twice the peak>'],
    certainty: 'unknown',
    evidence: [
      MEMORY,
      citeSource(
        manualPage('TasksMax'),
        'Specify the maximum number of tasks that may be created in the unit',
      ),
    ],
    question: `nothing says how much it needs: \`systemctl show -p MemoryCurrent -p TasksCurrent ${name}\` shows it under load`,
  };
}

function size(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}G` : `${mebibytes}M`;
}

/** What it uses follows from its own settings, with the room that these leave out; the rest has to be measured. */
export const limitResources = directive({
  meta: {
    id: 'systemd/limit-resources',
    title: 'Limit memory and open files',
    description:
      "A service without a limit can use up the memory of the host, and the kernel then kills whatever it likes. The limit follows from what the unit says: twice a heap, `--maxmemory` or memory for objects, and never less than 512 MiB above it; open files for twice the clients that it may have. Where the unit says nothing of the kind, its use has to be measured. A program of which several processes may run isn't counted.",
    severity: 'low',
    phase: 3,
    mayBreak:
      'A service that needs more than the limit is killed (`Result: oom-kill`) or refuses connections.',
    touches: ['Service.MemoryMax', 'Service.LimitNOFILE'],
    controls: ['NIST-800-53-SC-5', 'NIST-800-53-SC-6'],
    references: [manualPage('MemoryMax'), manualPage('LimitNOFILE'), manualPage('TasksMax')],
  },
  settings: ['MemoryMax', 'TasksMax', 'LimitNOFILE'],
  message: 'the unit leaves open how much the service may use of the host',
  decide,
});
