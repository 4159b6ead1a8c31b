import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  GITHUB_FAULTS,
  startFakeGitea,
  startFakeGithub,
  startFakeGitlab,
  type FakeForge,
} from './support/fake-forge/index.js';
import { packageRoot } from '../src/io/package.js';
import { get, put, treeOf } from './support/cli.js';
import { filesIn } from './support/docs.js';
import { git, projectOf, TOKEN, type Project } from './support/project.js';

const COMPOSE = `services:
  # Keeps sessions.
  cache:
    image: redis:7-alpine
    volumes:
      - cache-data:/data
    ports:
      - "6379:6379"

volumes:
  cache-data:
`;
const DOCKERFILE = `FROM node:22-bookworm
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
CMD node index.js
`;
const TREE = {
  'compose.yml': COMPOSE,
  Dockerfile: DOCKERFILE,
  'package.json': '{ "name": "app", "dependencies": {} }\n',
  'package-lock.json': '{ "lockfileVersion": 3, "packages": {} }\n',
  'index.js': "require('http').createServer((q, s) => s.end('x')).listen(3000);\n",
};

let forge: FakeForge;
let project: Project;

beforeEach(async () => {
  forge = await startFakeGithub({ token: TOKEN, forks: ['ann/app'] });
  project = projectOf(TREE, forge);
});
afterEach(() => forge.close());

const writes = (): string[] =>
  forge.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
const tip = (branch: string): string => project.there('rev-parse', branch);
const subjects = (range: string): string[] =>
  project.there('log', '--reverse', '--format=%s', range).split('\n');

