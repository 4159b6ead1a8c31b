import { isRoot } from '../../src/workload/model.js';
import { lowPort } from '../../src/workload/quadlet/workload.js';
import { accepted, forContainer, manual, proposal, quadletKey, written } from './container.js';

export const runAsNonRoot = forContainer(
  {
    id: 'quadlet/run-as-non-root',
    title: 'Start as another user than root',
    description:
      "Root in a container is root on the host to the kernel, or the user who runs it where Podman is rootless: a flaw in the engine, or a mount, makes it that in fact. Where an image documents that it may start as another user, the container gets the one to which its own entrypoint would step down: then no code runs as root at any time, and no capability is needed. Folders of the host keep their owner, and only an entrypoint that starts as root can give them away: there the change is left for a person. So it is where the container listens below port 1024, which Podman leaves to the privileged. An image that steps down by itself and isn't known to start otherwise is accepted.",
    severity: 'medium',
    phase: 2,
    mayBreak:
      'The entrypoint no longer changes owners: files of another user in a volume (a restored backup, one made by another image) can no longer be read or written.',
    touches: ['Container.User', 'Container.Group'],
    controls: ['CIS-Docker-4.1', 'NIST-800-190-4.1.2'],
    references: [
      quadletKey('User'),
      quadletKey('Group'),
      'https://docs.podman.io/en/latest/markdown/podman-run.1.html#user-u-user-group',
    ],
  },
  (container) => {
    const { manager } = container;
    const { origin, view, user, otherUser, privileged } = container.service;
    const own = written(container, 'User');
    if (view.last('user') !== undefined || own !== undefined) {
      if (own === undefined || !isRoot(own.entry.value)) return undefined;
      const reason = 'the file sets it on purpose: see what needs it';
      return manual(container, { message: 'it is told to run as root', evidence: [own.evidence], reason });
    }
    if (origin.kind !== 'server' || !user.value.root) return undefined;
    const { name, user: facts } = origin.facts;
    const { evidence } = user;
    const message = 'its container starts as root';
    if (otherUser === undefined) {
      return facts.stepsDownTo === undefined
        ? manual(container, { message, evidence, reason: `${name} is not known to work as another user` })
        : accepted(container, {
            message,
            evidence,
            reason: `the image steps down by itself: what serves runs as ${facts.stepsDownTo}`,
          });
    }
    if (privileged !== undefined) {
      const reason = '--privileged means root: replace it first';
      return manual(container, { message, evidence: [privileged], reason });
    }
    const { uid, gid, handOver } = otherUser.value;
    const low = lowPort(container.service);
    const assignments = [`User=${uid}`, `Group=${gid}`];
    if (low !== undefined) {
      return manual(container, {
        message,
        evidence: [...evidence, ...low],
        reason: 'it listens below port 1024, which Podman leaves to the privileged',
        suggestion: [...assignments, 'Sysctl=net.ipv4.ip_unprivileged_port_start=0'].join('\n'),
      });
    }
    const chown = manager.value === 'user' ? 'podman unshare chown' : 'sudo chown';
    const first = handOver.length === 0 ? '' : `; before it: ${chown} -R ${uid}:${gid} ${handOver.join(' ')}`;
    return proposal(container, otherUser.certainty, {
      message,
      evidence: [...evidence, ...otherUser.evidence.filter((item) => 'file' in item)],
      assignments,
      unknownReason: `${otherUser.reason ?? `${name} is not known to work as another user`}${first}`,
    });
  },
);
