import { afterEach, describe, expect, test } from '@jest/globals';
import { createForge } from '../../src/forge/forge.js';
import type { Answer, Forge, ForgeKind } from '../../src/forge/types.js';
import {
  type FakeForge,
  type FakeForgeOptions,
  startFakeGitea,
  startFakeGithub,
  startFakeGitlab,
} from '../support/fake-forge/index.js';

const TOKEN = 'not-a-real-token-0123456789';

const STARTS = { github: startFakeGithub, gitlab: startFakeGitlab, gitea: startFakeGitea };

let running: FakeForge | undefined;

afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(
  kind: ForgeKind,
  options: Partial<FakeForgeOptions> = {},
  path = 'octo/app',
): Promise<{ fake: FakeForge; forge: Forge }> {
  const fake = await STARTS[kind]({ token: TOKEN, path: 'octo/app', ...options });
  running = fake;
  const forge = await createForge({ kind, api: fake.api, host: fake.host, path }, TOKEN, {
    pause: 1,
    sleep: () => Promise.resolve(),
  });
  return { fake, forge };
}

function valueOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(answer.problem.reason);
  return answer.value;
}

const NEW = {
  from: { branch: 'harden/phase-1' },
  base: 'main',
  title: 'Harden: phase 1',
  body: 'Drops capabilities — “all” of them.',
  draft: false,
};

