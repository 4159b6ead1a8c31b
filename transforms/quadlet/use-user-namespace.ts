import { strings } from '../../src/workload/compose/plain.js';
import type { Evidence } from '../../src/core/types.js';
import type { ContainerWorkload } from '../../src/workload/quadlet/workload.js';
import { citeSource } from '../../src/core/evidence.js';
import { citeField } from '../../src/workload/compose/project.js';
import { forContainer, manual, proposal, quadletKey, written } from './container.js';

const SETTING = 'UserNS=auto';
const KEYS = ['UserNS', 'UIDMap', 'GIDMap', 'SubUIDMap', 'SubGIDMap', 'RemapUsers'];
const MANUAL = 'https://docs.podman.io/en/latest/markdown/podman-run.1.html#userns-mode';

export const useUserNamespace = forContainer(
  {
    id: 'quadlet/use-user-namespace',
    title: 'Give a container of the system manager a user namespace',
    description:
      "A container that the system's Podman starts has the users of the host: its root is the host's. With UserNS=auto each container gets users of its own that are nobody outside, so that who leaves it owns nothing. Files of a volume or of the host belong to users whom the container then no longer has (:U or :idmap give them back), so that the change is made only where nothing is mounted; the others are for a person. A user's own Podman is in a user namespace already.",
    severity: 'medium',
    phase: 3,
    mayBreak:
      'Podman does not start the container unless the user "containers" has a range in /etc/subuid and /etc/subgid; what needs a capability towards the host (devices, mounts) fails.',
    touches: ['Container.UserNS'],
    controls: ['CIS-Docker-5.31', 'NIST-800-190-4.5.5'],
    references: [quadletKey('UserNS'), MANUAL],
  },
  (container) => {
    const { service, manager, pod } = container;
    if (manager.value === 'user' || pod !== undefined) return undefined;
    const message = "its users are the host's: root in it is root outside";
    const own = written(container, ...KEYS);
    if (own !== undefined) {
      if (own.entry.key !== 'UserNS' || !/^(?:host)?$/.test(own.entry.value)) return undefined;
      return manual(container, { message, evidence: [own.evidence], reason: 'the file sets it on purpose' });
    }
    if (service.view.last('userns_mode') !== undefined) return undefined;
    const obstacle = hostUse(container);
    if (obstacle !== undefined) return manual(container, { message, ...obstacle, suggestion: SETTING });
    const [mount] = service.mounts.filter(({ kind }) => kind !== 'tmpfs');
    if (mount !== undefined) {
      return manual(container, {
        message,
        evidence: [...manager.evidence, mount.evidence],
        reason: `what is mounted at ${mount.target} belongs to users whom the container would no longer have`,
        suggestion: `${SETTING}\nand :U (gives it to the container's user) or :idmap behind ${mount.target}`,
      });
    }
    const { origin } = service;
    const known = origin.kind === 'server';
    return proposal(container, known ? 'likely' : 'unknown', {
      message,
      evidence: [
        ...manager.evidence,
        ...origin.evidence,
        citeSource(MANUAL, 'automatically create a unique user namespace.'),
      ],
      assignments: [SETTING],
      unknownReason: known
        ? ''
        : `what its program needs of the host is not known: ${origin.kind === 'unknown' ? origin.reason : ''}`,
    });
  },
);

/** What the container is given of the host that a user namespace would keep from it. */
function hostUse({
  service,
}: ContainerWorkload): { reason: string; evidence: readonly Evidence[] } | undefined {
  const { view, privileged } = service;
  if (privileged !== undefined) {
    return { reason: '--privileged gives it the host: replace it first', evidence: [privileged] };
  }
  for (const key of ['network_mode', 'pid', 'ipc', 'devices']) {
    const field = view.last(key);
    if (field === undefined || (key !== 'devices' && field.value !== 'host')) continue;
    const what =
      key === 'devices'
        ? `devices (${strings(field.value).join(', ')})`
        : `${key.replace('_mode', '')} namespace`;
    return { reason: `it works on the host's ${what}`, evidence: [citeField(field)] };
  }
  return undefined;
}
