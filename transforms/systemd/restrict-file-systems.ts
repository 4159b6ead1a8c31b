import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { textHints } from '../../src/workload/unit/needs.js';
import { directive, unlessNeeded } from './directive.js';

/** Of what a daemon may need of the kernel, that which it may look for in these file systems too. */
const KERNEL = ['tunables', 'modules', 'logs'] as const;

const TRACING = /trac(?:e|ing|epoint)s?\b|\be?bpf|\b(?:debug|trace|config|pstore|efivar)fs\b|\bperf\b/i;

/**
 * A list of what is refused. Which file systems hold the root and the data of a host no file says (ZFS, NFS, an overlay),
 * and what an allow list lacks stops the service; interfaces of the kernel are the same on every host.
 */
export const restrictFileSystems = directive({
  meta: {
    id: 'systemd/restrict-file-systems',
    title: 'Refuse file systems that are interfaces to the kernel',
    description:
      "Pinned BPF objects, debugging and tracing files, the firmware's variables and the kernel's configuration are reached through file systems of their own, which an ordinary service never opens. Opening a file on them is refused, for commands with full privileges too, unless something in the unit points to the kernel. It takes a kernel with BPF LSM; elsewhere the manager warns and goes on.",
    severity: 'low',
    phase: 3,
    mayBreak: 'Programs that trace, profile or debug the kernel, or set up firmware and binary formats.',
    touches: ['Service.RestrictFileSystems'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [
      manualPage('RestrictFileSystems'),
      'https://www.freedesktop.org/software/systemd/man/latest/systemd-analyze.html#systemd-analyze%20filesystems%20%5BSET%E2%80%A6%5D',
    ],
  },
  settings: ['RestrictFileSystems'],
  message: 'the service may open files of debugging, tracing and firmware interfaces',
  decide(unit) {
    const source = citeSource(
      manualPage('RestrictFileSystems'),
      'Restricts the set of filesystems processes of this unit can open files on',
    );
    const interfaces = KERNEL.flatMap((need) => unit.kernelInterfaces.get(need) ?? []);
    const traced = textHints(unit.commands.texts, TRACING, 'it names a tracing interface');
    const [named] = [...interfaces, ...traced];
    if (unit.kernel.value.length === 0 && named !== undefined) {
      return { act: 'keep', reason: `it is left out: ${named.why}`, evidence: [named.evidence, source] };
    }
    return unlessNeeded(
      unit.kernel,
      ['RestrictFileSystems=~@privileged-api binfmt_misc configfs efivarfs'],
      source,
    );
  },
});
