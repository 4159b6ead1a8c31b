import { expect, test } from '@jest/globals';
import type { PlanEntry } from '../../../src/core/plan.js';
import { plannedEntries } from '../../../src/verify/compose/planned.js';
import { pairOf } from '../working-copy.js';

const ORIGINAL = 'services:\n  web:\n    image: nginx\n';
const PLANNED = `${ORIGINAL}    pids_limit: 4096\n`;

const ENTRY = {
  disposition: 'applied',
  finding: { subject: ['services', 'web'] },
  meta: { id: 'compose/limit-pids', touches: ['services.*.pids_limit'] },
} as unknown as PlanEntry;

function entriesIn(hardened: string): readonly PlanEntry[] {
  const pair = pairOf('docker-compose.yml', ORIGINAL, PLANNED);
  const plan = { ...pair.plan, entries: [ENTRY] };
  return plannedEntries({ service: 'web', keys: ['pids_limit'] }, { ...pair, plan, hardened });
}

test("a key that stands as it is planned is the plan's; one that a person wrote is not", () => {
  expect(entriesIn(PLANNED)).toEqual([ENTRY]);
  expect(entriesIn(PLANNED.replace('4096', '4096 # Enough.'))).toEqual([ENTRY]);
  expect(entriesIn(PLANNED.replace('4096', '5'))).toEqual([]);
});
