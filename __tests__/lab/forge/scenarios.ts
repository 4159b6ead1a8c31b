import assert from 'node:assert/strict';
import type { Answer, Forge, ForgeKind, NewPullRequest } from '../../../src/forge/types.js';
import type { FakeForge, FakeForgeOptions } from '../../support/fake-forge/index.js';

/** One thing that is done with a forge whose requests and answers are checked by its description. */
export interface Scenario {
  readonly name: string;
  /** What the forge has from the start. */
  readonly state?: Omit<FakeForgeOptions, 'token' | 'witness'>;
  /** Throws when something is not as it should be. */
  run(fake: FakeForge, forge: Forge, kind: ForgeKind): Promise<void>;
}

const NEW: NewPullRequest = {
  from: { branch: 'harden/phase-1' },
  base: 'main',
  title: 'Harden: phase 1',
  body: '# What changes\n\nCapabilities are dropped — “all” of them.\n',
  draft: false,
};

function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.problem.reason);
  return answer.value;
}

/** Each method of a forge, with each kind of argument. */
export const FORGE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'reads the repository',
    run: async (fake, forge) => {
      assert.equal(valueOf(await forge.repository()).path, fake.path);
    },
  },
  {
    name: 'opens a pull request, and finds it',
    run: async (fake, forge) => {
      const made = valueOf(await forge.open(NEW));
      assert.deepEqual(valueOf(await forge.pullRequestsFrom(NEW.from)), [made]);
      assert.equal(fake.pulls[0]?.body, NEW.body);
    },
  },
  {
    name: 'opens a draft, and changes its title, body and base',
    run: async (fake, forge) => {
      const { number } = valueOf(await forge.open({ ...NEW, draft: true }));
      valueOf(await forge.update(number, { title: 'Harden: more', body: 'More', base: 'next' }));
      assert.equal(fake.pulls[0]?.draft, true);
      assert.equal(fake.pulls[0]?.base, 'next');
      valueOf(await forge.update(number, { body: 'Less' }));
      assert.equal(fake.pulls[0]?.title, 'Harden: more');
    },
  },
  {
    name: 'opens a pull request from a fork',
    state: { forks: ['me/app'] },
    run: async (fake, forge) => {
      const from = { branch: 'harden/phase-1', path: 'me/app' };
      const made = valueOf(await forge.open({ ...NEW, from }));
      assert.deepEqual(fake.pulls[0]?.head, from);
      assert.deepEqual(valueOf(await forge.pullRequestsFrom(from)), [made]);
    },
  },
  {
    name: 'reads merged and closed ones, and pages of them',
    state: {
      pulls: (['merged', 'closed', 'open'] as const).flatMap((state) =>
        Array.from({ length: 45 }, () => ({ state, labels: ['a'], head: { branch: 'b', path: 'octo/app' } })),
      ),
    },
    run: async (_, forge) => {
      const found = valueOf(await forge.pullRequestsFrom({ branch: 'b' }));
      assert.equal(found.length, 135);
      assert.equal(found.filter(({ state }) => state === 'merged').length, 45);
    },
  },
  {
    name: 'labels a pull request, with labels that are there and one that is not',
    state: { labels: ['security'], pulls: [{ labels: ['security'] }] },
    run: async (fake, forge) => {
      valueOf(await forge.addLabels(1, ['security', 'harden']));
      assert.deepEqual(fake.pulls[0]?.labels, ['security', 'harden']);
    },
  },
  {
    name: 'asks users for a review',
    state: { reviewers: ['ada', 'grace'], pulls: [{ reviewers: ['grace'] }] },
    run: async (fake, forge) => {
      valueOf(await forge.requestReviewers(1, ['ada']));
      assert.deepEqual([...(fake.pulls[0]?.reviewers ?? [])].sort(), ['ada', 'grace']);
    },
  },
  {
    name: 'is refused a second pull request, an unknown branch and an unknown reviewer',
    state: { branches: () => ['main', 'harden/phase-1'], reviewers: [] },
    run: async (fake, forge) => {
      const { number } = valueOf(await forge.open(NEW));
      assert.equal((await forge.open(NEW)).ok, false);
      assert.equal((await forge.open({ ...NEW, from: { branch: 'gone' } })).ok, false);
      assert.equal((await forge.requestReviewers(number, ['nobody'])).ok, false);
      assert.equal(fake.pulls.length, 1);
    },
  },
];

/** What only GitHub and Gitea have. */
export const TEAM_SCENARIO: Scenario = {
  name: 'asks a team for a review',
  state: { reviewers: ['octo/platform'], pulls: [{}] },
  run: async (fake, forge) => {
    valueOf(await forge.requestReviewers(1, ['octo/platform']));
    assert.deepEqual(fake.pulls[0]?.teams, ['platform']);
  },
};
