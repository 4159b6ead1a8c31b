import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { applyEdits, type TextEdit } from '../src/core/text.js';
import { packageVersion } from '../src/io/package.js';
import { ignoreMeta } from '../src/workload/ignore-additions.js';
import { allTransforms } from '../transforms/index.js';
import { OUTPUT_NAMES } from '../src/render/output.js';
import { type CliResult, folderOf, get, harden, MAIN, put, treeOf } from './support/cli.js';
import { git, repositoryOf } from './support/git.js';
import { applySarif, type SarifLog } from './support/sarif.js';
import type { Tree } from './support/memory.js';

const DOCKERFILE = 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n';
const COMPOSE = 'services:\n  db:\n    image: postgres:16\n    ports:\n      - "5432:5432"\n';
const UNIT = '[Service]\nExecStart=/usr/bin/node /srv/app.js\n';
const TREE: Tree = { Dockerfile: DOCKERFILE, 'docker-compose.yml': COMPOSE, 'units/app.service': UNIT };
const ESCAPE = '\u001b[';

describe('the usage', () => {
  test('--version and -v print the version of the package', async () => {
    for (const flag of ['--version', '-v']) {
      expect(await harden(folderOf(), [flag])).toEqual({
        code: 0,
        stdout: `${packageVersion()}\n`,
        stderr: '',
      });
    }
  });

  test('--help has the modes, examples and exit codes, in English whatever the locale', async () => {
    const { code, stdout, stderr } = await harden(folderOf(), ['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const text of [
      '--write',
      '--in-place',
      '--check',
      '--dry-run',
      'Examples:',
      'harden --write deploy',
    ]) {
      expect(stdout).toContain(text);
    }
    expect(stdout).toMatch(/Exit codes: 0 .*1 .*2 /);
  });

  test.each([
    [['--wirte'], 'unknown option --wirte. Did you mean --write?'],
    [['--systemd-version', 'new'], '--systemd-version takes a number'],
    [['--no-colour'], 'Did you mean --'],
    [['-x'], 'unknown option -x.'],
    [['report', '--phase', '3'], '--phase is no option of this command'],
    [['--only', 'compose/drop-capabilites'], 'Did you mean compose/drop-capabilities?'],
    [['--skip', 'read-only-rootf'], 'Did you mean compose/read-only-rootfs?'],
    [['--only', 'zzzzzzzz'], "there is no transform zzzzzzzz. 'harden list' shows them all."],
    [['--only'], 'only'],
    [['--format', 'x'], 'format'],
    [['--output', 'x'], 'output'],
    [['--phase', '4'], 'phase'],
    [['--phase'], 'phase'],
    [['--jobs', '0'], '--jobs'],
    [['--jobs', 'all'], '--jobs'],
    [['--base', 'distroless'], '--base distroless goes with --phase 3'],
    [['--phase', '1', '--phase', '2'], '--phase was given twice'],
    [['--write', '--in-place'], 'mutually exclusive'],
    [['--write', '--check'], 'mutually exclusive'],
    [['--write', '--dry-run'], 'mutually exclusive'],
    [['--in-place', '--check'], 'mutually exclusive'],
    [['--in-place', '--dry-run'], 'mutually exclusive'],
    [['--check', '--dry-run'], 'mutually exclusive'],
    [['explain'], 'Not enough'],
    [['explain', 'compose/drop-capabilites'], 'Did you mean compose/drop-capabilities?'],
    [['explain', 'compose/drop-capabilities', 'x'], 'x is one word too many'],
    [['explain', 'image'], 'wants an image'],
    [['explain', 'image', 'postgrs:16'], 'Did you mean postgres?'],
    [['list', 'x'], 'unknown'],
  ] as const)('%j is refused with exit code 2, and nothing runs', async (args, message) => {
    const root = folderOf(TREE);
    const { code, stdout, stderr } = await harden(root, args);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^harden: (?!a bug)/);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect([code, stdout]).toEqual([2, '']);
    expect(treeOf(root)).toEqual(TREE);
  });

  test('what stands after -- is a path, whatever it looks like', async () => {
    const root = folderOf({ ...TREE, '--write/compose.yml': COMPOSE, 'list/compose.yml': COMPOSE });
    const pathsOf = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await harden(root, ['--output', 'json', '--', ...args]);
      return (JSON.parse(stdout) as { files: { path: string }[] }).files.map(({ path }) => path);
    };
    expect(await pathsOf('units')).toEqual(['units/app.service']);
    expect(await pathsOf('--write', 'list')).toEqual(['--write/compose.yml', 'list/compose.yml']);
    expect(await pathsOf('nowhere')).toEqual(['nowhere']);
  });

  test('a word that is neither a path nor a command is named, with the command that was meant', async () => {
    const { code, stdout } = await harden(folderOf(TREE), ['lsit']);
    expect(code).toBe(2);
    expect(stdout).toContain('lsit: error: does not exist; did you mean the command list?');
  });

  test('list names every transform', async () => {
    const { code, stdout } = await harden(folderOf(), ['list']);
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ', 1)[0]),
    ).toEqual([...allTransforms.map(({ meta }) => meta.id), ignoreMeta.id]);
  });

  test('explain tells the policy of a transform, and of all that share a name', async () => {
    const one = await harden(folderOf(), ['explain', 'compose/drop-capabilities']);
    expect(one.code).toBe(0);
    expect(one.stdout).toMatch(/^compose\/drop-capabilities: [^]*may break[^]*https:/);
    const both = await harden(folderOf(), ['explain', 'no-new-privileges']);
    expect(both.stdout).toContain('compose/no-new-privileges: ');
    expect(both.stdout).toContain('systemd/no-new-privileges: ');
  });

  test('explain image tells what is known of it, with the lines that it follows from, and what is not', async () => {
    const { code, stdout } = await harden(folderOf(), ['explain', 'image', 'docker.io/library/postgres:16']);
    expect(code).toBe(0);
    expect(stdout).toContain('starts as root, steps down to postgres');
    expect(stdout).toMatch(/docker-library\/postgres@[0-9a-f]{12}:docker-entrypoint\.sh\n +\| chmod 00700/);
    expect(stdout).toContain('/var/run/postgresql (16m)');
    expect(stdout).toMatch(/^Not known: .*devices/m);
  });
});

