import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { directive } from './directive.js';

/**
 * Users to whom daemons step down by themselves. The manager counts the units of a user and removes its objects with the
 * last one, but of these processes it doesn't know whose they are.
 */
const SHARED_USER =
  /^(www-data|wwwrun|apache2?|httpd?|nginx|postgres|mysql|mariadb|nobody|daemon|bin|backup|mail|vmail|news|git|proxy)$/;

/** It removes the objects of a user, not of a unit: another process of that user would lose its own. */
export const removeIpc = directive({
  meta: {
    id: 'systemd/remove-ipc',
    title: 'Remove shared memory when the service stops',
    description:
      "Shared memory and message queues outlive the processes that made them. The manager removes those of the service's user when it stops. It is left out for templates, whose instances share a user, and for users whom other daemons take by themselves.",
    severity: 'low',
    phase: 2,
    mayBreak: 'Another service of the same user that uses System V or POSIX shared memory.',
    touches: ['Service.RemoveIPC'],
    controls: ['NIST-800-53-AC-6'],
    references: [manualPage('RemoveIPC')],
  },
  settings: ['RemoveIPC'],
  message: 'shared memory of the service stays when it stops',
  impliedByDynamicUser: true,
  decide(unit) {
    const { file, manager, user } = unit;
    if (manager.value === 'user' || user.value.kind !== 'account') return undefined;
    if (file.template || file.instance !== undefined) return undefined;
    const source = citeSource(
      manualPage('RemoveIPC'),
      'all System V and POSIX IPC objects owned by the user and group the processes of this unit are run as are removed when the unit is stopped',
    );
    if (SHARED_USER.test(user.value.name)) {
      return {
        act: 'keep',
        reason: `it is left out: other services run as ${user.value.name} too`,
        evidence: [...user.evidence, source],
      };
    }
    return {
      act: 'set',
      assignments: ['RemoveIPC=yes'],
      certainty: 'likely',
      evidence: [...user.evidence, source],
    };
  },
});
