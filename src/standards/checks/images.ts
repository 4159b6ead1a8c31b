import { cite } from '../../core/evidence.js';
import type { ImageCheck } from '../types.js';
import type { ImageBuild } from '../../workload/dockerfile.js';
import type { Instruction } from '../../formats/dockerfile/document.js';
import { byFindings, met, undecided, unmet } from '../verdict.js';

/** A check that holds where harden finds nothing of the kind in a Dockerfile. */
function nothingFound(name: string, transforms: readonly string[], says: string): ImageCheck {
  return {
    name,
    of: 'image',
    transforms,
    decide: ({ found }) => byFindings(transforms.flatMap(found), says),
  };
}

export const imageNotRoot: ImageCheck = {
  name: 'user-of-the-image',
  of: 'image',
  transforms: ['dockerfile/run-as-non-root'],
  decide: ({ build: { user, stepsDown } }) => {
    const { value, certainty, evidence } = user;
    if (!value.root) return met(`it runs as ${value.name}`, ...evidence);
    if (certainty === 'unknown') return undecided('which user its base image sets is not known');
    return stepsDown.length > 0
      ? met('its start gives up root by itself', ...stepsDown)
      : unmet('it runs as root', ...evidence);
  },
};

/** The HEALTHCHECK in force; undefined for NONE. */
export function healthCheckOf({ scope }: ImageBuild): Instruction | undefined {
  const last = scope.instructions.findLast(({ keyword }) => keyword === 'HEALTHCHECK');
  return last?.words[0]?.text.toUpperCase() === 'NONE' ? undefined : last;
}

export const imageHasHealthCheck: ImageCheck = {
  name: 'health-check-of-the-image',
  of: 'image',
  transforms: ['dockerfile/add-healthcheck'],
  decide: ({ document, build }) => {
    const check = healthCheckOf(build);
    if (check !== undefined) return met('it has a HEALTHCHECK', cite(document, check.start));
    return build.facts?.healthcheck?.brings === true
      ? met('its base image brings one')
      : unmet('it has no HEALTHCHECK', cite(document, build.stage.from.start));
  },
};

export const noUnneededPackages = nothingFound(
  'unneeded-packages',
  [
    'dockerfile/separate-build',
    'dockerfile/no-install-recommends',
    'dockerfile/clean-package-caches',
    'dockerfile/no-package-cache',
  ],
  'no tool of the build, recommended package or package cache is found in what runs',
);

export const noSetuid = nothingFound(
  'setuid-programs',
  ['dockerfile/strip-setuid', 'dockerfile/remove-sudo', 'dockerfile/report-world-writable'],
  'setuid and setgid bits are removed',
);

export const copiesOnly = nothingFound(
  'copy-not-add',
  ['dockerfile/copy-instead-of-add'],
  'nothing is added that COPY would bring',
);

export const noSecretsInImage = nothingFound(
  'secrets-in-the-image',
  ['dockerfile/report-secrets', 'dockerfile/mount-build-secrets', 'dockerfile/complete-dockerignore'],
  'no secret is found in it',
);

export const verifiedPackages = nothingFound(
  'verified-packages',
  ['dockerfile/report-piped-installers', 'dockerfile/install-from-lockfile'],
  'nothing is piped into a shell, and dependencies come from lock files where there are any',
);

export const noSshServer = nothingFound(
  'ssh-server',
  ['dockerfile/report-ssh-server'],
  'no SSH server is installed',
);

export const baseVersioned = nothingFound(
  'base-image-version',
  ['dockerfile/pin-image'],
  'its base images name a version',
);
