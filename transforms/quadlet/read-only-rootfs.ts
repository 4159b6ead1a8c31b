import { citeSource } from '../../src/core/evidence.js';
import { isWithin, type TmpfsPath } from '../../src/workload/model.js';
import { bringsTmpfs, type ContainerWorkload } from '../../src/workload/quadlet/workload.js';
import { TMPFS_SIZE } from '../tmpfs-size.js';
import { forContainer, manual, proposal, quadletKey, written } from './container.js';

/** Where `ReadOnly=true` mounts a tmpfs by itself, with what the image has there copied into it. */
const BROUGHT = ['/run', '/var/run', '/tmp', '/var/tmp', '/dev/shm'];

const BRINGS = citeSource(
  'https://docs.podman.io/en/latest/markdown/podman-run.1.html#read-only-tmpfs',
  'When running --read-only containers, mount a read-write tmpfs on /dev, /dev/shm, /run, /tmp, and /var/tmp.',
);

export const readOnlyRootfs = forContainer(
  {
    id: 'quadlet/read-only-rootfs',
    title: 'Make the root file system read-only',
    description:
      "A writable root file system lets an intruder change programs and leave files behind. It becomes read-only. Podman then mounts a tmpfs on /run, /tmp and /var/tmp by itself (ReadOnlyTmpfs=); every other directory that the workload writes outside its volumes gets one with noexec, nosuid, nodev and a size. A tmpfs of Podman's can't be given to any number (it takes no uid=), only to the user as whom the container starts (U). Where it is not known what is written, nothing is changed.",
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A write outside the volumes and tmpfs fails with EROFS ("Read-only file system"); what a tmpfs holds is lost on restart and counts as memory.',
    touches: ['Container.ReadOnly', 'Container.Tmpfs'],
    controls: ['CIS-Docker-5.13', 'NIST-800-190-4.4.4'],
    options: [TMPFS_SIZE],
    references: [quadletKey('ReadOnly'), quadletKey('ReadOnlyTmpfs'), quadletKey('Tmpfs')],
  },
  (container, _context, option) => {
    const { service } = container;
    const field = service.view.last('read_only');
    if (field?.value === 'true') return undefined;
    const message = 'its root file system is writable';
    if (field !== undefined) {
      const evidence = [written(container, 'ReadOnly', 'PodmanArgs')].flatMap((own) => own?.evidence ?? []);
      return manual(container, { message, evidence, reason: 'the file sets it on purpose' });
    }
    if (service.privileged !== undefined) {
      const reason = '--privileged lets it remount the root file system: replace it first';
      return manual(container, { message, evidence: [service.privileged], reason });
    }
    const { value, certainty, evidence, reason } = service.writable;
    if (service.origin.kind === 'server' && service.origin.facts.writableRoot !== undefined) {
      return manual(container, { message, evidence, reason: reason ?? '' });
    }
    const size = option(TMPFS_SIZE);
    const paths = value.filter((path) => needsOwn(container, path));
    const foreign = paths.find((path) => path.uid !== undefined && service.user.value.root);
    const assignments = ['ReadOnly=true', ...paths.map((path) => `Tmpfs=${tmpfs(path, size.value)}`)];
    if (certainty !== 'unknown' && foreign !== undefined) {
      const owner = `a tmpfs of Podman's can't belong to user ${foreign.uid}, who writes ${foreign.path}: give it a volume`;
      return manual(container, { message, evidence, reason: owner, suggestion: assignments.join('\n') });
    }
    if (certainty === 'unknown') {
      const suggestion = [...assignments, 'and a Tmpfs= or Volume= for whatever else podman diff shows'].join(
        '\n',
      );
      return manual(container, {
        message,
        evidence,
        reason: reason ?? 'what it writes is not known',
        suggestion,
      });
    }
    return proposal(container, certainty, {
      message,
      evidence: [
        ...evidence,
        ...(paths.length < value.length ? [BRINGS] : []),
        ...(paths.some((path) => path.size === undefined) ? size.evidence : []),
      ],
      assignments,
      unknownReason: '',
    });
  },
);

/** A tmpfs that Podman brings is root's, and has the modes and owners of the image's directories below it. */
function needsOwn({ unit, service }: ContainerWorkload, { path, uid }: TmpfsPath): boolean {
  if (!bringsTmpfs(unit) || !BROUGHT.some((folder) => isWithin(path, folder))) return true;
  return uid !== undefined && !service.user.value.root && !/^(?:\/var)?\/tmp$|^\/dev\/shm/.test(path);
}

/** `path:options` as `podman run --tmpfs` takes it. */
function tmpfs({ path, size, mode, uid, exec }: TmpfsPath, unknownSize: string): string {
  const options = [
    exec ? 'exec' : 'noexec',
    'nosuid',
    'nodev',
    `size=${size ?? unknownSize}`,
    ...(mode === undefined ? [] : [`mode=${mode}`]),
    ...(uid === undefined ? [] : ['U']),
  ];
  return `${path}:${options.join(',')}`;
}
