import type { KernelInterface } from '../../src/workload/unit/daemons.js';
import { likely } from '../../src/workload/model.js';
import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

const SETTINGS = [
  'ProtectKernelTunables',
  'ProtectKernelModules',
  'ProtectKernelLogs',
  'ProtectControlGroups',
] as const;

type Setting = (typeof SETTINGS)[number];

/** What each of them takes away. */
const INTERFACES: Readonly<Record<Setting, KernelInterface>> = {
  ProtectKernelTunables: 'tunables',
  ProtectKernelModules: 'modules',
  ProtectKernelLogs: 'logs',
  ProtectControlGroups: 'control-groups',
};

/** The four go together: what reads or sets one of these interfaces usually touches another. */
export const protectKernel = directive({
  meta: {
    id: 'systemd/protect-kernel',
    title: 'Protect kernel tunables, modules, logs and control groups',
    description:
      'Who takes a service over that may set kernel variables, load modules or read the kernel log takes over the machine with it. Few services set kernel variables, load modules, read the kernel log or manage control groups. The settings are left out when a command or a capability of the unit says that it does.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'Programs that write to /proc/sys or /sys, load modules, or read /dev/kmsg.',
    touches: SETTINGS.map((setting) => `Service.${setting}`),
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: SETTINGS.map(manualPage),
  },
  settings: SETTINGS,
  message:
    'the service may write to kernel tunables and control groups, load modules and read the kernel log',
  mounts: true,
  // ProtectControlGroups= is a read-only mount and no system call filter.
  implying: ['ProtectKernelTunables', 'ProtectKernelModules', 'ProtectKernelLogs'],
  decide(unit, missing) {
    const source = citeSource(
      manualPage('ProtectKernelTunables'),
      'Few services need to write to these at runtime',
    );
    const needed = missing.filter((setting) => unit.kernelInterfaces.has(INTERFACES[setting as Setting]));
    const rest = missing.filter((setting) => !needed.includes(setting));
    if (rest.length === 0) {
      const hints = needed.flatMap(
        (setting) => unit.kernelInterfaces.get(INTERFACES[setting as Setting]) ?? [],
      );
      return unlessNeeded(
        likely(
          hints.map(({ why }) => why),
          ...hints.map(({ evidence }) => evidence),
        ),
        [],
        source,
      );
    }
    return unlessNeeded(
      unit.kernel,
      rest.map((setting) => `${setting}=yes`),
      source,
    );
  },
});
