import { apparmorProfile } from './apparmor/profile.js';
import { unitProfileNeeds } from './apparmor/unit.js';
import type { CompanionMode } from './companions.js';
import { ownFile, type Companion } from './core/companion.js';
import type { FilePlan } from './core/plan.js';
import type { UnitDocument } from './formats/systemd/document.js';
import type { Run } from './harden.js';
import { seal } from './io/write.js';
import { folderOf, join } from './workload/compose/project.js';
import { unitWorkload } from './workload/unit.js';

/** The transform that has a unit use a profile. */
export const TRANSFORM = 'systemd/use-apparmor-profile';

/** Where a unit's profile is, relative to the unit's folder. */
export const FOLDER = 'apparmor.d';

/** The AppArmor profile that a unit uses as it is planned. */
export function apparmorProfiles(run: Run, plan: FilePlan, mode: CompanionMode): readonly Companion[] {
  const entry = plan.entries.find(
    ({ disposition, meta }) => disposition === 'applied' && meta.id === TRANSFORM,
  );
  if (entry === undefined) return [];
  const workload = unitWorkload(plan.original as UnitDocument, run.projects.unitContext());
  if (workload?.recorded === undefined) return [];
  const needs = unitProfileNeeds(workload, workload.recorded, 'complain');
  const made = apparmorProfile(needs);
  if (!made.ok) return [];
  const path = join(folderOf(plan.path), `${FOLDER}/${needs.name}`);
  const original = run.workspace.reader.read(path);
  const text = seal(made.text, plan.path);
  const file = {
    kind: 'apparmor',
    path,
    variant: mode === 'write',
    source: plan.path,
    original,
    text,
  } as const;
  const reason = 'allows what the unit was seen to do; in complain mode, to be loaded on the host first';
  return [ownFile(file, entry, { subject: needs.name, reason })];
}