describe('a run that several threads share', () => {
  test('prints what one thread prints, byte for byte, and counts the same', async () => {
    const root = folderOf();
    // More files than a crew of one plans; folders differ, so that an order that is mixed up shows.
    for (let at = 0; at < 520; at += 1) {
      put(root, `service-${at}/compose.yml`, `services:\n  web-${at}:\n    image: nginx:1.${at}\n`);
    }
    put(root, 'service-7/compose.yml', 'services: [\n');
    const reports = (jobs: number): string[] => ['sarif', 'github'].map((name) => `${name}.${jobs}`);
    const run = (jobs: number): Promise<CliResult> => {
      const files = reports(jobs).flatMap((name) => ['--output-file', `${name.split('.')[0]}=${name}`]);
      return harden(root, ['--output', 'json', ...files, '--jobs', String(jobs)]);
    };
    const shared = await run(2);
    const alone = await run(1);
    expect(shared.code).toBe(2);
    expect(shared).toEqual(alone);
    const texts = (jobs: number): string[] => reports(jobs).map((name) => get(root, name));
    expect(texts(2)).toEqual(texts(1));
    expect((JSON.parse(shared.stdout) as { files: unknown[] }).files).toHaveLength(520);
  });
});

describe('the preview', () => {
  test('is the default, shows diffs with reasons, and writes nothing', async () => {
    const root = folderOf(TREE);
    const { code, stdout, stderr } = await harden(root, []);
    expect([code, stderr]).toEqual([0, '']);
    for (const text of ['@@ ', '+    cap_drop:', 'why', 'may break', 'Totals', 'units/app.service']) {
      expect(stdout).toContain(text);
    }
    expect((await harden(root, ['--dry-run'])).stdout).toBe(stdout);
    expect(treeOf(root)).toEqual(TREE);
  });

  test('says so when there is nothing to read', async () => {
    const { code, stdout } = await harden(folderOf({ 'a.txt': 'x' }), []);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'There is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint here.',
    );
  });

  test('--check exits with 1 when something would change, with 0 when not, and writes nothing', async () => {
    const root = folderOf(TREE);
    const first = await harden(root, ['--check']);
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('would change  docker-compose.yml');
    expect(treeOf(root)).toEqual(TREE);
    await harden(root, ['--in-place', '--phase', '3']);
    expect((await harden(root, ['--check'])).code).toBe(0);
    expect((await harden(root, ['--check', 'missing'])).code).toBe(2);
  });

  test('--only, --skip and --format choose', async () => {
    const root = folderOf(TREE);
    const patch = async (...args: string[]): Promise<string> =>
      (await harden(root, ['--output', 'patch', ...args])).stdout;
    const one = await patch('--only', 'compose/limit-pids', '.');
    expect(one).toContain('pids_limit');
    expect(one).not.toMatch(/cap_drop|NoNewPrivileges|security_opt/);
    const named = await patch('--only', 'no-new-privileges', '--only', 'limit-pids');
    expect(named).toMatch(/security_opt[^]*pids_limit[^]*NoNewPrivileges/);
    const without = await patch('--skip', 'compose', '--skip', 'systemd/protect-home');
    expect(without).toContain('NoNewPrivileges=yes');
    expect(without).not.toMatch(/cap_drop|ProtectHome/);
    expect(await patch('--format', 'systemd', '.')).toMatch(/^--- a\/units\/app.service\n/);
    expect(await patch('--format', 'compose,systemd')).not.toContain('Dockerfile');
  });

  test('--format leaves out files, not what they say about others', async () => {
    const root = folderOf({
      Dockerfile: 'FROM alpine:3\nUSER 1000\nCMD ["sleep", "9"]\n',
      'compose.yml': 'services:\n  web:\n    build: .\n',
    });
    const all = (await harden(root, ['--output', 'patch'])).stdout;
    expect((await harden(root, ['--output', 'patch', '--format', 'compose'])).stdout).toBe(all);
    expect(all).toContain('cap_drop');
  });
});

