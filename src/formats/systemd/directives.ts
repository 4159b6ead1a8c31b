/** What the manual pages say of a setting that harden may assign. */
export interface Directive {
  /** The manual page that describes it. */
  readonly page: 'systemd.exec' | 'systemd.resource-control';
  /** The first release that has it, by systemd's NEWS. Older ones warn of it and go on. */
  readonly since: number;
  /**
   * How it acts in a user manager: `full`; `namespace`: it needs a mount namespace, which takes PrivateUsers= there;
   * `none`: it has no effect or fails, since it takes privileges.
   */
  readonly user: 'full' | 'namespace' | 'none';
}

const exec = (since: number, user: Directive['user']): Directive => ({ page: 'systemd.exec', since, user });
const resource = (since: number, user: Directive['user']): Directive => ({
  page: 'systemd.resource-control',
  since,
  user,
});

/**
 * The settings by their names. The releases: https://github.com/systemd/systemd/blob/main/NEWS, the first entry that names
 * one; the user manager: systemd.exec(5), "only available for system services" and "Sandboxing".
 */
export const DIRECTIVES: Readonly<Record<string, Directive>> = {
  AmbientCapabilities: exec(229, 'none'),
  AppArmorProfile: exec(210, 'none'),
  CacheDirectory: exec(235, 'full'),
  CapabilityBoundingSet: exec(183, 'none'),
  DeviceAllow: resource(210, 'none'),
  DevicePolicy: resource(212, 'none'),
  DynamicUser: exec(232, 'none'),
  ExecPaths: exec(248, 'namespace'),
  IPAddressAllow: resource(235, 'none'),
  IPAddressDeny: resource(235, 'none'),
  KeyringMode: exec(235, 'none'),
  LimitNOFILE: exec(183, 'full'),
  LogsDirectory: exec(235, 'full'),
  LockPersonality: exec(235, 'full'),
  MemoryDenyWriteExecute: exec(231, 'full'),
  MemoryMax: resource(231, 'full'),
  NoExecPaths: exec(248, 'namespace'),
  NoNewPrivileges: exec(187, 'full'),
  PrivateDevices: exec(209, 'namespace'),
  PrivateIPC: exec(248, 'namespace'),
  PrivateMounts: exec(239, 'namespace'),
  PrivateNetwork: exec(183, 'namespace'),
  PrivateTmp: exec(183, 'namespace'),
  PrivateUsers: exec(232, 'full'),
  ProcSubset: exec(247, 'namespace'),
  ProtectClock: exec(245, 'namespace'),
  ProtectControlGroups: exec(232, 'namespace'),
  ProtectHome: exec(214, 'namespace'),
  ProtectHostname: exec(242, 'namespace'),
  ProtectKernelLogs: exec(244, 'namespace'),
  ProtectKernelModules: exec(232, 'namespace'),
  ProtectKernelTunables: exec(232, 'namespace'),
  ProtectProc: exec(247, 'namespace'),
  ProtectSystem: exec(214, 'namespace'),
  ReadWritePaths: exec(231, 'namespace'),
  RemoveIPC: exec(232, 'none'),
  RestrictAddressFamilies: exec(211, 'full'),
  RestrictFileSystems: exec(250, 'none'),
  RestrictNamespaces: exec(233, 'full'),
  RestrictRealtime: exec(231, 'full'),
  RestrictSUIDSGID: exec(242, 'full'),
  SocketBindAllow: resource(249, 'none'),
  SocketBindDeny: resource(249, 'none'),
  RuntimeDirectory: exec(211, 'full'),
  StateDirectory: exec(235, 'full'),
  SystemCallArchitectures: exec(209, 'full'),
  SystemCallErrorNumber: exec(209, 'full'),
  SystemCallFilter: exec(187, 'full'),
  TasksMax: resource(227, 'full'),
  UMask: exec(183, 'full'),
  User: exec(183, 'none'),
};

/** The entry of a setting in its manual page. */
export function manualPage(setting: string): string {
  const page = DIRECTIVES[setting]?.page ?? 'systemd.exec';
  return `https://www.freedesktop.org/software/systemd/man/latest/${page}.html#${setting}=`;
}

/** The setting that an assignment is of. */
export function settingOf(assignment: string): string {
  return assignment.slice(0, assignment.indexOf('='));
}

/** True where every systemd from a release on has the setting. */
export function isIn(setting: string, release: number): boolean {
  return (DIRECTIVES[setting]?.since ?? 0) <= release;
}
