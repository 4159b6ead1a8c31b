import { withDropIns, type UnitDocument, type UnitEntry } from '../formats/systemd/document.js';
import type { UnitContext } from './context.js';
import type { Need } from './model.js';
import type { UnitCommands } from './unit/collect.js';
import { unitCommands } from './unit/commands.js';
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
import type { RecordedNeeds } from './recorded.js';
import { needsOf, type UnitNeeds } from './unit/inferred.js';
import { hasOwnRoot, nothing } from './unit/needs.js';
import { hasPrivateTemp } from './unit/paths.js';

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
  /** What it was seen to do; undefined where nobody looked. */
  readonly recorded: RecordedNeeds | undefined;
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
  const needs = needsOf(document, commands, user.value, manager.value, context);
  return Object.assign(needs, {
    document,
    file,
    context,
    commands,
    recorded: context.stated(file.path).recorded,
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
