import { forbidsNewPrivileges, strings } from '../../src/workload/compose/plain.js';
import { gainedPrivileges } from '../../src/workload/compose/gained-privileges.js';
import { NO_NEW_PRIVILEGES, takesPlaceOfUnconfined } from './remove-unconfined.js';
import { accepted, addToList, forEachWholeService, manual, proposal } from './service.js';

export const noNewPrivileges = forEachWholeService(
  {
    id: 'compose/no-new-privileges',
    title: 'Forbid gaining privileges on exec',
    description:
      'Without no_new_privs a process that was broken into can run a setuid program (su, sudo, mount) and become root in its container. gosu, su-exec and setpriv go on working: they drop privileges by system calls. Services that use a setuid helper themselves are left for a person to decide.',
    severity: 'medium',
    phase: 1,
    mayBreak: 'sudo, su, ping and other setuid programs inside the container stop working.',
    touches: ['services.*.security_opt'],
    controls: ['CIS-Docker-5.26', 'NIST-800-190-4.4.3'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#security_opt',
      'https://docs.kernel.org/userspace-api/no_new_privs.html',
    ],
  },
  (declared) => {
    const { workload } = declared;
    const present = workload.view.fields('security_opt').flatMap((field) => strings(field.value));
    if (present.some(forbidsNewPrivileges)) return undefined;

    const message = 'its processes may gain privileges through setuid programs';
    if (present.some((option) => /^no-new-privileges[:=]false$/.test(option))) {
      return manual(declared, { message, evidence: [], reason: 'the file turns it off on purpose' });
    }
    if (workload.swarm) {
      return accepted(declared, {
        message,
        evidence: [],
        reason: 'docker stack deploy ignores security_opt',
      });
    }
    const gained = gainedPrivileges(workload);
    if (gained !== undefined) {
      return manual(declared, { message, ...gained, suggestion: NO_NEW_PRIVILEGES });
    }
    const helpers = workload.setuidHelpers;
    // compose/remove-unconfined puts the option in the place of the last one that it removes.
    if (takesPlaceOfUnconfined(declared)) return undefined;
    return proposal(
      declared,
      helpers.certainty,
      {
        message,
        evidence: helpers.evidence,
        change: `security_opt: [${NO_NEW_PRIVILEGES}]`,
        unknownReason: helpers.reason ?? 'which programs it runs is not known',
      },
      () => addToList(declared, 'security_opt', [NO_NEW_PRIVILEGES]),
    );
  },
);
