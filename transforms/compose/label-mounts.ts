import { isMap, isSeq } from 'yaml';
import { cite } from '../../src/core/evidence.js';
import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { ownPair } from '../../src/formats/compose/document.js';
import { addToMap, sharedReason, suffixScalar } from '../../src/formats/compose/edit.js';
import { removeItems, removeKey } from '../../src/formats/compose/remove.js';
import {
  LABEL_OFF,
  labelFor,
  labelObstacle,
  labelOf,
  labelTurnedOff,
  labelledInProject,
  overlapping,
  runsUnlabelled,
  unlabelledProjectMounts,
} from '../../src/workload/compose/labels.js';
import type { Mount } from '../../src/workload/compose/mounts.js';
import { strings } from '../../src/workload/compose/plain.js';
import { securityOptions } from './security-options.js';
import { forEachWholeService, isInherited, manual, proposal, type DeclaredService } from './service.js';

export const labelMounts = forEachWholeService(
  {
    id: 'compose/label-mounts',
    title: 'Label mounts for SELinux, instead of turning labels off',
    description:
      "Under SELinux a container reads and writes only what has a label for containers, so that a folder of the project is denied to it, and `label=disable` is what people put there: a container without a label is held by nothing of SELinux's. `:Z` has the engine label the mounted files for this container alone, `:z` for all containers; with it the option goes, where nothing else of the host needs it. It acts only on a project that shows a host with SELinux, by that option or by another mount's label, and only on the project's own files and folders.",
    severity: 'medium',
    phase: 3,
    mayBreak:
      'The engine relabels the files of the host, with all below a folder, and for good: another project, a container with other categories or a confined service of the host (a web server, Samba) that uses the same files is denied them. `restorecon -R` gives the old labels back.',
    // compose/remove-unconfined and compose/no-new-privileges write to the same list.
    follows: true,
    touches: ['services.*.volumes', 'services.*.security_opt'],
    controls: ['CIS-Docker-5.3'],
    references: [
      'https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label',
      'https://docs.docker.com/reference/compose-file/services/#volumes',
      'https://docs.podman.io/en/latest/markdown/podman-run.1.html#volume-v-source-volume-host-dir-container-dir-options',
      'https://github.com/containers/container-selinux/blob/main/container_selinux.8',
    ],
  },
  (declared): readonly Finding[] => {
    const { workload } = declared;
    const { view } = workload;
    if (workload.swarm || runsUnlabelled(workload)) return [];
    const off = labelTurnedOff(workload);
    const own = view.fields('security_opt').flatMap(({ value }) => strings(value));
    // Another label than the engine's choice is a person's.
    if (own.some((option) => /^label[:=]/.test(option) && !LABEL_OFF.test(option))) return [];
    const shown = off ?? labelledInProject(view);
    // What a service of this file that it extends mounts is labelled there.
    const mounts = unlabelledProjectMounts(workload).filter(
      ({ field }) => off !== undefined || !field.extended,
    );
    if (shown === undefined || (off !== undefined && isInherited(declared, 'security_opt'))) return [];
    const obstacle = off === undefined ? undefined : labelObstacle(workload);
    if (obstacle !== undefined) {
      return [
        manual(declared, {
          message: 'it runs without an SELinux label',
          ...obstacle,
          evidence: [shown, ...obstacle.evidence],
        }),
      ];
    }
    // Without a mount to label compose/remove-unconfined judges the option.
    if (mounts.length === 0) return [];
    const labels = mounts.map((mount) => `:${labelFor(view, mount)} on ${mount.source ?? ''}`);
    const taken = mounts
      .flatMap((mount) => overlapping(view, mount))
      .find(({ mount }) => labelOf(mount) === 'Z');
    const extending = view.project.services().find(({ extendsService }) => extendsService === view.name);
    const reason =
      taken !== undefined
        ? `${taken.service} has ${taken.mount.source ?? ''} labelled for itself alone, by :Z: make both :z`
        : extending !== undefined
          ? `${extending.name} extends it, and has its mounts and options too`
          : undefined;
    return [
      proposal(
        declared,
        reason === undefined ? 'likely' : 'unknown',
        {
          message:
            off === undefined
              ? 'SELinux denies it what it mounts, which has no label'
              : 'it runs without an SELinux label',
          evidence: [
            shown,
            ...mounts.map(({ entry, field }) => cite(field.document, entry?.range?.[0] ?? field.offset)),
          ],
          change: `${labels.join(', ')}${off === undefined ? '' : ', and no label=disable'}`,
          unknownReason: reason ?? '',
        },
        () =>
          combine(
            ...mounts.map((mount) => labelEdit(declared, mount)),
            ...(off === undefined ? [] : [withoutOption(declared)]),
          ),
      ),
    ];
  },
);

function labelEdit({ document, service, workload }: DeclaredService, mount: Mount): Edits {
  const { entry, field, options } = mount;
  const list = field.node;
  const lock = service.locked ?? (list === undefined ? undefined : sharedReason(service, list));
  if (lock !== undefined) return refused(lock);
  if (field.document !== document || field.extended || field.map !== service.map) {
    return refused('its volumes come from an anchor or another service or file');
  }
  if (!isSeq(list) || entry === undefined || !list.items.includes(entry)) {
    return refused('its entry is not written in place');
  }
  const label = labelFor(workload.view, mount);
  if (!isMap(entry)) {
    const plain = (entry as { type?: string }).type === 'PLAIN';
    if (plain && list.flow === true && options.length > 0) return refused('a comma would end it in brackets');
    return suffixScalar(service, entry, `${options.length === 0 ? ':' : ','}${label}`);
  }
  const bind = ownPair(entry, 'bind');
  if (bind === undefined) return addToMap(document, entry, 'bind', { selinux: label });
  return isMap(bind.value)
    ? addToMap(document, bind.value, 'selinux', label)
    : refused('its bind is not written as a mapping');
}

/** Takes `label=disable` out of the list, and the list where nothing else is in it. */
function withoutOption(declared: DeclaredService): Edits {
  const { document, service } = declared;
  const options = securityOptions(declared, (option) => LABEL_OFF.test(option));
  if (!options.ok) return options;
  const { indexes, items, node } = options;
  return indexes.length === items.length
    ? removeKey(document, service, 'security_opt')
    : removeItems(document, service, node, indexes);
}
