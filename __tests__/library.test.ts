import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { apply, diff, plan, planText, transforms, type Plan, type PlanRequest } from '../src/index.js';
import { packageRoot } from '../src/io/package.js';
import { call } from '../src/io/process.js';
import { folderOf, get, harden, put, treeOf } from './support/cli.js';
import { filesIn, userFolder } from './support/docs.js';

const COMPOSE = `services:
  web:
    build: .
    ports: ["80:80"]
  cache:
    image: memcached:1.6
`;
const DOCKERFILE =
  'FROM python:3.12-slim\nRUN pip install flask\nCOPY . /app\nCMD ["python", "/app/main.py"]\n';
const TREE = { 'compose.yml': COMPOSE, Dockerfile: DOCKERFILE, 'main.py': 'print(1)\n' };

async function planOf(request: PlanRequest): Promise<Plan> {
  const planned = await plan(request);
  if (!planned.ok) throw new Error(planned.reasons.join('; '));
  return planned;
}

/** The command line's own answer, which the library's must equal. */
async function told(root: string, args: readonly string[]): Promise<{ readonly files: readonly object[] }> {
  const { stdout } = await harden(root, ['--output', 'json', ...args]);
  return JSON.parse(stdout) as { readonly files: readonly object[] };
}

describe('plan', () => {
  test.each([1, 2, 3] as const)('of phase %d finds what the command line finds', async (phase) => {
    const root = folderOf(TREE);
    const { files } = await planOf({ root, phase });
    const expected = await told(root, ['--phase', String(phase)]);
    const found = files.map(({ path, status, findings }) => ({ path, status, findings }));
    expect(JSON.parse(JSON.stringify(found))).toEqual(
      expected.files.map((file) => {
        const { path, status, findings } = file as (typeof found)[number];
        return { path, status, findings };
      }),
    );
    expect(treeOf(root)).toEqual(TREE);
  });

  test('has findings in the shape that the JSON output’s schema gives', async () => {
    const schema = JSON.parse(
      readFileSync(join(packageRoot(), 'src', 'render', 'output.schema.json'), 'utf8'),
    ) as { readonly $defs: object };
    const validate = new Ajv2020({ allErrors: true, strict: false }).compile({
      $defs: schema.$defs,
      $ref: '#/$defs/finding',
    });
    const { files } = await planOf({ root: folderOf(TREE) });
    const findings = files.flatMap((file) => file.findings);
    expect(findings.length).toBeGreaterThan(10);
    for (const finding of findings) {
      expect([validate(JSON.parse(JSON.stringify(finding))), validate.errors]).toEqual([true, null]);
    }
  });

  test('follows the config that is found, one that is named, or none', async () => {
    const root = folderOf({
      ...TREE,
      'harden.config.yml': 'phase: 1\ntransforms: { compose/limit-pids: off }\n',
      'other.yml': 'phase: 3\n',
    });
    const has = ({ files }: Plan): boolean =>
      files.some(({ findings }) => findings.some(({ id }) => id === 'compose/limit-pids'));
    const found = await planOf({ root });
    expect([found.phase, has(found)]).toEqual([1, false]);
    const none = await planOf({ root, config: false });
    expect([none.phase, has(none)]).toEqual([2, true]);
    expect((await planOf({ root, config: join(root, 'other.yml') })).phase).toBe(3);
    expect((await planOf({ root, phase: 2 })).phase).toBe(2);
  });

  test('says what is wrong as a value', async () => {
    const root = folderOf({ ...TREE, 'broken/harden.config.yml': 'phase: 9\n', 'broken/.git/HEAD': '' });
    const reasons = async (request: PlanRequest): Promise<readonly string[]> => {
      const planned = await plan(request);
      return planned.ok ? [] : planned.reasons;
    };
    expect(await reasons({ root: join(root, 'none') })).toEqual([
      expect.stringMatching(/none does not exist/),
    ]);
    expect(await reasons({ root: join(root, 'broken') })).toEqual([
      'harden.config.yml:1: phase must be 1, 2 or 3',
    ]);
    expect(await reasons({ root, only: ['limit-pid'] })).toEqual([
      expect.stringMatching(/Did you mean compose\/limit-pids\?/),
    ]);
    expect(await reasons({ root, paths: ['../x'] })).toEqual([
      expect.stringMatching(/^\.\.\/x is not below/),
    ]);
    expect(await reasons({ root, plugins: [{ name: 'mine', transforms: [{}] }] })).toEqual([
      'plugin mine transform 1 has no meta: an object with id, title and the rest',
    ]);
  });

  test('goes on where one file is broken, and masks secrets in findings', async () => {
    const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
    const root = folderOf({
      'a/compose.yml': 'services: [\n',
      'b/compose.yml': `services:\n  web:\n    image: nginx\n    environment:\n      TOKEN: ${secret}\n`,
    });
    const { files, failures } = await planOf({ root });
    expect(failures).toEqual([
      { path: 'a/compose.yml', line: expect.any(Number), reason: expect.any(String) },
    ]);
    expect(files.map(({ path }) => path)).toEqual(['b/compose.yml']);
    expect(JSON.stringify(files[0]!.findings)).not.toContain(secret);
    expect(files[0]!.result).toContain(secret);
  });

  test('pins to what the lock has, and asks nobody', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const root = folderOf({
      'compose.yml': 'services:\n  a:\n    image: memcached:1.6\n  b:\n    image: redis:7\n',
      'harden.lock': JSON.stringify({ version: 1, images: { 'docker.io/library/memcached:1.6': digest } }),
    });
    const { files } = await planOf({ root, pinDigests: true, only: ['compose/pin-image'] });
    expect(files[0]!.result).toContain(`memcached:1.6@${digest}`);
    expect(files[0]!.result).toContain('image: redis:7\n');
  });
});