describe('--write', () => {
  const builds: Tree = {
    Dockerfile: DOCKERFILE,
    'web/Dockerfile': DOCKERFILE,
    'web/app.dockerfile': DOCKERFILE,
    'units/app.service': UNIT,
    'docker-compose.yml': [
      'services:',
      '  short:',
      '    build: .',
      '    image: a',
      '  long:',
      '    build:',
      '      context: ./web',
      '  named:',
      '    build:',
      "      dockerfile: 'app.dockerfile'",
      '      context: web',
      '  flow: { build: ., image: b }',
      '  inner: { build: { context: web } }',
      '  last:',
      '    build: "./web" # the web',
      '',
    ].join('\n'),
  };

  test('writes sidecars beside the originals, in subfolders too, and leaves the originals', async () => {
    const root = folderOf(builds);
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(0);
    const after = treeOf(root);
    expect(
      Object.keys(after)
        .filter((path) => !(path in builds))
        .sort(),
    ).toEqual([
      'Dockerfile.hardened',
      'docker-compose.hardened.yml',
      'units/app.service.hardened',
      'web/Dockerfile.hardened',
      'web/app.hardened.dockerfile',
    ]);
    for (const [path, text] of Object.entries(builds)) expect(after[path]).toBe(text);
    expect(stdout).toContain('wrote         web/app.hardened.dockerfile');
  });

  test('makes the hardened Compose file build from the hardened Dockerfiles', async () => {
    const root = folderOf(builds);
    await harden(root, ['--write']);
    const { services } = parse(get(root, 'docker-compose.hardened.yml')) as {
      services: Record<string, { build: unknown }>;
    };
    const web = { context: './web', dockerfile: 'Dockerfile.hardened' };
    expect(Object.fromEntries(Object.entries(services).map(([name, { build }]) => [name, build]))).toEqual({
      short: { context: '.', dockerfile: 'Dockerfile.hardened' },
      long: web,
      named: { context: 'web', dockerfile: 'app.hardened.dockerfile' },
      flow: { context: '.', dockerfile: 'Dockerfile.hardened' },
      inner: { context: 'web', dockerfile: 'Dockerfile.hardened' },
      last: web,
    });
    expect(get(root, 'docker-compose.hardened.yml')).toContain('# the web\n');
  });

  test('keeps building from what has no hardened variant, or from a variable', async () => {
    const root = folderOf({
      Dockerfile: 'FROM scratch\n',
      'web/Dockerfile': DOCKERFILE,
      'compose.yml':
        'services:\n  a:\n    build: .\n  b:\n    build: ${CONTEXT:-web}\n  c: &c\n    build: &build\n      context: web\n  d:\n    build: *build\n',
    });
    await harden(root, ['--write']);
    expect(get(root, 'compose.hardened.yml')).not.toContain('dockerfile:');
  });

  test('does not build from a Dockerfile that --format left out', async () => {
    const root = folderOf(builds);
    await harden(root, ['--write', '--format', 'compose']);
    expect(get(root, 'docker-compose.hardened.yml')).not.toContain('Dockerfile.hardened');
  });

  test('says at the second time that nothing has changed, and reads none of its own output', async () => {
    const root = folderOf(builds);
    await harden(root, ['--write']);
    const first = treeOf(root);
    const inode = statSync(join(root, 'Dockerfile.hardened')).ino;
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(0);
    expect(stdout).toContain('unchanged     Dockerfile.hardened');
    expect(stdout).not.toContain('wrote');
    expect(treeOf(root)).toEqual(first);
    expect(statSync(join(root, 'Dockerfile.hardened')).ino).toBe(inode);
    const own = await harden(root, ['Dockerfile.hardened']);
    expect([own.code, own.stdout]).toEqual([2, expect.stringContaining("is harden's own output")]);
  });

  test('keeps a sidecar that was edited, unless forced; writes the others', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write']);
    const written = get(root, 'docker-compose.hardened.yml');
    put(root, 'docker-compose.hardened.yml', written.replace('ALL', 'NET_RAW'));
    put(root, 'units/app.service', `${UNIT}# more\n`);
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(2);
    expect(stdout).toContain(
      'not written   docker-compose.hardened.yml  was edited since harden wrote it; --force replaces it',
    );
    expect(get(root, 'docker-compose.hardened.yml')).toContain('NET_RAW');
    expect(get(root, 'units/app.service.hardened')).toContain('# more\n');
    expect((await harden(root, ['--write', '--force'])).code).toBe(0);
    expect(get(root, 'docker-compose.hardened.yml')).toBe(written);
  });

  test('keeps a sidecar that harden did not write', async () => {
    const root = folderOf({ ...TREE, 'docker-compose.hardened.yml': 'services: {}\n' });
    const { code, stdout } = await harden(root, ['--write']);
    expect(code).toBe(2);
    expect(stdout).toContain('was not written by harden; --force replaces it');
    expect(get(root, 'docker-compose.hardened.yml')).toBe('services: {}\n');
  });

  test('replaces a sidecar of its own when the original has changed', async () => {
    const root = folderOf(TREE);
    await harden(root, ['--write']);
    put(root, 'units/app.service', UNIT.replace('app.js', 'other.js'));
    expect((await harden(root, ['--write'])).code).toBe(0);
    expect(get(root, 'units/app.service.hardened')).toContain('other.js');
  });

  test('gives a sidecar, and a file in place, the mode of the original', async () => {
    const root = folderOf(TREE);
    chmodSync(join(root, 'units/app.service'), 0o640);
    chmodSync(join(root, 'docker-compose.yml'), 0o755);
    const mode = (path: string): number => statSync(join(root, path)).mode & 0o777;
    await harden(root, ['--write']);
    expect([mode('units/app.service.hardened'), mode('docker-compose.hardened.yml')]).toEqual([0o640, 0o755]);
    await harden(root, ['--in-place', '--phase', '2']);
    expect([mode('units/app.service'), mode('docker-compose.yml')]).toEqual([0o640, 0o755]);
  });
});

