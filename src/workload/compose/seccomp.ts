import { countAllowed, countDefault, seccompProfile, type SeccompProfile } from '../../seccomp/profile.js';
import { stemOf } from './file-names.js';
import { boundingSet } from './needs/capabilities.js';
import type { CallUse } from './needs/system-calls.js';
import { forbidsNewPrivileges, strings } from './plain.js';
import type { ServiceWorkload } from './service.js';

/**
 * Where a service's profile is, relative to the folder of its Compose file, from which the engine's command line reads it:
 * https://docs.docker.com/reference/compose-file/services/#security_opt
 */
export function profilePath(composeFile: string, service: string): string {
  const stem = stemOf(composeFile);
  return `./seccomp/${stem === '' ? '' : `${stem}-`}${service}.json`;
}

/** What a profile allows, in numbers of system calls of x86-64. */
export interface ProfileFigures {
  readonly allowed: number;
  /** By the engine's default profile, with the same capabilities. */
  readonly byDefault: number;
}

/** The profile of a service as it is written now, with what it leaves of the engine's default. */
export function profileOf(
  { view }: ServiceWorkload,
  { calls }: CallUse,
): { readonly profile: SeccompProfile; readonly figures: ProfileFigures } {
  const capabilities = boundingSet(view);
  const options = view.fields('security_opt').flatMap(({ value }) => strings(value));
  const profile = seccompProfile({
    calls,
    capabilities,
    noNewPrivileges: options.some(forbidsNewPrivileges),
    init: view.last('init')?.value === 'true',
  });
  return {
    profile,
    figures: { allowed: countAllowed(profile, capabilities), byDefault: countDefault(capabilities) },
  };
}
