import type { Capability, ImageFacts } from '../../../catalogue/types.js';
import { because, citations, isWithin, likely, unknown, type Need, type ProcessUser } from '../../model.js';
import { specialKind } from '../engine.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import { strings } from '../plain.js';
import type { ServiceView } from '../project.js';
import { addedCapabilities } from './capabilities.js';

/** What takes the place of `privileged: true`. */
export interface Privileges {
  readonly capabilities: readonly Capability[];
  readonly devices: readonly string[];
}

/** Images with one of these roles work on sockets and files; no other device than those that are named. */
const PLAIN_ROLES: ReadonlySet<ImageFacts['role']> = new Set(['data-store', 'broker', 'proxy', 'web-server']);

/** Where a mount of the host says that the service works on the host itself. */
const HOST_PATHS = ['/dev', '/proc', '/sys', '/lib/modules', '/boot', '/usr/src'];

/**
 * What a privileged service needs instead. Privileged gives all capabilities and devices, and turns off seccomp,
 * AppArmor and the masks of /proc and /sys, so that only what the catalogue says of the image's own program can be
 * likely: what the user makes of it by configuration is not read.
 */
export function unprivilegedNeed(
  view: ServiceView,
  origin: Origin,
  user: Need<ProcessUser>,
  mounts: readonly Mount[],
): Need<Privileges> {
  const nothing: Privileges = { capabilities: [], devices: [] };
  const special = SPECIAL_REASONS[specialKind(view) ?? 'none'];
  if (special !== undefined) return because(unknown(nothing, ...origin.evidence), special);
  const hostReason = worksOnHost(view, mounts);
  if (hostReason !== undefined) return because(unknown(nothing, ...origin.evidence), hostReason);
  if (origin.kind !== 'server') {
    const reason = `what it needs of the host is not known${origin.kind === 'unknown' ? `: ${origin.reason}` : ''}`;
    return because(unknown(nothing, ...origin.evidence), reason);
  }
  const { name, role, capabilities, devices } = origin.facts;
  if (capabilities === undefined || user.certainty === 'unknown') {
    return because(
      unknown(nothing, ...origin.evidence),
      `which capabilities ${name} needs here is not known`,
    );
  }
  if (devices === undefined && !PLAIN_ROLES.has(role)) {
    return because(
      unknown(nothing, ...origin.evidence),
      `which devices of the host ${name} is to use is not known`,
    );
  }
  const added = new Set(addedCapabilities(view));
  if (added.has('ALL')) {
    return because(unknown(nothing, ...origin.evidence), 'cap_add: [ALL] is there too: replace it first');
  }
  const given = view.fields('devices').flatMap((field) => strings(field.value));
  const needed = [...(user.value.root ? capabilities.asRoot : []), ...(capabilities.file ?? [])];
  const value = {
    capabilities: [...new Set(needed)].filter((item) => !added.has(item)).sort(),
    devices: (devices?.paths ?? []).filter((path) => !given.some((item) => item.split(':')[0] === path)),
  };
  return likely(
    value,
    ...origin.evidence,
    ...citations(capabilities.cites),
    ...citations(devices?.cites ?? []),
  );
}

const SPECIAL_REASONS: Readonly<Record<string, string>> = {
  // https://docs.docker.com/engine/security/rootless/tips/#rootless-docker-in-docker
  engine:
    'an engine in a container mounts file systems and makes namespaces: it does not start without, rootless or not',
  system: 'systemd in a container mounts file systems and writes to its control groups',
};

function worksOnHost(view: ServiceView, mounts: readonly Mount[]): string | undefined {
  const mount = mounts.find(
    ({ kind, source = '', options }) =>
      (kind === 'bind' && HOST_PATHS.some((path) => isWithin(source, path))) ||
      options.some((option) => /shared$/.test(option)),
  );
  if (mount !== undefined) return `it works on the host through its mount at ${mount.target}`;
  const shared = ['pid', 'ipc', 'uts', 'cgroup'].find((key) => view.last(key)?.value === 'host');
  return shared === undefined ? undefined : `it works on the host through ${shared}: host`;
}
