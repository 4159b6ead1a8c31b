import { strings } from '../../src/workload/compose/plain.js';
import { addedCapabilities, capabilityName } from '../../src/workload/compose/needs/capabilities.js';
import { forContainer, manual, proposal, quadletKey } from './container.js';

export const dropCapabilities = forContainer(
  {
    id: 'quadlet/drop-capabilities',
    title: 'Drop all capabilities but the needed ones',
    description:
      "Podman gives every container eleven capabilities, DAC_OVERRIDE and SETUID among them. All are dropped, and those are added back that the image needs: an entrypoint that starts as root and steps down needs SETUID and SETGID, one that changes ownership CHOWN, one that listens below port 1024 NET_BIND_SERVICE (Docker opens these ports to everybody, Podman doesn't). What Podman doesn't give by itself (NET_RAW, MKNOD) the container doesn't have today. Where the needs are not known, nothing is dropped.",
    severity: 'high',
    phase: 1,
    mayBreak:
      'An operation that needs a dropped capability fails with EPERM: look for "Operation not permitted".',
    touches: ['Container.DropCapability', 'Container.AddCapability'],
    controls: ['CIS-Docker-5.4', 'NIST-800-190-4.4.3'],
    references: [
      quadletKey('DropCapability'),
      'https://github.com/containers/common/blob/main/docs/containers.conf.5.md',
      'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    ],
  },
  (container) => {
    const { service } = container;
    const dropped = service.view
      .fields('cap_drop')
      .flatMap(({ value }) => strings(value).map(capabilityName));
    if (dropped.includes('ALL')) return undefined;
    const message = "it keeps all of Podman's default capabilities";
    if (service.privileged !== undefined) {
      const reason = '--privileged gives every capability back: replace it first';
      return manual(container, { message, evidence: [service.privileged], reason });
    }
    if (addedCapabilities(service.view).includes('ALL')) {
      return manual(container, {
        message,
        evidence: [],
        reason: 'it adds all capabilities: replace that first',
      });
    }
    const { value: needed, certainty, evidence, reason } = container.capabilities;
    const kept = needed.filter((name) => !dropped.includes(name)).map((name) => `CAP_${name}`);
    return proposal(container, certainty, {
      message,
      evidence,
      assignments: ['DropCapability=all', ...(kept.length === 0 ? [] : [`AddCapability=${kept.join(' ')}`])],
      unknownReason: reason ?? 'what it needs is not known',
    });
  },
);
