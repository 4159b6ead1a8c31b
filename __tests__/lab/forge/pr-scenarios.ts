import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForgeKind } from '../../../src/forge/types.js';
import { type Project, projectIn, TOKEN } from '../../support/clone.js';
import type { CliResult } from '../../support/command.js';
import type { FakeForge } from '../../support/fake-forge/index.js';
import type { Scenario } from './scenarios.js';

const COMPOSE = 'services:\n  cache:\n    image: redis:7\n    ports:\n      - "6379:6379"\n';
const DOCKERFILE = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD node index.js\n';

/** The request that opens one, on each forge. */
const OPENING = { method: 'POST', path: /\/(pulls|merge_requests)$/ };

/** Lets `harden pr` work on a clone, with a bare repository on this machine and a forge that is checked. */
async function inProject(
  fake: FakeForge,
  kind: ForgeKind,
  work: (project: Project) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'harden-lab-pr-'));
  try {
    await work(projectIn(root, { 'compose.yaml': COMPOSE }, fake, kind));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function expectRun(result: CliResult, code: number): void {
  assert.equal(result.code, code, `exit code ${result.code}: ${result.stderr}${result.stdout}`);
  assert.ok(!`${result.stdout}${result.stderr}`.includes(TOKEN), 'the token is told');
}

function orders({ requests }: FakeForge): number {
  return requests.filter(({ method }) => method !== 'GET').length;
}

/** The command as a whole. */
export const PR_SCENARIO: Scenario = {
  name: 'harden pr opens a draft with labels and reviewers, leaves it alone, and brings it up to date',
  state: { reviewers: ['ada'] },
  run: (fake, _, kind) =>
    inProject(fake, kind, async (project) => {
      expectRun(await project.pr('--draft', '--label', 'security', '--reviewer', 'ada'), 0);
      const [pull] = fake.pulls;
      assert.equal(pull?.head.branch, 'harden/phase-1');
      assert.deepEqual([pull.draft, pull.labels, pull.reviewers], [true, ['security'], ['ada']]);
      assert.match(pull.body, /cap_drop|capabilities/i);
      const before = orders(fake);
      expectRun(await project.pr(), 0);
      assert.equal(orders(fake), before);
      project.commit('Add a program', { Dockerfile: DOCKERFILE });
      expectRun(await project.pr(), 0);
      assert.equal(fake.pulls.length, 1);
      assert.match(pull.body, /Dockerfile:5/);
    }),
};

/** What it makes of a forge's state: the same on each of them, so that one is enough. */
export const STATE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'harden pr loses the answer to what it asked, and the next run opens no second one',
    run: (fake, _, kind) =>
      inProject(fake, kind, async (project) => {
        fake.fail('lost-after', OPENING);
        expectRun(await project.pr(), 2);
        expectRun(await project.pr('--label', 'security'), 0);
        assert.equal(fake.pulls.length, 1);
        assert.deepEqual(fake.pulls[0]?.labels, ['security']);
      }),
  },
  {
    name: 'harden pr does not open again what was closed',
    run: (fake, _, kind) =>
      inProject(fake, kind, async (project) => {
        expectRun(await project.pr(), 0);
        fake.pulls[0]!.state = 'closed';
        const before = orders(fake);
        await project.pr();
        assert.equal(orders(fake), before);
        expectRun(await project.pr('--again'), 0);
        assert.deepEqual(
          fake.pulls.map(({ state }) => state),
          ['closed', 'open'],
        );
      }),
  },
];
