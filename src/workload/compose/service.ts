import type { Capability } from '../../catalogue/types.js';
import { lazy } from '../../core/lazy.js';
import type { Evidence } from '../../core/types.js';
import type { Need, ProcessUser, TmpfsPath } from '../model.js';
import { capabilitiesNeed } from './needs/capabilities.js';
import { healthProbeNeed, type HealthProbe } from './needs/health.js';
import { setuidHelpersNeed } from './needs/helpers.js';
import { otherUserNeed, type OtherUser } from './needs/other-user.js';
import { tasksNeed } from './needs/tasks.js';
import { userNeed } from './needs/user.js';
import { writableNeed } from './needs/writable.js';
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
  /** True for a service that only `docker stack deploy` can run as written. */
  readonly swarm: boolean;
  readonly user: Need<ProcessUser>;
  /** Capabilities that must stay in the bounding set. */
  readonly capabilities: Need<readonly Capability[]>;
  /** What must be writable besides the mounts when the root file system is read-only. */
  readonly writable: Need<readonly TmpfsPath[]>;
  /** Programs that gain privileges on exec and that the service uses. */
  readonly setuidHelpers: Need<readonly string[]>;
  /** An upper bound for processes and threads. */
  readonly tasks: Need<number>;
  /** The user as which a known image can start instead of root; undefined where none is known. */
  readonly otherUser: Need<OtherUser> | undefined;
  /** A check of its health that is known for its image; undefined where the image brings one or none is known. */
  readonly healthProbe: Need<HealthProbe> | undefined;
}

export function createServiceWorkload(view: ServiceView, origin: () => Origin): ServiceWorkload {
  const getOrigin = lazy(origin);
  const mounts = lazy(() => mountsOf(view));
  const user = lazy(() => userNeed(view, getOrigin()));
  const capabilities = lazy(() => capabilitiesNeed(view, getOrigin(), user(), mounts()));
  const writable = lazy(() => writableNeed(view, getOrigin(), user(), mounts()));
  const setuidHelpers = lazy(() => setuidHelpersNeed(view, getOrigin()));
  const tasks = lazy(() => tasksNeed(getOrigin()));
  const otherUser = lazy(() => {
    const from = getOrigin();
    return from.kind === 'server' ? otherUserNeed(view, from.facts, mounts()) : undefined;
  });
  const healthProbe = lazy(() => healthProbeNeed(view, getOrigin(), mounts()));
  return {
    name: view.name,
    view,
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
    get swarm() {
      return isSwarm(view);
    },
    get user() {
      return user();
    },
    get capabilities() {
      return capabilities();
    },
    get writable() {
      return writable();
    },
    get setuidHelpers() {
      return setuidHelpers();
    },
    get tasks() {
      return tasks();
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
