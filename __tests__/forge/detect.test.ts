import { describe, expect, test } from '@jest/globals';
import { findPlace, type PlaceOptions } from '../../src/forge/detect.js';

function placeOf(remote: string, options: Partial<PlaceOptions> = {}): unknown {
  const found = findPlace(remote, { environment: {}, ...options });
  return found.ok ? found.place : found.reason;
}

describe('the remote of a public forge', () => {
  const github = { kind: 'github', api: 'https://api.github.com', host: 'github.com', path: 'octo/app' };
  test.each([
    'https://github.com/octo/app.git',
    'https://github.com/octo/app',
    'https://github.com/octo/app/',
    'https://GitHub.com/octo/app.git',
    'http://github.com/octo/app.git',
    'https://github.com:443/octo/app.git',
    'https://x-access-token:ghs_0123456789abcdefghij@github.com/octo/app.git',
    'https://ghp_0123456789abcdefghij@github.com/octo/app',
    'git@github.com:octo/app.git',
    'github.com:octo/app',
    'git@github.com:/octo/app.git',
    'ssh://git@github.com/octo/app.git',
    'ssh://git@ssh.github.com:443/octo/app.git',
    'git+ssh://git@github.com/octo/app.git',
    'git://github.com/octo/app.git',
    ' https://github.com/octo/app.git\n',
  ])('%s', (remote) => {
    expect(placeOf(remote)).toEqual(github);
  });

  test.each([
    ['git@octo.ghe.com:team/app.git', 'github', 'https://api.octo.ghe.com', 'octo.ghe.com', 'team/app'],
    [
      'https://gitlab.com/group/sub/deep/app.git',
      'gitlab',
      'https://gitlab.com/api/v4',
      'gitlab.com',
      'group/sub/deep/app',
    ],
    [
      'ssh://git@altssh.gitlab.com:443/group/app.git',
      'gitlab',
      'https://gitlab.com/api/v4',
      'gitlab.com',
      'group/app',
    ],
    ['https://codeberg.org/me/app', 'gitea', 'https://codeberg.org/api/v1', 'codeberg.org', 'me/app'],
    ['git@gitea.com:me/app.git', 'gitea', 'https://gitea.com/api/v1', 'gitea.com', 'me/app'],
    [
      'https://github.com/octo/app.github.io.git',
      'github',
      'https://api.github.com',
      'github.com',
      'octo/app.github.io',
    ],
  ])('%s', (remote, kind, api, host, path) => {
    expect(placeOf(remote)).toEqual({ kind, api, host, path });
  });
});

describe('a forge of one’s own', () => {
  test('is named by the user', () => {
    expect(placeOf('https://git.example.org/octo/app.git')).toMatch(/git\.example\.org is: say --forge/);
    expect(placeOf('https://git.example.org/octo/app.git', { forge: 'github' })).toMatchObject({
      api: 'https://git.example.org/api/v3',
    });
    expect(placeOf('https://git.example.org:8443/a/b/app', { forge: 'gitlab' })).toEqual({
      kind: 'gitlab',
      api: 'https://git.example.org:8443/api/v4',
      host: 'git.example.org:8443',
      path: 'a/b/app',
    });
  });

  test('the port of SSH is not that of the API', () => {
    expect(placeOf('ssh://git@git.example.org:2222/octo/app.git', { forge: 'gitea' })).toMatchObject({
      api: 'https://git.example.org/api/v1',
      host: 'git.example.org',
    });
  });

  test('has its API where the user says', () => {
    expect(
      placeOf('https://example.org/forge/octo/app.git', {
        forge: 'gitea',
        apiUrl: 'https://example.org/forge/api/v1/',
      }),
    ).toEqual({
      kind: 'gitea',
      api: 'https://example.org/forge/api/v1',
      host: 'example.org',
      path: 'octo/app',
    });
    // An alias of SSH's configuration.
    expect(placeOf('git@work:octo/app.git', { forge: 'github', apiUrl: 'https://api.github.com' })).toEqual({
      kind: 'github',
      api: 'https://api.github.com',
      host: 'github.com',
      path: 'octo/app',
    });
  });

  test('a token is not sent for everyone to read', () => {
    const remote = 'http://git.example.org/octo/app.git';
    expect(placeOf(remote, { forge: 'gitea' })).toMatchObject({ api: 'https://git.example.org/api/v1' });
    expect(placeOf(remote, { forge: 'gitea', apiUrl: 'http://git.example.org/api/v1' })).toMatch(/https/);
    expect(placeOf('http://127.0.0.1:3000/octo/app', { forge: 'gitea' })).toMatchObject({
      api: 'http://127.0.0.1:3000/api/v1',
    });
    expect(
      placeOf(remote, { forge: 'gitea', apiUrl: 'https://u:secretive@git.example.org/api/v1' }),
    ).not.toMatch('secretive');
  });
});

