import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import type { Tree } from './support/memory.js';

const COMPOSE = `services:
  web:
    image: nginx:1.27
    environment:
      ADMIN_PASSWORD: hunter22
`;
const TREE: Tree = {
  'deploy/docker-compose.yml': COMPOSE,
  'app/Dockerfile': 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCMD ["curl", "x"]\n',
};

interface File {
  readonly version: number;
  readonly findings: Readonly<
    Record<string, readonly { readonly transform: string; readonly fingerprint: string }[]>
  >;
}

function baselineOf(root: string, path = 'harden.baseline.json'): File {
  return JSON.parse(get(root, path)) as File;
}

describe('harden baseline', () => {
  test('keeps what is found, without secrets, and changes nothing else', async () => {
    const root = folderOf(TREE);
    const { code, stdout, stderr } = await harden(root, ['baseline']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^wrote {2}harden\.baseline\.json {2}\d+ findings in 2 files\n$/);
    const { 'harden.baseline.json': text = '', ...rest } = treeOf(root);
    expect(rest).toEqual(TREE);
    expect(text).not.toContain('hunter22');
    const { version, findings } = baselineOf(root);
    expect(version).toBe(1);
    expect(Object.keys(findings)).toEqual(['app/Dockerfile', 'deploy/docker-compose.yml']);
    expect(
      findings['deploy/docker-compose.yml']?.some(({ transform }) => transform === 'compose/report-secrets'),
    ).toBe(true);
    expect((await harden(root, ['baseline'])).stdout).toContain('unchanged');
  });

  test('a check fails on what is new only, and names it', async () => {
    const root = folderOf(TREE);
    expect((await harden(root, ['--check'])).code).toBe(1);
    await harden(root, ['baseline']);
    const same = await harden(root, ['--check']);
    expect([same.code, same.stderr]).toEqual([0, '']);
    expect(same.stdout).not.toContain('new  ');
    put(root, 'deploy/docker-compose.yml', `${COMPOSE}    privileged: true\n`);
    const { code, stdout } = await harden(root, ['--check']);
    expect(code).toBe(1);
    expect(stdout).toContain('new  deploy/docker-compose.yml:2  compose/remove-privileged  critical\n');
    expect(stdout).not.toContain('compose/limit-pids');
    expect((await harden(root, ['--check', '--no-baseline'])).code).toBe(1);
  });

  test('knows findings whose lines have moved, and from where the run begins', async () => {
    const root = folderOf(TREE);
    await harden(root, ['baseline']);
    put(root, 'deploy/docker-compose.yml', `# moved\n\n${COMPOSE}`);
    expect((await harden(root, ['--check'])).code).toBe(0);
    expect((await harden(root, ['--check', 'deploy'])).code).toBe(0);
    const below = folderOf({});
    expect((await harden(below, ['--check', root])).code).toBe(0);
  });

  test('a finding that is only for a person to decide is new too', async () => {
    const root = folderOf({ 'docker-compose.yml': 'services:\n  web:\n    image: nginx:1.27\n' });
    await harden(root, ['baseline']);
    put(root, 'docker-compose.yml', 'services:\n  web:\n    image: nginx:1.27\n    pid: host\n');
    const { code, stdout } = await harden(root, ['--check', '--only', 'compose/report-host-namespaces']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('compose/report-host-namespaces')]);
  });

  test('what is mended is told as gone, and taken out', async () => {
    const root = folderOf(TREE);
    await harden(root, ['baseline']);
    const { 'app/Dockerfile': gone = [] } = baselineOf(root).findings;
    rmSync(join(root, 'app/Dockerfile'));
    const { code, stderr } = await harden(root, ['--check']);
    expect(code).toBe(0);
    expect(stderr).toBe(
      `harden: harden.baseline.json: ${gone.length} of its findings are gone; 'harden baseline' takes them out\n`,
    );
    await harden(root, ['baseline']);
    expect(Object.keys(baselineOf(root).findings)).toEqual(['deploy/docker-compose.yml']);
  });

  test('of a part keeps what is known of the rest', async () => {
    const root = folderOf(TREE);
    await harden(root, ['baseline']);
    const before = baselineOf(root);
    put(root, 'deploy/docker-compose.yml', COMPOSE.replace('web:', 'site:'));
    await harden(root, ['baseline', 'deploy']);
    const after = baselineOf(root);
    expect(after.findings['app/Dockerfile']).toEqual(before.findings['app/Dockerfile']);
    expect(after.findings['deploy/docker-compose.yml']).not.toEqual(
      before.findings['deploy/docker-compose.yml'],
    );
  });

  test('the outputs tell new from known', async () => {
    const root = folderOf(TREE);
    await harden(root, ['baseline', '--baseline', 'known.json']);
    put(root, 'deploy/docker-compose.yml', `${COMPOSE}    privileged: true\n`);
    const asked = ['--baseline', 'known.json', '--check', '--output'];
    const github = (await harden(root, [...asked, 'github'])).stdout;
    expect(github).toContain('compose/remove-privileged');
    expect(github).not.toContain('compose/limit-pids');
    const sarif = JSON.parse((await harden(root, [...asked, 'sarif'])).stdout) as {
      runs: { results: { ruleId: string; baselineState: string }[] }[];
    };
    const states = new Map(
      sarif.runs[0]!.results.map(({ ruleId, baselineState }) => [ruleId, baselineState]),
    );
    expect([states.get('compose/remove-privileged'), states.get('compose/limit-pids')]).toEqual([
      'new',
      'unchanged',
    ]);
  });

  test.each([
    ['{', ''],
    ['{"version":2,"findings":{}}', ''],
    ['{"version":1,"findings":{"a":[{}]}}', ''],
    ['<<<<<<< HEAD\n{"version":1,"findings":{}}\n', ''],
  ])('a broken one ends the run: %j', async (text) => {
    const root = folderOf({ ...TREE, 'harden.baseline.json': text });
    const reason =
      "harden: harden.baseline.json is no baseline of harden's: 'harden baseline' writes it anew\n";
    expect(await harden(root, ['--check'])).toMatchObject({ code: 2, stdout: '', stderr: reason });
  });

  test('names a file that can not be read with its line, and keeps what is known of it', async () => {
    const root = folderOf(TREE);
    await harden(root, ['baseline']);
    const before = baselineOf(root);
    put(root, 'deploy/docker-compose.yml', 'services:\n  web: [\n');
    const { code, stderr } = await harden(root, ['baseline']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^harden: deploy\/docker-compose\.yml:\d+: YAML: /),
    ]);
    expect(baselineOf(root)).toEqual(before);
  });

  test('a large one is read', async () => {
    const finding = { transform: 'compose/x', subject: 'web', fingerprint: '0'.repeat(32) };
    const text = JSON.stringify({ version: 1, findings: { gone: Array(15_000).fill(finding) } });
    const root = folderOf({ ...TREE, 'harden.baseline.json': text });
    const { code, stderr } = await harden(root, ['--check']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('15000 of its findings are gone')]);
  });

  test('one that is named must be there', async () => {
    const root = folderOf(TREE);
    const { code, stderr } = await harden(root, ['--check', '--baseline', 'no.json']);
    expect([code, stderr]).toEqual([2, "harden: no.json does not exist: 'harden baseline' writes one\n"]);
  });
});
