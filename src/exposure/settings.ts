import type { UnitDocument } from '../formats/systemd/document.js';
import { directives } from './directives.js';
import { ALL_CAPABILITIES, capability } from './names.js';
import { isRefused } from './refusals.js';
import { unitName, type Manager } from './specifiers.js';
import type { AddressRange } from './values.js';

/** A list that names what is allowed, or all that isn't. `members` undefined: nothing was assigned. */
export interface Filter {
  allows: boolean;
  members: Set<string> | undefined;
}

/** What a service runs with, as far as its exposure depends on it. */
export interface ServiceSettings {
  /** Booleans by directive; one that isn't there is off. */
  readonly flags: Map<string, boolean>;
  /** Settings with named values by directive, those that are not the default. */
  readonly choices: Map<string, string>;
  defaultDependencies: boolean;
  user: string | undefined;
  readonly supplementaryGroups: string[];
  umask: number;
  boundingSet: bigint;
  ambientSet: bigint;
  /** The namespaces it may enter; undefined for a unit that restricts none. */
  namespaces: ReadonlySet<string> | undefined;
  readonly addressFamilies: Filter;
  readonly systemCalls: Filter;
  readonly architectures: Set<string>;
  /** RootDirectory= and RootImage=, when set. */
  readonly roots: Map<string, string>;
  readonly mountImages: string[];
  readonly deviceAllow: string[];
  /** IPAddressAllow= and IPAddressDeny=. */
  readonly addresses: { allow: readonly AddressRange[]; deny: readonly AddressRange[] };
  /** Programs of IPIngressFilterPath= and IPEgressFilterPath=. */
  readonly packetFilters: Map<string, readonly string[]>;
  /** By directive and name, whether the credential is encrypted. */
  readonly credentials: Map<string, Map<string, boolean>>;
}

/** What systemd starts from: exec_context_init(), cgroup_context_init() and service_init() of src/core. */
function initialSettings(manager: Manager): ServiceSettings {
  return {
    flags: new Map(),
    choices: new Map([['KeyringMode', manager === 'system' ? 'private' : 'inherit']]),
    defaultDependencies: true,
    user: undefined,
    supplementaryGroups: [],
    umask: 0o022,
    boundingSet: ALL_CAPABILITIES,
    ambientSet: 0n,
    namespaces: undefined,
    addressFamilies: { allows: false, members: undefined },
    systemCalls: { allows: false, members: undefined },
    architectures: new Set(),
    roots: new Map(),
    mountImages: [],
    deviceAllow: [],
    addresses: { allow: [], deny: [] },
    packetFilters: new Map(),
    credentials: new Map(),
  };
}

/** Capabilities that a setting takes out of the bounding set. */
const DROPS: readonly (readonly [setting: string, capabilities: readonly string[]])[] = [
  ['PrivateDevices', ['MKNOD', 'SYS_RAWIO']],
  ['ProtectKernelModules', ['SYS_MODULE']],
  ['ProtectKernelLogs', ['SYSLOG']],
  ['ProtectClock', ['SYS_TIME', 'WAKE_ALARM']],
];

/** What settings imply of each other: unit_patch_contexts() in src/core/unit.c. */
function applyImplications(settings: ServiceSettings, prefix: string): void {
  const { flags, choices } = settings;
  for (const [setting, names] of DROPS) {
    if (flags.get(setting) !== true) continue;
    for (const name of names) settings.boundingSet &= ~capability(name);
  }
  if (flags.get('DynamicUser') === true) {
    // A prefix that is no user name is hashed into one.
    settings.user ??= /^[A-Za-z_]/.test(prefix) ? prefix : `_du${prefix}`;
    for (const setting of ['PrivateTmp', 'RemoveIPC', 'NoNewPrivileges', 'RestrictSUIDSGID']) {
      flags.set(setting, true);
    }
    choices.set('ProtectSystem', 'strict');
    if ((choices.get('ProtectHome') ?? 'no') === 'no') choices.set('ProtectHome', 'read-only');
  }
  if (flags.get('PrivateDevices') === true && (choices.get('DevicePolicy') ?? 'auto') === 'auto') {
    choices.set('DevicePolicy', 'closed');
  }
  if ((choices.get('DevicePolicy') ?? 'auto') === 'auto') return;
  if (settings.roots.has('RootImage') || settings.mountImages.length > 0) {
    settings.deviceAllow.push('/dev/loop-control');
  }
  if (flags.get('ProtectClock') === true) settings.deviceAllow.push('char-rtc');
  if ([...settings.credentials.values()].some((byName) => [...byName.values()].includes(true))) {
    settings.deviceAllow.push('/dev/tpmrm0');
  }
}

/**
 * The settings of a service by systemd 252: the unit's assignments in order, then those of its drop-ins, each one
 * merged with what came before as its directive does it. Undefined for a unit that systemd refuses for a value.
 */
export function settingsOf(
  document: UnitDocument,
  dropIns: readonly UnitDocument[],
  manager: Manager,
): ServiceSettings | undefined {
  const settings = initialSettings(manager);
  const name = unitName(document.unitName, manager);
  /** False when it stopped at a refused value. */
  const assignAll = ({ entries }: UnitDocument): boolean =>
    entries.every(({ section, key, value }) => {
      if (isRefused(section, key, value, name)) return false;
      directives.get(`${section}.${key}`)?.(settings, value, name);
      return true;
    });
  if (!assignAll(document)) return undefined;
  for (const dropIn of dropIns) assignAll(dropIn);
  applyImplications(settings, name.prefix);
  return settings;
}
