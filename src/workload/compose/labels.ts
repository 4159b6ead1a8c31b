import type { Evidence } from '../../core/types.js';
import { isWithin } from '../model.js';
import { specialKind } from './engine.js';
import { mountsOf, type Mount } from './mounts.js';
import { isRecord, strings } from './plain.js';
import { citeField, join, type ServiceView } from './project.js';
import type { ServiceWorkload } from './service.js';
import { sensitivity } from './sensitive.js';

/** How the engine labels what a bind mount brings: for all containers (`z`), or for this one alone (`Z`). */
export type MountLabel = 'z' | 'Z';

export function labelOf({ options }: Mount): MountLabel | undefined {
  return options.find((option): option is MountLabel => option === 'z' || option === 'Z');
}

/** Options of `security_opt` that run the container without an SELinux label. */
export const LABEL_OFF = /^label[:=]disable$/;

/** `security_opt: [label=disable]`, where it turns a label off that the container would have. */
export function labelTurnedOff({ view }: ServiceWorkload): Evidence | undefined {
  const field = view
    .fields('security_opt')
    .find(({ value }) => strings(value).some((option) => LABEL_OFF.test(option)));
  return field === undefined ? undefined : citeField(field);
}

/** True where the engine gives no label whatever the options say: moby's daemon/create.go for privileged, PID and IPC. */
export function runsUnlabelled({ view, privileged }: ServiceWorkload): boolean {
  return privileged !== undefined || ['pid', 'ipc'].some((key) => view.last(key)?.value === 'host');
}

/**
 * The path in the tree of what a mount binds, relative to its root; undefined for what is not the project's: the host's
 * folders, those of a person, what a variable names, and what lies above the root.
 */
export function projectPath(view: ServiceView, { kind, source, field }: Mount): string | undefined {
  if (kind !== 'bind' || source === undefined || /^[/~\\]|[$\\]|^[A-Za-z]:/.test(source)) return undefined;
  // A file that is extended names what lies beside it.
  if (!view.project.documents.includes(field.document)) return undefined;
  const path = join(view.project.folder, source);
  return path === '..' || path.startsWith('../') ? undefined : path;
}

/** The bind mounts of the project's files that have no label yet. */
export function unlabelledProjectMounts({ view, mounts }: ServiceWorkload): readonly Mount[] {
  return mounts.filter((mount) => labelOf(mount) === undefined && projectPath(view, mount) !== undefined);
}

/** A mount of another service of the project. */
interface OtherMount {
  readonly service: string;
  readonly mount: Mount;
}

/** Mounts of other services of the same file or folder, or of one that the other lies in. */
export function overlapping(view: ServiceView, mount: Mount): readonly OtherMount[] {
  const path = projectPath(view, mount);
  if (path === undefined) return [];
  return view.project
    .services()
    .filter(({ name }) => name !== view.name)
    .flatMap((other) =>
      mountsOf(other).flatMap((candidate) => {
        const theirs = projectPath(other, candidate);
        const meets =
          theirs !== undefined &&
          (path === '.' || theirs === '.' || isWithin(theirs, path) || isWithin(path, theirs));
        return meets ? [{ service: other.name, mount: candidate }] : [];
      }),
    );
}

/** True for a service of which several containers may run: each has categories of its own. */
function isReplicated(view: ServiceView): boolean {
  const deploy = view.last('deploy')?.value;
  const counts = [view.last('scale')?.value, isRecord(deploy) ? deploy.replicas : undefined];
  return counts.some((count) => count !== undefined && count !== null && String(count) !== '1');
}

/** The label that leaves everybody who mounts the same files with access to them. */
export function labelFor(view: ServiceView, mount: Mount): MountLabel {
  return isReplicated(view) || overlapping(view, mount).length > 0 ? 'z' : 'Z';
}

/** The first mount of the project that has a label, which only a host with SELinux asks for. */
export function labelledInProject(view: ServiceView): Evidence | undefined {
  return view.project
    .services()
    .flatMap(mountsOf)
    .find((mount) => labelOf(mount) !== undefined)?.evidence;
}

/** What SELinux would deny a container with a label, however the project's mounts are labelled. */
export interface LabelObstacle {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly suggestion?: string;
}

const CONTAINER_POLICY = 'https://github.com/containers/container-selinux/blob/main/container.te';

/** Why a service can't have a label. */
export function labelObstacle(workload: ServiceWorkload): LabelObstacle | undefined {
  const { view, mounts } = workload;
  const special = specialKind(view);
  if (special === 'engine' || special === 'system') {
    return { reason: 'it mounts file systems and starts containers or services of its own', evidence: [] };
  }
  const given = ['devices', 'device_cgroup_rules', 'gpus', 'volumes_from', 'secrets', 'configs']
    .map((key) => ({ key, field: view.fields(key)[0] }))
    .find(({ field }) => field !== undefined);
  if (given?.field !== undefined) return obstacleOf(given.key, citeField(given.field));
  const foreign = mounts.filter(
    (mount) =>
      mount.kind === 'bind' && labelOf(mount) === undefined && projectPath(view, mount) === undefined,
  );
  const [first] = foreign;
  if (first === undefined) return undefined;
  const evidence = foreign.map((mount) => mount.evidence);
  const source = first.source ?? '';
  const socket = foreign.find((mount) => sensitivity(view, mount)?.kind === 'socket');
  if (socket !== undefined) {
    const reason = `no label confines what reaches ${socket.source ?? ''}: whoever calls the engine is root on the host`;
    return { reason, evidence };
  }
  const logs = foreign.every((mount) => mount.readOnly && isWithin(mount.source ?? '', '/var/log'));
  return {
    reason: source.includes('$')
      ? `which files of the host ${source} is, and so whether they may be labelled, is not known`
      : `SELinux would deny it the host's ${source}, which must keep its own label`,
    evidence,
    ...(logs
      ? { suggestion: `label=type:container_logreader_t, which reads logs only: ${CONTAINER_POLICY}` }
      : {}),
  };
}

function obstacleOf(key: string, evidence: Evidence): LabelObstacle {
  if (key === 'secrets' || key === 'configs') {
    const reason = `its ${key} are files of the host too, and Compose gives these no label`;
    return { reason, evidence: [evidence] };
  }
  if (key === 'volumes_from') {
    return { reason: 'it has the mounts of another container, with its labels', evidence: [evidence] };
  }
  return {
    reason: 'SELinux denies a container the devices of the host',
    evidence: [evidence],
    suggestion: `label=type:container_device_t, which may use devices, on labelled mounts: ${CONTAINER_POLICY}`,
  };
}
