import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { sealOf } from '../src/io/write.js';
import { folderOf, get, harden, treeOf } from './support/cli.js';
import type { Tree } from './support/memory.js';

const DOCKERFILE = `FROM node:22
WORKDIR /app
COPY package.json ./
RUN npm ci
COPY . .
RUN apt-get update && apt-get install -y curl
CMD ["node", "server.js"]
`;
const TREE: Tree = {
  Dockerfile: DOCKERFILE,
  'package.json': '{"name":"a"}\n',
  '.dockerignore': '*.log',
  '.env.example': 'A=\n',
  'fly.toml': "app = 'a'\n",
  'render.yaml': 'services:\n- runtime: docker\n',
  Makefile: 'image:\n\tdocker build -t a .\n',
};
const SAFE = ['.git', 'node_modules', 'Dockerfile*'];
const ALL = ['.git', '.env', '.env.*', '!.env.example', 'node_modules', 'Dockerfile*'];
const ignoring = (lines: readonly string[]): string =>
  `*.log\n\n# Added by harden: not for the image\n${lines.map((line) => `${line}\n`).join('')}`;

describe('what goes with a Dockerfile', () => {
  test('is shown below its diff with reasons, and counted; nothing is written', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, []);
    expect(code).toBe(0);
    for (const text of [
      ...['\n.dockerignore\n', '+.env.*\n', 'phase 1  safe    .git\n', 'Dockerfile:5: COPY . .'],
      'fly.hardened.toml builds from Dockerfile.hardened (with --write)',
      'render.hardened.yaml builds from Dockerfile.hardened (with --write)',
      ...['also built by Makefile:2 (docker build -t a .)', '2 of 4 files change'],
    ]) {
      expect(stdout).toContain(text);
    }
    const check = await harden(root, ['--check']);
    expect(check.code).toBe(1);
    expect(check.stdout).toContain('would change  .dockerignore  6 lines more');
    const { stdout: json } = await harden(root, ['--output', 'json']);
    const { files } = JSON.parse(json) as {
      files: { companions: Record<string, unknown>[]; builders: unknown }[];
    };
    expect(files[0]?.companions.map(({ kind, path, status }) => [kind, path, status])).toEqual([
      ['dockerignore', '.dockerignore', 'changed'],
      ['fly', 'fly.hardened.toml', 'changed'],
      ['render', 'render.hardened.yaml', 'changed'],
    ]);
    expect(files[0]?.builders).toEqual([{ file: 'Makefile', line: 2, text: 'docker build -t a .' }]);
    expect(treeOf(root)).toEqual(TREE);
  });

  test('--write puts sealed files beside the originals, and finds them as they are the next time', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^wrote {9}fly\.hardened\.toml/m);
    const written = treeOf(root);
    for (const [path, text] of Object.entries(TREE)) expect(written[path]).toBe(text);
    const ignore = get(root, 'Dockerfile.hardened.dockerignore');
    expect(ignore.startsWith(`${ignoring(ALL)}# Written by harden from .dockerignore;`)).toBe(true);
    expect(get(root, 'fly.hardened.toml')).toContain('[build]\ndockerfile = "Dockerfile.hardened"\n');
    expect(get(root, 'render.hardened.yaml')).toContain('  dockerfilePath: ./Dockerfile.hardened\n');
    for (const name of ['Dockerfile.hardened.dockerignore', 'fly.hardened.toml', 'render.hardened.yaml']) {
      expect([name, sealOf(get(root, name))]).toEqual([name, 'intact']);
    }
    const again = await harden(root, ['--write']);
    expect(again.stdout).not.toContain('wrote');
    expect(treeOf(root)).toEqual(written);
  });

  test('--in-place adds what is safe to the file itself, the patch what the phase allows', async () => {
    const root = folderOf(TREE);
    const { stdout: patch } = await harden(root, ['--output', 'patch']);
    await harden(root, ['--in-place']);
    expect(get(root, '.dockerignore')).toBe(ignoring(SAFE));
    const applied = folderOf(TREE);
    execFileSync('git', ['init', '-q'], { cwd: applied });
    execFileSync('git', ['apply'], { cwd: applied, input: patch });
    expect(get(applied, '.dockerignore')).toBe(ignoring(ALL));
    expect((await harden(applied, ['--check'])).code).toBe(0);
  });

  test('a file that is new is the same by the patch and in place, once for all that share it', async () => {
    const tree: Tree = {
      ...{
        Dockerfile: DOCKERFILE,
        'Dockerfile.dev': DOCKERFILE.replace('COPY . .', 'COPY . .\nCOPY .env.dev .env'),
      },
      ...{ 'package.json': '{}\n', '.env.dev': 'A=1\n' },
    };
    const [root, applied] = [folderOf(tree), folderOf(tree)];
    const { stdout: patch } = await harden(applied, ['--output', 'patch']);
    expect(patch.match(/^--- \/dev\/null\n\+\+\+ b\/\.dockerignore$/gm)).toHaveLength(1);
    execFileSync('git', ['init', '-q'], { cwd: applied });
    execFileSync('git', ['apply'], { cwd: applied, input: patch });
    await harden(root, ['--in-place', '--phase', '2']);
    expect(treeOf(root)).toEqual(treeOf(applied));
    expect(get(root, '.dockerignore')).toBe(
      '# Added by harden: not for the image\n.git\n.env\nnode_modules\nDockerfile*\n',
    );
  });

  test('a variant keeps the rules that are written for the original alone', async () => {
    const ignore = '*\n!package.json\n!server.js\n';
    const root = folderOf({ ...TREE, 'Dockerfile.dockerignore': ignore });
    await harden(root, ['--write']);
    expect(get(root, 'Dockerfile.hardened.dockerignore').startsWith(`${ignore}# Written by harden`)).toBe(
      true,
    );
    expect(get(root, '.dockerignore')).toBe(TREE['.dockerignore']);
  });

  test('is left out by --skip and by --only, and told by explain', async () => {
    const root = folderOf(TREE);
    const patch = async (...args: string[]): Promise<string> =>
      (await harden(root, ['--output', 'patch', ...args])).stdout;
    expect(await patch('--skip', 'complete-dockerignore')).not.toContain('.dockerignore');
    expect(await patch('--only', 'dockerfile/no-install-recommends')).not.toContain('.dockerignore');
    expect(await patch('--only', 'complete-dockerignore')).toMatch(/^--- a\/\.dockerignore\n/);
    expect((await harden(root, ['explain', 'complete-dockerignore'])).code).toBe(0);
  });
});

