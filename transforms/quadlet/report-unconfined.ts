import type { Finding } from '../../src/core/types.js';
import { unconfinedOptions, unlabelledMount } from '../../src/workload/compose/needs/confinement.js';
import { citeField } from '../../src/workload/compose/project.js';
import { forContainer, manual, quadletKey } from './container.js';

export const reportUnconfined = forContainer(
  {
    id: 'quadlet/report-unconfined',
    title: 'Keep the seccomp, AppArmor and SELinux confinement',
    description:
      "Podman's profiles forbid the system calls, mounts and files of /proc by which an intruder leaves a container. SecurityLabelDisable=true, an unconfined SeccompProfile= or AppArmor=, and Unmask=ALL turn them off. Mostly they stand there because SELinux denied a mounted folder, which :z or :Z on that volume settles. What the program does is for a person to know.",
    severity: 'high',
    phase: 1,
    mayBreak: 'Nothing: it only reports.',
    touches: [],
    controls: ['CIS-Docker-5.2', 'CIS-Docker-5.3', 'CIS-Docker-5.22', 'NIST-800-190-4.4.3'],
    references: [
      quadletKey('SecurityLabelDisable'),
      quadletKey('SeccompProfile'),
      quadletKey('AppArmor'),
      quadletKey('Unmask'),
    ],
  },
  (container): readonly Finding[] => {
    const { view, confinement, mounts } = container.service;
    const fields = view.fields('security_opt');
    return fields.flatMap((field) =>
      unconfinedOptions(field.value).map((option) => {
        const base = {
          message: `it runs with ${option}`,
          evidence: [citeField(field), ...confinement.evidence],
        };
        const unlabelled = option.startsWith('label') ? unlabelledMount(mounts) : undefined;
        if (unlabelled !== undefined) {
          return manual(container, {
            ...base,
            evidence: [citeField(field), unlabelled.evidence],
            reason: `SELinux would deny it the host's ${unlabelled.source}, which has no label of its own`,
            suggestion: ':Z (or :z where containers share it) on its volumes, and no SecurityLabelDisable=',
          });
        }
        const does = confinement.certainty === 'likely';
        const reason = does
          ? 'its image does with the default profile, unless its configuration asks for more: take it out and test'
          : (confinement.reason ?? 'which system calls it makes is not known');
        return manual(container, { ...base, reason, suggestion: 'the default profile' });
      }),
    );
  },
);
