import type { TextOption } from '../../src/core/options.js';
import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive, unlessNeeded } from './directive.js';

const UMASK: TextOption = {
  name: 'umask',
  description: 'the mode bits that new files do not get',
  default: '0077',
  pattern: '0?[0-7]{3}',
};

/** Only where it is known that nobody else reads what the service writes. */
export const setUmask = directive({
  meta: {
    id: 'systemd/set-umask',
    title: 'Make new files private',
    description:
      'The default umask lets every user read what a service writes: logs, databases, keys. Files that the daemon makes without asking for a mode become its own, where others are known not to count on reading them.',
    severity: 'low',
    phase: 2,
    mayBreak:
      'A monitoring agent, a web server or a backup of another user that reads the files of the service.',
    touches: ['Service.UMask'],
    controls: ['NIST-800-53-AC-6'],
    options: [UMASK],
    references: [manualPage('UMask')],
  },
  settings: ['UMask'],
  message: 'files that the service makes are readable for everyone',
  decide(unit, _missing, option) {
    if (unit.manager.value === 'user') return undefined;
    const source = citeSource(manualPage('UMask'), 'Controls the file mode creation mask');
    const umask = option(UMASK);
    return unlessNeeded(unit.sharedFiles, [`UMask=${umask.value}`], source, ...umask.evidence);
  },
});
