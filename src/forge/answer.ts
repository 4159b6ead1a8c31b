import type { Answer, ForgeProblem, ForgeProblemKind } from './types.js';

export function done<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export function failed(problem: ForgeProblem): { readonly ok: false; readonly problem: ForgeProblem } {
  return { ok: false, problem };
}

export function problem(kind: ForgeProblemKind, reason: string): ForgeProblem {
  return { kind, reason };
}

/** Goes on with the value of an answer; a failure stays as it is. */
export async function then<T, U>(
  answer: Answer<T> | Promise<Answer<T>>,
  next: (value: T) => Answer<U> | Promise<Answer<U>>,
): Promise<Answer<U>> {
  const settled = await answer;
  return settled.ok ? next(settled.value) : settled;
}

/** Keeps the first success of a question; a failure is asked again. */
export function once<T>(ask: () => Promise<Answer<T>>): () => Promise<Answer<T>> {
  let kept: Answer<T> | undefined;
  return async () => {
    if (kept === undefined || !kept.ok) kept = await ask();
    return kept;
  };
}