describe('apply', () => {
  test.each([
    ['in-place', ['--in-place', '--phase', '2']],
    ['sidecar', ['--write']],
  ] as const)('%s writes what the command line writes', async (mode, args) => {
    const [one, other] = [folderOf(TREE), folderOf(TREE)];
    const written = apply(await planOf({ root: one }), { mode });
    expect(written.filter(({ error }) => error !== undefined)).toEqual([]);
    await harden(other, args);
    expect(treeOf(one)).toEqual(treeOf(other));
    const names = Object.keys(treeOf(one)).filter(
      (path) => treeOf(one)[path] !== TREE[path as 'compose.yml'],
    );
    expect(
      written
        .filter(({ changed }) => changed)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(names.sort());
  });

  test('makes the chosen changes alone', async () => {
    const root = folderOf(TREE);
    const planned = await planOf({ root });
    const written = apply(planned, { mode: 'in-place', only: ({ id }) => id === 'compose/limit-pids' });
    expect(written).toEqual([{ path: 'compose.yml', changed: true, error: undefined }]);
    expect(written).toHaveLength(1);
    const limits = get(root, 'compose.yml').match(/pids_limit/g);
    expect(limits).toHaveLength(2);
    expect(treeOf(root)).toEqual({
      ...TREE,
      'compose.yml': expect.not.stringContaining('cap_drop'),
    });
  });

  test('builds no variant of a file none of whose changes are chosen', async () => {
    const root = folderOf(TREE);
    apply(await planOf({ root }), { mode: 'sidecar', only: (_finding, path) => path === 'compose.yml' });
    expect(Object.keys(treeOf(root)).sort()).toEqual([...Object.keys(TREE), 'compose.hardened.yml'].sort());
    expect(get(root, 'compose.hardened.yml')).not.toContain('Dockerfile.hardened');
  });

  test('leaves a file alone that has changed since, and takes no copy of a plan', async () => {
    const root = folderOf(TREE);
    const planned = await planOf({ root, only: ['compose'] });
    put(root, 'compose.yml', `${COMPOSE}# mine\n`);
    expect(apply(planned, { mode: 'in-place' })).toEqual([
      { path: 'compose.yml', changed: false, error: 'has changed since it was read' },
    ]);
    expect(() => apply({ ...planned }, { mode: 'in-place' })).toThrow(/not a copy/);
  });

  test('replaces an edited variant only when it is told to', async () => {
    const root = folderOf(TREE);
    const planned = await planOf({ root, only: ['compose'] });
    put(root, 'compose.hardened.yml', 'mine\n');
    const [kept] = apply(planned, { mode: 'sidecar' });
    expect([kept?.changed, get(root, 'compose.hardened.yml')]).toEqual([false, 'mine\n']);
    const [forced] = apply(planned, { mode: 'sidecar', force: true });
    expect([forced?.changed, forced?.error]).toEqual([true, undefined]);
  });
});

describe('planText', () => {
  test.each([
    ['dockerfile', 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n'],
    ['compose', 'services:\n  web:\n    image: nginx\n'],
    ['systemd', '[Service]\nExecStart=/usr/bin/node /srv/app.js\n'],
    ['quadlet', '[Container]\nImage=docker.io/library/nginx\n'],
    ['fly', 'app = "a"\n[http_service]\ninternal_port = 80\n'],
    ['render', 'services:\n  - type: web\n    name: a\n    runtime: node\n'],
  ] as const)('reads %s by its format alone', (format, text) => {
    const planned = planText({ format, text });
    expect(planned).toMatchObject({ ok: true, file: { format, original: text } });
    expect(planned.ok && planned.file.findings.length).toBeGreaterThan(0);
  });

  test('sees the files that it is given', () => {
    const request = {
      format: 'compose' as const,
      text: COMPOSE,
      only: ['compose/run-as-non-root', 'compose/drop-capabilities'],
    };
    const evidence = (files: Readonly<Record<string, string>>): string =>
      JSON.stringify(planText({ ...request, files }));
    expect(evidence({ Dockerfile: `${DOCKERFILE}USER 1000\n` })).toContain('"file":"Dockerfile"');
    expect(evidence({})).not.toContain('"file":"Dockerfile"');
  });

  test('says what it can’t read, with the line', () => {
    expect(planText({ format: 'compose', text: 'services:\n  web: {\n' })).toMatchObject({
      ok: false,
      line: expect.any(Number),
    });
    expect(planText({ path: 'notes.txt', text: '' })).toMatchObject({ ok: false, reason: /name its format/ });
  });
});

test('a diff applies with git in the root', async () => {
  const root = folderOf(TREE);
  await call('git', ['init', '--quiet'], { cwd: root });
  const { files } = await planOf({ root });
  for (const file of files) {
    const { code, stderr } = await call('git', ['apply', '-'], { cwd: root, input: diff(file) });
    expect([code, stderr]).toEqual([0, '']);
    expect(get(root, file.path)).toBe(file.result);
  }
});

describe('the package', () => {
  test.each(Object.keys(filesIn('api.md')))('runs %s as its documentation shows it', async (name) => {
    const root = userFolder({ ...filesIn('api.md'), ...TREE });
    const { code, stdout, stderr } = await call('node', [name], { cwd: root, env: { NODE_OPTIONS: '' } });
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    const shown: Readonly<Record<string, RegExp>> = {
      'preview.js': /^\+ {4}cap_drop:$/m,
      'text.js': /^RUN npm ci && npm cache clean --force$/m,
      'apply.js': /^compose\.yml written$/m,
    };
    expect(stdout).toMatch(shown[name]!);
  });

  test('lets a user import what is public, with types, and nothing else', async () => {
    const root = userFolder({
      'use.ts': `import { apply, plan, planText, transforms, type PlannedFile } from 'harden';
import { compose, cite, type ComposeTransform } from 'harden/plugin';
const planned = await plan({ root: '.', phase: 2, formats: ['compose'] });
if (planned.ok) {
  const files: readonly PlannedFile[] = planned.files;
  apply(planned, { mode: 'sidecar', only: ({ safety }) => safety === 'safe' });
  // @ts-expect-error a plan can't be changed
  files[0]!.result = '';
}
// @ts-expect-error there is no such format
planText({ format: 'k8s', text: '' });
export const mine: ComposeTransform = {
  meta: { ...transforms[0]!, id: 'compose/set-x' },
  run: (document, context) => document.services.flatMap((service) => {
    const made = compose.addKey(document, service, 'x', true);
    const needs = context.workload(service.name)?.capabilities.value;
    return made.ok && needs !== undefined ? [{ subject: ['services', service.name], range: service.keyRange, message: 'm', evidence: [cite(document, 0)], safety: 'safe', change: 'c', edits: made.edits }] : [];
  }),
};
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'NodeNext',
          target: 'ES2022',
          lib: ['ES2023'],
          types: [],
          noUncheckedIndexedAccess: true,
        },
        files: ['use.ts'],
      }),
      'deep.js': `import 'harden/dist/src/harden.js';`,
      'schema.js': `import schema from 'harden/config.schema.json' with { type: 'json' };\nconsole.log(schema.type);`,
    });
    const tsc = join(packageRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
    const compiled = await call('node', [tsc, '-p', 'tsconfig.json'], {
      cwd: root,
      env: { NODE_OPTIONS: '' },
    });
    expect([compiled.stdout, compiled.code]).toEqual(['', 0]);
    const deep = await call('node', ['deep.js'], { cwd: root, env: { NODE_OPTIONS: '' } });
    expect(deep.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    const schema = await call('node', ['schema.js'], { cwd: root, env: { NODE_OPTIONS: '' } });
    expect(schema.stdout).toBe('object\n');
  });
});

test('transforms are those that harden list shows', async () => {
  const { stdout } = await harden(folderOf(), ['list']);
  expect(transforms.map(({ id }) => id)).toEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  );
});
