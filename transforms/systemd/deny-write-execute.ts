import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive, unlessNeeded } from './directive.js';

/** Node.js, Java, .NET and other compilers at run time die of it, so an unknown program is asked about. */
export const denyWriteExecute = directive({
  meta: {
    id: 'systemd/deny-write-execute',
    title: 'Refuse memory that is writable and executable',
    description:
      'An attacker who can write to memory wants to run what was written. The setting refuses memory that is both. Programs that compile while they run (Node.js, Java, .NET, LuaJIT, PCRE with its compiler) can not live with it; the setting is left out for them, and proposed for a person to decide where the program is not known.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Programs and plugins that generate machine code: just-in-time compilers, some FFI libraries.',
    touches: ['Service.MemoryDenyWriteExecute'],
    controls: ['NIST-800-53-SI-16'],
    references: [manualPage('MemoryDenyWriteExecute')],
  },
  settings: ['MemoryDenyWriteExecute'],
  message: 'the service may make memory executable that it has written',
  implying: ['MemoryDenyWriteExecute'],
  decide(unit) {
    const source = citeSource(
      manualPage('MemoryDenyWriteExecute'),
      'attempts to create memory mappings that are writable and executable at the same time',
    );
    return unlessNeeded(unit.compilers, ['MemoryDenyWriteExecute=yes'], source);
  },
});
