import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { formatOf } from '../../src/io/discover.js';
import { PROJECT } from '../support/action.js';
import { harden, type CliResult } from '../support/cli.js';
import { git, repositoryOf } from '../support/git.js';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly exclude: string;
  readonly require_serial: boolean;
}

const hooks = parse(readFileSync(join(PROJECT, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[];

function hookOf(id: string): Hook {
  const hook = hooks.find((one) => one.id === id);
  if (hook === undefined) throw new Error(`no hook ${id}`);
  return hook;
}

/** The files of a commit that pre-commit passes: https://pre-commit.com/#hooks-files */
function passed({ files, exclude }: Hook, names: readonly string[]): readonly string[] {
  return names.filter((name) => new RegExp(files).test(name) && !new RegExp(exclude).test(name));
}

/** Runs the entry with the files behind it; without files pre-commit skips the hook. */
async function runHook(hook: Hook, root: string, names: readonly string[]): Promise<CliResult | undefined> {
  const files = passed(hook, names);
  const [program, ...args] = hook.entry.split(' ');
  expect(program).toBe('harden');
  return files.length === 0 ? undefined : harden(root, [...args, ...files]);
}

const SOFT = 'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432"\n';

describe('.pre-commit-hooks.yaml', () => {
  test.each(hooks.map((hook) => [hook.id, hook] as const))('%s is run for what harden reads', (_id, hook) => {
    const names = [
      ...['Dockerfile', 'Dockerfile.dev', 'dockerfile-x', 'Containerfile', 'app.dockerfile', 'compose.yml'],
      ...[
        'docker-compose.prod.yaml',
        'podman-compose.yml',
        'compose_a.yaml',
        'app.service',
        'app.container',
        'fly.toml',
      ],
      ...['fly.production.toml', 'web.fly.toml', 'render.yaml', 'render.staging.yml'],
      ...['Dockerfile.hardened', 'docker-compose.hardened.yml', 'app.service.hardened', 'fly.hardened.toml'],
      ...['README.md', 'compose.ts', 'service.yml', 'butterfly.toml', 'renderer.yml', 'mydockerfiles'],
    ];
    for (const name of names) {
      for (const path of [name, `a b/${name}`])
        expect([path, passed(hook, [path]).length === 1]).toEqual([path, formatOf(name) !== undefined]);
    }
    // What these files depend on most.
    expect(passed(hook, ['a/.dockerignore', 'x.service.d/a.conf', 'harden.config.yml'])).toHaveLength(3);
    expect([hook.language, hook.require_serial]).toEqual(['node', true]);
  });

  test('harden fails where something could be harder, and changes nothing', async () => {
    const root = repositoryOf({ 'compose.yml': SOFT, 'other/compose.yml': SOFT });
    const { code, stdout } = (await runHook(hookOf('harden'), root, ['compose.yml', 'README.md']))!;
    expect(code).toBe(1);
    expect(stdout).toContain('compose.yml');
    expect(stdout).not.toContain('other/');
    expect(git(root, 'status', '--porcelain')).toBe('');
    expect(await runHook(hookOf('harden'), root, ['README.md'])).toBeUndefined();
  });

  test('harden-fix makes the immediate changes, so that pre-commit stops; the second time nothing is left', async () => {
    const root = repositoryOf({ 'compose.yml': SOFT, 'other/compose.yml': SOFT });
    const hook = hookOf('harden-fix');
    expect((await runHook(hook, root, ['compose.yml']))?.code).toBe(0);
    expect(git(root, 'status', '--porcelain')).toBe(' M compose.yml\n');
    const after = git(root, 'diff');
    expect((await runHook(hook, root, ['compose.yml']))?.code).toBe(0);
    expect(git(root, 'diff')).toBe(after);
  });

  test('a file that can not be handled fails both', async () => {
    const root = repositoryOf({ 'compose.yml': 'services: [\n' });
    for (const hook of hooks) expect((await runHook(hook, root, ['compose.yml']))?.code).toBe(2);
  });
});
