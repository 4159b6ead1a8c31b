import { lazily, lazy } from '../core/lazy.js';
import { withDropIns, type UnitDocument, type UnitEntry } from '../formats/systemd/document.js';
import { capabilitiesOf } from './unit/capabilities.js';
import type { UnitContext } from './context.js';
import { likely, type Need } from './model.js';
import type { Stated, StatedNeeds } from './stated.js';
import type { UnitCommands } from './unit/collect.js';
import { unitCommands } from './unit/commands.js';
import { deviceRulesOf, kernelInterfacesOf, type Hint, type KernelInterface } from './unit/daemons.js';
import { hostManagementOf, type HostManagement } from './unit/host.js';
import {
  holdsSysAdmin,
  managerOf,
  noNewPrivilegesBy,
  rootWrittenOut,
  seccompSetting,
  userOf,
  type Manager,
  type UnitUser,
} from './unit/identity.js';
import {
  compilersOf,
  hostUsersOf,
  networkOf,
  procOf,
  sharedFilesOf,
  type NetworkUse,
  type ProcUse,
} from './unit/isolation.js';
import {
  devicesOf,
  familiesOf,
  helpersOf,
  hostMountsOf,
  hasOwnRoot,
  kernelOf,
  namespacesOf,
  needOf,
  nothing,
  personalityOf,
  realtimeOf,
  setuidOf,
  suidSgidOf,
  type Restriction,
} from './unit/needs.js';
import {
  hasPrivateTemp,
  homeOf,
  sharedTempOf,
  usedTexts,
  writableOf,
  type HomeUse,
  type WritablePath,
} from './unit/paths.js';
import {
  withStatedCalls,
  withStatedCapabilities,
  withStatedDevices,
  withStatedHostUsers,
  withStatedInterfaces,
  withStatedRealtime,
} from './unit/stated-capabilities.js';
import { withStatedHome, withStatedPaths } from './unit/stated.js';
import { systemCallsOf, type SystemCalls } from './unit/system-calls.js';

/** What the unit's processes need. Each is inferred when it is first asked for. */
interface UnitNeeds {
  /** Defined for a unit that manages the host: harden leaves it alone. */
  readonly hostManagement: HostManagement | undefined;
  /** Programs that gain privileges on exec, which it starts. */
  readonly helpers: Restriction;
  readonly capabilities: Need<readonly string[]>;
  readonly systemCalls: Need<SystemCalls>;
  /** What makes machine code at run time. */
  readonly compilers: Restriction;
  readonly proc: Need<ProcUse>;
  readonly network: Need<NetworkUse>;
  readonly hostUsers: Restriction;
  /** Why others count on what the umask lets them read. */
  readonly sharedFiles: Restriction;
  readonly writable: Need<readonly WritablePath[]>;
  /** Writable places from which it executes, as far as a person says so. */
  readonly executable: readonly Stated[];
  readonly home: Need<HomeUse>;
  readonly sharedTemp: Restriction;
  readonly devices: Restriction;
  /** The devices that are known, as DeviceAllow= takes them. */
  readonly deviceRules: readonly string[];
  readonly families: Restriction;
  readonly hostMounts: Restriction;
  readonly namespaces: Restriction;
  readonly realtime: Restriction;
  /** Why it may gain privileges through execve(). */
  readonly setuid: Restriction;
  readonly kernel: Restriction;
  /** The interfaces of the kernel that its daemons are known to need. */
  readonly kernelInterfaces: ReadonlyMap<KernelInterface, Hint>;
  readonly suidSgid: Restriction;
  readonly personality: Restriction;
}

/** One service unit and what it needs. */
export interface UnitWorkload extends UnitNeeds {
  /** The unit with its drop-ins, as the manager reads it. */
  readonly document: UnitDocument;
  /** The unit's own file: the one that is edited. */
  readonly file: UnitDocument;
  readonly context: UnitContext;
  readonly manager: Need<Manager>;
  readonly user: Need<UnitUser>;
  readonly commands: UnitCommands;
  /** False when the first restriction by seccomp also turns NoNewPrivileges on. */
  readonly sysAdmin: boolean;
  /** The setting by which no-new-privileges is in force already. */
  readonly noNewPrivilegesBy: string | undefined;
  /** The unit's first system call filter. */
  readonly seccompSetting: string | undefined;
  /** `User=root` in a unit whose process may step down itself: a system call filter would take CAP_SETUID. */
  readonly rootWrittenOut: UnitEntry | undefined;
  /** PrivateTmp= is in force in the unit as written. */
  readonly privateTemp: boolean;
  /** It has a root file system of its own: paths on the host say nothing. */
  readonly ownRoot: boolean;
}

const cache = new WeakMap<
  UnitDocument,
  { readonly context: UnitContext; readonly workload: UnitWorkload | undefined }
