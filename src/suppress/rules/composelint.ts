import type { EquivalentRules } from './rule.js';

/** https://github.com/nbsp1221/composelint/tree/main/docs/rules */
export const COMPOSELINT_RULES: EquivalentRules = {
  /** Images should use an explicit tag. */
  'image-require-tag': { names: ['compose/pin-image'] },
  /** Services should not use host network mode. */
  'no-host-network': { names: ['compose/report-host-namespaces'], keys: ['network_mode'] },
  /** Services should not run in privileged mode. */
  'no-privileged': { names: ['compose/remove-privileged'] },
  /** Published ports should be bound to a specific interface. */
  'no-unbound-ports': { names: ['compose/bind-ports-to-loopback'] },
  /** Long-running services should define a healthcheck. */
  'require-healthcheck': { names: ['compose/add-healthcheck'] },
};
