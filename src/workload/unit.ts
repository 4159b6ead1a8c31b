import { lazy } from '../core/lazy.js';
import { withDropIns, type UnitDocument, type UnitEntry } from '../formats/systemd/document.js';
import type { UnitContext } from './context.js';
import { likely, type Need } from './model.js';
import type { UnitCommands } from './unit/collect.js';
import { unitCommands } from './unit/commands.js';
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
  devicesOf,
  familiesOf,
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

/** One service unit and what it needs. Each need is inferred when it is first asked for. */
export interface UnitWorkload {
  /** The unit with its drop-ins, as the manager reads it. */
  readonly document: UnitDocument;
  /** The unit's own file: the one that is edited. */
  readonly file: UnitDocument;
  readonly manager: Need<Manager>;
  readonly user: Need<UnitUser>;
  /** Defined for a unit that manages the host: harden leaves it alone. */
  readonly hostManagement: HostManagement | undefined;
  readonly commands: UnitCommands;
  /** False when the first restriction by seccomp also turns NoNewPrivileges on. */
  readonly sysAdmin: boolean;
  /** The setting by which no-new-privileges is in force already. */
  readonly noNewPrivilegesBy: string | undefined;
  /** The unit's first system call filter. */
  readonly seccompSetting: string | undefined;
  /** `User=root` in a unit whose process may step down itself: a system call filter would take CAP_SETUID. */
  readonly rootWrittenOut: UnitEntry | undefined;
  readonly writable: Need<readonly WritablePath[]>;
  readonly home: Need<HomeUse>;
  readonly sharedTemp: Restriction;
  /** PrivateTmp= is in force in the unit as written. */
  readonly privateTemp: boolean;
  readonly devices: Restriction;
  readonly families: Restriction;
  readonly hostMounts: Restriction;
  readonly namespaces: Restriction;
  readonly realtime: Restriction;
  readonly setuid: Restriction;
  readonly kernel: Restriction;
  readonly suidSgid: Restriction;
  readonly personality: Restriction;
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
  return idle && commands.programs.length > 0 ? undefined : infer(file, document, commands);
}

function infer(file: UnitDocument, document: UnitDocument, commands: UnitCommands): UnitWorkload {
  const manager = managerOf(document);
  const user = userOf(document, manager.value);
  const sysAdmin = holdsSysAdmin(document, manager.value, user.value);
  const texts = lazy(() => usedTexts(document, commands));
  const once = {
    host: lazy(() => hostManagementOf(document, commands)),
    writable: lazy(() => writableOf(document, commands, user.value)),
    home: lazy(() => inferHome(document, commands, texts(), user.value, manager.value)),
    temp: lazy(() => inferTemp(document, commands, texts())),
    devices: lazy(() => devicesOf(document, commands, texts())),
    hostMounts: lazy(() => hostMountsOf(commands, texts())),
    families: lazy(() => familiesOf(document, commands)),
    namespaces: lazy(() => namespacesOf(document, commands, texts())),
    realtime: lazy(() => realtimeOf(document, commands, texts())),
    setuid: lazy(() => setuidOf(document, commands, texts(), user.value.kind === 'root')),
    kernel: lazy(() => kernelOf(document, commands, texts())),
    suidSgid: lazy(() => suidSgidOf(commands)),
    personality: lazy(() => personalityOf(document, commands)),
  };
  return {
    document,
    file,
    commands,
    manager,
    user,
    sysAdmin,
    seccompSetting: seccompSetting(document),
    rootWrittenOut: nothing(commands).certainty === 'known' ? undefined : rootWrittenOut(document),
    noNewPrivilegesBy: noNewPrivilegesBy(document, sysAdmin),
    ownRoot: hasOwnRoot(document),
    privateTemp: hasPrivateTemp(document) || user.value.kind === 'dynamic',
    get hostManagement() {
      return once.host();
    },
    get writable() {
      return once.writable();
    },
    get home() {
      return once.home();
    },
    get sharedTemp() {
      return once.temp();
    },
    get devices() {
      return once.devices();
    },
    get hostMounts() {
      return once.hostMounts();
    },
    get families() {
      return once.families();
    },
    get namespaces() {
      return once.namespaces();
    },
    get realtime() {
      return once.realtime();
    },
    get setuid() {
      return once.setuid();
    },
    get kernel() {
      return once.kernel();
    },
    get suidSgid() {
      return once.suidSgid();
    },
    get personality() {
      return once.personality();
    },
  };
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
