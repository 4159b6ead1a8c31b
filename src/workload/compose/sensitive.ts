import { isWithin } from '../model.js';
import type { Mount } from './mounts.js';
import { hostPath } from './needs/read-mounts.js';
import type { ServiceView } from './project.js';

/** A part of the host that gives more away than data. */
export interface Sensitive {
  readonly path: string;
  readonly kind: 'socket' | 'system' | 'credentials';
  /** Completes "it is given …:". */
  readonly gives: string;
  readonly instead: string;
}

const ENGINE_ROOT = 'whoever calls the engine is root on the host';
const SOCKETS = /(?:^|\/)(?:docker|podman|containerd|crio)(?:-shim)?\.sock$/;

const SYSTEM: readonly Omit<Sensitive, 'kind'>[] = [
  { path: '/', gives: 'every file of the host', instead: 'only the directories that it works on' },
  {
    path: '/etc',
    gives: 'the accounts, keys and configuration of the host',
    instead: 'the single files that it reads, with :ro',
  },
  { path: '/boot', gives: 'the kernel that the host starts', instead: 'no mount' },
  {
    path: '/proc',
    gives: "the host's processes and kernel settings",
    instead: 'no mount, unless it observes the host',
  },
  {
    path: '/sys',
    gives: "the host's devices and kernel settings",
    instead: 'the one subtree that it reads, with :ro',
  },
  { path: '/dev', gives: 'every device of the host', instead: 'devices, with the ones that it uses' },
  { path: '/lib', gives: "the host's libraries and kernel modules", instead: '/lib/modules:/lib/modules:ro' },
  { path: '/usr', gives: "the host's programs", instead: 'no mount: bring the programs in the image' },
  {
    path: '/var/lib/docker',
    gives: 'the files of all containers and volumes',
    instead: 'the named volumes that it works on',
  },
  {
    path: '/run/containerd',
    gives: `the container engine: ${ENGINE_ROOT}`,
    instead: 'no mount',
  },
];

const SECRET_FILES = /^\/etc\/(?:shadow|gshadow|sudoers(?:\.d)?|ssh|kubernetes)(?:\/|$)/;
const HOMES = /^(?:~|\/root|\/home(?:\/[^/]+)?)$/;
const CREDENTIALS =
  /^(?:~|\/root|\/home\/[^/]+)\/\.(?:ssh|aws|azure|gnupg|kube|docker|config\/gcloud|git-credentials|netrc|npmrc|pypirc|password-store)(?:\/|$)/;

/** What of the host a bind mount gives away; undefined for data and for single harmless files. */
export function sensitivity(view: ServiceView, mount: Mount): Sensitive | undefined {
  if (mount.kind !== 'bind') return undefined;
  const source = hostPath(view, mount);
  if (SOCKETS.test(source)) {
    // https://docs.docker.com/engine/security/rootless/
    const rootless = /^(?:\/run\/user\/\d+|\$\{?XDG_RUNTIME_DIR\b)/.test(source);
    const power = rootless ? 'whoever calls the engine is the user who runs it' : ENGINE_ROOT;
    return { path: source, kind: 'socket', gives: `the engine's socket: ${power}`, instead: '' };
  }
  if (/^\/(?:var\/)?run$/.test(source)) {
    const gives = `the sockets of the host's services, the engine's among them: ${ENGINE_ROOT}`;
    return { path: source, kind: 'socket', gives, instead: 'the one socket that it talks to' };
  }
  if (SECRET_FILES.test(source) || CREDENTIALS.test(source)) {
    const instead = 'a credential of its own with the rights that it needs, as a secret';
    return { path: source, kind: 'credentials', gives: "a person's or the host's credentials", instead };
  }
  if (HOMES.test(source)) {
    const instead = 'the one directory that it works on';
    return {
      path: source,
      kind: 'credentials',
      gives: 'a home with its keys and shell start-up files',
      instead,
    };
  }
  const found = SYSTEM.find(({ path }) => source === path);
  return found === undefined ? undefined : { ...found, kind: 'system' };
}

/** `shared` lets mounts made in the container appear on the host; `slave` and `private` don't. */
export function sharedPropagation({ options }: Mount): boolean {
  return options.some((option) => option === 'shared' || option === 'rshared');
}

/** True where the image's documentation mounts this, or what holds it, read-only to observe the host. */
export function isDocumentedRead(reads: readonly string[], { kind, path }: Sensitive): boolean {
  return kind === 'system' && reads.some((read) => isWithin(path, read));
}