describe('harden pr', () => {
  test('pushes a commit for each transform, and opens a pull request', async () => {
    const before = [
      treeOf(project.folder),
      project.git('rev-parse', 'HEAD'),
      project.git('branch', '--list'),
    ];
    const { code, stdout, stderr } = await project.pr('--label', 'security', '--draft');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('pushed to origin');
    expect(stdout).toContain('opened ');
    const made = subjects('main..harden/phase-1');
    expect(made).toContain('Compose: drop all capabilities but the needed ones');
    expect(made).toContain('Dockerfile: start the program without a shell');
    // Each commit changes what it says, and nothing else.
    const one = project.there(
      'log',
      '--format=%H',
      '--grep=start the program without a shell',
      'harden/phase-1',
    );
    const diff = project.there('show', '--format=', one);
    expect(diff.split('\n').filter((line) => /^[-+][^-+]/.test(line))).toEqual([
      '-CMD node index.js',
      '+CMD ["node", "index.js"]',
    ]);
    const message = project.there('log', '-1', '--format=%B', one);
    expect(message).toContain('Dockerfile:6: CMD node index.js');
    expect(message).toMatch(/^Harden-Change: [0-9a-f]{16}$/m);
    expect(project.there('show', 'harden/phase-1:compose.yml')).toContain('# Keeps sessions.');
    const [pull] = forge.pulls;
    expect(pull).toMatchObject({ state: 'open', base: 'main', draft: true, labels: ['security'] });
    expect(pull?.title).toBe('Harden Dockerfile and Compose (phase 1, immediate)');
    for (const part of [
      '## What changes, and why',
      '`compose.yml:4: image: redis:7-alpine`',
      '**May break:**',
      '| CIS Docker Benchmark',
      '## The way back',
      '## Not verified by running',
    ])
      expect(pull?.body).toContain(part);
    // The user's own repository is as it was.
    expect([
      treeOf(project.folder),
      project.git('rev-parse', 'HEAD'),
      project.git('branch', '--list'),
    ]).toEqual(before);
    expect(project.git('status', '--porcelain')).toBe('');
  });

  test('a second run leaves all alone, also when the base has moved elsewhere', async () => {
    await project.pr();
    const [pushed, asked] = [tip('harden/phase-1'), writes().length];
    project.commit('Elsewhere', { 'README.md': 'Hello\n' });
    const { code, stdout } = await project.pr();
    expect(code).toBe(0);
    expect(stdout).toMatch(/unchanged\n {2}unchanged http/);
    expect([tip('harden/phase-1'), writes().length]).toEqual([pushed, asked]);
  });

  test('brings the same pull request up to date; what people wrote in it stays', async () => {
    await project.pr();
    const [pull] = forge.pulls;
    pull!.title = 'Our own title';
    pull!.body = `Please look at this.\n\n${pull!.body}\n\n- [x] seen`;
    project.commit('Another service', {
      'compose.yml': COMPOSE.replace(
        'volumes:\n  cache-data',
        '  store:\n    image: redis:6\n\nvolumes:\n  cache-data',
      ),
    });
    const { code, stdout } = await project.pr();
    expect([code, forge.pulls.length]).toEqual([0, 1]);
    expect(stdout).toContain('pushed to origin');
    expect(stdout).toContain('updated http');
    expect(pull?.title).toBe('Our own title');
    expect(pull?.body).toMatch(/^Please look at this\.[^]*store[^]*- \[x\] seen$/);
    expect(project.there('show', 'harden/phase-1:compose.yml')).toContain('redis:6');
    expect(project.there('merge-base', 'main', 'harden/phase-1')).toBe(tip('main'));
  });

  test('a branch with commits of others is never pushed to', async () => {
    await project.pr();
    git(project.folder, 'fetch', '--quiet', 'origin', 'harden/phase-1');
    git(project.folder, 'checkout', '--quiet', '-b', 'mine', 'FETCH_HEAD');
    put(project.folder, 'note.txt', 'mine');
    git(project.folder, 'add', '--all');
    git(project.folder, 'commit', '--quiet', '-m', 'Ours on top');
    git(project.folder, 'push', '--quiet', 'origin', 'mine:harden/phase-1');
    git(project.folder, 'checkout', '--quiet', 'main');
    project.commit('A new base', { Dockerfile: DOCKERFILE.replace('22', '24') });
    const [theirs, asked] = [tip('harden/phase-1'), writes().length];
    const { code, stdout } = await project.pr();
    expect(code).toBe(1);
    expect(stdout).toContain('by Ann: Ours on top');
    expect([tip('harden/phase-1'), writes().length]).toEqual([theirs, asked]);
  });

  test('so is one whose commit was amended, while the message stayed', async () => {
    await project.pr();
    git(project.folder, 'fetch', '--quiet', 'origin', 'harden/phase-1');
    git(project.folder, 'checkout', '--quiet', '-b', 'mine', 'FETCH_HEAD');
    put(
      project.folder,
      'Dockerfile',
      get(project.folder, 'Dockerfile').replace('WORKDIR /app', 'WORKDIR /srv'),
    );
    git(project.folder, 'commit', '--quiet', '--all', '--amend', '--no-edit');
    git(project.folder, 'push', '--quiet', '--force', 'origin', 'mine:harden/phase-1');
    git(project.folder, 'checkout', '--quiet', 'main');
    const theirs = tip('harden/phase-1');
    const { code } = await project.pr();
    expect([code, tip('harden/phase-1')]).toEqual([1, theirs]);
  });

  test('one that was closed without a merge stays closed until it is asked for again', async () => {
    await project.pr();
    forge.pulls[0]!.state = 'closed';
    const refused = await project.pr();
    expect([refused.code, forge.pulls.length]).toEqual([1, 1]);
    expect(refused.stdout).toContain('closed without a merge');
    const again = await project.pr('--again');
    expect([again.code, forge.pulls.length]).toEqual([0, 2]);
  });

  test('after a merge there is nothing to change', async () => {
    await project.pr();
    git(project.folder, 'fetch', '--quiet', 'origin', 'harden/phase-1');
    git(project.folder, 'merge', '--quiet', '--ff-only', 'FETCH_HEAD');
    git(project.folder, 'push', '--quiet', 'origin', 'main');
    git(project.folder, 'push', '--quiet', 'origin', ':harden/phase-1');
    forge.pulls[0]!.state = 'merged';
    const { code, stdout } = await project.pr();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^main has nothing to change in phase 1\.\n\d+ more changes in phase 2: harden pr --phase 2\n$/,
    );
  });

  test('phase 2 stands on phase 1, and comes down when that is merged', async () => {
    expect((await project.pr('--phase', '2')).code).toBe(0);
    expect(forge.pulls.map(({ head, base }) => [head.branch, base])).toEqual([
      ['harden/phase-1', 'main'],
      ['harden/phase-2', 'harden/phase-1'],
    ]);
    expect(forge.pulls[1]?.body).toContain('merge the pull request of that branch first');
    expect(subjects('main..harden/phase-1').length).toBeGreaterThan(1);
    const [first, second] = [tip('harden/phase-1'), tip('harden/phase-2')];
    expect(project.there('merge-base', first, second)).toBe(first);
    expect((await project.pr('--phase', '2')).stdout).not.toContain('pushed');
    git(project.folder, 'fetch', '--quiet', 'origin', 'harden/phase-1');
    git(project.folder, 'merge', '--quiet', '--squash', 'FETCH_HEAD');
    git(project.folder, 'commit', '--quiet', '-m', 'Squashed');
    git(project.folder, 'push', '--quiet', 'origin', 'main');
    forge.pulls[0]!.state = 'merged';
    const { code, stdout } = await project.pr('--phase', '2');
    expect([code, forge.pulls.length]).toEqual([0, 2]);
    expect(stdout).toContain('updated');
    expect(forge.pulls[1]?.base).toBe('main');
    expect(project.there('merge-base', 'main', 'harden/phase-2')).toBe(tip('main'));
  });

  test('--per-transform: each alone on the base', async () => {
    const { code } = await project.pr('--per-transform', '--only', 'drop-capabilities,exec-form-command');
    expect(code).toBe(0);
    expect(forge.pulls.map(({ head, title, base }) => [head.branch, title, base])).toEqual([
      ['harden/dockerfile/exec-form-command', 'Dockerfile: start the program without a shell', 'main'],
      ['harden/compose/drop-capabilities', 'Compose: drop all capabilities but the needed ones', 'main'],
    ]);
    const files = project.there('diff', '--name-only', 'main', 'harden/compose/drop-capabilities');
    expect(files).toBe('compose.yml');
  });

  test('--dry-run shows all and makes nothing', async () => {
    const branches = project.there('branch', '--list');
    const { code, stdout } = await project.pr('--dry-run', '--reviewer', 'ann', '--phase', '2');
    expect(code).toBe(0);
    for (const part of [
      'would push harden/phase-1 to origin',
      'Compose: drop all capabilities but the needed ones',
      '+CMD ["node", "index.js"]',
      'would open a pull request into main, reviewers ann',
      '| ## What changes, and why',
      'would open a pull request into harden/phase-1',
    ])
      expect(stdout).toContain(part);
    expect([project.there('branch', '--list'), writes(), project.git('branch', '--list')]).toEqual([
      branches,
      [],
      '* main',
    ]);
  });

  test('--no-push makes the branches here, and nothing of others goes lost', async () => {
    const { code, stdout } = await project.pr('--no-push', '--sign-off', '--title-prefix', 'chore: ');
    expect(code).toBe(0);
    expect(stdout).toContain('git log --patch main..harden/phase-1');
    const message = project.git('log', '-1', '--format=%B', 'harden/phase-1');
    expect(message).toMatch(/^chore: (?:Compose|Dockerfile): [^]*^Signed-off-by: Ann <ann@example\.org>$/m);
    expect([forge.requests.length, project.git('rev-parse', '--abbrev-ref', 'HEAD')]).toEqual([0, 'main']);
    git(project.folder, 'checkout', '--quiet', 'harden/phase-1');
    put(project.folder, 'note.txt', 'mine');
    git(project.folder, 'add', '--all');
    git(project.folder, 'commit', '--quiet', '-m', 'Mine');
    git(project.folder, 'checkout', '--quiet', 'main');
    const mine = project.git('rev-parse', 'harden/phase-1');
    const again = await project.pr('--no-push');
    expect([again.code, project.git('rev-parse', 'harden/phase-1')]).toEqual([1, mine]);
  });
});