describe('--in-place', () => {
  test('applies nothing unsafe by default, and more in phase 2', async () => {
    const root = folderOf(TREE);
    const { code, stdout } = await harden(root, ['--in-place']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/needs? testing/);
    const first = get(root, 'docker-compose.yml');
    expect(first).toContain('cap_drop');
    expect(first).toContain('"5432:5432"');
    expect(first).not.toContain('read_only');
    await harden(root, ['--in-place', '--phase', '2']);
    expect(get(root, 'docker-compose.yml')).toContain('"127.0.0.1:5432:5432"');
    expect(Object.keys(treeOf(root)).sort()).toEqual(Object.keys(TREE).sort());
  });

  test('gives the same bytes as the patch, the edits of the JSON output and the fixes of the SARIF output', async () => {
    const tree: Tree = {
      ...TREE,
      'a b/ü.service': UNIT.replaceAll('\n', '\r\n'),
      'flow/compose.yaml': 'services: { db: { image: "postgres:16", ports: ["5432:5432"] } }',
      'deploy/docker-compose.yml': '\ufeff# 🛡️ emoji\nservices:\n  db:\n    image: redis:7\n',
      'web/Dockerfile': 'FROM alpine:3\nCMD sleep --password=hunter22\n',
      'web/docker-compose.yml': 'services:\n  web:\n    build: .\n',
    };
    const root = folderOf(tree);
    const { stdout: patch } = await harden(root, ['--output', 'patch', '--phase', '2']);
    const { stdout: json, code } = await harden(root, ['--output', 'json', '--phase', '2']);
    const { stdout: sarif } = await harden(root, ['--output', 'sarif', '--phase', '2']);
    expect(code).toBe(0);
    const applied = folderOf(tree);
    execFileSync('git', ['init', '-q'], { cwd: applied });
    execFileSync('git', ['apply', '--whitespace=nowarn'], { cwd: applied, input: patch });
    await harden(root, ['--in-place', '--phase', '2']);
    const expected = treeOf(root);
    expect(treeOf(applied)).toEqual(expected);
    expect(expected['deploy/docker-compose.yml']).not.toBe(tree['deploy/docker-compose.yml']);

    const { files } = JSON.parse(json) as JsonOutput;
    for (const { path, findings } of files) {
      const edits = findings.flatMap((finding) =>
        finding.disposition === 'applied' ? (finding.edits ?? []) : [],
      );
      expect([path, applyEdits(tree[path]!, edits)]).toEqual([path, expected[path]]);
    }
    expect(files).toHaveLength(Object.keys(tree).length);
    const [{ results }] = (JSON.parse(sarif) as SarifLog).runs;
    const fixed = applySarif(results, (path) => tree[path] ?? '');
    expect({ ...tree, ...Object.fromEntries(fixed) }).toEqual(expected);
  });

  test('plans a file as it was planned before the others were written', async () => {
    const services = Array.from({ length: 40 }, (_, at) => `  s${at}:\n    build: s${at}\n`).join('');
    const tree = Object.fromEntries([
      ['z/docker-compose.yml', `services:\n${services}`],
      ...Array.from({ length: 40 }, (_, at) => [
        `z/s${at}/Dockerfile`,
        'FROM node:22\nWORKDIR /app\nCOPY . .\nCMD node server.js\n',
      ]),
    ]) as Tree;
    const [before, after] = [folderOf(tree), folderOf(tree)];
    const { stdout: patch } = await harden(before, ['--output', 'patch', 'z/s1', 'z/s2', 'z']);
    execFileSync('git', ['apply'], { cwd: before, input: patch });
    await harden(after, ['--in-place', '--phase', '2', 'z/s1', 'z/s2', 'z']);
    expect(treeOf(after)).toEqual(treeOf(before));
  });

  test('applies a patch that was made and applied in a subfolder of a repository', async () => {
    const root = folderOf({ 'sub/docker-compose.yml': COMPOSE });
    execFileSync('git', ['init', '-q'], { cwd: root });
    const sub = join(root, 'sub');
    const { stdout } = await harden(sub, ['--output', 'patch']);
    execFileSync('git', ['apply'], { cwd: sub, input: stdout });
    expect(get(root, 'sub/docker-compose.yml')).toContain('cap_drop');
  });
});

