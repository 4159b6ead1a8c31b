import type { EquivalentRules } from './rule.js';

/**
 * https://github.com/hadolint/hadolint#rules. Rules that ask for versions of packages (DL3008, DL3013, DL3016, DL3018) and
 * those of ShellCheck have no equivalent.
 */
export const HADOLINT_RULES: EquivalentRules = {
  /** Last USER should not be root. hadolint reports that USER, and harden what the stage starts, or its FROM. */
  DL3002: { names: ['dockerfile/run-as-non-root'], scope: 'stage' },
  /** Do not use sudo. Where one use is wanted, sudo has to stay in the image. */
  DL3004: { names: ['dockerfile/remove-sudo'], scope: 'stage' },
  /** Always tag the version of an image explicitly. */
  DL3006: { names: ['dockerfile/pin-image'] },
  /** Using latest is prone to errors. */
  DL3007: { names: ['dockerfile/pin-image'] },
  /** Delete the apt lists after installing something. */
  DL3009: { names: ['dockerfile/clean-package-caches'] },
  /** Avoid additional packages by --no-install-recommends. */
  DL3015: { names: ['dockerfile/no-install-recommends'] },
  /** Use the --no-cache switch of apk. */
  DL3019: { names: ['dockerfile/clean-package-caches'] },
  /** Use COPY instead of ADD for files and folders. */
  DL3020: { names: ['dockerfile/copy-instead-of-add'] },
  /** Use JSON notation for CMD and ENTRYPOINT. */
  DL3025: { names: ['dockerfile/exec-form-command'] },
  /** `yum clean all` missing. */
  DL3032: { names: ['dockerfile/clean-package-caches'] },
  /** `zypper clean` missing. */
  DL3036: { names: ['dockerfile/clean-package-caches'] },
  /** `dnf clean all` missing. */
  DL3040: { names: ['dockerfile/clean-package-caches'] },
  /** Avoid the cache directory with pip install --no-cache-dir. */
  DL3042: { names: ['dockerfile/no-package-cache'] },
  /** HEALTHCHECK instruction missing. hadolint reports the FROM, and harden what the stage starts. */
  DL3057: { names: ['dockerfile/add-healthcheck'], scope: 'stage' },
  /** `yarn cache clean` missing after `yarn install`. */
  DL3060: { names: ['dockerfile/no-package-cache'] },
  /** No sensitive data in ARG or ENV. */
  DL3064: { names: ['dockerfile/report-secrets', 'dockerfile/mount-build-secrets'] },
  /** Set -o pipefail before a RUN with a pipe in it. */
  DL4006: { names: ['dockerfile/use-pipefail'] },
};
