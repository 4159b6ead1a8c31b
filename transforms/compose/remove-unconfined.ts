import type { Node } from 'yaml';
import { combine, refused, type Edits } from '../../src/core/text.js';
import type { Finding } from '../../src/core/types.js';
import { rangeOf } from '../../src/formats/compose/document.js';
import { replaceScalar } from '../../src/formats/compose/edit.js';
import { COMMENTED, hasComment, removeItems, removeKey } from '../../src/formats/compose/remove.js';
import { unconfinedOptions, unlabelledMount } from '../../src/workload/compose/needs/confinement.js';
import { strings } from '../../src/workload/compose/plain.js';
import { gainedPrivileges } from '../../src/workload/compose/gained-privileges.js';
import { securityOptions } from './security-options.js';
import { accepted, forEachService, isInherited, proposal, type DeclaredService } from './service.js';

export const NO_NEW_PRIVILEGES = 'no-new-privileges:true';

export const removeUnconfined = forEachService(
  {
    id: 'compose/remove-unconfined',
    title: 'Give the default seccomp, AppArmor and SELinux profiles back',
    description:
      "Docker's profiles forbid the system calls, mounts and files of /proc by which an intruder leaves a container; unconfined options turn them off. They are removed where the image is a server that neither traces nor mounts anything: every other container of its image runs with the defaults; or where `harden learn` has recorded that it does nothing which they forbid. Browsers, debuggers, engines and unknown programs are left for a person to decide, and so is an option that has a comment.",
    severity: 'high',
    phase: 2,
    mayBreak:
      'A system call outside the profile fails with EPERM: io_uring, ptrace, mount, or on a Docker too old for the image any new one.',
    touches: ['services.*.security_opt'],
    controls: ['CIS-Docker-5.2', 'CIS-Docker-5.3', 'CIS-Docker-5.22', 'NIST-800-190-4.4.3'],
    references: [
      'https://docs.docker.com/engine/security/seccomp/',
      'https://docs.docker.com/engine/security/apparmor/',
      'https://docs.docker.com/reference/compose-file/services/#security_opt',
    ],
  },
  (declared): readonly Finding[] => {
    const { workload } = declared;
    const options = workload.view.fields('security_opt').flatMap(({ value }) => unconfinedOptions(value));
    if (options.length === 0 || isInherited(declared, 'security_opt')) return [];
    const message = `it runs with ${options.join(', ')}`;
    if (workload.swarm) {
      const reason = 'docker stack deploy ignores security_opt';
      return [accepted(declared, { message, evidence: [], reason })];
    }
    const { certainty, evidence, reason } = workload.confinement;
    const removable = removableOptions(declared);
    const replaced = takesPlaceOfUnconfined(declared);
    const findings: Finding[] = [];
    if (removable.length > 0) {
      findings.push(
        proposal(
          declared,
          certainty,
          {
            message: `it runs with ${removable.join(', ')}`,
            evidence,
            change: `${replaced ? NO_NEW_PRIVILEGES : 'the default profile'} instead of ${removable.join(', ')}`,
            unknownReason: reason ?? 'which system calls it makes is not known',
          },
          () => edit(declared, replaced),
        ),
      );
    }
    return findings;
  },
);

/** All but `label:disable` where a mount depends on it: compose/label-mounts judges that. */
function removableOptions({ workload }: DeclaredService): readonly string[] {
  const labelled = unlabelledMount(workload.mounts) === undefined;
  return workload.view
    .fields('security_opt')
    .flatMap(({ value }) => unconfinedOptions(value))
    .filter((option) => labelled || !option.startsWith('label'));
}

/**
 * True when the list would be empty and `no-new-privileges:true` is put in it instead. Each edit must be right
 * without the other, so that one transform has to make both.
 */
export function takesPlaceOfUnconfined(declared: DeclaredService): boolean {
  const { workload } = declared;
  const { view, setuidHelpers } = workload;
  const present = view.fields('security_opt').flatMap(({ value }) => strings(value));
  return (
    present.length > 0 &&
    workload.confinement.certainty !== 'unknown' &&
    !workload.swarm &&
    setuidHelpers.certainty !== 'unknown' &&
    gainedPrivileges(workload) === undefined &&
    removableOptions(declared).length === present.length &&
    view.missing === undefined &&
    edit(declared, true).ok
  );
}

function edit(declared: DeclaredService, replace: boolean): Edits {
  const { document, service } = declared;
  const removable = removableOptions(declared);
  const options = securityOptions(declared, (option) => removable.includes(option));
  if (!options.ok) return options;
  const { indexes, items, node } = options;
  if (!replace && indexes.length === items.length) return removeKey(document, service, 'security_opt');
  const last = indexes.at(-1);
  if (!replace || last === undefined) return removeItems(document, service, node, indexes);
  const item = items[last] as Node;
  if (hasComment(document, rangeOf(item))) return refused(COMMENTED);
  const others = indexes.slice(0, -1);
  return combine(
    ...(others.length === 0 ? [] : [removeItems(document, service, node, others)]),
    replaceScalar(service, item, NO_NEW_PRIVILEGES, options.flow),
  );
}
