/** Whether it works with these of the steps, in their order. */
export type Works<S> = (chosen: readonly S[]) => Promise<boolean>;

/**
 * The steps without which it works: usually one, found with the logarithm of their number in trials. With none of the
 * steps it works, with all it doesn't. No smaller part of what is returned would do.
 * Throws where that is not so, as with something that works by chance.
 */
export async function guilty<S>(steps: readonly S[], works: Works<S>): Promise<readonly S[]> {
  const found: S[] = [];
  let left = steps;
  // So many of the first that are left are known to work together.
  let sound = 0;
  do {
    const at = await lastOfFailing(left, sound, works);
    const [step] = left.slice(at, at + 1);
    // Nothing before the first step was tried: it need not be the step that fails.
    if (step === undefined || (at === 0 && found.length === 0 && !(await works([])))) {
      throw new Error('it fails without any of the steps too, or by chance');
    }
    found.push(step);
    left = left.filter((other) => other !== step);
    sound = at;
  } while (!(await works(left)));
  return withoutInnocent(steps, found, works);
}

/** The place of the step that ends the shortest beginning that fails, where all of them fail and `sound` of them work. */
async function lastOfFailing<S>(steps: readonly S[], sound: number, works: Works<S>): Promise<number> {
  let [working, failing] = [sound, steps.length];
  while (failing - working > 1) {
    const middle = Math.floor((working + failing) / 2);
    if (await works(steps.slice(0, middle))) working = middle;
    else failing = middle;
  }
  return working;
}

/** A step that breaks what a later one mends is found too; with both of them it works. */
async function withoutInnocent<S>(
  steps: readonly S[],
  found: readonly S[],
  works: Works<S>,
): Promise<readonly S[]> {
  let needed = found;
  for (const step of found) {
    const others = needed.filter((other) => other !== step);
    if (others.length === 0) break;
    if (await works(steps.filter((other) => !others.includes(other)))) needed = others;
  }
  return needed;
}

/** The fewest of the candidates with which it works, where it doesn't without any; undefined when all are too few. */
export async function fewest<C>(
  candidates: readonly C[],
  works: Works<C>,
): Promise<readonly C[] | undefined> {
  if (candidates.length === 0 || !(await works(candidates))) return undefined;
  return guilty(candidates, (withheld) => works(candidates.filter((one) => !withheld.includes(one))));
}
