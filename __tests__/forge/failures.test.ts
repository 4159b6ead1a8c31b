import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createForge } from '../../src/forge/forge.js';
import type { Answer, Forge, ForgeKind } from '../../src/forge/types.js';
import {
  type FakeForge,
  type Fault,
  GITEA_FAULTS,
  GITHUB_FAULTS,
  GITLAB_FAULTS,
  startFakeGitea,
  startFakeGithub,
  startFakeGitlab,
} from '../support/fake-forge/index.js';

const TOKEN = 'not-a-real-token-0123456789';
const KINDS = ['github', 'gitlab', 'gitea'] as const;
const STARTS = { github: startFakeGithub, gitlab: startFakeGitlab, gitea: startFakeGitea };

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

interface Trial {
  readonly fake: FakeForge;
  readonly forge: Forge;
  readonly slept: number[];
}

async function start(kind: ForgeKind, timeout = 30_000): Promise<Trial> {
  const fake = await STARTS[kind]({ token: TOKEN, path: 'octo/app' });
  open.push(fake.close);
  const slept: number[] = [];
  const forge = await createForge({ kind, api: fake.api, host: fake.host, path: fake.path }, TOKEN, {
    timeout,
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
  });
  return { fake, forge, slept };
}

const NEW = { from: { branch: 'b' }, base: 'main', title: 'T', body: 'B', draft: false };

/** What is said when the request that opens a pull request goes wrong. */
async function whenOpening(
  kind: ForgeKind,
  fault: Fault,
): Promise<Trial & { answer: Answer<unknown>; reason: string }> {
  const trial = await start(kind);
  trial.fake.fail(fault, { method: 'POST' });
  const answer = await trial.forge.open(NEW);
  return { ...trial, answer, reason: answer.ok ? '' : answer.problem.reason };
}

function orders({ requests }: FakeForge): number {
  return requests.filter(({ method }) => method !== 'GET').length;
}

