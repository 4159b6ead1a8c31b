import { describe, expect, test } from '@jest/globals';
import { blueprintErrors } from '../src/verify/static/blueprint.js';
import { planCase, readCases } from './support/cases.js';
import { folderOf, get, harden } from './support/cli.js';
import type { Tree } from './support/memory.js';

const BLUEPRINT = `services:
  - type: web
    name: shop
    runtime: docker # the image
    healthCheckPath: /up
    envVars:
      - key: DATABASE_URL
        fromDatabase:
          name: orders
          property: connectionString
databases:
  - name: orders
`;
const HARDENED = BLUEPRINT.replace(
  '# the image\n',
  '# the image\n    dockerfilePath: ./Dockerfile.hardened\n',
).replace('  - name: orders\n', '  - name: orders\n    ipAllowList: []\n');
const TREE: Tree = {
  Dockerfile:
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y curl\nCMD ["node", "a.js"]\n',
  'render.yaml': BLUEPRINT,
};

test('what a fixture gets has the form of the specification', () => {
  const fixtures = readCases().filter(({ id }) => id.startsWith('render/'));
  expect(fixtures.length).toBeGreaterThan(30);
  for (const fixture of fixtures) {
    const { original, result } = planCase(fixture, fixture.text);
    const before = blueprintErrors(original.text);
    expect([fixture.name, blueprintErrors(result).filter((error) => !before.includes(error))]).toEqual([
      fixture.name,
      [],
    ]);
  }
});

describe('the hardened variant of a Blueprint', () => {
  test('has the changes of its own and builds from the hardened Dockerfile', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(0);
    expect(stdout.match(/render\.hardened\.yaml/g)).toHaveLength(1);
    expect(get(root, 'render.hardened.yaml').startsWith(HARDENED)).toBe(true);
    const again = await harden(root, ['--write']);
    expect(again.stdout).not.toContain('wrote');
  });

  test('is told beside the Dockerfile before it is written', async () => {
    const root = folderOf(TREE);
    const { stdout } = await harden(root, []);
    expect(stdout).toContain('render.hardened.yaml builds from Dockerfile.hardened (with --write)');
    expect(stdout).toContain('+    ipAllowList: []');
    const { stdout: json } = await harden(root, ['--output', 'json']);
    const { files } = JSON.parse(json) as {
      files: { companions?: { path: string; edits: { text: string }[] }[] }[];
    };
    const told = files
      .flatMap(({ companions = [] }) => companions)
      .find(({ path }) => path.startsWith('render.'));
    expect(told?.edits.map(({ text }) => text.trim()).sort()).toEqual([
      'dockerfilePath: ./Dockerfile.hardened',
      'ipAllowList: []',
    ]);
  });

  test('only points to the Dockerfile where its format is left out', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', '--format', 'dockerfile']);
    const text = get(root, 'render.hardened.yaml');
    expect(text).toContain('dockerfilePath: ./Dockerfile.hardened');
    expect(text).not.toContain('ipAllowList');
  });

  test('names no Dockerfile that is left as it is, and is changed in place without one', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write', '--format', 'render']);
    expect(get(root, 'render.hardened.yaml')).toContain('ipAllowList: []');
    const other = folderOf(TREE);
    await harden(other, ['--in-place', '--phase', '2', '--format', 'render']);
    expect(get(other, 'render.yaml')).toBe(
      BLUEPRINT.replace('  - name: orders\n', '  - name: orders\n    ipAllowList: []\n'),
    );
  });

  test('a Blueprint in a folder, and one of another name that is named', async () => {
    const root = folderOf({
      'deploy/render.yaml': BLUEPRINT,
      'deploy/Dockerfile': TREE.Dockerfile ?? '',
      'deploy/blueprint.yaml': BLUEPRINT.replaceAll('orders', 'other'),
    });
    await harden(root, ['--write']);
    expect(get(root, 'deploy/render.hardened.yaml').startsWith(HARDENED)).toBe(true);
    const { stdout } = await harden(root, ['deploy/blueprint.yaml']);
    expect(stdout).toContain('+    ipAllowList: []');
  });
});

test('a secret of a Blueprint is in no report', async () => {
  const secrets = ['n0t-s0-secret-any-m0re', 'whatever-4eC39HqLyj', 'a77d3f0b55c1', 'pr3view-pw'];
  const root = folderOf({
    'render.yaml': `services:
  - type: web
    name: shop
    runtime: node
    envVars:
      - key: SECRET_KEY
        value: ${secrets[0]}
      - value: "${secrets[1]}" # live
        key: STRIPE_SECRET_KEY
      - { key: JWT_SECRET, value: ${secrets[2]} }
      - key: DB_PASSWORD
        sync: false
        previewValue: ${secrets[3]}
`,
  });
  for (const output of ['text', 'json']) {
    const { stdout, stderr } = await harden(root, ['--output', output, '--phase', '3']);
    expect(stdout).toContain('JWT_SECRET');
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  }
});