>();

/** A unit of only these orders others or marks a state: there is nothing to confine. */
const DOES_NOTHING = /^(true|false|:)$/;

/** What the service in a unit file needs; undefined for a unit that starts nothing. */
export function unitWorkload(file: UnitDocument, context: UnitContext): UnitWorkload | undefined {
  if (file.lastSection('Service') === undefined) return undefined;
  const cached = cache.get(file);
  if (cached?.context === context) return cached.workload;
  const workload = workloadOf(file, context);
  cache.set(file, { context, workload });
  return workload;
}

function workloadOf(file: UnitDocument, context: UnitContext): UnitWorkload | undefined {
  const document = withDropIns(file, context.dropIns(file.path));
  if (document.assignments('Service', 'ExecStart', 'ExecStop').length === 0) return undefined;
  const commands = unitCommands(document, context);
  const idle = commands.opaque.length === 0 && commands.programs.every(({ name }) => DOES_NOTHING.test(name));
  if (idle && commands.programs.length > 0) return undefined;
  const manager = managerOf(document);
  const user = userOf(document, manager.value);
  const sysAdmin = holdsSysAdmin(document, manager.value, user.value);
  const needs = needsOf(document, commands, user.value, manager.value, context.stated(file.path));
  return Object.assign(needs, {
    document,
    file,
    context,
    commands,
    manager,
    user,
    sysAdmin,
    seccompSetting: seccompSetting(document),
    rootWrittenOut: nothing(commands).certainty === 'known' ? undefined : rootWrittenOut(document),
    noNewPrivilegesBy: noNewPrivilegesBy(document, sysAdmin),
    ownRoot: hasOwnRoot(document),
    privateTemp: hasPrivateTemp(document) || user.value.kind === 'dynamic',
  });
}

function needsOf(
  document: UnitDocument,
  commands: UnitCommands,
  user: UnitUser,
  manager: Manager,
  stated: StatedNeeds,
): UnitNeeds {
  const texts = lazy(() => usedTexts(document, commands));
  const root = user.kind === 'root';
  const helpers = lazy(() => helpersOf(document, commands, texts(), root));
  return lazily<UnitNeeds>({
    hostManagement: () => hostManagementOf(document, commands),
    helpers,
    capabilities: () => withStatedCapabilities(capabilitiesOf(document, commands, user, helpers()), stated),
    systemCalls: () => withStatedCalls(systemCallsOf(document, commands, user), stated),
    compilers: () => compilersOf(commands),
    proc: () => procOf(commands, texts()),
    network: () => networkOf(commands, texts()),
    hostUsers: () => withStatedHostUsers(hostUsersOf(document, commands), stated),
    sharedFiles: () => sharedFilesOf(commands),
    writable: () => withStatedPaths(writableOf(document, commands, user), stated, user),
    executable: () => stated.executable,
    home: () => withStatedHome(inferHome(document, commands, texts(), user, manager), stated),
    sharedTemp: () => inferTemp(document, commands, texts()),
    devices: () => withStatedDevices(devicesOf(document, commands, texts()), stated),
    deviceRules: () => deviceRulesOf(commands),
    families: () => familiesOf(document, commands),
    hostMounts: () => hostMountsOf(document, commands, texts()),
    namespaces: () => namespacesOf(document, commands, texts()),
    realtime: () => withStatedRealtime(realtimeOf(document, commands, texts()), stated),
    setuid: () => setuidOf(document, commands, texts(), root),
    kernel: () => kernelOf(document, commands, texts()),
    kernelInterfaces: () => withStatedInterfaces(kernelInterfacesOf(commands), stated),
    suidSgid: () => suidSgidOf(commands),
    personality: () => personalityOf(document, commands),
  });
}

function inferHome(
  document: UnitDocument,
  commands: UnitCommands,
  texts: Parameters<typeof homeOf>[1],
  user: UnitUser,
  manager: Manager,
): Need<HomeUse> {
  const named = homeOf(document, texts, user, manager);
  if (named.value === 'write') return named;
  const programs = needOf(commands, 'home-write', []);
  // A service account's home is rarely under /home; a program that keeps files in root's home loses them.
  if (programs.value.length > 0) return likely('write', ...programs.evidence);
  const served = needOf(commands, 'home-read', []);
  if (served.value.length > 0) return likely('read', ...served.evidence);
  const base = nothing(commands, ...named.evidence);
  return { value: named.value, certainty: base.certainty, evidence: base.evidence };
}

function inferTemp(
  document: UnitDocument,
  commands: UnitCommands,
  texts: Parameters<typeof sharedTempOf>[1],
): Restriction {
  const named = sharedTempOf(document, texts);
  return needOf(
    commands,
    'shared-temp',
    named.map((evidence) => ({ why: 'it names a file in /tmp', evidence })),
  );
}
