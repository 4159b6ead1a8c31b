import { realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { affectedFiles } from '../src/affected.js';
import { companionOptions } from '../src/companions.js';
import { changedSince } from '../src/git/changed.js';
import { prepare, type RunOptions } from '../src/harden.js';
import { readConfig } from '../src/io/config.js';
import { put } from './support/cli.js';
import { commitAll, git, repositoryOf } from './support/git.js';
import type { Tree } from './support/memory.js';

/** Units of one folder may be parts of one application, which share files in /tmp. */
const UNITS = ['units/x.service', 'units/y.service'];

/** Two projects that have nothing to do with each other, units and two apps. */
const TREE: Tree = {
  'a/Dockerfile': 'FROM debian:12\nCOPY start.sh /start.sh\nCOPY . /srv\nCMD ["/start.sh"]\n',
  'a/start.sh': '#!/bin/sh\nexec sleep 1\n',
  'a/compose.yml': 'services:\n  app:\n    build: .\n    env_file: app.env\n',
  'a/app.env': 'A=1\n',
  'b/Dockerfile': 'FROM debian:12\nCMD ["sleep", "1"]\n',
  'b/compose.yml': 'services:\n  app:\n    build: .\n',
  'b/compose.override.yml': 'services:\n  app:\n    init: true\n',
  'units/x.service': '[Service]\nExecStart=/usr/bin/x\n',
  'units/y.service': '[Service]\nExecStart=/usr/bin/y\n',
  'README.md': 'text\n',
};

async function affected(root: string, options: Partial<RunOptions> = {}): Promise<readonly string[]> {
  const real = realpathSync(root);
  const changed = await changedSince(real, 'main');
  if (!changed.ok) throw new Error(changed.reason);
  const run: RunOptions = { phase: 2, ...options };
  const found = prepare({ root: real, paths: ['.'], ...run });
  const files = affectedFiles(found.workspace.files, found.files, changed.changes, {
    root: real,
    run,
    mode: 'preview',
    companions: (one) => companionOptions(one, run),
  });
  return files.map(({ path }) => path);
}

describe('the files that a change is about', () => {
  test.each([
    ['nothing', {}, []],
    ['a file that no plan reads', { 'README.md': 'other\n' }, []],
    ['the file itself', { 'units/x.service': '[Service]\nExecStart=/usr/bin/x -v\n' }, UNITS],
    [
      "a Dockerfile: its Compose file's needs follow from it",
      { 'b/Dockerfile': 'FROM debian:12\nUSER 1000\nCMD ["sleep", "1"]\n' },
      ['b/Dockerfile', 'b/compose.override.yml', 'b/compose.yml'],
    ],
    [
      'a script that an image starts',
      { 'a/start.sh': '#!/bin/sh\nexec gosu app sleep 1\n' },
      ['a/Dockerfile', 'a/compose.yml'],
    ],
    [
      'a Compose file: its Dockerfile is used in another way',
      { 'b/compose.override.yml': 'services:\n  app:\n    user: "1000"\n' },
      ['b/Dockerfile', 'b/compose.override.yml', 'b/compose.yml'],
    ],
    ['an ignore file that is new', { 'a/.dockerignore': '.git\n' }, ['a/Dockerfile']],
    ['a drop-in that is new', { 'units/x.service.d/a.conf': '[Service]\nUser=x\n' }, UNITS],
    ['the .gitignore of a folder', { 'a/.gitignore': '*.log\n' }, ['a/Dockerfile', 'a/compose.yml']],
  ] as readonly [string, Tree, readonly string[]][])('%s', async (_name, change, expected) => {
    const root = repositoryOf(TREE);
    git(root, 'checkout', '--quiet', '-b', 'topic');
    commitAll(root, change);
    expect(await affected(root)).toEqual(expected);
  });

  test('a Compose file that is gone no longer says anything of the others', async () => {
    const root = repositoryOf(TREE);
    rmSync(join(root, 'b/compose.override.yml'));
    expect(await affected(root)).toEqual(['b/Dockerfile', 'b/compose.yml']);
  });

  test('what is read through a link', async () => {
    const root = repositoryOf({ ...TREE, 'shared/start.sh': '#!/bin/sh\nexec sleep 1\n' });
    rmSync(join(root, 'a/start.sh'));
    symlinkSync('../shared/start.sh', join(root, 'a/start.sh'));
    commitAll(root);
    put(root, 'shared/start.sh', '#!/bin/sh\nexec gosu app sleep 1\n');
    expect(await affected(root)).toEqual(['a/Dockerfile', 'a/compose.yml']);
  });

  test('the config and the baseline hold for all', async () => {
    const root = repositoryOf(TREE);
    const all = prepare({ root, paths: ['.'], phase: 2 }).files.map(({ path }) => path);
    put(root, 'harden.baseline.json', '{}\n');
    expect(await affected(root)).toEqual(all);
    rmSync(join(root, 'harden.baseline.json'));
    put(root, 'package.json', '{"harden":{"phase":1}}\n');
    const read = await readConfig(realpathSync(root));
    if (!read.ok || read.config === undefined) throw new Error('no config');
    expect(await affected(root, { config: read.config })).toEqual(all);
  });

  test('only the formats that are asked for', async () => {
    const root = repositoryOf(TREE);
    put(root, 'b/Dockerfile', 'FROM debian:12\nUSER 1000\n');
    expect(await affected(root, { formats: new Set(['compose'] as const) })).toEqual([
      'b/compose.override.yml',
      'b/compose.yml',
    ]);
  });
});
