import { citeSource } from '../../src/core/evidence.js';
import { known } from '../../src/workload/model.js';
import { directive, losesSetuid, unlessNeeded } from './directive.js';
import { manualPage } from '../../src/formats/systemd/directives.js';

/** Setuid helpers, mailers and file capabilities are what it stops; gosu, setpriv and su-exec are not. */
export const noNewPrivileges = directive({
  meta: {
    id: 'systemd/no-new-privileges',
    title: 'Refuse new privileges',
    description:
      'A setuid program, or one with file capabilities, gives a compromised service a way up. The setting ends that for the service and all its children. It is left out where a helper of that kind is needed: sudo, ping, mail delivery, authentication, programs that start what their users choose.',
    severity: 'high',
    phase: 1,
    mayBreak: 'Anything that the service starts through sudo, a setuid helper or file capabilities.',
    touches: ['Service.NoNewPrivileges'],
    controls: ['NIST-800-53-AC-6', 'NIST-800-53-CM-7'],
    references: [manualPage('NoNewPrivileges')],
  },
  settings: ['NoNewPrivileges'],
  message: 'the service may gain privileges through setuid programs and file capabilities',
  impliedByDynamicUser: true,
  reportsHostManagement: true,
  decide(unit) {
    const source = citeSource(
      manualPage('NoNewPrivileges'),
      'ensures that the service process and all its children can never gain new privileges through execve()',
    );
    if (unit.rootWrittenOut !== undefined && unit.seccompSetting !== undefined) {
      return losesSetuid(unit, unit.rootWrittenOut, unit.seccompSetting);
    }
    // In a user manager another setting has turned it on already, so that saying so changes nothing.
    const implied = unit.noNewPrivilegesBy !== undefined && unit.manager.value === 'user';
    const need = implied
      ? { ...known([], ...unit.setuid.evidence), certainty: unit.manager.certainty }
      : unit.setuid;
    return unlessNeeded(need, ['NoNewPrivileges=yes'], source);
  },
});
