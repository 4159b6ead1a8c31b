import { citeSource } from '../../src/core/evidence.js';
import { directive } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** `yes` hides /home, /root and /run/user; `read-only` still lets a script there be run. */
export const protectHome = directive({
  meta: {
    id: 'systemd/protect-home',
    title: 'Hide home directories',
    description:
      'Home directories hold keys and private data that a service has no use for. They are hidden when nothing in the unit or its scripts points to /home, /root or /run/user, made read-only when they are only read, and left alone when the service keeps its files there.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'A program that keeps a cache, a key or its configuration in the home of its user.',
    touches: ['Service.ProtectHome'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('ProtectHome')],
  },
  settings: ['ProtectHome'],
  message: 'the service can read and write the home directories of users',
  mounts: true,
  hidesMounts: true,
  impliedByDynamicUser: true,
  decide(unit) {
    const { value, certainty, evidence } = unit.home;
    const source = citeSource(
      manualPage('ProtectHome'),
      '/home/, /root, and /run/user are made inaccessible and empty',
    );
    if (value === 'write') {
      return {
        act: 'keep',
        reason: 'it is left out: the service keeps files in a home directory',
        evidence: [...evidence, source],
      };
    }
    const setting = value === 'read' ? 'read-only' : 'yes';
    return {
      act: 'set',
      assignments: [`ProtectHome=${setting}`],
      certainty,
      evidence: [...evidence.slice(0, 6), source],
    };
  },
});
