import type { Capability } from '../../catalogue/types.js';
import { lazy } from '../../core/lazy.js';
import type { Evidence } from '../../core/types.js';
import type { Need, ProcessUser, TmpfsPath } from '../model.js';
import type { RecordedNeeds } from '../recorded.js';
import type { KnownBesides, Stated } from '../stated.js';
import { addedCapabilities, addedForRoot, capabilitiesNeed } from './needs/capabilities.js';
import { confinementNeed } from './needs/confinement.js';
import { readMountsNeed, type ReadMount } from './needs/read-mounts.js';
import { cpusNeed } from './needs/cpus.js';
import { setuidHelpersNeed } from './needs/helpers.js';
import { initNeed, type InitNeed } from './needs/init.js';
import { lifetimeNeed, type Lifetime } from './needs/lifetime.js';
import { memoryNeed } from './needs/memory.js';
import { healthProbeNeed, type HealthProbe } from './needs/health.js';
import { outsideNeed } from './needs/outside.js';
import { otherUserNeed, type OtherUser } from './needs/other-user.js';
import { withRecordedCapabilities, withRecordedHelpers, withRecordedPaths } from './needs/recorded.js';
import { withStatedCapabilities, withStatedPaths, withStatedPrivileges } from './needs/stated.js';
import { systemCallsNeed, type CallUse } from './needs/system-calls.js';
import { tasksNeed } from './needs/tasks.js';
import { unprivilegedNeed, type Privileges } from './needs/unprivileged.js';
import { userNeed } from './needs/user.js';
import { writableNeed } from './needs/writable.js';
import { writerOf } from './needs/writer.js';
import { mountsOf, type Mount } from './mounts.js';
import type { Origin } from './origin.js';
import { citeField, type ServiceView } from './project.js';

/** One service that runs, and what it needs: each need is worked out when it is first asked for. */
export interface ServiceWorkload {
  readonly name: string;
  readonly view: ServiceView;
  readonly origin: Origin;
  readonly mounts: readonly Mount[];
  /** `privileged: true`, with its line. */
  readonly privileged: Evidence | undefined;
  /** What it needs in place of `privileged: true`. */
  readonly unprivileged: Need<Privileges>;
  /** True when it does with the default seccomp, AppArmor and SELinux profiles. */
  readonly confinement: Need<boolean>;
  /** True for a service that only `docker stack deploy` can run as written. */
  readonly swarm: boolean;
  readonly user: Need<ProcessUser>;
  /** Capabilities that must stay in the bounding set. */
  readonly capabilities: Need<readonly Capability[]>;
  /** What `cap_add` gives back for a start as root alone. */
  readonly addedForRoot: readonly Capability[];
  /** What must be writable besides the mounts when the root file system is read-only. */
  readonly writable: Need<readonly TmpfsPath[]>;
  /** The bind mounts that are writable and only read. */
  readonly readMounts: readonly ReadMount[];
  /** Programs that gain privileges on exec and that the service uses. */
  readonly setuidHelpers: Need<readonly string[]>;
  /** What it was seen to do; undefined where nobody looked. */
  readonly recorded: RecordedNeeds | undefined;
  /** The system calls that it makes. */
  readonly systemCalls: Need<CallUse>;
  /** What it reaches outside of its project. */
  readonly outside: Need<readonly Stated[]>;
  /** An upper bound for processes and threads. */
  readonly tasks: Need<number>;
  /** Whether PID 1 needs an init before it. */
  readonly init: Need<InitNeed>;
  /** Whether it is meant to run for ever or to end by itself. */
  readonly lifetime: Need<Lifetime>;
  /** An upper bound for its memory, in MiB. */
  readonly memory: Need<number>;
  /** An upper bound for the processors that it keeps busy. */
  readonly cpus: Need<number>;
  /** The user as which a known image can start instead of root; undefined where none is known. */
  readonly otherUser: Need<OtherUser> | undefined;
  /** A check of its health that is known for its image; undefined where the image brings one or none is known. */
  readonly healthProbe: Need<HealthProbe> | undefined;
}

