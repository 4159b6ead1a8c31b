import { engineDefault, type Comparison, type Condition, type EngineRule } from './engine-default.js';
import { closure, floor } from './relatives.js';
import { containerRuntime } from './runtime.js';
import { hasSystemCall, isSystemCall } from './system-calls.js';

/** A rule of a profile, as Docker and Podman read it. */
export interface ProfileRule {
  readonly names: readonly string[];
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  readonly errnoRet?: number;
  readonly args?: readonly Comparison[];
  readonly includes?: Condition;
  readonly excludes?: Condition;
}

/** What `--security-opt seccomp=FILE` takes: https://docs.docker.com/engine/security/seccomp/ */
export interface SeccompProfile {
  readonly defaultAction: 'SCMP_ACT_ERRNO';
  readonly defaultErrnoRet: number;
  readonly archMap: readonly {
    readonly architecture: string;
    readonly subArchitectures: readonly string[];
  }[];
  readonly syscalls: readonly ProfileRule[];
}

export interface ProfileRequest {
  /** What the program calls; names that no kernel knows are left out. */
  readonly calls: Iterable<string>;
  /** What the container may have (its bounding set), with `CAP_` or without. */
  readonly capabilities: Iterable<string>;
  /** As libseccomp names them (`SCMP_ARCH_X86_64`); without, all that the engine's profile has. */
  readonly architectures?: readonly string[];
  readonly noNewPrivileges: boolean;
  /** `init: true`. */
  readonly init: boolean;
}

/**
 * AF_ALG and AF_VSOCK are never opened: the first has been refused by the default profile only since its release after
 * v0.1.0, and a profile made here shall not be wider than a newer engine's default.
 * https://github.com/moby/profiles/commit/dec315c57e60de0ffb1e07485815eb71d7b820e8
 */
const SOCKET_FAMILIES: readonly (readonly Comparison[])[] = [
  [{ index: 0, value: 38, op: 'SCMP_CMP_LT' }],
  [{ index: 0, value: 39, op: 'SCMP_CMP_EQ' }],
  [{ index: 0, value: 40, op: 'SCMP_CMP_GT' }],
];

/**
 * The engine's default profile, narrowed to what the program calls, what every process calls, and what the container's
 * runtime calls to start it. Conditions on arguments, capabilities, architectures and the kernel stay as they are; a
 * rule for a capability that the container does not have is left out. Nothing is allowed that the default doesn't allow.
 */
export function seccompProfile(request: ProfileRequest): SeccompProfile {
  const { errno, architectures, rules } = engineDefault();
  const kept = new Set([...closure(request.calls), ...floor(), ...containerRuntime(request)]);
  const capabilities = capabilityNames(request.capabilities);
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: errno,
    archMap: [...architectures]
      .filter(([architecture]) => request.architectures?.includes(architecture) ?? true)
      .map(([architecture, subArchitectures]) => ({ architecture, subArchitectures })),
    syscalls: rules.flatMap((rule) => narrowed(rule, kept, capabilities)),
  };
}

function capabilityNames(capabilities: Iterable<string>): ReadonlySet<string> {
  return new Set([...capabilities].map((name) => (name.startsWith('CAP_') ? name : `CAP_${name}`)));
}

/** What is left of a rule of the default profile. */
function narrowed(
  rule: EngineRule,
  kept: ReadonlySet<string>,
  capabilities: ReadonlySet<string>,
): readonly ProfileRule[] {
  const granted = rule.includes?.caps?.every((name) => capabilities.has(name)) ?? true;
  const names = rule.calls
    .filter((name) => kept.has(name) && isSystemCall(name))
    .filter((name) => granted || hasOpposite(name))
    .sort();
  if (names.length === 0) return [];
  const made: ProfileRule = {
    names,
    action: rule.errno === undefined ? 'SCMP_ACT_ALLOW' : 'SCMP_ACT_ERRNO',
    ...(rule.errno !== undefined && { errnoRet: rule.errno }),
    ...(rule.args && { args: rule.args }),
    ...(rule.includes && { includes: rule.includes }),
    ...(rule.excludes && { excludes: rule.excludes }),
  };
  return names.includes('socket') && rule.args ? SOCKET_FAMILIES.map((args) => ({ ...made, args })) : [made];
}

/**
 * True for clone and clone3, which have other rules without a capability than with it: the container that is given it
 * later must still find one of them.
 */
function hasOpposite(name: string): boolean {
  return engineDefault().rules.some(({ calls, excludes }) => excludes?.caps && calls.includes(name));
}

/** How many calls of x86-64 a profile really allows to a container with these capabilities, on a current kernel. */
export function countAllowed(profile: SeccompProfile, capabilities: Iterable<string>): number {
  return allowed(profile.syscalls, capabilities).size;
}

/** The same for the engine's default profile. */
export function countDefault(capabilities: Iterable<string>): number {
  return allowedByDefault(capabilities).size;
}

/**
 * The calls that the engine's default profile refuses to a container with these capabilities. clone3 is none of them: glibc
 * takes clone where it is told that there is no such call (ENOSYS).
 */
export function refusedByDefault(
  calls: readonly string[],
  capabilities: Iterable<string>,
): readonly string[] {
  const given = allowedByDefault(capabilities);
  return calls.filter((name) => name !== 'clone3' && hasSystemCall('x86_64', name) && !given.has(name));
}

function allowedByDefault(capabilities: Iterable<string>): ReadonlySet<string> {
  const rules = engineDefault().rules.filter(({ errno }) => errno === undefined);
  return allowed(
    rules.map((rule) => ({ ...rule, names: rule.calls, action: 'SCMP_ACT_ALLOW' })),
    capabilities,
  );
}

function allowed(rules: readonly ProfileRule[], capabilities: Iterable<string>): ReadonlySet<string> {
  const given = capabilityNames(capabilities);
  const names = rules
    .filter(({ action }) => action === 'SCMP_ACT_ALLOW')
    .filter((rule) => applies(rule, given))
    .flatMap((rule) => rule.names);
  return new Set(names.filter((name) => hasSystemCall('x86_64', name)));
}

/** Whether the engine takes a rule for a container on x86-64. */
function applies({ includes, excludes }: ProfileRule, given: ReadonlySet<string>): boolean {
  if (excludes?.caps?.some((name) => given.has(name)) || excludes?.arches?.includes('amd64')) return false;
  return (
    (includes?.caps?.every((name) => given.has(name)) ?? true) &&
    (includes?.arches?.includes('amd64') ?? true)
  );
}
