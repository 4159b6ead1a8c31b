import type { EquivalentRules } from './rule.js';

/** https://github.com/zavoloklom/docker-compose-linter/blob/main/docs/rules.md: the others are about style. */
export const DCLINT_RULES: EquivalentRules = {
  /** https://github.com/zavoloklom/docker-compose-linter/blob/main/docs/rules/no-unbound-port-interfaces-rule.md */
  'no-unbound-port-interfaces': { names: ['compose/bind-ports-to-loopback'], keys: ['ports'] },
  /** https://github.com/zavoloklom/docker-compose-linter/blob/main/docs/rules/service-image-require-explicit-tag-rule.md */
  'service-image-require-explicit-tag': { names: ['compose/pin-image'], keys: ['image'] },
};
