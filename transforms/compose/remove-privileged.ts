import { combine } from '../../src/core/text.js';
import { removeKey } from '../../src/formats/compose/remove.js';
import { strings } from '../../src/workload/compose/plain.js';
import { capabilityName } from '../../src/workload/compose/needs/capabilities.js';
import { specialKind } from '../../src/workload/compose/engine.js';
import {
  addToList,
  forEachService,
  isInherited,
  manual,
  ownField,
  proposal,
  type DeclaredService,
} from './service.js';

export const removePrivileged = forEachService(
  {
    id: 'compose/remove-privileged',
    title: 'Replace privileged by what the service needs',
    description:
      'A privileged container has every capability and every device of the host, without seccomp, AppArmor and the masks of /proc and /sys: whoever takes it over is root on the host. Where the catalogue knows what the image needs, privileged makes way for these capabilities and devices alone. Container engines and systemd need it, and of an unknown program nobody can say: there it is left for a person to decide.',
    severity: 'critical',
    phase: 2,
    mayBreak:
      'A device, mount, sysctl or capability that only privileged gave fails with EPERM or EACCES: name it in devices or cap_add.',
    touches: ['services.*.privileged', 'services.*.cap_drop', 'services.*.cap_add', 'services.*.devices'],
    controls: ['CIS-Docker-5.5', 'CIS-Docker-5.4', 'NIST-800-190-4.4.3'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#privileged',
      'https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities',
    ],
  },
  (declared) => {
    const { document, service, workload } = declared;
    if (workload.privileged === undefined || isInherited(declared, 'privileged')) return undefined;
    const message = 'it is privileged: whoever takes it over is root on the host';
    const { value, certainty, evidence, reason } = workload.unprivileged;
    const cited = [workload.privileged, ...evidence];
    if (certainty === 'unknown') {
      return manual(declared, {
        message,
        evidence: cited,
        reason: reason ?? 'what it needs of the host is not known',
        suggestion: suggestionFor(declared),
      });
    }
    const dropped = workload.view.fields('cap_drop').flatMap((field) => strings(field.value));
    const additions = [
      ['cap_drop', dropped.map(capabilityName).includes('ALL') ? [] : ['ALL']],
      ['cap_add', value.capabilities],
      ['devices', value.devices.map((path) => `${path}:${path}`)],
    ] as const;
    const lists = additions.filter(([, items]) => items.length > 0);
    const change = lists.map(([key, items]) => `${key}: [${items.join(', ')}]`).join(', ');
    return proposal(
      declared,
      certainty,
      {
        message,
        evidence: cited,
        change: change === '' ? 'no privileged' : `${change} instead of privileged`,
        unknownReason: 'what it needs of the host is not known',
      },
      () => {
        const place = ownField(declared, 'privileged');
        if (!place.ok) return place;
        const added = lists.map(([key, items]) => addToList(declared, key, items));
        return combine(removeKey(document, service, 'privileged'), ...added);
      },
    );
  },
);

/** What a person can put in its place. */
function suggestionFor({ workload }: DeclaredService): string {
  const { view, mounts } = workload;
  if (specialKind(view) === 'engine') {
    // https://docs.docker.com/engine/security/rootless/tips/#rootless-docker-in-docker
    return 'the docker:dind-rootless image, whose engine is no root; the Sysbox runtime or a virtual machine, which need no privileged; or BuildKit rootless, where it only builds images';
  }
  if (specialKind(view) === 'system')
    return 'one container for each program; or Podman, which runs systemd without';
  const given = view.fields('devices').flatMap((field) => strings(field.value));
  if (given.length > 0)
    return 'without privileged: its devices are named already, and cap_add names the rest';
  const devices = mounts.flatMap(({ kind, source }) =>
    kind === 'bind' && /^\/dev\/(?!shm\b)./.test(source ?? '') ? [`${source}:${source}`] : [],
  );
  return devices.length > 0
    ? `devices: [${devices.join(', ')}], and cap_add for the rest`
    : 'devices and cap_add for what it really uses';
}
