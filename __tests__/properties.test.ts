import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits } from '../src/core/text.js';
import type { FilePlan } from '../src/core/plan.js';
import type { Format } from '../src/core/types.js';
import { createRun, type FileOutcome } from '../src/harden.js';
import { appliedEdits } from '../src/core/fixes.js';
import { PATHS, readCases } from './support/cases.js';
import { memoryWorkspace } from './support/memory.js';

/** The pieces that real files are made of: paragraphs and lines of the fixtures. */
function material(format: Format): { readonly texts: string[]; readonly lines: string[] } {
  const texts = readCases()
    .filter(({ id }) => id.startsWith(`${format}/`))
    .map(({ text }) => text);
  return { texts, lines: [...new Set(texts.flatMap((text) => text.split(/(?<=\n)/)))] };
}

/** A fixture with some lines of others put in, doubled or left out: often valid, sometimes broken. */
function mutated(format: Format): fc.Arbitrary<string> {
  const { texts, lines } = material(format);
  const change = fc.record({
    at: fc.nat(60),
    remove: fc.nat(2),
    insert: fc.array(fc.constantFrom(...lines), { maxLength: 3 }),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 4 })).map(([text, changes]) => {
    const result = text.split(/(?<=\n)/);
    for (const { at, remove, insert } of changes) result.splice(at % (result.length + 1), remove, ...insert);
    return result.join('');
  });
}

function outcomeOf(format: Format, text: string): FileOutcome {
  const run = createRun(memoryWorkspace({ [PATHS[format]]: text }), { phase: 3 });
  return run.plan({ path: PATHS[format], format });
}

function planOf(format: Format, text: string): FilePlan | undefined {
  const outcome = outcomeOf(format, text);
  return outcome.kind === 'planned' ? outcome.plan : undefined;
}

/** The same texts at each run, so that a change is blamed for what it does; FUZZ_SEED tries others. */
fc.configureGlobal({ seed: Number(process.env.FUZZ_SEED ?? 1) });

describe.each(['dockerfile', 'compose', 'systemd', 'quadlet', 'fly', 'render'] as const)('%s', (format) => {
  test('any text is planned or refused with a reason, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), mutated(format)), (text) => {
        const outcome = outcomeOf(format, text);
        if (outcome.kind === 'planned') expect(outcome.plan.failures).toEqual([]);
        else expect(outcome.reason.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });

  test('a plan is sound, is its edits and nothing else, and is done after one run', () => {
    fc.assert(
      fc.property(mutated(format), (text) => {
        const plan = planOf(format, text);
        if (plan === undefined) return;
        expect(plan.entries.filter(({ disposition }) => disposition === 'unsound')).toEqual([]);
        expect(applyEdits(text, appliedEdits(plan))).toBe(plan.result);
        const again = planOf(format, plan.result);
        expect(again?.result).toBe(plan.result);
      }),
      { numRuns: 400 },
    );
  });
});
