import { describe, expect, it } from '@jest/globals';
import { fewest, guilty } from '../../src/verify/bisect.js';

const STEPS = [...'abcdefghijklmnop'];

/** What fails when one of the groups is there as a whole; counts the trials. */
function failing(...groups: readonly string[]): {
  trials: number;
  works: (chosen: readonly string[]) => Promise<boolean>;
} {
  const counted = {
    trials: 0,
    works: (chosen: readonly string[]): Promise<boolean> => {
      counted.trials += 1;
      return Promise.resolve(!groups.some((group) => [...group].every((step) => chosen.includes(step))));
    },
  };
  return counted;
}

describe('guilty', () => {
  it.each(STEPS)('finds %s alone, in few trials', async (step) => {
    const counted = failing(step);
    expect(await guilty(STEPS, counted.works)).toEqual([step]);
    // The first one is told from what fails without it too.
    expect(counted.trials).toBeLessThanOrEqual(Math.log2(STEPS.length) + (step === 'a' ? 2 : 1));
  });

  it('finds the only step without trying parts', async () => {
    const counted = failing('a');
    expect(await guilty(['a'], counted.works)).toEqual(['a']);
    expect(counted.trials).toBe(2);
  });

  it.each([
    ['a', 'p'],
    ['c', 'd'],
    ['h', 'i'],
  ])('finds both %s and %s', async (one, other) => {
    expect([...(await guilty(STEPS, failing(one, other).works))].sort()).toEqual([one, other]);
  });

  it('finds all of several', async () => {
    expect([...(await guilty(STEPS, failing('b', 'g', 'h', 'o').works))].sort()).toEqual([...'bgho']);
  });

  it('takes one of two that fail only together', async () => {
    expect(await guilty(STEPS, failing('ck').works)).toEqual(['k']);
  });

  it('finds what breaks besides a step that a later one mends', async () => {
    const works = (chosen: readonly string[]): Promise<boolean> =>
      Promise.resolve(!(chosen.includes('a') && !chosen.includes('c')) && !chosen.includes('d'));
    expect(await guilty([...'abcd'], works)).toEqual(['d']);
  });

  it('throws when it fails without any of the steps, soon', async () => {
    const counted = failing('');
    await expect(guilty(STEPS, counted.works)).rejects.toThrow(
      'it fails without any of the steps too, or by chance',
    );
    expect(counted.trials).toBeLessThanOrEqual(Math.log2(STEPS.length) + 1);
  });

  it('throws what a trial throws', async () => {
    await expect(guilty(STEPS, () => Promise.reject(new Error('interrupted')))).rejects.toThrow(
      'interrupted',
    );
  });
});

describe('fewest', () => {
  const needs =
    (...needed: readonly string[]) =>
    (given: readonly string[]): Promise<boolean> =>
      Promise.resolve(needed.every((one) => given.includes(one)));

  it.each([['a'], ['p'], ['c', 'k']])('finds %s %s', async (...needed) => {
    expect([...(await fewest(STEPS, needs(...needed)))!].sort()).toEqual(needed);
  });

  it('finds none where all are too few, or there are none', async () => {
    expect(await fewest(STEPS, needs('z'))).toBeUndefined();
    expect(await fewest([], needs())).toBeUndefined();
  });
});
