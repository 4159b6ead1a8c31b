import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseConfig } from '../src/config/parse.js';
import { configText } from '../src/init/config-text.js';
import { withHook } from '../src/init/pre-commit.js';
import { lookAt } from '../src/init/project.js';
import { recordOverride } from '../src/config/record.js';
import { policies } from '../transforms/index.js';
import { call } from '../src/io/process.js';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import type { Tree } from './support/memory.js';

const TREE: Tree = {
  'deploy/compose.yml': 'services:\n  "web app":\n    image: nginx\n',
  Dockerfile: 'FROM alpine\n',
  '.hadolint.yaml': 'ignored: [DL3007, DL3018, SC2086]\n',
};

const HOOKS = `# ours
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0 # pinned
    hooks:
      - id: end-of-file-fixer
# the end
default_language_version: { python: python3 }
`;

/** A config with all that it shows in comments. */
function uncommented(text: string): string {
  const keys = /^# (?= {2}|(?:systemd-version|pin-digests|transforms|overrides|accept|plugins):)/gm;
  return text.replace(keys, '');
}

describe('harden init', () => {
  test.each([
    ['a project of several formats', TREE],
    ['units', { 'a.service': '[Service]\nExecStart=/bin/a\n', 'b.container': '[Container]\nImage=a\n' }],
    ['nothing yet', {}],
    ['fly and Render', { 'fly.toml': 'app = "a"\n', 'render.yaml': 'services: []\n' }],
  ] as const)(
    'writes a config for %s whose every example is one that the schema takes',
    async (_name, tree) => {
      const text = configText(await lookAt(folderOf(tree)), '2999-05-31');
      const options = { path: 'harden.config.yml', place: { folder: '.', root: '.' }, transforms: policies };
      expect(parseConfig(text, options)).toMatchObject({
        ok: true,
        config: { phase: undefined, overrides: [] },
      });
      const added = recordOverride(text, { file: 'a.yml', skip: ['compose/limit-memory'] });
      expect(added.ok && parseConfig(added.text, options)).toMatchObject({ ok: true });
      expect(added.ok && added.text.startsWith(text.trimEnd())).toBe(true);
      const shown = uncommented(text);
      const whole = parseConfig(shown, { ...options, today: '2998-01-01' });
      expect(whole).toMatchObject({ ok: true });
      expect(text).toContain('\n# phase: 1\n');
      if (!whole.ok) return;
      expect([
        whole.config.overrides.length,
        whole.config.accept.length,
        whole.config.off.length > 0,
      ]).toEqual([1, 1, true]);
      expect(parse(shown)).toHaveProperty('plugins');
    },
  );

  test('names the project’s own files, and what its other tools ignore', async () => {
    const text = configText(await lookAt(folderOf(TREE)), '2999-05-31');
    expect(text).toContain('# Found: 1 dockerfile, 1 compose.');
    expect(text).toContain('#   - file: "deploy/compose.yml"\n#     service: "web app"\n');
    expect(text).toContain('#   dockerfile/pin-image: off # .hadolint.yaml ignores DL3007\n');
    expect(text).not.toContain('DL3018');
    expect(text).toMatch(
      /^# yaml-language-server: \$schema=\.\/node_modules\/harden\/src\/config\/config\.schema\.json$/m,
    );
  });

  test('writes only a config where it can ask nobody, and the rest by options', async () => {
    const root = folderOf({
      ...TREE,
      '.gitlab-ci.yml': 'test: { script: [true] }\n',
      '.pre-commit-config.yaml': HOOKS,
    });
    const first = await harden(root, ['init']);
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^wrote {6}harden\.config\.yml$/m);
    expect(first.stdout).toContain('harden init --ci gitlab writes .gitlab/harden.yml');
    expect(Object.keys(treeOf(root)).sort()).toEqual(
      [...Object.keys(TREE), '.gitlab-ci.yml', '.pre-commit-config.yaml', 'harden.config.yml'].sort(),
    );
    const all = await harden(root, ['init', '--yes']);
    expect(all.stdout).toMatch(/^unchanged {2}harden\.config\.yml$/m);
    expect(all.stdout).toMatch(/^wrote {6}\.gitlab\/harden\.yml$/m);
    expect(all.stdout).toMatch(/^wrote {6}\.pre-commit-config\.yaml$/m);
    const before = treeOf(root);
    const again = await harden(root, ['init', '--yes']);
    expect(again.stdout).not.toContain('wrote');
    expect(treeOf(root)).toEqual(before);
    // What it wrote is a config that harden follows.
    expect((await harden(root, ['--output', 'json'])).code).toBe(0);
  });

  test('writes a workflow for the default branch, at the root of the repository', async () => {
    const root = folderOf(TREE);
    await call('git', ['init', '--quiet', '--initial-branch', 'trunk'], { cwd: root });
    const { code } = await harden(join(root, 'deploy'), ['init', '--ci', 'github', '--pre-commit']);
    expect(code).toBe(0);
    const workflow = parse(get(root, '.github/workflows/harden.yml')) as {
      on: { push: { branches: string[] } };
    };
    expect(workflow.on.push.branches).toEqual(['trunk']);
    const hooks = parse(get(root, '.pre-commit-config.yaml')) as {
      repos: { hooks: { id: string; entry: string }[] }[];
    };
    expect(hooks.repos[0]?.hooks[0]).toMatchObject({
      id: 'harden',
      entry: expect.stringContaining('harden --check'),
    });
  });

  test('replaces nothing', async () => {
    const mine = {
      ...TREE,
      'harden.config.json': '{"phase":3}',
      '.github/workflows/harden.yml': 'name: mine\n',
      '.pre-commit-config.yaml': 'repos: [] # mine\n',
    };
    const root = folderOf(mine);
    const { code, stdout } = await harden(root, ['init', '--yes']);
    expect([code, treeOf(root)]).toEqual([0, mine]);
    expect(stdout).toContain('unchanged  harden.config.json');
    expect(stdout).toMatch(/add to the repos of \.pre-commit-config\.yaml by hand[^]*- repo: local/);
    const broken = folderOf({ 'harden.config.yml': 'phase: 9\n' });
    const told = await harden(broken, ['init']);
    expect([told.code, told.stderr]).toEqual([2, expect.stringContaining('phase must be 1, 2 or 3')]);
    expect(get(broken, 'harden.config.yml')).toBe('phase: 9\n');
  });

  test('asks on a terminal', async () => {
    const root = folderOf({ ...TREE, '.pre-commit-config.yaml': HOOKS });
    put(root, '.github/workflows/a.yml', 'name: a\n');
    const main = new URL('../dist/src/cli/main.js', import.meta.url).pathname;
    const { code, stdout } = await call(
      'script',
      ['-qec', `'${process.execPath}' '${main}' init`, '/dev/null'],
      { cwd: root, input: 'n\ny\nn\n', env: { NODE_OPTIONS: '' } },
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('Run harden in CI, by .github/workflows/harden.yml?'),
    ]);
    expect(stdout).toContain('Build, scan and sign the images in CI, by .github/workflows/signed-image.yml?');
    for (const name of ['harden', 'signed-image'])
      expect(Object.keys(treeOf(root))).not.toContain(`.github/workflows/${name}.yml`);
    expect(get(root, '.pre-commit-config.yaml')).toContain('- id: harden');
  });
});

