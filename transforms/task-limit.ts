import type { Chosen, NumberOption } from '../src/core/options.js';
import { GENEROUS_LIMIT } from '../src/workload/compose/needs/tasks.js';
import type { Need } from '../src/workload/model.js';

/** An option of the transforms that limit processes and threads. */
export const TASK_LIMIT: NumberOption = {
  name: 'limit',
  description: 'the limit where nothing says how many the service needs',
  default: GENEROUS_LIMIT,
  minimum: 16,
  // https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html: the most that a kernel takes.
  maximum: 4_194_304,
};

/** What a project says holds where no documentation names a number. */
export function chosenOr(need: Need<number>, { value, evidence }: Chosen<number>): Need<number> {
  return need.certainty === 'known' || evidence.length === 0 ? need : { ...need, value, evidence };
}