describe('a fly.toml of the run', () => {
  const FLY = "app = 'a'\n\n[http_service]\n  internal_port = 3000\n";

  test('has its own changes and the hardened Dockerfile in one variant', async () => {
    const root = folderOf({ ...TREE, 'fly.toml': FLY });
    const { stdout } = await harden(root, ['--write', '--only', 'fly/force-https,dockerfile']);
    expect(stdout.match(/fly\.hardened\.toml/g)).toHaveLength(1);
    expect(get(root, 'fly.hardened.toml')).toContain(
      'app = \'a\'\n\n[build]\n  dockerfile = "Dockerfile.hardened"\n\n[http_service]\n  internal_port = 3000\n  force_https = true\n',
    );
    expect(get(root, 'fly.toml')).toBe(FLY);
  });

  test('is pointed to the hardened Dockerfile also where it is not looked at itself', async () => {
    const root = folderOf({ ...TREE, 'fly.toml': FLY });
    const { stdout } = await harden(root, ['--write', '--format', 'dockerfile']);
    expect(stdout).toContain('wrote         fly.hardened.toml  builds from Dockerfile.hardened');
    expect(get(root, 'fly.hardened.toml')).not.toContain('force_https');
  });

  test('is changed by itself where the Dockerfile stays as it is', async () => {
    const root = folderOf({ 'fly.toml': FLY });
    await harden(root, ['fly.toml', '--write', '--only', 'force-https']);
    expect(get(root, 'fly.hardened.toml')).toContain('  internal_port = 3000\n  force_https = true\n');
    expect(get(root, 'fly.hardened.toml')).not.toContain('dockerfile');
  });
});