describe('what stands in the way', () => {
  test('uncommitted work is named, and can be left out', async () => {
    put(project.folder, 'Dockerfile', `${DOCKERFILE}# mine\n`);
    const { code, stderr } = await project.pr();
    expect([code, forge.requests.length]).toEqual([2, 0]);
    expect(stderr).toContain('these are not committed: Dockerfile.');
    expect((await project.pr('--allow-dirty')).code).toBe(0);
    expect(project.there('show', 'harden/phase-1:Dockerfile')).not.toContain('# mine');
    expect(get(project.folder, 'Dockerfile')).toContain('# mine');
  });

  test('so is a config that is not committed yet; other new files are not looked at', async () => {
    put(project.folder, 'scratch.txt', 'x');
    expect((await project.pr('--dry-run')).code).toBe(0);
    put(project.folder, 'harden.config.yml', 'phase: 1\n');
    expect((await project.pr()).stderr).toContain('harden.config.yml');
  });

  test('a config that is committed but not pushed is named, and the rest goes on', async () => {
    put(project.folder, 'harden.config.yml', 'transforms:\n  compose/drop-capabilities: off\n');
    git(project.folder, 'add', '--all');
    git(project.folder, 'commit', '--quiet', '-m', 'Configure harden');
    const { code, stderr } = await project.pr('--dry-run');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^harden: harden\.config\.yml is not followed as it is here: main of origin has it/m,
    );
    project.git('push', '--quiet', 'origin', 'main');
    expect((await project.pr('--dry-run')).stderr).toBe('');
  });

  test('a detached head does not: the pull request is for the branch of the remote', async () => {
    project.git('checkout', '--quiet', '--detach');
    expect((await project.pr()).code).toBe(0);
    expect(forge.pulls[0]?.base).toBe('main');
  });

  test('a shallow clone opens, and says what it lacks where it can not compare', async () => {
    const shallow = join(project.folder, '..', 'shallow');
    const clone = (): Project => {
      git(project.folder, 'clone', '--quiet', '--depth=1', `file://${project.bare}`, shallow);
      for (const [name, value] of [
        ['user.name', 'Bot'],
        ['user.email', 'bot@example.org'],
        [`url.file://${project.bare}.insteadOf`, `${forge.url}/octo/app.git`],
        ['remote.origin.url', `${forge.url}/octo/app.git`],
      ] as const)
        git(shallow, 'config', name, value);
      return { ...project, folder: shallow };
    };
    project.commit('Two', { 'README.md': 'two\n' });
    const other = clone();
    const run = (...args: string[]) => prIn(other.folder, args);
    expect((await run()).code).toBe(0);
    project.commit('Three', { 'README.md': 'three\n', Dockerfile: DOCKERFILE.replace('22', '24') });
    git(project.folder, 'gc', '--quiet');
    git(shallow, 'fetch', '--quiet', '--depth=1', 'origin', 'main');
    const { code, stderr } = await run();
    if (code !== 0) expect(stderr).toContain('git fetch --unshallow');
    git(shallow, 'fetch', '--quiet', '--unshallow', 'origin');
    expect((await run()).code).toBe(0);
    expect(forge.pulls).toHaveLength(1);
  });

  const prIn = async (folder: string, args: readonly string[]) => {
    const { harden } = await import('./support/cli.js');
    return harden(folder, ['pr', '--forge', 'github', '--api-url', forge.api, ...args], {
      env: { HOME: folder, GIT_CONFIG_NOSYSTEM: '1', HARDEN_TOKEN: TOKEN },
    });
  };

  test('a branch that the forge protects', async () => {
    const hook = join(project.bare, 'hooks', 'pre-receive');
    put(
      project.bare,
      'hooks/pre-receive',
      '#!/bin/sh\necho "GH006: Protected branch update failed" >&2; exit 1\n',
    );
    chmodSync(hook, 0o755);
    const { code, stdout } = await project.pr();
    expect([code, forge.pulls.length]).toEqual([2, 0]);
    expect(stdout).toContain('not pushed: origin protects the branch');
    put(project.bare, 'hooks/pre-receive', '#!/bin/sh\nexit 0\n');
    expect([(await project.pr()).code, forge.pulls.length]).toEqual([0, 1]);
  });

  test('no right to push; a fork helps', async () => {
    put(
      project.bare,
      'hooks/pre-receive',
      '#!/bin/sh\necho "remote: Permission to octo/app.git denied to ann" >&2; exit 1\n',
    );
    chmodSync(join(project.bare, 'hooks', 'pre-receive'), 0o755);
    const { stdout } = await project.pr();
    expect(stdout).toContain('fork the repository, add the fork as a remote, and name it with --remote');
    const fork = join(project.folder, '..', 'fork.git');
    git(project.folder, 'clone', '--quiet', '--bare', project.bare, fork);
    const url = `${forge.url}/ann/app.git`;
    project.git('remote', 'add', 'fork', url);
    project.git('config', `url.${fork}.insteadOf`, url);
    const { code, stderr } = await project.pr('--remote', 'fork', '--upstream', 'origin', '--phase', '2');
    expect([code, stderr]).toEqual([0, '']);
    expect(forge.pulls.map(({ head, base }) => [head, base])).toEqual([
      [{ branch: 'harden/phase-1', path: 'ann/app' }, 'main'],
      [{ branch: 'harden/phase-2', path: 'ann/app' }, 'main'],
    ]);
  });

  test('a rate limit, a lost connection and a refusal: the rerun completes, and opens no second one', async () => {
    forge.fail(GITHUB_FAULTS.primaryLimit(3600), { method: 'GET', path: /pulls$/ });
    const limited = await project.pr();
    expect(limited.code).toBe(2);
    expect(limited.stderr).toMatch(/rate limit/i);
    forge.fail('lost-after', { method: 'POST', path: /pulls$/ });
    const lost = await project.pr();
    expect([lost.code, forge.pulls.length]).toEqual([2, 1]);
    const rerun = await project.pr('--label', 'security');
    expect([rerun.code, forge.pulls.length]).toEqual([0, 1]);
    expect(forge.pulls[0]?.labels).toEqual(['security']);
  });

  test('a token that is missing is told before anything is pushed', async () => {
    const branches = project.there('branch', '--list');
    const { harden } = await import('./support/cli.js');
    const { code, stderr } = await harden(
      project.folder,
      ['pr', '--forge', 'github', '--api-url', forge.api],
      {
        env: { HOME: project.folder },
      },
    );
    expect([code, project.there('branch', '--list')]).toEqual([2, branches]);
    expect(stderr).toContain('there is no token');
  });

  test('a remote that is gone, one that is not there, a folder without a repository', async () => {
    expect((await project.pr('--remote', 'fork')).stderr).toContain(
      'there is no remote fork: it is one of origin',
    );
    expect((await project.pr('--into', 'release')).stderr).toContain('origin has no branch release');
    project.git('config', 'remote.origin.url', join(project.folder, 'nowhere.git'));
    expect((await project.pr()).stderr).toContain('there is no repository at origin');
    expect((await prIn(join(project.folder, '..'), [])).stderr).toContain('is in no git repository');
  });

  test('hooks of the user are not run, and a commit is signed where git is set up to sign', async () => {
    for (const hook of ['pre-commit', 'commit-msg', 'pre-push']) {
      put(project.folder, `.git/hooks/${hook}`, '#!/bin/sh\nexit 1\n');
      chmodSync(join(project.folder, '.git/hooks', hook), 0o755);
    }
    const program = join(project.folder, '..', 'sign');
    put(
      project.folder,
      '../sign',
      '#!/bin/sh\ncat >/dev/null\necho "[GNUPG:] SIG_CREATED x" >&2\necho signed-by-test\n',
    );
    chmodSync(program, 0o755);
    project.git('config', 'commit.gpgSign', 'true');
    project.git('config', 'gpg.program', program);
    expect((await project.pr()).code).toBe(0);
    expect(project.there('cat-file', 'commit', 'harden/phase-1')).toContain('gpgsig signed-by-test');
  });

  test('a failed verification', async () => {
    const check = (outcome: string) =>
      `${JSON.stringify({ check: { stage: 'run', subject: 'compose.yml: cache', name: 'it works as before', outcome, detail: 'port 6379 open' } })}\n${JSON.stringify({ totals: {} })}\n`;
    put(project.folder, 'v.json', check('failed'));
    const failed = await project.pr('--verification', 'v.json');
    expect([failed.code, writes()]).toEqual([1, []]);
    expect(failed.stderr).toContain('compose.yml: cache: it works as before');
    put(project.folder, 'v.json', check('passed'));
    expect((await project.pr('--verification', 'v.json')).code).toBe(0);
    expect(forge.pulls[0]?.body).toContain('1 passed, 0 failed');
    put(project.folder, 'v.json', 'no json');
    expect((await project.pr('--verification', 'v.json')).stderr).toContain(
      "is not what 'harden verify --output json' prints",
    );
  });
});

