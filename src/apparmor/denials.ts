import { SECRET_PLACES } from '../workload/secret-places.js';
import { resolved } from './places.js';
import type { ProfileNeeds } from './profile.js';
import { placeRules, type Section } from './rules.js';

/** What no rule of this host or of an abstraction may give back. */
export function denied(needs: ProfileNeeds): readonly Section[] {
  const { kind, mounts, traces, capabilities } = needs;
  const undoing = ['MAC_ADMIN', 'MAC_OVERRIDE', 'SYS_MODULE'].filter((name) => !capabilities.includes(name));
  return [
    ...(kind === 'unit' ? deniedToUnit(needs) : deniedToContainer(needs)),
    {
      why: "The kernel's memory, its emergency keys, and the policy of its security modules.",
      rules: denials(kind, [
        '@{PROC}/{kcore,kmem,mem,sysrq-trigger} rwklx',
        '@{sys}/kernel/security/{,**} rwklx',
      ]),
    },
    {
      why: 'A mount puts a file where a rule allows it.',
      rules: denials(kind, [
        ...(mounts && kind === 'unit' ? [] : ['mount']),
        ...(mounts ? [] : ['umount']),
        ...(mounts && kind === 'unit' ? [] : ['pivot_root']),
      ]),
    },
    {
      why: 'Who traces a process acts as that process.',
      rules: denials(kind, traces ? [] : ['ptrace (trace)']),
    },
    {
      why: 'Modules of the kernel, and changes of profiles, undo all confinement.',
      rules: denials(
        kind,
        undoing.map((name) => `capability ${name.toLowerCase()}`),
      ),
    },
    ...(kind === 'unit' ? deniedSecrets(needs) : []),
  ];
}

/**
 * In complain mode the kernel refuses what is denied silently, and only logs what is denied with `audit`. A container's
 * profile stands in the place of one that refuses it: security/apparmor/file.c (aa_audit_file) of Linux 6.1.
 */
function denials(kind: ProfileNeeds['kind'], rules: readonly string[]): readonly string[] {
  return rules.map((rule) => `${kind === 'unit' ? 'audit deny' : 'deny'} ${rule},`);
}

function deniedToUnit({ writes }: ProfileNeeds): readonly Section[] {
  const wants = (folder: string): boolean => writes.some((path) => resolved(path).startsWith(folder));
  return [
    {
      why: "Settings of the kernel are the host's.",
      rules: denials('unit', [
        ...(wants('/proc/sys/') ? [] : ['@{PROC}/sys/** wklx']),
        ...(wants('/sys/') ? [] : ['@{sys}/** wklx']),
      ]),
    },
  ];
}

function deniedSecrets({ reads, writes }: ProfileNeeds): readonly Section[] {
  const secret = SECRET_PLACES.filter((place) => ![...reads, ...writes].some((path) => isSame(place, path)));
  const rules = secret.flatMap((place) => placeRules('unit', place, 'rwklx'));
  return [
    {
      why: 'Secrets of the host that it was not seen to read.',
      rules: rules.map((rule) => `audit deny ${rule}`),
    },
  ];
}

/**
 * What the engine's default profile denies, in the place of which this one stands.
 * https://github.com/moby/profiles/blob/cd3bed8061c7b7378b61fc6827c7885779417a75/apparmor/template.go
 */
function deniedToContainer({ sockets }: ProfileNeeds): readonly Section[] {
  return [
    {
      why: "Settings of the kernel are the host's: of /proc, what is a process's own can be written.",
      rules: denials('container', [
        '@{PROC}/[^1-9]** wklx',
        '@{sys}/{[^f],f[^s]}** wklx',
        // The engine mounts the control groups, and says whether they can be written.
        '@{sys}/fs/[^c]** wklx',
      ]),
    },
    {
      why: 'What shows the firmware, and how much power the processor draws.',
      rules: denials('container', [
        '@{sys}/firmware/{,**} rwklx',
        '@{sys}/devices/virtual/powercap/{,**} rwklx',
      ]),
    },
    {
      why: "The kernel's ciphers are a way into it, and libraries have their own.",
      rules: denials('container', sockets.some(({ family }) => family === 'AF_ALG') ? [] : ['network alg']),
    },
  ];
}

/** True where a place of secrets and a path have to do with each other. */
function isSame(place: string, path: string): boolean {
  return (
    path === place ||
    (place.endsWith('/') && path.startsWith(place)) ||
    (path.endsWith('/') && place.startsWith(path))
  );
}
