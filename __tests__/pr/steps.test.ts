import { expect, test } from '@jest/globals';
import { adapterOf } from '../../src/adapters.js';
import { createRun } from '../../src/harden.js';
import { companionOptions } from '../../src/companions.js';
import { changesOf } from '../../src/pr/steps.js';
import { commitMessage } from '../../templates/commit-message.js';
import { policies } from '../../transforms/index.js';
import { readCases } from '../support/cases.js';
import { memoryWorkspace } from '../support/memory.js';
import { configIn } from '../support/needs.js';

const ORDER = policies.map(({ id }) => id);

test.each([2, 3] as const)(
  'phase %i: the commits of every fixture parse one by one, and end in the plan',
  (phase) => {
    const wrong: string[] = [];
    let commits = 0;
    for (const fixture of readCases()) {
      const options = { phase, config: configIn(fixture.files) };
      const workspace = memoryWorkspace({ ...fixture.files, [fixture.path]: fixture.text });
      const run = createRun(workspace, options);
      const { steps, texts } = changesOf(run, ORDER, companionOptions(run, options));
      const last = new Map<string, string>();
      for (const step of steps) {
        commits += 1;
        for (const { path, text, entries, companion } of step.changes) {
          const format = run.files.find((file) => file.path === path)?.format;
          if (format !== undefined && !adapterOf(format).parse(path, text).ok)
            wrong.push(`${fixture.name}: ${path} does not parse after ${step.meta.id}`);
          if (text === (last.get(path) ?? texts.get(path)?.before))
            wrong.push(`${fixture.name}: ${step.meta.id} changes nothing of ${path}`);
          if (companion === undefined && entries.length === 0)
            wrong.push(`${fixture.name}: ${step.meta.id} gives no reason for ${path}`);
          last.set(path, text);
        }
        const long = commitMessage(step)
          .split('\n')
          .filter((line) => line.length > 72 && line.trim().includes(' ') && !/\S{60}/.test(line));
        wrong.push(...long.map((line) => `${fixture.name}: ${step.meta.id}: ${line}`));
      }
      for (const [path, { after }] of texts)
        if (last.get(path) !== after) wrong.push(`${fixture.name}: ${path} does not end in its plan`);
    }
    expect(wrong).toEqual([]);
    expect(commits).toBeGreaterThan(500);
  },
);
