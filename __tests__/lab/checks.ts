import { messageOf } from '../../src/core/errors.js';
import type { Check } from './trial.js';

/**
 * A list of checks, and what adds one: whether some work ends without an error.
 * @param after what is to be done after each, whatever came of it.
 */
export function createChecks(after?: () => Promise<void>): {
  readonly checks: Check[];
  readonly check: (name: string, work: () => Promise<void>) => Promise<boolean>;
} {
  const checks: Check[] = [];
  return {
    checks,
    check: async (name, work) => {
      try {
        await work();
        checks.push({ name, fault: undefined });
        return true;
      } catch (error) {
        checks.push({ name, fault: messageOf(error) });
        return false;
      } finally {
        await after?.();
      }
    },
  };
}
