import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { discover, formatOf } from '../src/io/discover.js';
import { folderOf } from './support/cli.js';
import type { Tree } from './support/memory.js';

const pathsOf = (root: string, paths: readonly string[] = ['.']): string[] =>
  discover(root, paths).files.map(({ path }) => path);

test.each([
  ['Dockerfile', 'dockerfile'],
  ['dockerfile', 'dockerfile'],
  ['Containerfile', 'dockerfile'],
  ['Dockerfile.prod', 'dockerfile'],
  ['Dockerfile-alpine', 'dockerfile'],
  ['app.dockerfile', 'dockerfile'],
  ['.dockerfile', undefined],
  ['Dockerfile.dockerignore', undefined],
  ['Dockerfile.md', undefined],
  ['Dockerfile~', undefined],
  ['Dockerfiles', undefined],
  ['Dockerfile.hardened', undefined],
  ['app.hardened.dockerfile', undefined],
  ['Dockerfile.hardened-base', 'dockerfile'],
  ['compose.yaml', 'compose'],
  ['compose.yml', 'compose'],
  ['docker-compose.prod.yml', 'compose'],
  ['docker-compose.hardened.yml', undefined],
  ['docker-compose.yml.j2', undefined],
  ['podman-compose.yml', 'compose'],
  ['podman-compose.hardened.yml', undefined],
  ['container-compose.override.yaml', 'compose'],
  ['my-compose.yml', undefined],
  ['decompose.yml', undefined],
  ['nonpodman-compose.yml', undefined],
  ['app.service', 'systemd'],
  ['app@.service', 'systemd'],
  ['app.service.hardened', undefined],
  ['app.container', 'quadlet'],
  ['render.yaml', 'render'],
  ['render.yml', 'render'],
  ['render.staging.yaml', 'render'],
  ['app.container.hardened', undefined],
  ['app.volume', undefined],
  ['fly.toml', 'fly'],
  ['fly.private.toml', 'fly'],
  ['web.fly.toml', 'fly'],
  ['preview-fly.toml', 'fly'],
  ['fly-staging.toml', 'fly'],
  ['fly.hardened.toml', undefined],
  ['butterfly.toml', undefined],
  ['flyway.toml', undefined],
  ['app.socket', undefined],
  ['service', undefined],
])('the name %s says %s', (name, format) => {
  expect(formatOf(name)).toBe(format);
});

describe('discover', () => {
  test('goes folder by folder, Dockerfiles before Compose files before units', () => {
    const tree = Object.fromEntries(
      ['z.service', 'b/Dockerfile', 'compose.yml', 'a/compose.yml', 'Dockerfile', 'a/x/Dockerfile'].map(
        (path) => [path, ''],
      ),
    );
    expect(pathsOf(folderOf(tree))).toEqual([
      'Dockerfile',
      'compose.yml',
      'z.service',
      'a/compose.yml',
      'a/x/Dockerfile',
      'b/Dockerfile',
    ]);
  });

  test('skips dependencies and version control', () => {
    const folders = ['.git', '.hg', '.svn', 'node_modules', 'a/node_modules'];
    const tree = Object.fromEntries(folders.map((folder) => [`${folder}/Dockerfile`, '']));
    expect(pathsOf(folderOf({ ...tree, '.github/Dockerfile': '' }))).toEqual(['.github/Dockerfile']);
  });

  test.each([
    ['a name', 'a.service', ['b.service', 'x/a/c.service']],
    ['a folder', 'x/', ['a.service', 'b.service']],
    ['a path from the root', '/a.service', ['b.service', 'x/a.service', 'x/a/c.service']],
    ['all but one', '*.service\n!b.service', ['b.service']],
    ['a comment and white space', '# b.service\n\na.service  ', ['b.service', 'x/a/c.service']],
    ['another case', 'B.SERVICE', ['a.service', 'b.service', 'x/a.service', 'x/a/c.service']],
    ['two stars', '**/c.service', ['a.service', 'b.service', 'x/a.service']],
    ['CRLF', 'a.service\r\nb.service\r\n', ['x/a/c.service']],
    ['nothing that git understands', '[\n\\', ['a.service', 'b.service', 'x/a.service', 'x/a/c.service']],
  ] as [string, string, string[]][])('respects a .gitignore with %s', (_name, rules, expected) => {
    const tree: Tree = { 'a.service': '', 'b.service': '', 'x/a.service': '', 'x/a/c.service': '' };
    expect(pathsOf(folderOf({ ...tree, '.gitignore': rules }))).toEqual(expected);
  });

  test('lets the innermost .gitignore decide, but never looks into an ignored folder', () => {
    const root = folderOf({
      '.gitignore': '*.service\nclosed/\n',
      'open/.gitignore': '!a.service\n',
      'open/a.service': '',
      'open/b.service': '',
      'closed/.gitignore': '!a.service\n',
      'closed/a.service': '',
    });
    expect(pathsOf(root)).toEqual(['open/a.service']);
    expect(pathsOf(root, ['open'])).toEqual(['open/a.service']);
    // An ignored folder that is named is looked into, with its own rules.
    expect(pathsOf(root, ['closed'])).toEqual(['closed/a.service']);
  });

  test('takes the rules above the root of the run from the same repository only', () => {
    const repository = folderOf({
      '.git/HEAD': '',
      '.gitignore': 'a.service\n',
      'x/a.service': '',
      'x/b.service': '',
    });
    expect(pathsOf(join(repository, 'x'))).toEqual(['b.service']);
    const plain = folderOf({ '.gitignore': 'a.service\n', 'x/a.service': '', 'x/b.service': '' });
    expect(pathsOf(join(plain, 'x'))).toEqual(['a.service', 'b.service']);
  });

  test('a .gitignore that is a folder is none', () => {
    const root = folderOf({ 'a.service': '' });
    mkdirSync(join(root, '.gitignore'));
    expect(pathsOf(root)).toEqual(['a.service']);
  });

  test('says why a path is not read', () => {
    const outside = folderOf({ 'a.service': '' });
    const root = folderOf({ 'notes.txt': '', 'Dockerfile.hardened': '' });
    symlinkSync(outside, join(root, 'out'));
    symlinkSync(join(outside, 'a.service'), join(root, 'a.service'));
    symlinkSync('loop.service', join(root, 'loop.service'));
    const paths = ['missing', 'notes.txt', 'Dockerfile.hardened', 'out', 'a.service', 'loop.service'];
    expect(discover(root, paths)).toEqual({
      files: [],
      failures: [
        { path: 'missing', reason: 'does not exist' },
        {
          path: 'notes.txt',
          reason:
            'is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint',
        },
        { path: 'Dockerfile.hardened', reason: "is harden's own output" },
        { path: 'out', reason: 'is a link that leads out of the tree; it is not followed' },
        { path: 'a.service', reason: 'is a link that leads out of the tree; it is not followed' },
        { path: 'loop.service', reason: 'is a link that leads to itself' },
      ],
    });
  });
});
