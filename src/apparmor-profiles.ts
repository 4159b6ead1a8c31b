import { containerProfileNeeds } from './apparmor/container.js';
import { apparmorProfile, type ProfileNeeds } from './apparmor/profile.js';
import { unitProfileNeeds } from './apparmor/unit.js';
import type { CompanionMode } from './companions.js';
import { ownFile, type Companion } from './core/companion.js';
import type { FilePlan, PlanEntry } from './core/plan.js';
import { parseCompose } from './formats/compose/parse.js';
import type { UnitDocument } from './formats/systemd/document.js';
import type { Run } from './harden.js';
import { seal } from './io/write.js';
import { folderOf, join } from './workload/compose/project.js';
import { unitWorkload } from './workload/unit.js';

/** The transform that has a unit use a profile. */
export const TRANSFORM = 'systemd/use-apparmor-profile';

/** The one that has a service's container use one. */
export const CONTAINER_TRANSFORM = 'compose/use-apparmor-profile';

/** Where a profile is, relative to the folder of its unit or Compose file. */
export const FOLDER = 'apparmor.d';

/** The AppArmor profile that a unit uses as it is planned. */
export function apparmorProfiles(run: Run, plan: FilePlan, mode: CompanionMode): readonly Companion[] {
  const [entry] = appliedEntries(plan, TRANSFORM);
  if (entry === undefined) return [];
  const workload = unitWorkload(plan.original as UnitDocument, run.projects.unitContext());
  if (workload?.recorded === undefined) return [];
  const reason = 'allows what the unit was seen to do; in complain mode, to be loaded on the host first';
  return profileFile(
    run,
    plan,
    mode,
    entry,
    unitProfileNeeds(workload, workload.recorded, 'complain'),
    reason,
  );
}

/** Those that the containers of a Compose file use. */
export function containerProfiles(run: Run, plan: FilePlan, mode: CompanionMode): readonly Companion[] {
  const entries = appliedEntries(plan, CONTAINER_TRANSFORM);
  const parsed = entries.length === 0 ? undefined : parseCompose(plan.path, plan.result);
  if (parsed?.ok !== true) return [];
  const context = run.projects.composeContext(parsed.document);
  const reason = 'allows what the service was seen to do; in complain mode, to be loaded on each host first';
  return entries.flatMap((entry) => {
    const workload = context.workload(entry.finding.subject[1] ?? '');
    if (workload?.recorded === undefined) return [];
    const needs = containerProfileNeeds(workload, workload.recorded, 'complain');
    return profileFile(run, plan, mode, entry, needs, reason);
  });
}

function appliedEntries({ entries }: FilePlan, transform: string): readonly PlanEntry[] {
  return entries.filter(({ disposition, meta }) => disposition === 'applied' && meta.id === transform);
}

function profileFile(
  run: Run,
  plan: FilePlan,
  mode: CompanionMode,
  entry: PlanEntry,
  needs: ProfileNeeds,
  reason: string,
): readonly Companion[] {
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
  return [ownFile(file, entry, { subject: needs.name, reason })];
}
