import type { CompanionMode } from './companions.js';
import { ownFile, type Companion } from './core/companion.js';
import type { FilePlan } from './core/plan.js';
import { parseCompose } from './formats/compose/parse.js';
import type { Run } from './harden.js';
import { sealedJson } from './io/write.js';
import { serializeProfile } from './seccomp/serialize.js';
import { folderOf, join } from './workload/compose/project.js';
import { profileOf, profilePath } from './workload/compose/seccomp.js';

/** The transform that has services read a profile. */
const TRANSFORM = 'compose/use-seccomp-profile';

/** The seccomp profiles that the services of a Compose file read as it is planned. */
export function seccompProfiles(run: Run, plan: FilePlan, mode: CompanionMode): readonly Companion[] {
  const entries = plan.entries.filter(
    ({ disposition, meta }) => disposition === 'applied' && meta.id === TRANSFORM,
  );
  if (entries.length === 0) return [];
  const parsed = parseCompose(plan.path, plan.result);
  if (!parsed.ok) return [];
  const context = run.projects.composeContext(parsed.document);
  return entries.flatMap((entry) => {
    const [, name = ''] = entry.finding.subject;
    const workload = context.workload(name);
    if (workload === undefined) return [];
    const { figures, profile } = profileOf(workload, workload.systemCalls.value);
    const path = join(folderOf(plan.path), profilePath(plan.path, name));
    const { source } = workload.systemCalls.value;
    const reason = `allows ${figures.allowed} of the ${figures.byDefault} system calls of the engine's default profile: what ${source}`;
    const original = run.workspace.reader.read(path);
    const text = sealedJson(serializeProfile(profile), plan.path);
    const file = {
      kind: 'seccomp',
      path,
      variant: mode === 'write',
      source: plan.path,
      original,
      text,
    } as const;
    return [ownFile(file, entry, { subject: name, reason })];
  });
}
