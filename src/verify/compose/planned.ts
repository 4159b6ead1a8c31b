import { isDeepStrictEqual } from 'node:util';
import type { PlanEntry } from '../../core/plan.js';
import { ownPair } from '../../formats/compose/document.js';
import { parseCompose } from '../../formats/compose/parse.js';
import type { Pair } from '../subject.js';
import { entriesOf, type Step } from './steps.js';

/** The entries of a file's plan that made a step: none for a key that a person wrote otherwise than it is planned. */
export function plannedEntries(
  { service, keys }: Step,
  { path, hardened, plan }: Pick<Pair, 'path' | 'hardened' | 'plan'>,
): readonly PlanEntry[] {
  const asPlanned = keys.filter((key) =>
    isDeepStrictEqual(valueOf(path, plan.result, service, key), valueOf(path, hardened, service, key)),
  );
  return entriesOf({ service, keys: asPlanned }, plan);
}

function valueOf(path: string, text: string, name: string, key: string): unknown {
  const parsed = parseCompose(path, text);
  const service = parsed.ok ? parsed.document.services.find((one) => one.name === name) : undefined;
  const value = service?.map === undefined ? undefined : ownPair(service.map, key)?.value;
  return value?.toJSON() as unknown;
}
