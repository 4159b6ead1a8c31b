import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Few programs ever call personality(2): emulators, debuggers, some Lisp runtimes. */
export const lockPersonality = directive({
  meta: {
    id: 'systemd/lock-personality',
    title: 'Lock the execution domain',
    description:
      'Odd personalities are poorly tested kernel code, and one of them turns address randomisation off. The setting is left out for emulators, debuggers and programs that change their own personality.',
    severity: 'low',
    phase: 1,
    mayBreak: 'Emulators, debuggers and Wine, which change their personality.',
    touches: ['Service.LockPersonality'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('LockPersonality')],
  },
  settings: ['LockPersonality'],
  message: 'the service may change its kernel execution domain with personality(2)',
  implying: ['LockPersonality'],
  decide(unit) {
    const source = citeSource(
      manualPage('LockPersonality'),
      'odd personality emulations may be poorly tested and source of vulnerabilities',
    );
    return unlessNeeded(unit.personality, ['LockPersonality=yes'], source);
  },
});