describe('the server of a CI job', () => {
  const remote = 'https://git.example.org/octo/app.git';
  test.each([
    [
      { GITHUB_SERVER_URL: 'https://git.example.org', GITHUB_API_URL: 'https://git.example.org/api/v3' },
      'github',
      'https://git.example.org/api/v3',
    ],
    [
      { CI_SERVER_URL: 'https://git.example.org', CI_API_V4_URL: 'https://git.example.org/api/v4' },
      'gitlab',
      'https://git.example.org/api/v4',
    ],
    [
      {
        GITEA_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://git.example.org',
        GITHUB_API_URL: 'https://git.example.org/api/v1',
      },
      'gitea',
      'https://git.example.org/api/v1',
    ],
    // An older runner says only by its API that it is none of GitHub.
    [
      { GITHUB_SERVER_URL: 'https://git.example.org', GITHUB_API_URL: 'https://git.example.org/api/v1' },
      'gitea',
      'https://git.example.org/api/v1',
    ],
    [
      {
        FORGEJO_ACTIONS: 'true',
        FORGEJO_SERVER_URL: 'https://git.example.org',
        FORGEJO_API_URL: 'https://git.example.org/x/api/v1',
      },
      'gitea',
      'https://git.example.org/x/api/v1',
    ],
  ])('%j', (environment, kind, api) => {
    expect(placeOf(remote, { environment })).toMatchObject({ kind, api });
  });

  test('says nothing of other hosts', () => {
    const environment = {
      GITHUB_SERVER_URL: 'https://ghes.example.org',
      GITHUB_API_URL: 'https://ghes.example.org/api/v3',
    };
    expect(placeOf(remote, { environment })).toMatch(/--forge/);
    expect(placeOf('https://github.com/octo/app', { environment })).toMatchObject({
      api: 'https://api.github.com',
    });
  });
});

describe('what is no repository on a forge', () => {
  test.each([
    '/srv/git/app.git',
    '../app',
    'file:///srv/git/app.git',
    'C:\\code\\app',
    'C:/code/app',
    './a:b/c',
    '',
  ])('a folder: %s', (remote) => {
    expect(placeOf(remote, { forge: 'github' })).toMatch(/folder/);
  });

  test.each([
    'https://github.com/octo',
    'https://github.com/',
    'https://gist.github.com/0123456789abcdef',
    'https://github.com/octo/app/tree/main',
    'https://github.com/octo//app',
    'https://github.com/octo/%2e%2e/app',
    'https://gitlab.com/app.git',
    'https://[broken/octo/app',
  ])('another address: %s', (remote) => {
    expect(typeof placeOf(remote)).toBe('string');
  });

  test('its credentials are not repeated', () => {
    for (const remote of [
      'https://me:hunter2secret@git.example.org/octo/app.git',
      'https://me:hunter2secret@github.com/octo',
      'https://me:hunter2secret@[broken/octo/app',
    ]) {
      expect(placeOf(remote)).not.toMatch('hunter2secret');
    }
  });
});
