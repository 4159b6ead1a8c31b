import { combine } from '../../src/core/text.js';
import type { ServiceWorkload } from '../../src/workload/compose/service.js';
import { isWithin, type TmpfsPath } from '../../src/workload/model.js';
import { addKey } from '../../src/formats/compose/edit.js';
import { accepted, addToList, forEachWholeService, manual, proposal } from './service.js';
import { TMPFS_SIZE } from '../tmpfs-size.js';

export const readOnlyRootfs = forEachWholeService(
  {
    id: 'compose/read-only-rootfs',
    title: 'Make the root file system read-only',
    description:
      'A writable root file system lets an intruder change programs and leave files behind. It becomes read-only, and every directory that the workload writes outside its volumes gets a tmpfs with noexec, nosuid, nodev and a size. Where it is not known what is written, nothing is changed.',
    severity: 'medium',
    phase: 2,
    mayBreak:
      'A write outside the volumes and tmpfs fails with EROFS ("Read-only file system"); what a tmpfs holds is lost on restart and counts as memory.',
    touches: ['services.*.read_only', 'services.*.tmpfs'],
    controls: ['CIS-Docker-5.13', 'NIST-800-190-4.4.4'],
    options: [TMPFS_SIZE],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#read_only',
      'https://docs.docker.com/reference/compose-file/services/#tmpfs',
    ],
  },
  (declared, _context, option) => {
    const { document, service, workload } = declared;
    const field = workload.view.last('read_only');
    if (field?.value === 'true') return undefined;
    const message = 'its root file system is writable';
    if (field !== undefined) {
      return manual(declared, { message, evidence: [], reason: 'the file sets read_only on purpose' });
    }
    // Where compose/remove-privileged replaces it, this holds for the result.
    if (workload.privileged !== undefined && workload.unprivileged.certainty === 'unknown') {
      const reason = 'privileged lets it remount the root file system: replace it first';
      return manual(declared, { message, evidence: [workload.privileged], reason });
    }
    if (workload.swarm && workload.writable.value.length > 0) {
      return accepted(declared, { message, evidence: [], reason: 'docker stack deploy ignores tmpfs' });
    }
    const { value: paths, certainty, evidence, reason } = workload.writable;
    if (workload.origin.kind === 'server' && workload.origin.facts.writableRoot !== undefined) {
      return manual(declared, { message, evidence, reason: reason ?? '' });
    }
    const hidden = hiddenProgram(workload);
    if (hidden !== undefined && certainty !== 'unknown') {
      return manual(declared, { message, evidence, reason: `it starts ${hidden}, which a tmpfs would hide` });
    }
    const size = option(TMPFS_SIZE);
    const tmpfs = paths.map((path) => tmpfsEntry(path, size.value));
    const places = paths.map(({ path }) => path).join(', ');
    const list = places === '' ? '' : `, tmpfs on ${places}`;
    const more = certainty === 'unknown' ? ' and whatever else `docker diff` shows' : '';
    return proposal(
      declared,
      certainty,
      {
        message,
        evidence: paths.some((path) => path.size === undefined) ? [...evidence, ...size.evidence] : evidence,
        change: `read_only: true${list}${more}`,
        unknownReason: reason ?? 'what it writes is not known',
      },
      () =>
        combine(
          addKey(document, service, 'read_only', true),
          ...(tmpfs.length === 0 ? [] : [addToList(declared, 'tmpfs', tmpfs)]),
        ),
    );
  },
);

/** What the image starts from a folder that would become an empty tmpfs. */
function hiddenProgram({ origin, writable, mounts }: ServiceWorkload): string | undefined {
  if (origin.kind !== 'built') return undefined;
  const { startup, workdir = '' } = origin.build;
  const programs = startup.programs.flatMap(({ name = '', args }) => [
    ...(name.includes('/') ? [name] : []),
    ...args.filter((word) => /\.(?:[cm]?[jt]s|jar|php|py|rb|sh)$/.test(word)),
  ]);
  const started = [...startup.scripts.map(({ path }) => path), ...programs].map((word) =>
    word.startsWith('/') ? word : `${workdir}/${word.replace(/^\.\//, '')}`,
  );
  return started.find(
    (word) =>
      writable.value.some(({ path }) => isWithin(word, path)) &&
      !mounts.some(({ target }) => isWithin(word, target)),
  );
}

/** `path:options` as `docker run --tmpfs` takes it. */
function tmpfsEntry({ path, size, mode, uid, gid, exec }: TmpfsPath, unknownSize: string): string {
  const options = [
    exec ? 'exec' : 'noexec',
    'nosuid',
    'nodev',
    `size=${size ?? unknownSize}`,
    ...(mode === undefined ? [] : [`mode=${mode}`]),
    ...(uid === undefined ? [] : [`uid=${uid}`]),
    ...(gid === undefined ? [] : [`gid=${gid}`]),
  ];
  return `${path}:${options.join(',')}`;
}
