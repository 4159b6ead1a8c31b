import { isMap, isSeq } from 'yaml';
import { cite } from '../../src/core/evidence.js';
import { refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { ownPair } from '../../src/formats/compose/document.js';
import { addToMap, sharedReason, suffixScalar } from '../../src/formats/compose/edit.js';
import type { Mount } from '../../src/workload/compose/mounts.js';
import { forEachService, proposal, type DeclaredService } from './service.js';

export const mountReadOnly = forEachService(
  {
    id: 'compose/mount-read-only',
    title: 'Mount what is only read read-only',
    description:
      'A writable bind mount lets an intruder in the container change files of the host: the configuration of the next start, the scripts that set the database up. Configuration that is mounted over the image, and what a monitor reads of the host, becomes read-only, where the catalogue shows that the image does not write it. Data, sockets and devices are left alone: `:ro` on a socket protects nothing.',
    severity: 'medium',
    phase: 1,
    mayBreak:
      'An entrypoint that edits or chowns the mounted file fails with EROFS ("Read-only file system"), and so does an editor inside the container.',
    touches: ['services.*.volumes'],
    controls: ['CIS-Docker-5.6', 'NIST-800-190-4.5.5'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#volumes',
      'https://docs.docker.com/engine/storage/bind-mounts/#use-a-read-only-bind-mount',
    ],
  },
  (declared): readonly Finding[] => {
    const { document, workload } = declared;
    // A list that comes from elsewhere is judged there.
    const own = workload.readMounts.filter(
      ({ mount: { field } }) => !field.extended && field.document === document,
    );
    return own.map(({ mount, need }) => {
      const start = mount.entry?.range?.[0] ?? mount.field.offset;
      const long = isMap(mount.entry);
      const finding = proposal(
        declared,
        need.certainty,
        {
          message: `${mount.target} is mounted writable and only read`,
          evidence: [cite(document, start), ...need.evidence],
          change: long ? `read_only: true on ${mount.target}` : `:ro on ${mount.target}`,
          unknownReason: 'whether it is only read is not known',
        },
        () => edit(declared, mount),
      );
      return { ...finding, range: { start, end: start } };
    });
  },
);

function edit({ document, service }: DeclaredService, { entry, field, options }: Mount): Edits {
  const list = field.node;
  const lock = service.locked ?? (list === undefined ? undefined : sharedReason(service, list));
  if (lock !== undefined) return refused(lock);
  if (!field.own) return refused('its volumes come from an anchor');
  if (!isSeq(list) || entry === undefined || !list.items.includes(entry)) {
    return refused('its entry is not written in place');
  }
  if (!isMap(entry)) {
    const plain = (entry as { type?: string }).type === 'PLAIN';
    if (plain && list.flow === true && options.length > 0) return refused('a comma would end it in brackets');
    return suffixScalar(service, entry, options.length === 0 ? ':ro' : ',ro');
  }
  if (ownPair(entry, 'read_only') !== undefined) return refused('its read_only is there already');
  return addToMap(document, entry, 'read_only', true);
}
