import { containerProfileNeeds } from './apparmor/container.js';
import { apparmorProfile, type ProfileNeeds } from './apparmor/profile.js';
import { unitProfileNeeds } from './apparmor/unit.js';
import type { Companion } from './core/companion.js';
import type { PlanEntry } from './core/plan.js';
import type { UnitDocument } from './formats/systemd/document.js';
import type { Run } from './harden.js';
import { seal } from './io/write.js';
import type { OwnFiles } from './own-files.js';
import { unitWorkload } from './workload/unit.js';

/** The transform that has a unit use a profile. */
export const TRANSFORM = 'systemd/use-apparmor-profile';

/** The one that has a service's container use one. */
export const CONTAINER_TRANSFORM = 'compose/use-apparmor-profile';

/** Where a profile is, relative to the folder of its unit or Compose file. */
export const FOLDER = 'apparmor.d';

/** The AppArmor profile that a unit uses as it is planned. */
export function apparmorProfiles(run: Run, own: OwnFiles): readonly Companion[] {
  const [entry] = own.applied(TRANSFORM);
  if (entry === undefined) return [];
  const workload = unitWorkload(own.plan.original as UnitDocument, run.projects.unitContext());
  if (workload?.recorded === undefined) return [];
  const needs = unitProfileNeeds(workload, workload.recorded, 'complain');
  const reason = 'allows what the unit was seen to do; in complain mode, to be loaded on the host first';
  return profileFile(own, entry, needs, reason);
}

/** Those that the containers of a Compose file use. */
export function containerProfiles(own: OwnFiles): readonly Companion[] {
  const reason = 'allows what the service was seen to do; in complain mode, to be loaded on each host first';
  return own.applied(CONTAINER_TRANSFORM).flatMap((entry) => {
    const workload = own.planned().get(entry.finding.subject[1] ?? '');
    if (workload?.recorded === undefined) return [];
    return profileFile(own, entry, containerProfileNeeds(workload, workload.recorded, 'complain'), reason);
  });
}

function profileFile(
  { plan, file }: OwnFiles,
  entry: PlanEntry,
  needs: ProfileNeeds,
  reason: string,
): readonly Companion[] {
  const made = apparmorProfile(needs);
  if (!made.ok) return [];
  const text = seal(made.text, plan.path);
  return [
    file(entry, { kind: 'apparmor', path: `${FOLDER}/${needs.name}`, text }, { subject: needs.name, reason }),
  ];
}