test('no secret of a file, of a remote or of the environment is told', async () => {
  const secret = 'hunter2-hunter2';
  project.commit('A database', {
    'compose.yml': COMPOSE.replace(
      '    ports',
      `    environment:\n      REDIS_PASSWORD: ${secret}\n    ports`,
    ),
  });
  const url = `https://ann:${secret}@${new URL(forge.url).host}/octo/app.git`;
  project.git('config', 'remote.origin.url', url);
  const { code, stderr } = await project.pr();
  expect(code).toBe(2);
  expect(stderr).not.toContain(secret);
  project.git('config', `url.${project.bare}.insteadOf`, url);
  const { stdout } = await project.pr('--phase', '2');
  expect(forge.pulls).toHaveLength(2);
  const told = [
    stdout,
    (await project.pr('--phase', '2', '--dry-run')).stdout,
    ...forge.pulls.map(({ body, title }) => title + body),
    project.there('log', '--format=%B', 'harden/phase-2'),
  ].join('\n');
  expect(told).not.toContain(secret);
  expect(told).not.toContain(TOKEN);
});

test('text that git converts, and a run in a subfolder', async () => {
  project.commit('Windows', {
    '.gitattributes': '*.yml text eol=crlf\n',
    'deploy/compose.yml': COMPOSE.replaceAll('\n', '\r\n'),
  });
  const { harden } = await import('./support/cli.js');
  const { code } = await harden(join(project.folder, 'deploy'), ['pr', '--no-pull-request'], {
    env: { HOME: project.folder },
  });
  expect(code).toBe(0);
  expect(project.there('diff', '--name-only', 'main', 'harden/phase-1')).toBe('deploy/compose.yml');
  const diff = project.there('diff', '--numstat', 'main', 'harden/phase-1');
  expect(diff).toMatch(/^\d+\t0\t/);
  expect(project.there('show', 'harden/phase-1:deploy/compose.yml')).not.toContain('\r');
});

