import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { isUnderstood } from '../../src/workload/unit/daemons.js';
import { directive } from './directive.js';

/** What a process drops or its user never had can't be had back: the set is what its programs use, and no more. */
export const limitCapabilities = directive({
  meta: {
    id: 'systemd/limit-capabilities',
    title: 'Bound the capabilities',
    description:
      'A process of root holds all capabilities of the kernel, and a bug in it holds them too. The bounding set is cut down to those that the programs of the unit are known to use: none for a service of its own user, a few for a daemon that binds a low port and steps down. A daemon of root that the catalogue does not know is left to its maintainer.',
    severity: 'high',
    phase: 2,
    mayBreak:
      'A feature that the usual configuration does not use and that wants another capability: transparent proxies, raw sockets, locked memory.',
    touches: ['Service.CapabilityBoundingSet'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [
      manualPage('CapabilityBoundingSet'),
      'https://man7.org/linux/man-pages/man7/capabilities.7.html',
    ],
  },
  settings: ['CapabilityBoundingSet'],
  message: 'the service may use every capability of the kernel',
  decide(unit) {
    const { value, certainty, evidence, reason } = unit.capabilities;
    const source = citeSource(
      manualPage('CapabilityBoundingSet'),
      'Controls which capabilities to include in the capability bounding set for the executed process',
    );
    // Of a daemon in the catalogue it is known what gains privileges, and what that takes.
    if (unit.helpers.value[0] !== undefined && !isUnderstood(unit.commands)) {
      return {
        act: 'keep',
        reason: `it is left out: ${unit.helpers.value[0]}; what gains privileges needs capabilities of its own`,
        evidence: [...unit.helpers.evidence, source],
      };
    }
    return {
      act: 'set',
      assignments: [`CapabilityBoundingSet=${value.join(' ')}`],
      certainty,
      evidence: [...evidence.slice(0, 6), source],
      ...(reason === undefined ? {} : { question: reason }),
    };
  },
});
