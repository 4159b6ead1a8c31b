import { specialKind } from '../../src/workload/compose/engine.js';
import { forContainer, manual, quadletKey } from './container.js';

export const reportPrivileged = forContainer(
  {
    id: 'quadlet/report-privileged',
    title: 'Run no container as privileged',
    description:
      'A privileged container has every capability and every device of the host, without seccomp, AppArmor, SELinux and the masks of /proc and /sys: whoever takes it over is root on the host, or its user where Podman is rootless. Quadlet has no key for it, so that it stands in PodmanArgs=, where a person replaces it: what the catalogue knows that the image needs is suggested.',
    severity: 'critical',
    phase: 1,
    mayBreak: 'Nothing: it only reports.',
    touches: [],
    controls: ['CIS-Docker-5.5', 'CIS-Docker-5.4', 'NIST-800-190-4.4.3'],
    references: [
      quadletKey('PodmanArgs'),
      'https://docs.podman.io/en/latest/markdown/podman-run.1.html#privileged',
    ],
  },
  (container) => {
    const { service, manager } = container;
    if (service.privileged === undefined) return undefined;
    const who = manager.value === 'user' ? 'the user who runs it' : 'root on the host';
    const { value, certainty, evidence, reason } = service.unprivileged;
    const lines = [
      'DropCapability=all',
      ...(value.capabilities.length === 0
        ? []
        : [`AddCapability=${value.capabilities.map((name) => `CAP_${name}`).join(' ')}`]),
      ...value.devices.map((path) => `AddDevice=${path}`),
    ];
    return manual(container, {
      message: `it is privileged: whoever takes it over is ${who}`,
      evidence: [service.privileged, ...evidence],
      reason:
        certainty === 'unknown'
          ? (reason ?? 'what it needs of the host is not known')
          : 'PodmanArgs= is passed on as it is: take --privileged out of it',
      suggestion:
        certainty !== 'unknown'
          ? lines.join('\n')
          : specialKind(service.view) === 'system'
            ? 'without it: Podman runs systemd in a container as it is'
            : 'AddDevice= and AddCapability= for what it really uses',
    });
  },
);