describe('what a forge refuses', () => {
  test.each<[string, ForgeKind, Fault, string, RegExp]>([
    [
      'a wrong token',
      'github',
      GITHUB_FAULTS.unauthorized,
      'unauthorized',
      /does not accept the token \(Bad credentials\)/,
    ],
    ['a wrong token', 'gitlab', GITLAB_FAULTS.unauthorized, 'unauthorized', /may have expired/],
    ['a wrong token', 'gitea', GITEA_FAULTS.unauthorized, 'unauthorized', /Gitea does not accept/],
    ['an expired token', 'gitlab', GITLAB_FAULTS.expired, 'unauthorized', /it has expired, make a new one/],
    ['a token that may not', 'github', GITHUB_FAULTS.forbidden, 'forbidden', /it needs pull_requests: write/],
    ['a workflow that may not', 'github', GITHUB_FAULTS.workflow, 'forbidden', /under Actions, General/],
    [
      'single sign-on',
      'github',
      GITHUB_FAULTS.singleSignOn,
      'forbidden',
      /https:\/\/github\.com\/orgs\/octo\/sso\?/,
    ],
    [
      'a token that may only read',
      'gitlab',
      GITLAB_FAULTS.scope,
      'forbidden',
      /higher privileges.*scope api/,
    ],
    ['a user who may not', 'gitlab', GITLAB_FAULTS.forbidden, 'forbidden', /role Developer/],
    ['a token without a scope', 'gitea', GITEA_FAULTS.scope, 'forbidden', /\[write:repository\]/],
    [
      'a server that is down',
      'github',
      GITHUB_FAULTS.down,
      'server',
      /answers 502: run the command again later/,
    ],
    ['a server that is down', 'gitlab', GITLAB_FAULTS.down, 'server', /answers 502/],
    ['a server that is down', 'gitea', GITEA_FAULTS.down, 'server', /answers 502/],
    ['a login page', 'github', GITHUB_FAULTS.page, 'server', /does not answer as GitHub's API does/],
    [
      'a login page',
      'gitlab',
      GITHUB_FAULTS.page,
      'server',
      /does not answer as GitLab's API does.*--api-url/,
    ],
    ['a login page', 'gitea', GITHUB_FAULTS.page, 'server', /does not answer as Gitea's API does/],
    [
      'JSON of another program',
      'github',
      { status: 200, body: { hello: 'world' } },
      'server',
      /does not answer as/,
    ],
    ['JSON of another program', 'gitlab', { status: 200, body: [1, 2] }, 'server', /does not answer as/],
    ['nothing', 'gitea', { status: 200, body: null }, 'server', /does not answer as/],
    [
      'a protected branch',
      'github',
      { status: 422, body: { message: 'Validation Failed', errors: [{ message: 'Branch is protected' }] } },
      'invalid',
      /refuses to open the pull request: Validation Failed; Branch is protected/,
    ],
    [
      'a draft where there are none',
      'github',
      { status: 422, body: { message: 'Draft pull requests are not supported in this repository.' } },
      'invalid',
      /one that is no draft/,
    ],
    [
      'a field',
      'gitlab',
      { status: 400, body: { message: { title: ['is too long'] } } },
      'invalid',
      /title is too long/,
    ],
  ])('%s, %s', async (_, kind, fault, problem, reason) => {
    const trial = await whenOpening(kind, fault);
    expect(trial.answer).toMatchObject({ ok: false, problem: { kind: problem } });
    expect(trial.reason).toMatch(reason);
    expect(orders(trial.fake)).toBe(1);
  });

  test('GitHub says which branch is wrong', async () => {
    const fake = await startFakeGithub({ token: TOKEN, branches: () => ['main', 'b'] });
    open.push(fake.close);
    const forge = await createForge(
      { kind: 'github', api: fake.api, host: fake.host, path: fake.path },
      TOKEN,
    );
    expect(await forge.open({ ...NEW, base: 'gone' })).toMatchObject({
      problem: { reason: expect.stringMatching(/base invalid: is there such a base branch/) },
    });
    expect(await forge.open({ ...NEW, from: { branch: 'gone' } })).toMatchObject({
      problem: { reason: expect.stringMatching(/head invalid: is the branch pushed/) },
    });
  });

  test('Gitea says of a branch that is not there only that something is not', async () => {
    const fake = await startFakeGitea({ token: TOKEN, branches: () => ['main'] });
    open.push(fake.close);
    const forge = await createForge(
      { kind: 'gitea', api: fake.api, host: fake.host, path: fake.path },
      TOKEN,
    );
    expect(await forge.open(NEW)).toMatchObject({
      problem: {
        kind: 'not-found',
        reason: expect.stringMatching(/to open the pull request .*is the branch pushed/),
      },
    });
  });

  test('the token is masked where a forge repeats it, and a long text is cut', async () => {
    const { reason } = await whenOpening('gitea', {
      status: 422,
      body: {
        message: `no such thing: ${TOKEN} ghp_0123456789abcdefghijklmnopqrstuvwxyz ${'x'.repeat(1000)}`,
      },
    });
    expect(reason).toContain('no such thing: ********');
    expect(reason).not.toMatch(/not-a-real-token|ghp_0123/);
    expect(reason.length).toBeLessThan(500);
  });
});

describe('rate limits', () => {
  test.each<[ForgeKind, Fault]>([
    ['github', GITHUB_FAULTS.secondaryLimit(60)],
    ['github', GITHUB_FAULTS.primaryLimit(30)],
    ['gitlab', GITLAB_FAULTS.limit(5)],
    ['gitea', { status: 429, headers: { 'retry-after': '3' }, body: {} }],
  ])('%s: a short one is waited for', async (kind, fault) => {
    const { answer, fake, slept } = await whenOpening(kind, fault);
    expect(answer.ok).toBe(true);
    expect(fake.pulls).toHaveLength(1);
    expect(slept).toHaveLength(1);
    expect(slept[0]! % 1000).toBe(0);
    expect(slept[0]).toBeGreaterThan(2000);
    expect(slept[0]).toBeLessThanOrEqual(60_000);
  });

  test.each<[ForgeKind, Fault]>([
    ['github', GITHUB_FAULTS.secondaryLimit(600)],
    ['github', GITHUB_FAULTS.primaryLimit(600)],
    ['gitlab', GITLAB_FAULTS.limit(600)],
  ])('%s: of a longer one the end is told', async (kind, fault) => {
    const { answer, reason, slept, fake } = await whenOpening(kind, fault);
    expect(answer).toMatchObject({ problem: { kind: 'rate-limit' } });
    const [, hours, minutes] =
      /run the command again at (\d\d):(\d\d) UTC, in 1[01] minutes/.exec(reason) ?? [];
    const told = (Number(hours) * 60 + Number(minutes)) * 60_000;
    const ahead = (told - (Date.now() % 86_400_000) + 86_400_000) % 86_400_000;
    expect(ahead).toBeGreaterThan(8 * 60_000);
    expect(ahead).toBeLessThanOrEqual(10 * 60_000);
    expect(slept).toEqual([]);
    expect(fake.pulls).toEqual([]);
  });

  test('it is waited for once', async () => {
    const { fake, forge, slept } = await start('github');
    fake.fail(GITHUB_FAULTS.secondaryLimit(10), { method: 'POST', times: 2 });
    expect(await forge.open(NEW)).toMatchObject({ problem: { kind: 'rate-limit' } });
    expect(slept).toEqual([10_000]);
  });

  test('GitHub’s words tell of one that no header does', async () => {
    const fault = { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } };
    const { answer } = await whenOpening('github', fault);
    expect(answer).toMatchObject({ problem: { kind: 'rate-limit' } });
  });
});

describe.each(KINDS)('%s: a connection that is lost', (kind) => {
  test('a question is asked once more', async () => {
    const { fake, forge, slept } = await start(kind);
    fake.fail('lost-before');
    expect(await forge.pullRequestsFrom(NEW.from)).toEqual({ ok: true, value: [] });
    expect(slept).toEqual([1000]);
    fake.fail('lost-after', { times: 2 });
    expect(await forge.pullRequestsFrom(NEW.from)).toMatchObject({ problem: { kind: 'connection' } });
  });

  test('and so is one that a gateway answers', async () => {
    const { fake, forge } = await start(kind);
    fake.fail({ status: 503, body: 'busy' });
    expect((await forge.pullRequestsFrom(NEW.from)).ok).toBe(true);
  });

  test('an order is never repeated, and what it did is found by the next run', async () => {
    const { answer, reason, fake, forge } = await whenOpening(kind, 'lost-after');
    expect(answer).toMatchObject({ ok: false, problem: { kind: 'connection' } });
    expect(reason).toMatch(/connection to 127\.0\.0\.1:\d+ was lost.*Run the command again/);
    expect(orders(fake)).toBe(1);
    expect(await forge.pullRequestsFrom(NEW.from)).toMatchObject({ value: [{ state: 'open', title: 'T' }] });
  });

  test('an order that had no effect is not repeated either', async () => {
    const { answer, fake } = await whenOpening(kind, 'lost-before');
    expect(answer).toMatchObject({ ok: false, problem: { kind: 'connection' } });
    expect([orders(fake), fake.pulls.length]).toEqual([1, 0]);
  });

  test('an answer that takes too long', async () => {
    const { fake, forge } = await start(kind, 300);
    fake.fail({ delay: 2000 }, { times: 2 });
    expect(await forge.repository()).toMatchObject({
      problem: { kind: 'connection', reason: expect.stringContaining('did not answer within') },
    });
  });

  test('a server that is not there', async () => {
    const { fake, forge } = await start(kind);
    await fake.close();
    expect(await forge.repository()).toMatchObject({
      problem: { kind: 'connection', reason: expect.stringContaining('takes no connection') },
    });
  });
});

describe('redirects', () => {
  async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test.each(KINDS)('%s: the token is not shown to another host', async (kind) => {
    let seen = 0;
    const other = await listen(
      createServer((_, answer) => {
        seen += 1;
        answer.end('{}');
      }),
    );
    const { fake, forge } = await start(kind);
    fake.fail({ status: 302, headers: { location: `${other}/login` } });
    expect(await forge.repository()).toMatchObject({
      problem: { kind: 'connection', reason: expect.stringContaining('the token is not shown') },
    });
    expect(seen).toBe(0);
  });

  test('a circle ends', async () => {
    const { fake, forge } = await start('github');
    fake.fail({ status: 302, headers: { location: '/api/v3/repos/octo/app' } }, { times: 9 });
    expect(await forge.repository()).toMatchObject({
      problem: { kind: 'connection', reason: expect.stringContaining('in circles') },
    });
  });
});

test('a header that is no header is not repeated', async () => {
  const { fake } = await start('gitea');
  const place = { kind: 'gitea', api: fake.api, host: fake.host, path: fake.path } as const;
  const forge = await createForge(place, 'two\nlines');
  const answer = await forge.repository();
  expect(answer).toMatchObject({ ok: false, problem: { kind: 'connection' } });
  expect(JSON.stringify(answer)).not.toContain('two');
});
