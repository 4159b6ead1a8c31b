import { cite } from '../../core/evidence.js';
import type { Evidence } from '../../core/types.js';
import {
  citeEntry,
  parseBoolean,
  type UnitDocument,
  type UnitEntry,
} from '../../formats/systemd/document.js';
import { known, likely, type Need } from '../model.js';

export type Manager = 'system' | 'user';

export interface UnitUser {
  readonly kind: 'root' | 'account' | 'person' | 'dynamic';
  readonly name: string;
}

const USER_PATH = /(^|\/)(\.config|\.local\/share)\/systemd\/|(^|\/)systemd\/user(\/|$)|(^|\/)user-units?\//;
const SYSTEM_PATH = /(^|\/)systemd\/system(\/|$)/;
const SESSION_TARGET =
  /\b(graphical-session(-pre)?|gnome-session\S*|sway-session|hyprland-session|xdg-desktop-autostart)\.target\b/;

/** Which manager loads the unit: its folder says so, else what it is wanted by. */
export function managerOf(document: UnitDocument): Need<Manager> {
  const at = (offset: number): Evidence => cite(document, offset);
  const header = document.sections[0]!.headerRange.start;
  if (USER_PATH.test(document.path)) return known('user', at(header));
  if (SYSTEM_PATH.test(document.path)) return known('system', at(header));
  const user = document.last('Service', 'User') ?? document.last('Service', 'DynamicUser');
  if (user !== undefined) return known('system', citeEntry(document, user));
  const wanted = ['WantedBy', 'RequiredBy', 'UpheldBy'].flatMap((key) =>
    document.assignments('Install', key),
  );
  const targets = wanted.flatMap((entry) => entry.value.split(/\s+/));
  const session = document.entries.find(
    (entry) =>
      /^(WantedBy|RequiredBy|PartOf|After|Requires|BindsTo)$/.test(entry.key) &&
      SESSION_TARGET.test(entry.value),
  );
  if (session !== undefined) return known('user', citeEntry(document, session));
  const only = wanted[0];
  if (only !== undefined && targets.every((target) => target === 'default.target' || target === '')) {
    return likely('user', citeEntry(document, only));
  }
  if (targets.some((target) => /^(multi-user|sysinit|basic|graphical|network.*)\.target$/.test(target))) {
    return known('system', citeEntry(document, only!));
  }
  const home = document.entries.find(
    (entry) =>
      entry.section === 'Service' && /^(Exec|WorkingDirectory)/.test(entry.key) && entry.value.includes('%h'),
  );
  if (home !== undefined) return likely('user', citeEntry(document, home));
  if (document.comments().some((comment) => /systemctl\s+--user|~\/\.config\/systemd/.test(comment))) {
    return likely('user', at(header));
  }
  return likely('system', at(header));
}

const PERSON =
  /^(%[iIuU]|\d{4,}|pi|ubuntu|debian|admin|vagrant|ec2-user|user|username|me|fedora|centos|opc|azureuser|orangepi|odroid|<.*>|your.*|\$.*)$/i;

/** Who the unit runs as, seen from the manager. */
export function userOf(document: UnitDocument, manager: Manager): Need<UnitUser> {
  const header = cite(document, (document.lastSection('Service') ?? document.sections[0]!).headerRange.start);
  const user = document.last('Service', 'User');
  const dynamic = document.last('Service', 'DynamicUser');
  if (dynamic !== undefined && parseBoolean(dynamic.value) === true) {
    return known({ kind: 'dynamic', name: user?.value ?? '' }, citeEntry(document, dynamic));
  }
  if (user !== undefined) {
    const evidence = citeEntry(document, user);
    if (user.value === 'root' || user.value === '0') return known({ kind: 'root', name: 'root' }, evidence);
    return known({ kind: PERSON.test(user.value) ? 'person' : 'account', name: user.value }, evidence);
  }
  if (manager === 'user') return known({ kind: 'person', name: '' }, header);
  return known({ kind: 'root', name: 'root' }, header);
}

/** Whether a CapabilityBoundingSet= leaves CAP_SYS_ADMIN; true when there is none. */
function boundingSetHasSysAdmin(document: UnitDocument): boolean {
  if (!document.has('Service', 'CapabilityBoundingSet')) return true;
  let has: boolean | undefined;
  for (const { key, value } of document.entries) {
    if (key !== 'CapabilityBoundingSet') continue;
    const named = /\bCAP_SYS_ADMIN\b/i.test(value);
    if (value === '') has = false;
    else if (value.startsWith('~')) has = (has ?? true) && !(named || value === '~');
    else has = (has ?? false) || named;
  }
  return has ?? true;
}

/**
 * True when the unit's processes hold CAP_SYS_ADMIN: without it each seccomp directive turns NoNewPrivileges on.
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#RestrictRealtime=
 */
export function holdsSysAdmin(document: UnitDocument, manager: Manager, user: UnitUser): boolean {
  return manager === 'system' && user.kind === 'root' && boundingSetHasSysAdmin(document);
}

/** Settings that turn NoNewPrivileges on in a process without CAP_SYS_ADMIN, as systemd.exec(5) lists them. */
const IMPLYING = [
  'LockPersonality',
  'MemoryDenyWriteExecute',
  'PrivateDevices',
  'ProtectClock',
  'ProtectHostname',
  'ProtectKernelLogs',
  'ProtectKernelModules',
  'ProtectKernelTunables',
  'RestrictAddressFamilies',
  'RestrictNamespaces',
  'RestrictRealtime',
  'RestrictSUIDSGID',
  'SystemCallArchitectures',
  'SystemCallFilter',
  'SystemCallLog',
] as const;

function isOn(document: UnitDocument, key: string): boolean {
  const value = document.last('Service', key)?.value;
  return value !== undefined && value !== '' && parseBoolean(value) !== false;
}

/** The first of the unit's settings that is a system call filter in effect. */
export function seccompSetting(document: UnitDocument): string | undefined {
  return IMPLYING.find((key) => isOn(document, key));
}

/**
 * `User=root` written out: since version 255 systemd takes CAP_SETUID away from such a process when it has a
 * system call filter, and under NoNewPrivileges= the process can't get it back to step down by itself.
 * https://github.com/systemd/systemd/blob/v255/src/core/exec-invoke.c (keep_seccomp_privileges)
 */
export function rootWrittenOut(document: UnitDocument): UnitEntry | undefined {
  const user = document.last('Service', 'User');
  return user !== undefined && /^(root|0)$/.test(user.value) ? user : undefined;
}

/**
 * The setting by which the unit has no-new-privileges already, whatever NoNewPrivileges= itself says. By the
 * implying ones it has them in a system unit only before systemd 255, which sets the filter up first.
 */
export function noNewPrivilegesBy(document: UnitDocument, sysAdmin: boolean): string | undefined {
  if (parseBoolean(document.last('Service', 'DynamicUser')?.value ?? '') === true) return 'DynamicUser';
  if (parseBoolean(document.last('Service', 'NoNewPrivileges')?.value ?? '') === true)
    return 'NoNewPrivileges';
  return sysAdmin ? undefined : seccompSetting(document);
}
