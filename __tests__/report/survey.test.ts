import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { PlanEntry } from '../../src/core/plan.js';
import { prepare } from '../../src/harden.js';
import { packageRoot } from '../../src/io/package.js';
import { PHASES, survey } from '../../src/survey.js';
import { folderOf } from '../support/cli.js';
import { shop } from '../support/report.js';

const trees = [
  ['the shop', () => folderOf(shop)],
  ['the example', () => join(packageRoot(), 'examples', 'gateway', 'before')],
] as const;

/** Without the document, which evidence reads when it is asked for. */
const shown = (entries: readonly PlanEntry[]): unknown => JSON.parse(JSON.stringify(entries));

test.each(trees)('a survey of %s is what a run of each phase plans', (_, make) => {
  const root = make();
  const { files } = survey({ root, paths: ['.'] });
  expect(files.length).toBeGreaterThan(3);
  for (const phase of PHASES) {
    const run = prepare({ root, paths: ['.'], phase });
    for (const file of run.files) {
      const outcome = run.plan(file);
      const told = files.find(({ path }) => path === file.path)!;
      if (outcome.kind !== 'planned') throw new Error(outcome.reason);
      const { plan, exposure } = outcome;
      expect(told.after[phase]).toBe(plan.result);
      const applied = plan.entries.filter(({ disposition }) => disposition === 'applied');
      expect(shown(told.applied[phase])).toEqual(shown(applied));
      expect(told.exposure?.[phase]).toEqual(exposure?.after);
    }
  }
});

test.each(trees)('what is found of %s is the same when nothing is applied', (_, make) => {
  const root = make();
  const run = prepare({ root, paths: ['.'], phase: 3 });
  const findings = (entries: readonly PlanEntry[]): unknown =>
    entries.map(({ meta, finding: { subject, message, safety } }) => [meta.id, subject, message, safety]);
  for (const file of run.files) {
    const outcome = prepare({ root, paths: ['.'], phase: 3 }).plan(file);
    if (outcome.kind !== 'planned') throw new Error(outcome.reason);
    expect(findings(run.entries(file)!)).toEqual(findings(outcome.plan.entries));
  }
});