describe.each([
  ['gitlab', startFakeGitlab, 'merge request'],
  ['gitea', startFakeGitea, 'pull request'],
] as const)('%s', (kind, start, noun) => {
  test('opens one, leaves it alone, and brings it up to date', async () => {
    const other = await start({ token: TOKEN });
    try {
      const there = projectOf(TREE, other, kind);
      const { code, stderr } = await there.pr('--label', 'security', '--phase', '2');
      expect([code, stderr]).toEqual([0, '']);
      expect(other.pulls.map(({ base, labels }) => [base, labels])).toEqual([
        ['main', ['security']],
        ['harden/phase-1', ['security']],
      ]);
      expect(other.pulls[1]?.body).toContain(`merge the ${noun} of that branch first`);
      const before = other.requests.length;
      expect((await there.pr('--phase', '2')).stdout).not.toMatch(/pushed|opened|updated/);
      expect(other.requests.slice(before).every(({ method }) => method === 'GET')).toBe(true);
      there.commit('Move', { Dockerfile: DOCKERFILE.replace('22', '24') });
      expect((await there.pr()).code).toBe(0);
      expect(other.pulls).toHaveLength(2);
    } finally {
      await other.close();
    }
  });
});

test('the transforms of a plugin are committed too, with what it imports from the work tree', async () => {
  const { 'hardening/core-dumps.js': plugin = '' } = filesIn('plugins.md');
  const named = {
    'harden.config.yml': 'plugins: [./hardening/core-dumps.js]\n',
    'hardening/core-dumps.js': plugin,
  };
  project = projectOf(
    { ...TREE, ...named, 'hardening/package.json': '{"type":"module"}', '.gitignore': 'node_modules\n' },
    forge,
  );
  const failed = await project.pr('--only', 'compose');
  expect(failed).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('imports harden, which is not installed'),
  });
  mkdirSync(join(project.folder, 'node_modules'));
  symlinkSync(packageRoot(), join(project.folder, 'node_modules', 'harden'));
  const { code, stderr } = await project.pr('--only', 'compose');
  expect([code, stderr]).toEqual([0, '']);
  expect(subjects('main..harden/phase-1')).toContain('Compose: write no core dumps');
});
