import type { Capability, ImageFacts } from '../../../catalogue/types.js';
import {
  because,
  citations,
  isRoot,
  known,
  likely,
  unknown,
  type Need,
  type ProcessUser,
} from '../../model.js';
import type { Mount } from '../mounts.js';
import type { Origin } from '../origin.js';
import { strings } from '../plain.js';
import type { ServiceView } from '../project.js';

/**
 * The capabilities that a container has by default. What isn't among them or in `cap_add` the service does not
 * have today, so it can't need it.
 * https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities
 */
export const DEFAULT_CAPABILITIES: ReadonlySet<Capability> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export function capabilityName(text: string): Capability {
  return text.toUpperCase().replace(/^CAP_/, '');
}

/** What the container's processes may have: the default set without what is dropped, with what is added. */
export function boundingSet(view: ServiceView): readonly Capability[] {
  const dropped = new Set(
    view.fields('cap_drop').flatMap((field) => strings(field.value).map(capabilityName)),
  );
  const kept = [...DEFAULT_CAPABILITIES].filter((name) => !dropped.has('ALL') && !dropped.has(name));
  return [...new Set([...kept, ...addedCapabilities(view)])].sort();
}

/** What the service's layers add to the default set. */
export function addedCapabilities(view: ServiceView): readonly Capability[] {
  return view.fields('cap_add').flatMap((field) => strings(field.value).map(capabilityName));
}

/**
 * What must stay in the bounding set when ALL is dropped. A process that starts as another user than root holds
 * no capability (capabilities(7), "Effect of user ID changes"), so that it needs only its programs' file
 * capabilities; one that starts as root needs what its entrypoint does as root.
 */
export function capabilitiesNeed(
  view: ServiceView,
  origin: Origin,
  user: Need<ProcessUser>,
  mounts: readonly Mount[],
): Need<readonly Capability[]> {
  const keep = (list: readonly Capability[]): readonly Capability[] => {
    const added = new Set(addedCapabilities(view));
    return [...new Set(list)].filter((name) => DEFAULT_CAPABILITIES.has(name) && !added.has(name)).sort();
  };
  if (user.certainty === 'unknown') {
    const reason = origin.kind === 'unknown' ? origin.reason : 'its user is not known and may be root';
    return because(unknown(keep([]), ...user.evidence), reason);
  }
  if (origin.kind === 'server') return serverNeed(view, origin, user, mounts, keep);
  if (!user.value.root) return otherUserNeed(origin, user, keep);
  if (origin.kind === 'built' && origin.build.stepsDown.length > 0) {
    const usual = keep(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']);
    const reason = 'its entrypoint steps down by itself; what else it does as root is not known';
    return because(unknown(usual, ...origin.build.stepsDown), reason);
  }
  const reason =
    origin.kind === 'unknown' ? origin.reason : 'it runs as root; what it does as root is not known';
  return because(unknown([], ...user.evidence), reason);
}

/** A file capability that isn't in the bounding set stops the program from starting: execve(2), EPERM. */
function otherUserNeed(
  origin: Exclude<Origin, { kind: 'server' }>,
  user: Need<ProcessUser>,
  keep: (list: readonly Capability[]) => readonly Capability[],
): Need<readonly Capability[]> {
  if (origin.kind === 'unknown') {
    const reason = `its programs may have file capabilities: ${origin.reason}`;
    return because(unknown([], ...user.evidence), reason);
  }
  const { build } = origin;
  if (build.setuidHelpers.value.includes('setcap')) {
    const reason = 'its Dockerfile gives a program file capabilities, which must stay in the bounding set';
    return because(unknown([], ...build.setuidHelpers.evidence), reason);
  }
  const bare = withoutSetuid(build.facts, user);
  if (bare !== undefined) return bare;
  if (build.facts === undefined && build.baseImage === undefined && !build.scratch) {
    const reason = 'programs of its base image may have file capabilities';
    return because(unknown([], ...user.evidence, ...build.baseUser.evidence), reason);
  }
  const { value: installed, evidence } = build.fileCapabilities;
  const list = keep([...(build.facts?.capabilities?.file ?? []), ...installed]);
  return likely(list, ...origin.evidence, ...user.evidence, ...evidence);
}

/**
 * An init that is setuid root becomes root whoever starts it, and fails where the bounding set lacks what it does then;
 * with no-new-privileges it stays who it is, and needs its directory: just-containers/s6-overlay#600.
 */
function withoutSetuid(
  facts: ImageFacts | undefined,
  user: Need<ProcessUser>,
): Need<readonly Capability[]> | undefined {
  const { setuid, cites } = facts?.init ?? {};
  if (setuid === undefined || cites === undefined) return undefined;
  const reason = `${setuid} is setuid root: without capabilities it starts only together with no-new-privileges, and with a tmpfs on /run that is exec and belongs to its user`;
  return because(unknown([], ...user.evidence, ...citations(cites)), reason);
}

/**
 * What `cap_add` gives back after ALL was dropped, and only a start as root needs: whoever starts as another user holds no
 * capability, and runs no program that gains one.
 */
export function addedForRoot(view: ServiceView, facts: ImageFacts): readonly Capability[] {
  const { capabilities, setuidHelpers } = facts;
  const dropped = view.fields('cap_drop').flatMap(({ value }) => strings(value).map(capabilityName));
  if (capabilities === undefined || setuidHelpers?.programs.length !== 0 || !dropped.includes('ALL'))
    return [];
  const rooted = new Set([...capabilities.asRoot, ...initSignals(view, facts)]);
  return addedCapabilities(view).filter(
    (name) => rooted.has(name) && capabilities.file?.includes(name) !== true,
  );
}

/** The engine's init is root's and passes signals on to a process of another uid: kill(2). */
function initSignals(view: ServiceView, facts: ImageFacts): readonly Capability[] {
  return view.last('init')?.value === 'true' && facts.user.stepsDownTo !== undefined ? ['KILL'] : [];
}

function serverNeed(
  view: ServiceView,
  origin: Extract<Origin, { kind: 'server' }>,
  user: Need<ProcessUser>,
  mounts: readonly Mount[],
  keep: (list: readonly Capability[]) => readonly Capability[],
): Need<readonly Capability[]> {
  const facts = origin.facts.capabilities;
  if (facts === undefined) {
    const reason = `what ${origin.facts.name} does as root is not known`;
    return because(unknown([], ...origin.evidence), reason);
  }
  const file = facts.file ?? [];
  const evidence = [...user.evidence, ...citations(facts.cites)];
  if (!user.value.root) return withoutSetuid(origin.facts, user) ?? known(keep(file), ...evidence);
  const { starts } = origin.facts.user;
  if (!isRoot(starts) && facts.asRoot.length === 0) {
    const reason = `${origin.facts.name} starts as ${starts}; what it does as root is not known`;
    return because(unknown(keep([]), ...evidence), reason);
  }
  const list = keep([...facts.asRoot, ...file, ...initSignals(view, origin.facts)]);
  // Root without DAC_OVERRIDE meets the permissions of the host's files like anybody else.
  const bind = mounts.find((mount) => mount.kind === 'bind' && mount.source !== '/var/run/docker.sock');
  if (bind !== undefined && !list.includes('DAC_OVERRIDE')) return likely(list, ...evidence, bind.evidence);
  return facts.certainty === 'likely' ? likely(list, ...evidence) : known(list, ...evidence);
}
