import type { EquivalentRules } from './rule.js';

/**
 * https://github.com/tmatens/compose-lint/tree/main/docs/rules. Its rules about single capabilities (CL-0011, CL-0024 and
 * CL-0027 to CL-0030), devices (CL-0016), shared mounts (CL-0017), tmpfs options (CL-0022) and a log driver that is none
 * (CL-0014) have no equivalent.
 */
export const COMPOSE_LINT_RULES: EquivalentRules = {
  /** Host control socket exposed. */
  'CL-0001': { names: ['compose/proxy-docker-socket', 'compose/report-sensitive-mounts'], keys: ['volumes'] },
  /** privileged: true */
  'CL-0002': { names: ['compose/remove-privileged'] },
  /** no-new-privileges is missing. */
  'CL-0003': { names: ['compose/no-new-privileges'] },
  /** Unpinned image tags. */
  'CL-0004': { names: ['compose/pin-image'] },
  /** Ports published on all interfaces. */
  'CL-0005': { names: ['compose/bind-ports-to-loopback'] },
  /** cap_drop lacks ALL. */
  'CL-0006': { names: ['compose/drop-capabilities'] },
  /** read_only is not set. */
  'CL-0007': { names: ['compose/read-only-rootfs'] },
  /** network_mode: host */
  'CL-0008': { names: ['compose/report-host-namespaces'], keys: ['network_mode'] },
  /** Disabled seccomp and AppArmor profiles. */
  'CL-0009': { names: ['compose/remove-unconfined'] },
  /** Host PID and IPC namespaces. */
  'CL-0010': { names: ['compose/report-host-namespaces'], keys: ['pid', 'ipc'] },
  /** Sensitive host path exposed. */
  'CL-0013': { names: ['compose/report-sensitive-mounts'], keys: ['volumes'] },
  /** user: root */
  'CL-0018': { names: ['compose/run-as-non-root'] },
  /** Image tags without digests. */
  'CL-0019': { names: ['compose/pin-image'] },
  /** Credential-shaped environment keys with literal values. */
  'CL-0020': { names: ['compose/report-secrets'] },
  /** Credentials in connection strings. */
  'CL-0021': { names: ['compose/report-secrets'] },
  /** Root-equivalent host path mounted writable. */
  'CL-0025': { names: ['compose/report-sensitive-mounts'], keys: ['volumes'] },
  /** No limits of memory and CPU. */
  'CL-0026': { names: ['compose/limit-memory', 'compose/limit-cpus'] },
};
