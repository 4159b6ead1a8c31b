import type { Verification } from '../../templates/pull-request.js';
import { readTextFile } from '../io/files.js';
import type { Check, Stage } from '../verify/check.js';
import { clean } from './told.js';

export type ReadVerification =
  | { readonly ok: true; readonly verification: Verification; readonly failures: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads what `harden verify --output json` printed; of several rounds the last one counts.
 * @param path absolute.
 */
export function readVerification(path: string): ReadVerification {
  const file = readTextFile(path);
  if (!file.ok) return { ok: false, reason: file.reason };
  let [round, done]: [Check[], readonly Check[] | undefined] = [[], undefined];
  for (const line of file.text.split('\n').filter((text) => text.trim() !== '')) {
    const result = resultOf(line);
    if (result === undefined)
      return { ok: false, reason: `is not what 'harden verify --output json' prints` };
    if ('totals' in result) [round, done] = [[], round];
    else if (result.check !== undefined) round.push(result.check);
  }
  if (done === undefined) return { ok: false, reason: 'has no end: harden verify was interrupted' };
  const those = (outcome: Check['outcome']): Verification['held'] =>
    done
      .filter((check) => check.outcome === outcome)
      .map(({ subject, name, detail = '' }) => ({
        subject: clean(subject),
        name: clean(name),
        detail: clean(detail).slice(0, MAX_DETAIL),
      }));
  const stages = new Set(
    done.flatMap(({ stage, outcome }): Stage[] => (outcome === 'skipped' ? [] : [stage])),
  );
  const [held, failed, skipped] = [those('passed'), those('failed'), those('skipped')];
  return {
    ok: true,
    verification: { stages: [...stages], passed: held.length, failed: failed.length, skipped, held },
    failures: failed.map(({ subject, name }) => `${subject}: ${name}`),
  };
}

const MAX_DETAIL = 300;

type Result = { readonly check?: Check } | { readonly totals: object };

function resultOf(line: string): Result | undefined {
  try {
    const value = JSON.parse(line) as { readonly check?: Check; readonly totals?: object };
    if (typeof value !== 'object') return undefined;
    const { check, totals } = value;
    if (totals !== undefined) return { totals };
    if (check === undefined) return 'diagnosis' in value ? {} : undefined;
    return [check.stage, check.subject, check.name, check.outcome].every((text) => typeof text === 'string')
      ? { check }
      : undefined;
  } catch {
    return undefined;
  }
}