describe.each(['github', 'gitlab', 'gitea'] as const)('%s', (kind) => {
  test('opens a pull request that is found again', async () => {
    const { fake, forge } = await start(kind);
    expect(valueOf(await forge.pullRequestsFrom(NEW.from))).toEqual([]);
    const made = valueOf(await forge.open(NEW));
    expect(made).toMatchObject({
      state: 'open',
      title: NEW.title,
      body: NEW.body,
      base: 'main',
      draft: false,
      head: 'harden/phase-1',
    });
    expect(made.url).toContain('octo/app');
    expect(fake.pulls).toHaveLength(1);
    expect(valueOf(await forge.pullRequestsFrom(NEW.from))).toEqual([made]);
    expect(valueOf(await forge.pullRequestsFrom({ branch: 'main' }))).toEqual([]);
  });

  test('a draft stays a draft when its title changes, and its mark is not part of the title', async () => {
    const { fake, forge } = await start(kind);
    const { number, title, draft } = valueOf(await forge.open({ ...NEW, draft: true }));
    expect({ title, draft }).toEqual({ title: NEW.title, draft: true });
    const after = valueOf(await forge.update(number, { title: 'Harden: all of it', body: 'New' }));
    expect(after).toMatchObject({ title: 'Harden: all of it', body: 'New', draft: true, base: 'main' });
    expect(fake.pulls[0]).toMatchObject({ title: 'Harden: all of it', draft: true });
  });

  test('changes what is said and nothing else', async () => {
    const { fake, forge } = await start(kind, {
      pulls: [{ title: 'Mine', body: 'Text', base: 'main', labels: ['kept'] }],
    });
    valueOf(await forge.update(1, { base: 'next' }));
    expect(fake.pulls[0]).toMatchObject({ title: 'Mine', body: 'Text', base: 'next', labels: ['kept'] });
    valueOf(await forge.update(1, { body: 'More' }));
    expect(fake.pulls[0]).toMatchObject({ title: 'Mine', body: 'More', base: 'next' });
  });

  test('tells open, closed and merged apart, the newest first, in any number of pages', async () => {
    const path = 'octo/app';
    const others = Array.from({ length: 230 }, () => ({}));
    const head = { branch: NEW.from.branch, path };
    const { forge } = await start(kind, {
      pulls: [{ state: 'merged', head }, ...others, { state: 'closed', head }, { head }, ...others],
    });
    const found = valueOf(await forge.pullRequestsFrom(NEW.from));
    expect(found.map(({ number, state }) => [number, state])).toEqual([
      [233, 'open'],
      [232, 'closed'],
      [1, 'merged'],
    ]);
  });

  test('finds every pull request of a branch that had more than a page of them', async () => {
    const head = { branch: NEW.from.branch, path: 'octo/app' };
    const { forge } = await start(kind, {
      pulls: Array.from({ length: 120 }, () => ({ head, state: 'closed' as const })),
    });
    expect(valueOf(await forge.pullRequestsFrom(NEW.from))).toHaveLength(120);
  });

  test('opens from a fork, and does not take its branch for one of the repository', async () => {
    const { fake, forge } = await start(kind, { forks: ['me/app-fork'] });
    const from = { branch: NEW.from.branch, path: 'me/app-fork' };
    const made = valueOf(await forge.open({ ...NEW, from }));
    expect(fake.pulls[0]?.head).toEqual(from);
    expect(valueOf(await forge.pullRequestsFrom(from))).toEqual([made]);
    expect(valueOf(await forge.pullRequestsFrom(NEW.from))).toEqual([]);
  });

  test('adds labels to those that are there, and creates what is missing', async () => {
    const { fake, forge } = await start(kind, {
      labels: ['security', 'kept'],
      pulls: [{ labels: ['kept'] }],
    });
    valueOf(await forge.addLabels(1, ['security', 'harden: phase 1']));
    expect([...fake.pulls[0]!.labels].sort()).toEqual(['harden: phase 1', 'kept', 'security']);
    expect([...fake.labels].sort()).toEqual(['harden: phase 1', 'kept', 'security']);
  });

  test('finds a label on the second page instead of making another one', async () => {
    const labels = Array.from({ length: 90 }, (_, index) => `label-${index}`);
    const { fake, forge } = await start(kind, { labels, pulls: [{}] });
    valueOf(await forge.addLabels(1, ['label-80']));
    expect(fake.labels).toEqual(labels);
    expect(fake.pulls[0]?.labels).toEqual(['label-80']);
  });

  test('asks for reviews and keeps those who were asked before', async () => {
    const { fake, forge } = await start(kind, {
      reviewers: ['ada', 'grace'],
      pulls: [{ reviewers: ['grace'] }],
    });
    valueOf(await forge.requestReviewers(1, ['ada']));
    expect([...fake.pulls[0]!.reviewers].sort()).toEqual(['ada', 'grace']);
    const unknown = await forge.requestReviewers(1, ['nobody']);
    expect(unknown.ok).toBe(false);
    expect([...fake.pulls[0]!.reviewers].sort()).toEqual(['ada', 'grace']);
  });

  test('works on under the present name of a repository that was renamed', async () => {
    const { fake, forge } = await start(kind, { formerPath: 'old/name' }, 'old/name');
    expect(valueOf(await forge.repository())).toMatchObject({ path: 'octo/app', defaultBranch: 'main' });
    const made = valueOf(await forge.open(NEW));
    expect(valueOf(await forge.pullRequestsFrom(NEW.from))).toEqual([made]);
    valueOf(await forge.update(made.number, { title: 'Another' }));
    expect(fake.pulls.map(({ title }) => title)).toEqual(['Another']);
  });

  test('a second pull request of the branch is refused, with what to do', async () => {
    const { fake, forge } = await start(kind);
    valueOf(await forge.open(NEW));
    expect(await forge.open(NEW)).toMatchObject({
      ok: false,
      problem: { kind: 'invalid', reason: expect.stringMatching(/already exists.*Run the command again/) },
    });
    expect(fake.pulls).toHaveLength(1);
  });

  test('refuses a branch that is not pushed', async () => {
    const { fake, forge } = await start(kind, { branches: () => ['main'] });
    expect((await forge.open(NEW)).ok).toBe(false);
    expect(fake.pulls).toEqual([]);
  });

  test('sends nothing to change an archived repository', async () => {
    const { fake, forge } = await start(kind, { archived: true, pulls: [{}] });
    expect(await forge.open(NEW)).toMatchObject({
      problem: { kind: 'forbidden', reason: expect.stringContaining('archived') },
    });
    expect(await forge.update(1, { body: 'x' })).toMatchObject({ ok: false });
    expect(fake.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('says that a repository is not there', async () => {
    const { forge } = await start(kind, {}, 'octo/other');
    expect(await forge.pullRequestsFrom(NEW.from)).toMatchObject({
      problem: { kind: 'not-found', reason: expect.stringContaining('octo/other') },
    });
  });

  test('encodes what stands in an address', async () => {
    const { fake, forge } = await start(kind, {
      pulls: [{ head: { branch: 'a&b#c?d e', path: 'octo/app' } }],
    });
    expect(valueOf(await forge.pullRequestsFrom({ branch: 'a&b#c?d e' }))).toHaveLength(1);
    expect(fake.requests.every(({ url }) => !url.includes(' ') && !url.includes('#'))).toBe(true);
  });

  test('shows the token in one header, and nowhere else', async () => {
    const { fake, forge } = await start(kind, { reviewers: ['ada'] });
    const { number } = valueOf(await forge.open(NEW));
    valueOf(await forge.update(number, { title: 'x' }));
    valueOf(await forge.addLabels(number, ['x']));
    valueOf(await forge.requestReviewers(number, ['ada']));
    for (const { headers, url, body } of fake.requests) {
      expect(headers.authorization).toBe(`${kind === 'gitea' ? 'token' : 'Bearer'} ${TOKEN}`);
      expect(`${url} ${JSON.stringify(body)}`).not.toContain(TOKEN);
    }
  });
});

test('GitHub: a fork within the organisation is named in full', async () => {
  const { fake, forge } = await start('github', { forks: ['octo/app-fork'] });
  const from = { branch: 'b', path: 'octo/app-fork' };
  valueOf(await forge.open({ ...NEW, from }));
  expect(fake.pulls[0]?.head).toEqual(from);
  expect(fake.requests.at(-1)?.body).toMatchObject({ head: 'b', head_repo: 'octo/app-fork' });
});

test('GitHub and Gitea: teams are asked by their slug', async () => {
  for (const kind of ['github', 'gitea'] as const) {
    const { fake, forge } = await start(kind, { reviewers: ['ada', 'octo/platform'], pulls: [{}] });
    valueOf(await forge.requestReviewers(1, ['ada', 'octo/platform']));
    expect(fake.pulls[0]).toMatchObject({ reviewers: ['ada'], teams: ['platform'] });
    await fake.close();
  }
});

test('GitLab: groups within groups, and a licence with one reviewer', async () => {
  const { fake, forge } = await start(
    'gitlab',
    { path: 'group/sub/app', pulls: [{}], reviewers: ['ada', 'grace'] },
    'group/sub/app',
  );
  expect(valueOf(await forge.repository()).path).toBe('group/sub/app');
  expect(fake.requests[0]?.url).toBe('/api/v4/projects/group%2Fsub%2Fapp');
  fake.fail({ status: 200, body: { reviewers: [{ id: 100 }] } }, { method: 'PUT' });
  expect(await forge.requestReviewers(1, ['ada', 'grace'])).toMatchObject({
    problem: { kind: 'invalid', reason: expect.stringContaining('did not ask grace') },
  });
});
