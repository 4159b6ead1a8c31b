import { describe, expect, test } from '@jest/globals';
import { BEGIN, END, pullRequestBody, type PullRequestFacts } from '../../templates/pull-request.js';
import { companionOptions } from '../../src/companions.js';
import { createRun } from '../../src/harden.js';
import { updatedBody } from '../../src/pr/body.js';
import { phaseBranches, prefixProblem } from '../../src/pr/branches.js';
import { changesOf } from '../../src/pr/steps.js';
import { standingOf } from '../../src/pr/publish.js';
import type { PullRequest } from '../../src/forge/types.js';
import { policies } from '../../transforms/index.js';
import { memoryWorkspace } from '../support/memory.js';

function factsOf(services: number): PullRequestFacts {
  const names = Array.from({ length: services }, (_, at) => `s${at}`);
  const tree = {
    'compose.yml': `services:\n${names.map((name) => `  ${name}:\n    image: redis:7\n    ports: ["${name.slice(1)}:6379"]\n`).join('')}`,
  };
  const options = { phase: 2 as const };
  const run = createRun(memoryWorkspace(tree), options);
  const { steps } = changesOf(
    run,
    policies.map(({ id }) => id),
    companionOptions(run, options),
  );
  return {
    ...{ version: '1.2.3', noun: 'pull request', phase: 2, transform: undefined, steps, onTopOf: undefined },
    ...{ controls: [], exposures: [], verification: undefined, manual: 1 },
    accepted: [
      'compose/pin-image in compose.yml: accepted until 2027-01-01 by harden.config.yml:3: *we* rebuild',
    ],
  };
}

test('a body that is too long loses evidence first, then places, and never its parts', () => {
  const facts = factsOf(60);
  const whole = pullRequestBody(facts, Infinity);
  expect(whole).toContain('`compose.yml:3: image: redis:7`');
  for (const limit of [25_000, 12_000, 7_500]) {
    const body = pullRequestBody(facts, limit);
    expect(body.length).toBeLessThanOrEqual(limit);
    expect(body.startsWith(BEGIN) && body.endsWith(END)).toBe(true);
    for (const part of [
      'Compose: drop all capabilities',
      '**May break:**',
      '## The way back',
      '\\*we\\* rebuild',
    ])
      expect(body).toContain(part);
  }
  expect(pullRequestBody(facts, 7_500)).not.toContain('`compose.yml:3: image');
  expect(pullRequestBody(facts, 7_500)).toMatch(/\d+ changes more, in the diff/);
});

test('counts changes as the preview does, one for each service', () => {
  const facts = factsOf(3);
  const applied = facts.steps.flatMap(({ changes }) => changes.flatMap(({ entries }) => entries));
  expect(applied.length).toBeGreaterThan(facts.steps.length);
  for (const limit of [Infinity, 3_000])
    expect(pullRequestBody(facts, limit)).toContain(`${applied.length} changes in 1 file`);
});

describe('what it says of verify', () => {
  const verification = { passed: 1, failed: 0, skipped: [], held: [] };
  test.each([
    [['static'], '## Not verified by running', 'The stages `build` and `run` were not run.'],
    [['static'], '## Not verified by running', 'Nothing was built or started for this pull request.'],
    [['static', 'build'], '## Verified', 'The stage `run` was not run. Nothing was started for this'],
    [['build', 'run'], '## Verified', 'The stage `static` was not run.\n'],
  ] as const)('of the stages %j', (stages, heading, sentence) => {
    const body = pullRequestBody({ ...factsOf(1), verification: { ...verification, stages } }, Infinity);
    expect(body).toContain(`${heading}\n`);
    expect(body).toContain(sentence);
  });

  test('of all of them', () => {
    const stages = ['static', 'build', 'run'] as const;
    const body = pullRequestBody({ ...factsOf(1), verification: { ...verification, stages } }, Infinity);
    expect(body).toContain('## Verified\n');
    expect(body).not.toContain('not run.');
  });
});

describe('the body of a pull request that is there', () => {
  const own = `${BEGIN}\n\nnew\n\n${END}`;
  test.each([
    ['', own],
    [own, own],
    [`a\n${BEGIN}\nold\n${END}\nb`, `a\n${own}\nb`],
    [`a\r\n${BEGIN}\r\nold\r\n${END}\r\nb`, `a\n${own}\nb`],
    ['somebody took the marks out', `somebody took the marks out\n\n${own}`],
  ])('%j', (current, expected) => {
    expect(updatedBody(current, own)).toBe(expected);
    expect(updatedBody(expected, own)).toBe(expected);
  });
});

test('an open one is brought up to date, a closed one forbids, a merged one does not', () => {
  const pull = (number: number, state: PullRequest['state']): PullRequest => ({
    ...{ number, state, url: '', title: '', body: '', base: 'main', draft: false, head: 'harden/phase-1' },
  });
  expect(standingOf([]).kind).toBe('none');
  expect(standingOf([pull(3, 'closed'), pull(2, 'open')])).toMatchObject({
    kind: 'open',
    pull: { number: 2 },
  });
  expect(standingOf([pull(3, 'closed'), pull(2, 'merged')]).kind).toBe('declined');
  expect(standingOf([pull(3, 'merged'), pull(2, 'closed')]).kind).toBe('none');
});

test('branches', () => {
  expect(phaseBranches('sec-', 2).map(({ branch }) => branch)).toEqual(['sec-phase-1', 'sec-phase-2']);
  for (const good of ['harden/', 'chore/harden-', 'x', 'a.b/']) expect(prefixProblem(good)).toBeUndefined();
  for (const bad of ['', '-x', '/x', 'a..b', 'a b', 'a~', 'a/.b', 'x.lock/', 'a//b', '.a'])
    expect(prefixProblem(bad)).toBeDefined();
});