interface JsonOutput {
  readonly schema: number;
  readonly files: readonly {
    readonly path: string;
    readonly status: string;
    readonly findings: readonly { readonly disposition: string; readonly edits?: readonly TextEdit[] }[];
  }[];
  readonly totals: Readonly<Record<string, number>>;
}

describe('colours', () => {
  test.each([
    ['none in a pipe', [], {}, false],
    ['--color', ['--color'], {}, true],
    ['--color over NO_COLOR', ['--color'], { NO_COLOR: '1' }, true],
    ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
    ['NO_COLOR over FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['--no-color over FORCE_COLOR', ['--no-color'], { FORCE_COLOR: '1' }, false],
  ] as [string, string[], Record<string, string>, boolean][])('%s', async (_name, args, env, colored) => {
    const root = folderOf(TREE);
    expect((await harden(root, args, { env })).stdout.includes(ESCAPE)).toBe(colored);
    expect((await harden(root, ['list', ...args], { env })).stdout.includes(ESCAPE)).toBe(colored);
  });

  test('none in other outputs, and no control character of a file reaches the terminal', async () => {
    const root = folderOf({ 'compose.yml': COMPOSE.replace('16\n', `16 # ${ESCAPE}31mred\u0007\n`) });
    for (const output of OUTPUT_NAMES.filter((name) => name !== 'text')) {
      const { stdout } = await harden(root, ['--color', '--output', output]);
      expect(stdout).not.toContain(`${ESCAPE}36m`);
    }
    const { stdout } = await harden(root, ['--no-color']);
    expect(stdout).toContain('[31mred');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain('\u0007');
  });
});

describe('what is read', () => {
  const paths = async (cwd: string, args: readonly string[] = []): Promise<string[]> => {
    const { stdout } = await harden(cwd, ['--output', 'json', ...args]);
    return (JSON.parse(stdout) as JsonOutput).files.map(({ path }) => path);
  };

  test('neither dependencies nor what .gitignore names, nested and negated', async () => {
    const root = folderOf({
      '.git/config': '',
      '.gitignore': 'build/\n/only-here.service\n*.gen.service\n!keep.gen.service\ndockerfile\n',
      'sub/.gitignore': 'local.service\n!wanted.gen.service\n',
      Dockerfile: DOCKERFILE,
      'node_modules/x/Dockerfile': DOCKERFILE,
      'build/Dockerfile': DOCKERFILE,
      'only-here.service': UNIT,
      'a.gen.service': UNIT,
      'keep.gen.service': UNIT,
      'sub/only-here.service': UNIT,
      'sub/local.service': UNIT,
      'sub/wanted.gen.service': UNIT,
      'sub/other.gen.service': UNIT,
      'sub/deep/local.service': UNIT,
    });
    const kept = ['Dockerfile', 'keep.gen.service', 'sub/only-here.service', 'sub/wanted.gen.service'];
    expect(await paths(root)).toEqual(kept);
    expect(await paths(root, ['sub'])).toEqual(kept.slice(2));
    expect(await paths(join(root, 'sub'))).toEqual(['only-here.service', 'wanted.gen.service']);
    // What is named is read, ignored or not.
    expect(await paths(root, ['build', 'a.gen.service'])).toEqual(['build/Dockerfile', 'a.gen.service']);
  });

  test('files, folders, any YAML file that is named, and each file once', async () => {
    const root = folderOf({ ...TREE, 'stack.yml': COMPOSE, 'notes.txt': 'x' });
    expect(await paths(root)).toEqual(['Dockerfile', 'docker-compose.yml', 'units/app.service']);
    expect(
      await paths(root, ['stack.yml', 'units', './units/app.service', join(root, 'Dockerfile')]),
    ).toEqual(['stack.yml', 'units/app.service', 'Dockerfile']);
    const { code, stdout } = await harden(root, ['notes.txt', 'Dockerfile']);
    expect(code).toBe(2);
    expect(stdout).toContain(
      'notes.txt: error: is no Dockerfile, Compose file, systemd service, Quadlet container, fly.toml or Render Blueprint',
    );
    expect(stdout).toContain('--no-install-recommends');
  });

  test('paths outside the current folder, through a link too', async () => {
    const root = folderOf(TREE);
    const cwd = folderOf({ '..odd/Dockerfile': DOCKERFILE });
    expect(await paths(cwd)).toEqual(['..odd/Dockerfile']);
    expect(await paths(cwd, [root])).toEqual(['Dockerfile', 'docker-compose.yml', 'units/app.service']);
    expect(await paths(cwd, [join(root, 'units/app.service'), join(root, 'Dockerfile')])).toEqual([
      'units/app.service',
      'Dockerfile',
    ]);
    const other = folderOf({ 'x.service': UNIT });
    expect(await paths(cwd, [root, other])).toContain(`${basename(other)}/x.service`);
    symlinkSync(root, join(cwd, 'link'));
    expect(await paths(cwd, ['link'])).toEqual(['Dockerfile', 'docker-compose.yml', 'units/app.service']);
    const { code } = await harden(cwd, ['--write', join('link', 'units')]);
    expect(code).toBe(0);
    expect(get(root, 'units/app.service.hardened')).toContain('NoNewPrivileges=yes');
  });

  test('a path that does not exist is named, wherever it would be', async () => {
    for (const path of ['missing', '/missing/in/the/root', '../missing', join('Dockerfile', 'x')]) {
      const { code, stdout, stderr } = await harden(folderOf(TREE), [path, 'Dockerfile']);
      expect([path, code, stderr]).toEqual([path, 2, '']);
      expect(stdout).toContain('error: does not exist');
      expect(stdout).toContain('--no-install-recommends');
    }
  });
});

describe('a closed pipe', () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`u/app${at}.service`, UNIT]),
  ) as Tree;

  const close = async (cwd: string, args: readonly string[]): Promise<{ code: number; stderr: string }> => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'close')) as [number];
    return { code, stderr };
  };

  test('is no error', async () => {
    expect(await close(folderOf(many), [])).toEqual({ code: 0, stderr: '' });
  });

  test('does not keep harden from writing the rest', async () => {
    const root = folderOf(many);
    expect(await close(root, ['--write'])).toEqual({ code: 0, stderr: '' });
    expect(Object.keys(treeOf(root)).filter((path) => path.endsWith('.hardened'))).toHaveLength(300);
  });
});

test('the examples in --help are ones that work', async () => {
  const root = repositoryOf({});
  git(root, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  for (const [path, text] of Object.entries({ ...TREE, 'deploy/Dockerfile': DOCKERFILE }))
    put(root, path, text);
  const { stdout } = await harden(root, ['--help']);
  const examples = [...stdout.matchAll(/^ {2}(harden(?: [\w./|=-]+)*) {2,}\S/gm)]
    .map((match) => match[1]!)
    // The others want a shell, or a terminal.
    .filter((line) => !line.includes('|') && !line.includes('--interactive'));
  expect(examples.length).toBeGreaterThanOrEqual(4);
  for (const line of examples) {
    const { code, stderr } = await harden(root, line.split(' ').slice(1));
    expect([line, stderr]).toEqual([line, '']);
    expect(code).toBeLessThan(2);
  }
});
