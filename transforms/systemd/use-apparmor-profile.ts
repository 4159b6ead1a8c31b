import { apparmorProfile } from '../../src/apparmor/profile.js';
import { profileName, unitProfileNeeds } from '../../src/apparmor/unit.js';
import { citeSource } from '../../src/core/evidence.js';
import { manualPage } from '../../src/formats/systemd/directives.js';
import { baseName } from '../../src/workload/unit/scripts.js';
import { directive } from './directive.js';

/** The profile itself is written beside the unit: src/apparmor-profiles.ts. */
export const useApparmorProfile = directive({
  meta: {
    id: 'systemd/use-apparmor-profile',
    title: 'Confine the service by an AppArmor profile of its own',
    description:
      'The sandbox of a unit hides and write-protects folders; an AppArmor profile names each place that the service writes, the programs that it starts, its privileges and its sockets, and holds where a setting of the unit has to be left out. Where `harden learn` has recorded the unit as a whole, the profile is written beside it, in `apparmor.d/`, in complain mode: the kernel logs what it would refuse, and refuses nothing yet. The deployment guide has the commands that load it, watch it and enforce it. A host without the profile, or without AppArmor, starts the service as before.',
    severity: 'medium',
    phase: 3,
    mayBreak:
      'In complain mode nothing; once it is enforced, all that was not exercised while it was recorded.',
    touches: ['Service.AppArmorProfile'],
    controls: ['NIST-800-53-AC-3', 'NIST-800-53-AC-6'],
    references: [
      manualPage('AppArmorProfile'),
      'https://gitlab.com/apparmor/apparmor/-/wikis/Documentation',
      'https://manpages.debian.org/bookworm/apparmor/apparmor.d.5.en.html',
    ],
  },
  settings: ['AppArmorProfile'],
  message: 'no mandatory access control confines the service',
  decide(unit) {
    const { recorded } = unit;
    // Paths in a root of its own are not those that the kernel compares.
    if (recorded?.whole !== true || unit.ownRoot) return undefined;
    const made = apparmorProfile(unitProfileNeeds(unit, recorded, 'complain'));
    if (!made.ok)
      return { act: 'keep', reason: `no profile is written: ${made.reason}`, evidence: [recorded.evidence] };
    const source = citeSource(
      manualPage('AppArmorProfile'),
      'Profiles must already be loaded in the kernel, or the unit will fail. If prefixed by "-", all errors will be ignored.',
    );
    return {
      act: 'set',
      assignments: [`AppArmorProfile=-${profileName(baseName(unit.file.path))}`],
      certainty: 'likely',
      evidence: [recorded.evidence, source],
    };
  },
});