/** @param stated what a person says that it needs, and what it was seen to do. */
export function createServiceWorkload(
  view: ServiceView,
  origin: () => Origin,
  stated: KnownBesides,
): ServiceWorkload {
  const getOrigin = lazy(origin);
  /** What follows from facts that were read of other versions of the image. */
  const ofVersion = <T>(need: Need<T>): Need<T> => {
    const from = getOrigin();
    if (from.kind !== 'server' || from.certainty === 'known' || need.certainty !== 'known') return need;
    const told = from.evidence.filter((item) => !need.evidence.includes(item));
    return { ...need, certainty: 'likely', evidence: [...told, ...need.evidence] };
  };
  const mounts = lazy(() => mountsOf(view));
  const user = lazy(() => ofVersion(userNeed(view, getOrigin())));
  const capabilities = lazy(() => {
    const need = ofVersion(capabilitiesNeed(view, getOrigin(), user(), mounts()));
    return withStatedCapabilities(withRecordedCapabilities(need, stated.recorded, view), stated, view);
  });
  const forRoot = lazy(() => {
    const from = getOrigin();
    const used = [...stated.capabilities, ...(stated.recorded?.capabilities ?? [])];
    const asked = new Set(used.map(({ value }) => value));
    return from.kind === 'server' ? addedForRoot(view, from.facts).filter((name) => !asked.has(name)) : [];
  });
  const writable = lazy(() => {
    const writer = writerOf(getOrigin(), user(), otherUser());
    const need = ofVersion(writableNeed(view, getOrigin(), user(), writer, mounts()));
    const seen = withRecordedPaths(need, stated.recorded, getOrigin(), writer, mounts());
    return withStatedPaths(seen, stated, getOrigin(), writer, mounts());
  });
  const readMounts = lazy(() =>
    readMountsNeed(view, getOrigin(), mounts()).map((mount) => ({ ...mount, need: ofVersion(mount.need) })),
  );
  const unprivileged = lazy(() =>
    withStatedPrivileges(ofVersion(unprivilegedNeed(view, getOrigin(), user(), mounts())), stated, view),
  );
  const confinement = lazy(() => ofVersion(confinementNeed(view, getOrigin(), stated.recorded)));
  const setuidHelpers = lazy(() =>
    withRecordedHelpers(ofVersion(setuidHelpersNeed(view, getOrigin(), user())), stated.recorded),
  );
  const systemCalls = lazy(() => {
    const kept = [...capabilities().value, ...addedCapabilities(view)];
    return systemCallsNeed(view, getOrigin(), stated.recorded, kept, healthProbe() !== undefined);
  });
  const outside = lazy(() => ofVersion(outsideNeed(view, getOrigin(), stated)));
  const tasks = lazy(() => ofVersion(tasksNeed(getOrigin())));
  const init = lazy(() => ofVersion(initNeed(view, getOrigin(), user())));
  const lifetime = lazy(() => lifetimeNeed(view, getOrigin()));
  const memory = lazy(() => memoryNeed(view));
  const cpus = lazy(() => cpusNeed(view));
  const otherUser = lazy(() => {
    const from = getOrigin();
    return from.kind === 'server' ? otherUserNeed(view, from.facts, mounts()) : undefined;
  });
  const healthProbe = lazy(() => {
    const need = healthProbeNeed(view, getOrigin(), mounts());
    return need === undefined ? undefined : ofVersion(need);
  });
  return {
    name: view.name,
    view,
    recorded: stated.recorded,
    get origin() {
      return getOrigin();
    },
    get mounts() {
      return mounts();
    },
    get privileged() {
      const field = view.last('privileged');
      return field?.value === 'true' ? citeField(field) : undefined;
    },
    get unprivileged() {
      return unprivileged();
    },
    get confinement() {
      return confinement();
    },
    get swarm() {
      return isSwarm(view);
    },
    get user() {
      return user();
    },
    get capabilities() {
      return capabilities();
    },
    get addedForRoot() {
      return forRoot();
    },
    get writable() {
      return writable();
    },
    get readMounts() {
      return readMounts();
    },
    get setuidHelpers() {
      return setuidHelpers();
    },
    get systemCalls() {
      return systemCalls();
    },
    get outside() {
      return outside();
    },
    get tasks() {
      return tasks();
    },
    get init() {
      return init();
    },
    get lifetime() {
      return lifetime();
    },
    get memory() {
      return memory();
    },
    get cpus() {
      return cpus();
    },
    get otherUser() {
      return otherUser();
    },
    get healthProbe() {
      return healthProbe();
    },
  };
}

/** Keys of `deploy` that only Swarm acts on, and keys that Swarm ignores: who writes the latter uses `up`. */
const SWARM_KEYS = ['mode', 'placement', 'update_config', 'rollback_config', 'endpoint_mode'];
const PLAIN_KEYS = [
  'build',
  'container_name',
  'restart',
  'network_mode',
  'depends_on',
  'privileged',
  'profiles',
];

function isSwarm(view: ServiceView): boolean {
  const deploy = view.last('deploy')?.value;
  if (typeof deploy !== 'object' || deploy === null) return false;
  return SWARM_KEYS.some((key) => key in deploy) && !PLAIN_KEYS.some((key) => view.fields(key).length > 0);
}
