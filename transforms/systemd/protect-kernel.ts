import { citeSource } from '../../src/core/evidence.js';
import { directive, execPage, unlessNeeded } from './directive.js';

const SETTINGS = [
  'ProtectKernelTunables',
  'ProtectKernelModules',
  'ProtectKernelLogs',
  'ProtectControlGroups',
] as const;

/** The four go together: what reads or sets one of these interfaces usually touches another. */
export const protectKernel = directive({
  meta: {
    id: 'systemd/protect-kernel',
    title: 'Protect kernel tunables, modules, logs and control groups',
    description:
      'Few services set kernel variables, load modules, read the kernel log or manage control groups. The settings are left out when a command or a capability of the unit says that it does.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'Programs that write to /proc/sys or /sys, load modules, or read /dev/kmsg.',
    touches: SETTINGS.map((setting) => `Service.${setting}`),
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: SETTINGS.map(execPage),
  },
  settings: SETTINGS,
  message:
    'the service may write to kernel tunables and control groups, load modules and read the kernel log',
  mounts: true,
  // ProtectControlGroups= is a read-only mount and no system call filter.
  implying: ['ProtectKernelTunables', 'ProtectKernelModules', 'ProtectKernelLogs'],
  decide(unit, missing) {
    const source = citeSource(
      execPage('ProtectKernelTunables'),
      'Few services need to write to these at runtime',
    );
    const assignments = missing.map((setting) => `${setting}=yes`);
    return unlessNeeded(unit.kernel, assignments, source);
  },
});
