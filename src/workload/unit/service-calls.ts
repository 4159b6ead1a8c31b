import { lazy } from '../../core/lazy.js';
import { expandSystemCalls } from '../../formats/systemd/system-calls.js';

/** What services have no use for, as a rule: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#SystemCallFilter= */
export const DENIED_GROUPS = ['@privileged', '@resources'] as const;

/** `@system-service` without those. */
const usual = lazy(() => {
  const denied = expandSystemCalls(DENIED_GROUPS);
  return new Set([...expandSystemCalls(['@system-service'])].filter((call) => !denied.has(call)));
});

/** The calls that are outside of what most services use. */
export function callsBeyond(calls: readonly string[]): readonly string[] {
  return calls.filter((call) => !usual().has(call));
}
