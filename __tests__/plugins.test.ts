import { chownSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { call } from '../src/io/process.js';
import { metaProblem } from '../src/plugins/check-meta.js';
import { checkedPlugins } from '../src/plugins/load.js';
import { policies } from '../transforms/index.js';
import { get, harden } from './support/cli.js';
import { filesIn, userFolder } from './support/docs.js';
import type { Tree } from './support/memory.js';

const COMPOSE = `services:
  web:
    image: nginx:1.27
  api:
    image: redis:7 # keep
    ulimits:
      nofile: 10
`;
const DOCUMENTED = filesIn('plugins.md');
const ID = 'compose/forbid-core-dumps';
const MODULE = 'hardening/core-dumps.js';

const documented = (more: Tree = {}): string =>
  userFolder({ ...DOCUMENTED, 'compose.yml': COMPOSE, ...more });

interface Json {
  readonly transforms: Readonly<Record<string, { readonly title: string }>>;
  readonly files: readonly {
    readonly findings: readonly {
      readonly id: string;
      readonly disposition: string;
      readonly reason?: string;
    }[];
    readonly failures: readonly { readonly id: string; readonly error: string }[];
  }[];
}

async function planned(root: string, args: readonly string[] = []): Promise<Json> {
  const { stdout, stderr } = await harden(root, ['--output', 'json', ...args]);
  return JSON.parse(stdout === '' ? stderr : stdout) as Json;
}

/** A module with one transform, made from a sound one. */
function pluginOf(change: string): string {
  return `const meta = ${JSON.stringify({ ...sound, touches: ['services.*.ulimits'] })};
const finding = (document) => ({
  subject: ['services', 'web'], range: { start: 0, end: 1 }, message: 'wrong', evidence: [], safety: 'safe',
  change: 'x', edits: [{ start: document.text.length, end: document.text.length, text: '' }],
});
let run = (document) => [finding(document)];
${change}
export const transforms = [{ meta, run }];
`;
}

const sound = {
  id: 'compose/set-something',
  title: 'Set something useful',
  description: 'Something is not set, and that is bad.',
  severity: 'low',
  phase: 1,
  mayBreak: 'Nothing that anyone knows of.',
  touches: ['services.*.labels'],
  controls: [],
  references: ['https://example.org/'],
};

describe('the documented plugin', () => {
  test('is planned and written with, by its option, and shown by list and explain', async () => {
    const root = documented({
      'harden.config.yml': DOCUMENTED['harden.config.yml']!.replace('size: 0', 'size: 64'),
    });
    const { code, stderr } = await harden(root, ['--in-place', '--only', 'forbid-core-dumps']);
    expect([code, stderr]).toEqual([0, '']);
    expect(get(root, 'compose.yml')).toBe(
      COMPOSE.replace('nginx:1.27\n', 'nginx:1.27\n    ulimits:\n      core: 64\n'),
    );
    expect((await harden(root, ['list'])).stdout).toMatch(
      /^compose\/forbid-core-dumps .*\(\.\/hardening\/core-dumps\.js\)$/m,
    );
    expect((await harden(root, ['explain', ID])).stdout).toContain('plugin     ./hardening/core-dumps.js');
  });

  test('is a rule of SARIF and a transform of JSON, and can be left out, overridden, accepted and baselined', async () => {
    const root = documented();
    const json = await planned(root);
    expect(json.transforms[ID]?.title).toBe('Write no core dumps');
    const of = (one: Json): readonly string[] =>
      one.files[0]!.findings.filter(({ id }) => id === ID).map(({ disposition }) => disposition);
    expect(of(json)).toEqual(['applied', 'manual']);
    expect(of(await planned(root, ['--skip', ID]))).toEqual([]);
    const sarif = await harden(root, ['--output', 'sarif']);
    expect(sarif.stdout).toContain(`"id":"${ID}"`);

    const config = `plugins: [./${MODULE}]
overrides: [{ file: compose.yml, service: web, skip: [${ID}], reason: debugged }]
accept: [{ transform: ${ID}, file: compose.yml, service: api, reason: fine, expires: "2999-01-01" }]
`;
    expect(of(await planned(documented({ 'harden.config.yml': config })))).toEqual(['accepted', 'accepted']);
    expect((await harden(root, ['baseline'])).code).toBe(0);
    expect(get(root, 'harden.baseline.json')).toContain(ID);
  });

  test('is there in every thread', async () => {
    const folders = Array.from({ length: 30 }, (_, at) => [`d${at}/compose.yml`, COMPOSE] as const);
    const json = await planned(documented(Object.fromEntries(folders)), ['--jobs', '2', '--only', ID]);
    expect(json.files).toHaveLength(31);
    for (const { findings } of json.files) expect(findings.map(({ id }) => id)).toEqual([ID, ID]);
  });

  test('passes the test that is shown for it', async () => {
    const root = documented();
    const { code, stdout } = await call('node', ['--test', 'hardening/'], {
      cwd: root,
      env: { NODE_OPTIONS: '' },
    });
    expect([code, stdout]).toEqual([0, expect.stringContaining('# pass 1')]);
  });
});

describe('a plugin', () => {
  test.each([
    ['./none.js', 'harden.config.yml:1: plugin ./none.js does not exist'],
    ['./folder', 'harden.config.yml:1: plugin ./folder is no file: name the module itself'],
    ['harden-plugin-none', 'harden.config.yml:1: plugin harden-plugin-none is not installed: npm install'],
    ['plugins/a.js', 'harden.config.yml:1: plugins names plugins/a.js: begin a path with ./'],
    ['"https://example.org/a.js"', 'plugins names https://example.org/a.js: name a file or a package'],
    ['7', 'harden.config.yml:1: plugins must hold only text'],
    ['./throws.js', 'harden.config.yml:1: plugin ./throws.js could not be loaded: no luck'],
    ['./nothing.js', 'plugin ./nothing.js exports no transforms: write export const transforms'],
    ['./double.js', 'compose/limit-pids is there already, of harden itself: give it another name'],
    ['./lost.js', 'plugin ./lost.js could not be loaded: '],
  ])('%s that can’t be used is named with its line, and nothing is planned', async (name, said) => {
    const root = documented({
      'harden.config.yml': `plugins: [${name}]\n`,
      'folder/a.txt': '',
      'throws.js': `throw new Error('no luck')`,
      'nothing.js': 'export default 7',
      'double.js': pluginOf(`meta.id = 'compose/limit-pids'`),
      'lost.js': `import './absent.js'`,
    });
    const { code, stdout, stderr } = await harden(root, ['--in-place']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(get(root, 'compose.yml')).toBe(COMPOSE);
    // Harden's own transforms are shown whatever a plugin is.
    const listed = await harden(root, ['list']);
    expect(listed.stdout).toContain('compose/limit-pids');
  });

  test('of a package is found from the config’s folder, one that is ESM alone too', async () => {
    const root = documented({
      'harden.config.yml': 'plugins: [harden-plugin-x, "@a/b"]\n',
      'node_modules/harden-plugin-x/package.json':
        '{"name":"harden-plugin-x","type":"module","exports":{"import":"./main.js"}}',
      'node_modules/harden-plugin-x/main.js': pluginOf(''),
      'node_modules/@a/b/package.json': '{"name":"@a/b","main":"b.cjs"}',
      'node_modules/@a/b/b.cjs': `module.exports = { transforms: [{ run: () => [], meta: ${JSON.stringify({ ...sound, id: 'fly/set-other' })} }] }`,
    });
    const { stdout } = await harden(root, ['list']);
    expect(stdout).toMatch(/compose\/set-something .*\(harden-plugin-x\)/);
    expect(stdout).toMatch(/fly\/set-other .*\(@a\/b\)/);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('of another user is not run, unless its config is named', async () => {
    for (const strange of ['harden.config.yml', MODULE]) {
      const root = documented({
        [MODULE]: `import { writeFileSync } from 'node:fs';\nwriteFileSync('ran', '');\n${DOCUMENTED[MODULE]!}`,
      });
      chownSync(join(root, strange), 12345, 12345);
      const { code, stderr } = await harden(root, []);
      expect([code, existsSync(join(root, 'ran'))]).toEqual([2, false]);
      expect(stderr).toMatch(/^harden: harden\.config\.yml:\d: plugin.*would be run/);
      expect((await harden(root, ['--config', 'harden.config.yml'])).code).toBe(0);
      expect(existsSync(join(root, 'ran'))).toBe(true);
    }
  });

  test.each([
    ['run = () => { throw new Error("no luck") }', 'no luck'],
    ['run = async () => []', 'run must return a list of findings, and at once'],
    ['run = (d) => [{ ...finding(d), subject: "web" }]', 'finding 1 needs a subject: a list of texts'],
    [
      'run = (d) => [{ ...finding(d), range: { start: 3, end: 99999 } }]',
      'finding 1 needs a range within the text',
    ],
    ['run = (d) => [{ ...finding(d), evidence: [{ text: "x" }] }]', 'finding 1 needs evidence'],
    ['run = (d) => [{ ...finding(d), safety: "sure" }]', 'finding 1 needs a safety'],
    ['run = (d) => [{ ...finding(d), edits: [{ start: -1, end: 0, text: "" }] }]', 'finding 1 has an edit'],
    ['run = (d) => [{ ...finding(d), safety: "manual" }]', 'finding 1 needs a reason'],
  ])('with %s fails alone', async (change, error) => {
    const root = documented({ 'harden.config.yml': 'plugins: [./p.js]\n', 'p.js': pluginOf(change) });
    const [file] = (await planned(root)).files;
    expect(file!.failures).toEqual([{ id: sound.id, error: expect.stringContaining(error) }]);
    expect(file!.findings.length).toBeGreaterThan(0);
  });

  test.each([
    ['a change that it does not declare', 'nginx:1.27', 'nginx:1.28', 'which it does not declare'],
    ['a comment that is lost', ' # keep', '', 'it loses the comment # keep'],
    ['a text that does not parse', 'nofile: 10', 'nofile: [', 'the result does not parse'],
  ])('is kept from %s', async (_name, from, to, reason) => {
    const change = `run = (document) => {
  const start = document.text.indexOf(${JSON.stringify(from)});
  return start < 0 ? [] : [{ ...finding(document), edits: [{ start, end: start + ${from.length}, text: ${JSON.stringify(to)} }] }];
};`;
    const root = documented({ 'harden.config.yml': 'plugins: [./p.js]\n', 'p.js': pluginOf(change) });
    const [file] = (await planned(root)).files;
    const own = file!.findings.filter(({ id }) => id === sound.id);
    expect(own).toEqual([
      expect.objectContaining({ disposition: 'unsound', reason: expect.stringContaining(reason) }),
    ]);
  });

  test('that cites a secret has it masked', async () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    const change = `run = (d) => [{ ...finding(d), safety: 'manual', reason: 'see ${secret}', message: 'is AWS_ACCESS_KEY_ID=${secret}',
      evidence: [{ file: d.path, line: 1, text: 'AWS_ACCESS_KEY_ID=${secret}' }] }]`;
    const root = documented({ 'harden.config.yml': 'plugins: [./p.js]\n', 'p.js': pluginOf(change) });
    for (const output of ['text', 'json', 'sarif']) {
      const { stdout } = await harden(root, ['--output', output]);
      expect(stdout).toContain('compose/set-something');
      expect(stdout).not.toContain(secret);
    }
  });
});

describe('what a plugin says of a transform', () => {
  test.each(policies.map((meta) => [meta.id, meta] as const))('%s of harden itself passes', (id, meta) => {
    // An ignore file's policy is no transform, and has no verb with a format of its own.
    expect(metaProblem(meta)).toBeUndefined();
    expect(checkedPlugins([[{ name: 'x', url: '' }, [{ meta, run: () => [] }]]])).toMatchObject({
      ok: false,
      problems: [{ reason: `${id} is there already, of harden itself: give it another name` }],
    });
  });

  test.each([
    [{ id: 'compose/labels' }, /has the id "compose\/labels": it must be <format>\/<verb-object>/],
    [{ id: 'k8s/set-labels' }, /the formats are dockerfile, compose/],
    [{ id: 7 }, /has the id undefined/],
    [{ title: 'Set labels here.' }, /full stop/],
    [{ title: 'Set' }, /says too little in meta.title/],
    [{ description: 'It has no full stop' }, /must end meta.description/],
    [{ mayBreak: undefined }, /says too little in meta.mayBreak/],
    [{ severity: 'grave' }, /needs a meta.severity: one of critical, high/],
    [{ phase: 4 }, /needs a meta.phase/],
    [{ restructures: 'yes' }, /meta.restructures/],
    [{ touches: 'services' }, /needs a list of texts in meta.touches/],
    [{ controls: undefined }, /needs a list of texts in meta.controls/],
    [{ references: [] }, /names no meta.references/],
    [{ references: ['man page'] }, /no URL: man page/],
    [{ options: [{ name: 'Size' }] }, /needs a name of its own/],
    [{ options: [{ name: 'phase', description: 'x', default: 1, minimum: 1, maximum: 2 }] }, /needs a name/],
    [{ options: [{ name: 'size', description: 'x', default: 9, minimum: 1, maximum: 2 }] }, /wrong default/],
    [{ options: [{ name: 'size', description: 'x', default: 'a', pattern: '(' }] }, /neither a pattern/],
    [
      { options: [1, 1].map(() => ({ name: 'a', description: 'x', default: 1, minimum: 1, maximum: 2 })) },
      /two options a/,
    ],
  ])('%j is refused', (change, said) => {
    expect(metaProblem(sound)).toBeUndefined();
    expect(metaProblem({ ...sound, ...change })).toMatch(said);
  });
});
