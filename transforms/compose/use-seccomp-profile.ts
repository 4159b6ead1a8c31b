import { strings } from '../../src/workload/compose/plain.js';
import { profileOf, profilePath } from '../../src/workload/compose/seccomp.js';
import { accepted, addToList, forEachWholeService, manual, proposal } from './service.js';

export const useSeccompProfile = forEachWholeService(
  {
    id: 'compose/use-seccomp-profile',
    title: 'Give the service a seccomp profile of its own',
    description:
      "The engine's default profile allows some three hundred system calls, and most ways out of a container go through one that its program never makes. The service gets a profile of its own: the engine's default, of which only what the program calls is left, and nothing added. What it calls is what `harden learn` has recorded, or what programs of its kind (Go, C and C++ daemons, Java, Node.js, Python, nginx) make in any usual configuration. Where neither is known nothing is changed. The profile is written beside the Compose file, in `seccomp/`.",
    severity: 'medium',
    phase: 3,
    mayBreak:
      'A system call that was not exercised fails with EPERM, and so may a newer version of the image: run its tests, and record again.',
    // A service that was privileged or unconfined no longer is; and one list of options is enough.
    follows: true,
    touches: ['services.*.security_opt'],
    controls: ['CIS-Docker-5.22', 'NIST-800-190-4.4.3'],
    references: [
      'https://docs.docker.com/engine/security/seccomp/',
      'https://docs.docker.com/reference/compose-file/services/#security_opt',
    ],
  },
  (declared) => {
    const { document, service, workload } = declared;
    const options = workload.view.fields('security_opt').flatMap(({ value }) => strings(value));
    // What a person has chosen stays; compose/remove-unconfined judges `unconfined`.
    if (options.some((option) => /^seccomp[:=]/.test(option))) return undefined;
    const message = "it may make every system call of the engine's default profile";
    if (workload.swarm) {
      const reason = 'docker stack deploy ignores security_opt';
      return accepted(declared, { message, evidence: [], reason });
    }
    if (workload.privileged !== undefined) {
      const reason = 'privileged turns seccomp off: replace it first';
      return manual(declared, { message, evidence: [workload.privileged], reason });
    }
    const { value, certainty, evidence, reason } = workload.systemCalls;
    // Nobody has looked: that is so of most services, and no question to a person.
    if (value.calls.length === 0) return undefined;
    const option = `seccomp=${profilePath(document.path, service.name)}`;
    const { allowed, byDefault } = profileOf(workload, value).figures;
    const change = `${option}, ${allowed} of ${byDefault} system calls`;
    return proposal(
      declared,
      certainty,
      { message, evidence, change, unknownReason: reason ?? 'which system calls it makes is not known' },
      () => addToList(declared, 'security_opt', [option]),
    );
  },
);
