import type { FilePlan } from '../core/plan.js';
import type { UnitDocument } from '../formats/systemd/document.js';
import { parseUnit } from '../formats/systemd/parse.js';
import { managerOf } from '../workload/unit/identity.js';
import { exposureOf, type Exposure } from './exposure.js';

/** The exposure of a unit before its plan and after it. */
export interface ExposureChange {
  readonly before: Exposure;
  readonly after: Exposure;
}

/** @param dropIns of the unit, in the manager's order: they count before and after. */
export function exposureOfPlan(plan: FilePlan, dropIns: readonly UnitDocument[]): ExposureChange | undefined {
  const original = plan.original as UnitDocument;
  const options = { dropIns, manager: managerOf(original).value };
  const before = exposureOf(original, options);
  if (before === undefined || plan.result === original.text) return before && { before, after: before };
  const result = parseUnit(plan.path, plan.result);
  const after = result.ok ? exposureOf(result.document, options) : undefined;
  return after && { before, after };
}