describe('the hook of pre-commit', () => {
  test.each([
    ['with comments and keys behind it', HOOKS],
    ['with CRLF', HOOKS.replaceAll('\n', '\r\n')],
    ['with its dashes in the first column', HOOKS.replace(/^ {2}/gm, '')],
    ['without a final newline', 'repos:\n- repo: meta\n  hooks:\n  - {id: identity}'],
  ])('is added to a config %s, and nothing else', (_name, text) => {
    const made = withHook(text);
    if (!made.ok) throw new Error(made.reason);
    const added = made.text.split(/\r?\n/).filter((line) => !text.split(/\r?\n/).includes(line));
    expect(added[0]).toMatch(/^ *- repo: local$/);
    expect(made.text.includes('\r\n')).toBe(text.includes('\r\n'));
    expect(/[^\r]\n/.test(made.text)).toBe(!text.includes('\r\n'));
    const { repos, ...rest } = parse(made.text) as { repos: { repo: string }[] };
    const old = parse(text) as { repos: { repo: string }[] };
    expect({ repos: repos.slice(0, -1), ...rest }).toEqual(old);
    expect(withHook(made.text)).toEqual({ ok: true, text: made.text });
  });

  test.each([
    'repos: []\n',
    'repos: [{repo: local, hooks: []}]\n',
    '- a\n',
    'a: [\n',
    '---\nrepos:\n- repo: local\n---\na: 1\n',
  ])('is shown for %j, which it can’t be added to', (text) => {
    const made = withHook(text);
    expect(made).toMatchObject({ ok: false, lines: expect.arrayContaining(['- repo: local']) });
  });
});
