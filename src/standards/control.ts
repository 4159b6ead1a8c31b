import type { Check, Control, Undecided } from './types.js';

/** Makes the controls of a standard: their ids begin with its own. */
export function controlsOf(
  standard: string,
): (number: string, title: string, checks: readonly Check[], undecided?: Undecided) => Control {
  return (number, title, checks, undecided) => ({
    id: `${standard}-${number}`,
    title,
    checks,
    ...(undecided === undefined ? {} : { undecided }),
  });
}
