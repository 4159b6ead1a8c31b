import type { Companion } from './core/companion.js';
import { sealedJson } from './io/write.js';
import type { OwnFiles } from './own-files.js';
import { serializeProfile } from './seccomp/serialize.js';
import { profileOf, profilePath } from './workload/compose/seccomp.js';

/** The transform that has services read a profile. */
const TRANSFORM = 'compose/use-seccomp-profile';

/** The seccomp profiles that the services of a Compose file read as it is planned. */
export function seccompProfiles({ plan, applied, planned, file }: OwnFiles): readonly Companion[] {
  return applied(TRANSFORM).flatMap((entry) => {
    const [, name = ''] = entry.finding.subject;
    const workload = planned().get(name);
    if (workload === undefined) return [];
    const { figures, profile } = profileOf(workload, workload.systemCalls.value);
    const { source } = workload.systemCalls.value;
    const reason = `allows ${figures.allowed} of the ${figures.byDefault} system calls of the engine's default profile: what ${source}`;
    const path = profilePath(plan.path, name);
    const text = sealedJson(serializeProfile(profile), plan.path);
    return [file(entry, { kind: 'seccomp', path, text }, { subject: name, reason })];
  });
}
