import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { action, PROJECT, runAction, type Job, type JobResult } from '../support/action.js';
import { folderOf, treeOf } from '../support/cli.js';
import { commitAll, git, repositoryOf } from '../support/git.js';
import type { SarifLog } from '../support/sarif.js';

const SOFT = 'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432"\n';
const HARD = 'FROM scratch\nUSER 65532\n';

/** What other actions do, and the build that a test has done. */
const SET_UP = ['Set up Node.js', 'Build harden'];

function run(job: Job): JobResult {
  return runAction({ ...job, without: SET_UP });
}

function gateway(): string {
  const root = folderOf();
  cpSync(join(PROJECT, 'examples/gateway/before'), root, { recursive: true });
  return root;
}

describe('the steps of action.yml', () => {
  test('show what could be harder in all places that GitHub has for it, and fail', () => {
    const cwd = gateway();
    const before = treeOf(cwd);
    const { code, log, outputs, summary, ran } = run({ cwd });
    expect(code).toBe(1);
    expect(ran).toEqual(['Check', 'Upload to code scanning', 'Result']);
    expect(log).toMatch(/^::(?:error|warning|notice) file=docker-compose\.yml,line=\d+/m);
    expect(summary).toMatch(/^## harden\n\n\*\*\d+ of 6 files? change/);
    expect(outputs).toEqual({
      'exit-code': '1',
      changes: expect.stringMatching(/^[1-9]\d*$/),
      findings: expect.stringMatching(/^[1-9]\d*$/),
      'json-file': expect.stringMatching(/harden\.json$/),
      'sarif-file': expect.stringMatching(/harden\.sarif$/),
    });
    const sarif = JSON.parse(readFileSync(outputs['sarif-file']!, 'utf8')) as SarifLog;
    expect(sarif.runs[0]?.results.length).toBeGreaterThan(0);
    expect(treeOf(cwd)).toEqual(before);
  });

  test('succeed where there is nothing to do', () => {
    const { code, outputs } = run({ cwd: folderOf({ Dockerfile: HARD }) });
    expect([code, outputs.findings, outputs.changes, outputs['exit-code']]).toEqual([0, '0', '0', '0']);
  });

  test('fail: false reports only, but not what could not be handled', () => {
    const job = { with: { fail: 'false' } };
    const soft = run({ cwd: folderOf({ 'compose.yml': SOFT }), ...job });
    expect([soft.code, soft.outputs['exit-code']]).toEqual([0, '1']);
    const broken = run({ cwd: folderOf({ 'compose.yml': 'services: [\n' }), ...job });
    expect([broken.code, broken.outputs['exit-code']]).toEqual([2, '2']);
    expect(broken.summary).toContain('### Errors');
  });

  test('annotations, summary and sarif: false leave these out; the log tells it, and no file gives commands', () => {
    const cwd = folderOf({ 'compose.yml': `# x\n::set-output name=a::b\n${SOFT}`, Dockerfile: 'FROM a\n' });
    const { log, summary, ran } = run({
      cwd,
      with: { annotations: 'false', summary: 'false', sarif: 'false', phase: '1' },
    });
    expect([summary, ran]).toEqual(['', ['Check', 'Result']]);
    const [, stop = ''] = /^::stop-commands::([\w-]{36})\n/.exec(log) ?? [];
    expect(log).toContain('compose.yml');
    expect(log).toMatch(new RegExp(`\n::${stop}::\n`));
    expect(log).not.toMatch(/^::error/m);
  });

  test('since looks at what a pull request changes', () => {
    const cwd = repositoryOf({ 'a/compose.yml': SOFT, 'b/compose.yml': SOFT });
    git(cwd, 'checkout', '--quiet', '-b', 'topic');
    commitAll(cwd, { 'b/compose.yml': SOFT.replace('16', '17') });
    const { code, log, outputs } = run({ cwd, with: { since: 'main' } });
    expect([code, outputs.changes]).toEqual([1, '1']);
    expect(log).not.toContain('file=a/compose.yml');
    const unknown = run({ cwd, with: { since: 'nowhere' } });
    expect([unknown.code, unknown.outputs['exit-code'], unknown.outputs.findings]).toEqual([2, '2', '']);
    expect(unknown.log).toContain('there is no commit nowhere here');
  });

  test('with a baseline findings are the new ones', () => {
    const cwd = folderOf({ 'compose.yml': SOFT });
    const all = Number(run({ cwd }).outputs.findings);
    const made = runAction({ cwd, without: SET_UP, with: { baseline: 'missing.json' } });
    expect([made.code, made.log]).toEqual([2, expect.stringContaining('missing.json')]);
    expect(all).toBeGreaterThan(3);
    const none = run({ cwd, with: { baseline: 'none' } });
    expect(Number(none.outputs.findings)).toBe(all);
  });

  test('paths are lines; each of a hostile input is one word, and none is a script', () => {
    const cwd = folderOf({ 'a b/compose.yml': SOFT, 'c/compose.yml': SOFT });
    const two = run({ cwd, with: { paths: 'a b\n\nc/compose.yml\n' } });
    expect([two.code, two.outputs.changes]).toEqual([1, '2']);
    expect(run({ cwd, with: { paths: 'a b' } }).outputs.changes).toBe('1');
    const evil = '"; touch pwned; echo "$(touch pwned)`touch pwned`';
    const flags = Object.keys(action.inputs).filter((name) => action.inputs[name]?.default === 'true');
    expect(flags.length).toBeGreaterThan(3);
    run({ cwd, with: Object.fromEntries(flags.map((name) => [name, evil])) });
    for (const input of ['paths', 'phase', 'since', 'baseline'])
      expect(run({ cwd, with: { [input]: evil } }).outputs['exit-code']).toBe('2');
    expect(run({ cwd, with: { paths: `--in-place\n${evil}` } }).log).toContain('--in-place');
    expect(Object.keys(treeOf(cwd)).sort()).toEqual(['a b/compose.yml', 'c/compose.yml']);
    expect(treeOf(cwd)['c/compose.yml']).toBe(SOFT);
  });

  test('pull requests are opened where they are asked for, but not of a pull request or of a broken tree', () => {
    const cwd = folderOf({ 'compose.yml': SOFT });
    const ran = (job: Partial<Job>): boolean =>
      runAction({ cwd, ...job, without: [...SET_UP, 'Result'] }).ran.includes('Open pull requests');
    expect(ran({})).toBe(false);
    expect(ran({ with: { 'pull-request': 'true' }, event: 'pull_request' })).toBe(false);
    expect(ran({ with: { 'pull-request': 'true' }, cwd: folderOf({ 'compose.yml': '[' }) })).toBe(false);
    expect(ran({ with: { 'pull-request': 'true' } })).toBe(true);
  });
});

describe('action.yml', () => {
  const { steps } = action.runs;

  test('no expression is part of a script, and other actions are pinned to a commit', () => {
    for (const { run: script = '', shell } of steps.filter((step) => step.run !== undefined)) {
      expect(script).not.toContain('${{');
      expect(shell).toBe('bash');
    }
    for (const { uses } of steps.filter((step) => step.uses !== undefined))
      expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
  });

  test('every input is used, and only those', () => {
    const text = JSON.stringify(steps);
    const used = new Set([...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
  });

  test('the workflow that goes with it asks for inputs that there are, and pins what it uses', () => {
    const file = readFileSync(join(PROJECT, 'templates/ci/github.yml'), 'utf8');
    const { jobs, permissions } = parse(file) as {
      readonly permissions: object;
      readonly jobs: Readonly<Record<string, { readonly steps: readonly (typeof steps)[number][] }>>;
    };
    expect(permissions).toEqual({});
    const [checkout, harden] = jobs.harden!.steps;
    expect(checkout?.uses).toMatch(/^actions\/checkout@[0-9a-f]{40}$/);
    expect(checkout?.with).toMatchObject({ 'fetch-depth': 0, 'persist-credentials': false });
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(harden?.with ?? {})));
    expect(existsSync(join(PROJECT, 'action.yml'))).toBe(true);
  });
});
