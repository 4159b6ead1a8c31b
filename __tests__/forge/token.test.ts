import { describe, expect, test } from '@jest/globals';
import { type Ask, findToken } from '../../src/forge/token.js';
import type { ForgeKind } from '../../src/forge/types.js';

const NOTHING: Ask = () => Promise.resolve({ code: 127, stdout: '', stderr: 'not there' });

/** The variable or command that a token comes from, or why there is none. */
async function sourceFor(
  kind: ForgeKind,
  host: string,
  environment: Record<string, string>,
  ask: Ask = NOTHING,
): Promise<string> {
  const found = await findToken({ kind, host, api: `https://${host}`, path: 'octo/app' }, environment, ask);
  if (!found.ok) return found.problem.reason;
  expect(found.value.value).toBe(environment[found.value.source] ?? 'kept');
  return found.value.source;
}

describe('a token goes to the host that it is for', () => {
  const onServer = (server: string): Record<string, string> => ({
    GITHUB_SERVER_URL: `https://${server}`,
    GITHUB_API_URL: `https://${server}/api/v3`,
  });
  test.each<[ForgeKind, string, Record<string, string>, string]>([
    ['github', 'github.com', { GITHUB_TOKEN: 'a', GH_TOKEN: 'b' }, 'GH_TOKEN'],
    ['github', 'github.com', { GITHUB_TOKEN: 'a' }, 'GITHUB_TOKEN'],
    ['github', 'octo.ghe.com', { GH_TOKEN: 'a' }, 'GH_TOKEN'],
    ['github', 'ghes.example.org', { GH_TOKEN: 'a', GH_ENTERPRISE_TOKEN: 'b' }, 'GH_ENTERPRISE_TOKEN'],
    ['github', 'ghes.example.org', { GITHUB_ENTERPRISE_TOKEN: 'b' }, 'GITHUB_ENTERPRISE_TOKEN'],
    ['github', 'ghes.example.org', { GITHUB_TOKEN: 'a', ...onServer('ghes.example.org') }, 'GITHUB_TOKEN'],
    ['github', 'github.com', { HARDEN_TOKEN: 'a', GH_TOKEN: 'b' }, 'HARDEN_TOKEN'],
    ['gitlab', 'gitlab.com', { GITLAB_TOKEN: 'a' }, 'GITLAB_TOKEN'],
    ['gitlab', 'gitlab.com', { GL_TOKEN: 'a', GITLAB_HOST: 'https://gitlab.com' }, 'GL_TOKEN'],
    ['gitea', 'codeberg.org', { GITEA_TOKEN: 'a' }, 'GITEA_TOKEN'],
    ['gitea', 'codeberg.org', { FORGEJO_TOKEN: 'a' }, 'FORGEJO_TOKEN'],
    [
      'gitea',
      'git.example.org',
      { GITHUB_TOKEN: 'a', GITEA_ACTIONS: 'true', ...onServer('git.example.org') },
      'GITHUB_TOKEN',
    ],
    ['gitea', 'git.example.org', { HARDEN_TOKEN: 'a' }, 'HARDEN_TOKEN'],
  ])('%s at %s', async (kind, host, environment, source) => {
    expect(await sourceFor(kind, host, environment)).toBe(source);
  });

  test.each<[ForgeKind, string, Record<string, string>, string]>([
    ['github', 'ghes.example.org', { GITHUB_TOKEN: 'a', GH_TOKEN: 'b' }, 'GH_TOKEN and GITHUB_TOKEN'],
    ['github', 'github.com.evil.example', { GITHUB_TOKEN: 'a' }, 'GITHUB_TOKEN'],
    ['github', 'evilghe.com', { GITHUB_TOKEN: 'a' }, 'GITHUB_TOKEN'],
    ['github', 'github.com', { GITHUB_TOKEN: 'a', ...onServer('ghes.example.org') }, 'GITHUB_TOKEN'],
    [
      'github',
      'github.com',
      { GITHUB_TOKEN: 'a', GITEA_ACTIONS: 'true', ...onServer('git.example.org') },
      'GITHUB_TOKEN',
    ],
    ['github', 'github.com', { GH_ENTERPRISE_TOKEN: 'a' }, 'GH_ENTERPRISE_TOKEN'],
    ['gitlab', 'gitlab.com', { GITLAB_TOKEN: 'a', GITLAB_HOST: 'git.example.org' }, 'GITLAB_TOKEN'],
    ['gitlab', 'gitlab.com', { GITLAB_TOKEN: 'a', CI_SERVER_URL: 'https://git.example.org' }, 'GITLAB_TOKEN'],
    [
      'gitea',
      'codeberg.org',
      { GITEA_TOKEN: 'a', GITEA_SERVER_URL: 'https://git.example.org' },
      'GITEA_TOKEN',
    ],
    ['gitea', 'codeberg.org', { GITHUB_TOKEN: 'a', ...onServer('github.com') }, 'GITHUB_TOKEN'],
  ])('%s at %s does not get %j', async (kind, host, environment, names) => {
    expect(await sourceFor(kind, host, environment)).toContain(
      `${names} is not used: it is for another host`,
    );
  });
});

describe('the command line of the forge', () => {
  test('is asked for the token of this host', async () => {
    const asked: string[] = [];
    const ask: Ask = (program, args) => {
      asked.push([program, ...args].join(' '));
      return Promise.resolve({ code: 0, stdout: 'kept\n', stderr: '' });
    };
    expect(await sourceFor('github', 'ghes.example.org', {}, ask)).toBe('gh auth token');
    expect(await sourceFor('gitlab', 'git.example.org', {}, ask)).toBe('glab config get');
    expect(await sourceFor('github', 'github.com', { GH_TOKEN: 'x' }, ask)).toBe('GH_TOKEN');
    expect(asked).toEqual([
      'gh auth token --hostname ghes.example.org',
      'glab config get token --host git.example.org',
    ]);
  });

  test.each([
    { code: 1, stdout: '', stderr: 'no oauth token found' },
    { code: 0, stdout: '\n', stderr: '' },
    { code: 0, stdout: 'You are not logged in', stderr: '' },
  ])('has none: %j', async (outcome) => {
    const reason = await sourceFor('github', 'github.com', {}, () => Promise.resolve(outcome));
    expect(reason).toMatch(/no token for GitHub at github\.com: set GH_TOKEN/);
    expect(reason).not.toContain('logged in');
  });
});

test('a job of GitLab is told that its own token is not enough', async () => {
  expect(await sourceFor('gitlab', 'gitlab.com', { CI_JOB_TOKEN: 'a' })).toMatch(/CI_JOB_TOKEN can't open/);
});

test.each(['two words', 'line\nbreak', 'zażółć'])(
  'what can be no token is not repeated: %j',
  async (value) => {
    const found = await findToken(
      { kind: 'github', host: 'github.com', api: 'https://api.github.com', path: 'octo/app' },
      { GH_TOKEN: value },
      NOTHING,
    );
    expect(found).toMatchObject({
      ok: false,
      problem: { kind: 'no-token', reason: expect.stringContaining('GH_TOKEN') },
    });
    expect(JSON.stringify(found)).not.toContain(value);
  },
);

test('an empty variable is none, and white space around a token is no part of it', async () => {
  const place = {
    kind: 'github',
    host: 'github.com',
    api: 'https://api.github.com',
    path: 'octo/app',
  } as const;
  expect(await findToken(place, { GH_TOKEN: '', GITHUB_TOKEN: ' abc\n' }, NOTHING)).toMatchObject({
    value: { value: 'abc', source: 'GITHUB_TOKEN' },
  });
});
