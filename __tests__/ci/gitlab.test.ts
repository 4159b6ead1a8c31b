import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT } from '../support/action.js';
import { folderOf, get, MAIN } from '../support/cli.js';
import { commitAll, git, repositoryOf } from '../support/git.js';

interface Template {
  readonly variables: Readonly<Record<string, { readonly value: string }>>;
  readonly harden: {
    readonly script: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
    readonly allow_failure: { readonly exit_codes: number };
    readonly artifacts: {
      readonly reports: { readonly codequality: string };
      readonly paths: readonly string[];
    };
  };
}

const template = parse(readFileSync(join(PROJECT, 'templates/ci/gitlab.yml'), 'utf8')) as Template;
const SOFT = 'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432"\n';

/** Runs the job's script as the runner does in an image with a POSIX shell; `harden` is the image's. */
function runJob(cwd: string, variables: Readonly<Record<string, string>> = {}): number | null {
  const programs = folderOf();
  const program = join(programs, 'harden');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
  chmodSync(program, 0o755);
  const given = Object.entries(template.variables).map(([name, { value }]) => [name, value]);
  return spawnSync('sh', ['-e', '-c', template.harden.script.join('\n')], {
    cwd,
    env: {
      ...(Object.fromEntries(given) as Readonly<Record<string, string>>),
      ...template.harden.variables,
      ...variables,
      PATH: `${programs}:${process.env.PATH ?? ''}`,
    },
  }).status;
}

interface Problem {
  readonly location: { readonly path: string };
}

describe('the GitLab template', () => {
  const { codequality } = template.harden.artifacts.reports;

  test('writes the reports that it names, and ends with the code that is allowed', () => {
    const cwd = folderOf({ 'compose.yml': SOFT });
    expect(runJob(cwd)).toBe(template.harden.allow_failure.exit_codes);
    const problems = JSON.parse(get(cwd, codequality)) as readonly Problem[];
    expect(problems.map(({ location }) => location.path)).toContain('compose.yml');
    for (const path of template.harden.artifacts.paths) expect(existsSync(join(cwd, path))).toBe(true);
    expect(runJob(folderOf({ 'compose.yml': 'services: [\n' }))).toBe(2);
    expect(runJob(folderOf({ 'README.md': '' }))).toBe(0);
  });

  test('looks in a merge request at what it changes, and takes paths and options', () => {
    const cwd = repositoryOf({ 'a/compose.yml': SOFT, 'b/compose.yml': SOFT });
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    commitAll(cwd, { 'b/compose.yml': SOFT.replace('16', '17') });
    const paths = (): ReadonlySet<string> =>
      new Set((JSON.parse(get(cwd, codequality)) as readonly Problem[]).map(({ location }) => location.path));
    runJob(cwd, { CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect(paths()).toEqual(new Set(['b/compose.yml']));
    expect(template.harden.variables.GIT_DEPTH).toBe('0');
    runJob(cwd, { HARDEN_PATHS: 'a b', HARDEN_ARGS: '--only compose/drop-capabilities' });
    expect(paths()).toEqual(new Set(['a/compose.yml', 'b/compose.yml']));
    runJob(cwd, { HARDEN_PATHS: '$(touch pwned);touch pwned' });
    expect(existsSync(join(cwd, 'pwned'))).toBe(false);
  });
});
