import { combine } from '../../src/core/text.js';
import { strings } from '../../src/workload/compose/plain.js';
import { addedCapabilities, capabilityName } from '../../src/workload/compose/needs/capabilities.js';
import { addToList, forEachWholeService, manual, proposal } from './service.js';

export const dropCapabilities = forEachWholeService(
  {
    id: 'compose/drop-capabilities',
    title: 'Drop all capabilities but the needed ones',
    description:
      'A container starts with fourteen capabilities, NET_RAW and DAC_OVERRIDE among them, and whoever takes it over has them all. All are dropped, and those are added back that the image needs: an entrypoint that starts as root and steps down needs SETUID and SETGID, one that changes ownership CHOWN, a program with file capabilities these. Where the needs are not known, nothing is dropped.',
    severity: 'high',
    phase: 1,
    mayBreak:
      'An operation that needs a dropped capability fails with EPERM: look for "Operation not permitted".',
    touches: ['services.*.cap_drop', 'services.*.cap_add'],
    controls: ['CIS-Docker-5.4', 'NIST-800-190-4.4.3'],
    references: [
      'https://docs.docker.com/reference/compose-file/services/#cap_drop',
      'https://docs.docker.com/engine/security/#linux-kernel-capabilities',
      'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    ],
  },
  (declared) => {
    const { workload } = declared;
    const dropped = workload.view
      .fields('cap_drop')
      .flatMap((field) => strings(field.value).map(capabilityName));
    if (dropped.includes('ALL')) return undefined;

    const message = "it keeps all of Docker's default capabilities";
    if (workload.privileged !== undefined) {
      const reason = 'privileged gives every capability back: replace it first';
      return manual(declared, { message, evidence: [workload.privileged], reason });
    }
    const added = addedCapabilities(workload.view);
    if (added.includes('ALL')) {
      return manual(declared, { message, evidence: [], reason: 'cap_add: [ALL] is there: replace it first' });
    }
    const { value: needed, certainty, evidence, reason } = workload.capabilities;
    const missing = needed.filter((name) => !dropped.includes(name));
    const addition = missing.length === 0 ? '' : `, cap_add: [${missing.join(', ')}]`;
    return proposal(
      declared,
      certainty,
      {
        message,
        evidence,
        change: `cap_drop: [ALL]${addition}`,
        unknownReason: reason ?? 'what it needs is not known',
      },
      () =>
        combine(
          addToList(declared, 'cap_drop', ['ALL']),
          ...(missing.length === 0 ? [] : [addToList(declared, 'cap_add', missing)]),
        ),
    );
  },
);
