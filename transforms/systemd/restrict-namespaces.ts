import { citeSource } from '../../src/core/evidence.js';
import { directive, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Browsers (also headless ones), bubblewrap and container tools make namespaces themselves. */
export const restrictNamespaces = directive({
  meta: {
    id: 'systemd/restrict-namespaces',
    title: 'Refuse new namespaces',
    description:
      'User namespaces give an ordinary process the kernel interfaces of root, a frequent step of an exploit. The setting is left out for browsers, sandboxes and whatever manages its own control group.',
    severity: 'medium',
    phase: 2,
    mayBreak: 'Programs that sandbox their own workers: browsers, bubblewrap, container tools.',
    touches: ['Service.RestrictNamespaces'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('RestrictNamespaces')],
  },
  settings: ['RestrictNamespaces'],
  message: 'the service may create namespaces, among them user namespaces',
  implying: ['RestrictNamespaces'],
  decide(unit) {
    const source = citeSource(
      manualPage('RestrictNamespaces'),
      'access to any kind of namespacing is prohibited',
    );
    return unlessNeeded(unit.namespaces, ['RestrictNamespaces=yes'], source);
  },
});
