import { strings } from '../../src/workload/compose/plain.js';
import { gainedPrivileges } from '../../src/workload/compose/gained-privileges.js';
import { forContainer, manual, proposal, quadletKey, written } from './container.js';

const SETTING = 'NoNewPrivileges=true';

export const noNewPrivileges = forContainer(
  {
    id: 'quadlet/no-new-privileges',
    title: 'Forbid gaining privileges on exec',
    description:
      'Without no_new_privs a process that was broken into can run a setuid program (su, sudo, mount) and become root in its container. gosu, su-exec and setpriv go on working: they drop privileges by system calls. Containers that use a setuid helper themselves are left for a person to decide, and so are programs that open a low port by a file capability: Podman, unlike Docker, leaves ports below 1024 to the privileged.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'sudo, su, ping and other setuid programs inside the container stop working.',
    touches: ['Container.NoNewPrivileges'],
    controls: ['CIS-Docker-5.26', 'NIST-800-190-4.4.3'],
    references: [quadletKey('NoNewPrivileges'), 'https://docs.kernel.org/userspace-api/no_new_privs.html'],
  },
  (container) => {
    const { service } = container;
    const options = service.view.fields('security_opt').flatMap(({ value }) => strings(value));
    if (options.includes('no-new-privileges:true')) return undefined;
    const message = 'its processes may gain privileges through setuid programs';
    const own = written(container, 'NoNewPrivileges');
    if (own !== undefined) {
      return manual(container, {
        message,
        evidence: [own.evidence],
        reason: 'the file turns it off on purpose',
      });
    }
    const gained = gainedPrivileges(service, false);
    if (gained !== undefined) return manual(container, { message, ...gained, suggestion: SETTING });
    const { certainty, evidence } = service.setuidHelpers;
    return proposal(container, certainty, {
      message,
      evidence,
      assignments: [SETTING],
      unknownReason: 'which programs it runs is not known',
    });
  },
);
