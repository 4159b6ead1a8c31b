import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { packageRoot } from '../src/io/package.js';
import { createMarkdownOutput } from '../src/render/markdown.js';
import { OUTPUT_NAMES, type OutputName } from '../src/render/output.js';
import { verifyJson } from '../src/render/verify.js';
import { passed, skipped } from '../src/verify/check.js';
import type { Diagnosis } from '../src/verify/diagnosis.js';
import { createTotals } from '../src/render/totals.js';
import { folderOf, get, harden, MAIN, put, treeOf } from './support/cli.js';
import type { Tree } from './support/memory.js';
import { applySarif, sarifErrors, type SarifLog, type SarifResult } from './support/sarif.js';

const SECRET = 'hunter2-hunter2';
const UNIT = '[Service]\nExecStart=/usr/bin/node /srv/app.js\n';
const NODE = {
  'package.json':
    '{"scripts":{"build":"tsc"},"dependencies":{"express":"5.0.0"},"devDependencies":{"typescript":"5.9.0"}}',
  'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
};
const DOCKERFILE =
  'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nRUN apt-get update && apt-get install -y curl\nCMD ["node", "dist/index.js"]\n';

/** A BOM, CRLF, a path with spaces and characters outside ASCII, a secret that stays and one that a change copies. */
const TREE: Tree = {
  'docker-compose.yml': `\ufeffservices:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${SECRET}\n    ports:\n      - "5432:5432"\n  "a|b":\n    image: nginx:1.27\n`,
  'ä b/Dockerfile': DOCKERFILE.replaceAll('\n', '\r\n'),
  'ä b/package.json': NODE['package.json'],
  'ä b/package-lock.json': NODE['package-lock.json'],
  'ä b/日本, 100%/app.service': UNIT,
  'copies/Dockerfile': DOCKERFILE.replace('\n', `\nENV API_TOKEN=${SECRET}\n`),
  'copies/package.json': NODE['package.json'],
  'copies/package-lock.json': NODE['package-lock.json'],
  'broken/compose.yml': 'services: [\n',
};

function makeTree(): string {
  const root = folderOf(TREE);
  put(root, 'Containerfile', 'FROM alpine\0');
  return root;
}

const FILES: readonly OutputName[] = OUTPUT_NAMES;

/** All outputs of one run, as files. */
async function outputsOf(root: string, ...args: string[]): Promise<Record<OutputName, string>> {
  const reports = folderOf();
  const files = FILES.flatMap((name) => ['--output-file', `${name}=${join(reports, name)}`]);
  const { stderr } = await harden(root, [...files, ...args]);
  expect(stderr).toBe('');
  expect(readdirSync(reports).sort()).toEqual([...FILES].sort());
  return Object.fromEntries(FILES.map((name) => [name, get(reports, name)])) as Record<OutputName, string>;
}

function resultsOf(sarif: string): readonly SarifResult[] {
  return (JSON.parse(sarif) as SarifLog).runs[0].results;
}

describe('of a tree with a BOM, CRLF, secrets, odd paths and files that can not be read', () => {
  test('what goes to files is what standard output says', async () => {
    const root = makeTree();
    const files = await outputsOf(root);
    const printed = await Promise.all(FILES.map((name) => harden(root, ['--output', name])));
    for (const [at, name] of FILES.entries()) {
      const { code, stdout, stderr } = printed[at]!;
      expect([name, stdout]).toEqual([name, files[name]]);
      expect(code).toBe(2);
      expect(stderr.includes('Containerfile: is a binary file')).toBe(name === 'patch');
    }
    expect(treeOf(root)).toEqual({ ...TREE, Containerfile: 'FROM alpine\0' });
  });

  test('only the patch has secrets, and no output has control characters', async () => {
    const root = makeTree();
    put(root, 'escape/compose.yml', 'services:\n  db:\n    image: postgres:16 # \u001b[31mred\u0007\n');
    for (const [name, text] of Object.entries(await outputsOf(root))) {
      expect([name, text.includes(SECRET)]).toEqual([name, name === 'patch']);
      if (name !== 'patch')
        expect([name, /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)]).toEqual([name, false]);
    }
  });

  test('SARIF is valid, and its fixes give what --in-place writes', async () => {
    const root = makeTree();
    const { sarif } = await outputsOf(root, '--phase', '2');
    const log = JSON.parse(sarif) as SarifLog;
    expect(sarifErrors(log)).toEqual([]);
    const [{ results, tool, invocations }] = log.runs;
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(invocations[0].executionSuccessful).toBe(false);
    expect(invocations[0].toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
      'is a binary file (it holds a NUL byte)',
      expect.stringContaining('YAML: '),
    ]);

    const fixed = applySarif(results, (path) => TREE[path] ?? '');
    await harden(root, ['--in-place', '--phase', '2']);
    const expected = treeOf(root);
    const changed = Object.keys(expected).filter((path) => path in TREE && expected[path] !== TREE[path]);
    const made = Object.keys(expected).filter((path) => !(path in TREE) && path !== 'Containerfile');
    // A runtime stage has the variables of the stage before it.
    const secret = 'copies/Dockerfile';
    expect(new Set(fixed.keys())).toEqual(new Set([...changed, ...made]));
    for (const [path, text] of fixed)
      if (path !== secret) expect([path, text]).toEqual([path, expected[path]]);
    const left = results.filter(({ message }) => message.text.includes('it would tell a secret'));
    expect(left.map(({ ruleId, fixes }) => [ruleId, fixes])).toEqual([
      ['dockerfile/separate-build', undefined],
    ]);
  });

  test('SARIF suppresses what is rightly as it is, and gives no fix to what a person decides', async () => {
    const { sarif } = await outputsOf(makeTree());
    const results = resultsOf(sarif);
    const those = (disposition: string): readonly SarifResult[] =>
      results.filter(({ properties }) => properties.disposition === disposition);
    expect(those('accepted').length).toBeGreaterThan(0);
    for (const { suppressions, fixes } of those('accepted')) {
      expect([suppressions?.[0]?.status, fixes]).toEqual(['accepted', undefined]);
      expect(suppressions?.[0]?.justification).not.toBe('');
    }
    expect(those('manual').length).toBeGreaterThan(0);
    for (const { suppressions, fixes } of those('manual'))
      expect([suppressions, fixes]).toEqual([undefined, undefined]);
    for (const { level, fixes } of those('later')) expect([level, fixes]).toEqual(['note', undefined]);
    const [db] = results.filter(({ ruleId }) => ruleId === 'compose/bind-ports-to-loopback');
    expect(db?.locations[0].physicalLocation.region).toEqual({
      startLine: 7,
      startColumn: 9,
      endLine: 7,
      endColumn: 20,
    });
  });

  test('GitHub gets commands that its runner can read, the most severe first', async () => {
    const { github } = await outputsOf(makeTree());
    const decode = (text: string): string => decodeURIComponent(text.replace(/%(?!25|0D|0A|3A|2C)/g, '%25'));
    const annotations = github
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, level = '', properties = '', message = ''] =
          /^::(error|warning|notice) ([^:]*)::(.+)$/.exec(line) ?? [];
        const given = Object.fromEntries(properties.split(',').map((pair) => pair.split('=').map(decode)));
        return { level, message: decode(message), ...given } as Record<string, string>;
      });
    const levels = annotations.map(({ level }) => ['error', 'warning', 'notice'].indexOf(level ?? ''));
    expect(levels).toEqual([...levels].sort());
    expect(levels).not.toContain(-1);
    expect(annotations[0]).toMatchObject({
      file: 'Containerfile',
      message: 'is a binary file (it holds a NUL byte)',
    });
    const files = new Set(annotations.map(({ file }) => file));
    for (const path of ['ä b/日本, 100%/app.service', 'ä b/Dockerfile', 'docker-compose.yml'])
      expect(files).toContain(path);
    expect(annotations.find(({ message }) => message?.includes('127.0.0.1:5432'))).toMatchObject({
      line: '7',
      endLine: '7',
    });
  });

  test('GitLab gets entries with all that it wants, each with a fingerprint of its own', async () => {
    const { gitlab } = await outputsOf(makeTree());
    const entries = JSON.parse(gitlab) as Record<string, unknown>[];
    for (const entry of entries) {
      expect(entry).toEqual({
        description: expect.stringMatching(/\.$/),
        check_name: expect.stringMatching(/^[a-z]+\/[a-z-]+$/),
        fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
        severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
        location: { path: expect.any(String), lines: expect.objectContaining({ begin: expect.any(Number) }) },
      });
    }
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length);
  });

  test("JUnit's XML is well-formed, with a suite a file", async () => {
    const { junit } = await outputsOf(makeTree());
    expect(openElements(junit)).toEqual([]);
    const suites = [...junit.matchAll(/<testsuite name="([^"]*)" tests="(\d+)">([^]*?)<\/testsuite>/g)];
    expect(suites.map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        'Containerfile',
        'broken/compose.yml',
        'docker-compose.yml',
        'ä b/日本, 100%/app.service',
      ]),
    );
    for (const [, , count, cases = ''] of suites)
      expect(cases.match(/<testcase /g)).toHaveLength(Number(count));
    for (const name of ['error', 'failure', 'skipped']) expect(junit).toContain(`<${name} message="`);
    expect(junit).toContain('a|b: ');
  });

  test('Markdown has a table by severity, and the diffs', async () => {
    const { markdown } = await outputsOf(makeTree());
    const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Sev'));
    const ranks = rows
      .slice(1)
      .map((row) => ['critical', 'high', 'medium', 'low', 'info'].indexOf(row.split(' ')[1]!));
    expect(ranks).toEqual([...ranks].sort());
    for (const row of rows) expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(5);
    expect(markdown).toContain('- `Containerfile`: is a binary file (it holds a NUL byte)\n');
    expect(markdown).toContain('<details><summary><code>docker-compose.yml</code></summary>\n\n```diff\n@@ ');
    expect(markdown).toContain('POSTGRES_PASSWORD: ********\n');
  });
});

/** The elements that are not closed; throws for one that closes another. */
function openElements(xml: string): readonly string[] {
  const open: string[] = [];
  const rest = xml.replace(
    /<\?xml [^?]*\?>|<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g,
    (_tag, close, name, _attributes, empty) => {
      if (close === '/' && open.pop() !== name) throw new Error(`</${name}> closes another`);
      if (close === '' && empty === '') open.push(name);
      return '';
    },
  );
  expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/);
  return open;
}

describe('the JSON output', () => {
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(packageRoot(), 'src', 'render', name), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema('output.schema.json'));
  const faults = (text: string): unknown => (validate(JSON.parse(text)) ? [] : validate.errors);

  test.each([[[]], [['--phase', '3']], [['--write']], [['--in-place']], [['--check']]])(
    'is of the shape of its schema: %j',
    async (args) => {
      const root = makeTree();
      put(root, 'fly.toml', 'app = "x"\n[build]\n  dockerfile = "copies/Dockerfile"\n');
      put(root, '.github/workflows/build.yml', 'jobs:\n  a:\n    steps:\n      - run: docker build copies\n');
      put(root, 'template.service', '[Service]\nExecStart={{ start }}\n');
      const { stdout } = await harden(root, ['--output', 'json', ...args]);
      expect(faults(stdout)).toEqual([]);
    },
  );

  test('is of the shape of its schema where a Compose anchor is shared, and for an empty tree', async () => {
    const anchored = folderOf({
      'compose.yml':
        'x-base: &base\n  image: nginx:1.27\nservices:\n  a:\n    <<: *base\n  b:\n    <<: *base\n',
    });
    const { stdout } = await harden(anchored, ['--output', 'json', '--phase', '3']);
    expect(stdout).toContain('"sharedBy"');
    expect(faults(stdout)).toEqual([]);
    expect(faults((await harden(folderOf(), ['--output', 'json'])).stdout)).toEqual([]);
  });

  test('of another shape would be refused', () => {
    expect(faults('{"schema":1,"version":"0","transforms":{},"files":[],"totals":{},"more":1}')).not.toEqual(
      [],
    );
  });
});

test('a line of harden verify is of the shape of its schema', () => {
  const schema = readFileSync(join(packageRoot(), 'src', 'render', 'verify.schema.json'), 'utf8');
  const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(schema) as object);
  const diagnosis: Diagnosis = {
    subject: 'docker-compose.yml: web',
    cause: ['web: read_only: true'],
    symptom: 'it ended with exit code 1',
    evidence: [
      { file: 'docker-compose.yml', line: 3, text: 'image: nginx' },
      { source: 'https://example.com', text: 'x' },
    ],
    mend: {
      says: 'it works with a tmpfs on /run',
      path: 'docker-compose.yml',
      override: { service: 'web', writable: ['/run'] },
      apply: (text) => ({ ok: true, text }),
    },
  };
  const lines = [
    { check: passed('static', 'compose.yml', 'docker compose accepts it') },
    { check: skipped('run', 'compose.yml', 'it works as before', 'docker is not installed') },
    { diagnosis },
    { totals: { passed: 1, failed: 0, skipped: 1 } },
  ];
  for (const line of lines)
    expect([validate(JSON.parse(verifyJson(line))), validate.errors]).toEqual([true, null]);
  expect(validate({ check: { ...lines[0], more: 1 } })).toBe(false);
});

test('of an empty tree every output is what its readers take for nothing found', async () => {
  const outputs = await outputsOf(folderOf({ 'a.txt': 'x' }));
  expect(outputs.text).toContain('There is no Dockerfile');
  expect([outputs.patch, outputs.github]).toEqual(['', '']);
  expect(JSON.parse(outputs.json)).toMatchObject({ files: [], totals: { files: 0 } });
  expect(JSON.parse(outputs.gitlab)).toEqual([]);
  expect(sarifErrors(JSON.parse(outputs.sarif))).toEqual([]);
  expect(resultsOf(outputs.sarif)).toEqual([]);
  expect(openElements(outputs.junit)).toEqual([]);
  expect(outputs.markdown).toBe('## harden\n\nThere is nothing here that harden reads.\n');
});

test('a fingerprint stays when lines move, and tells equal findings apart', async () => {
  const compose =
    'services:\n  a:\n    image: nginx:1.27\n    ports:\n      - "8080:80"\n      - "8080:80"\n';
  const printsOf = async (text: string): Promise<readonly string[]> => {
    const { stdout } = await harden(folderOf({ 'compose.yml': text }), ['--output', 'sarif']);
    return resultsOf(stdout).map(({ partialFingerprints }) => partialFingerprints['hardenFinding/v1']);
  };
  const prints = await printsOf(compose);
  expect(new Set(prints).size).toBe(prints.length);
  expect(await printsOf(`# one\n# two\n\n${compose.replace('ports:', 'ports: # more')}`)).toEqual(prints);
  expect(await printsOf(compose.replace('  a:', '  b:'))).not.toEqual(prints);
});

test('a summary that is too large for GitHub is cut, and says so', () => {
  const { foot } = createMarkdownOutput((text) => text);
  const row = (rank: number): { text: string; rank: number } => ({ text: `| ${'ä'.repeat(1000)} |\n`, rank });
  const held = [...Array.from({ length: 400 }, () => row(1)), ...Array.from({ length: 400 }, () => row(5))];
  const text = foot({ ...createTotals(), files: 1 }, held);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
  expect(Buffer.byteLength(text)).toBeGreaterThan(1000 * 1024);
  expect(text).toMatch(/\n28\d rows and diffs are left out: GitHub takes a summary of up to 1 MiB/);
  expect(foot({ ...createTotals(), files: 1 }, held.slice(0, 9))).not.toContain('left out');
});

describe('exit codes', () => {
  test('are the same whatever is printed', async () => {
    const root = folderOf({ 'app.service': UNIT });
    const clean = folderOf({ 'a.txt': 'x' });
    const checks = OUTPUT_NAMES.map((name) => harden(root, ['--check', '--output', name]));
    for (const { code } of await Promise.all(checks)) expect(code).toBe(1);
    expect((await harden(clean, ['--check', '--output', 'sarif'])).code).toBe(0);
    expect((await harden(root, ['--check', '--output-file', 'json=out.json'])).code).toBe(1);
    expect((await harden(root, ['--output-file', 'json=out.json', 'missing'])).code).toBe(2);
  });
});

describe('--output-file', () => {
  test.each([
    ['sarif', '--output-file takes an output and a file, as in sarif=harden.sarif, not sarif.'],
    ['sarif=', '--output-file takes an output and a file'],
    ['xml=out.xml', 'there is no output xml: it is one of text, patch, json,'],
    ['json=missing/out.json', '--output-file: missing/out.json is in a folder that does not exist.'],
    ['json=folder', '--output-file: folder is not a regular file.'],
    ['json=folder/app.service', '--output-file: folder/app.service is one of the files that harden reads.'],
    ['json=link.service', '--output-file: link.service is one of the files that harden reads.'],
  ])('refuses %s, and nothing runs', async (value, message) => {
    const root = folderOf({ 'folder/app.service': UNIT });
    symlinkSync('folder/app.service', join(root, 'link.service'));
    const before = treeOf(root);
    const { code, stdout, stderr } = await harden(root, ['--write', '--output-file', value]);
    expect(stderr).toContain(`harden: ${message}`);
    expect([code, stdout]).toEqual([2, '']);
    expect(treeOf(root)).toEqual(before);
  });

  test('refuses one file for two outputs', async () => {
    const { code, stderr } = await harden(folderOf(), [
      '--output-file',
      'json=a',
      '--output-file',
      'sarif=./a',
    ]);
    expect(stderr).toBe("harden: two outputs can't go to the same file ./a.\n");
    expect(code).toBe(2);
  });

  test('replaces what stands there, with its permissions, through a link, and leaves nothing else', async () => {
    const root = folderOf({ 'app.service': UNIT, 'reports/out.json': 'old' });
    chmodSync(join(root, 'reports/out.json'), 0o640);
    symlinkSync('reports/out.json', join(root, 'link'));
    const { stdout } = await harden(root, ['--output-file', 'json=link']);
    expect(stdout).toContain('Totals');
    expect(JSON.parse(get(root, 'reports/out.json'))).toMatchObject({ schema: 1 });
    expect(statSync(join(root, 'reports/out.json')).mode & 0o777).toBe(0o640);
    expect(readdirSync(root).sort()).toEqual(['app.service', 'link', 'reports']);
    expect(readdirSync(join(root, 'reports'))).toEqual(['out.json']);
  });

  test('is written to its end when nobody reads standard output any more', async () => {
    const tree = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`${at}/app.service`, UNIT]));
    const [root, other] = [folderOf(tree), folderOf(tree)];
    await harden(root, ['--output-file', 'sarif=out.sarif']);
    const args = [MAIN, '--output', 'json', '--output-file', 'sarif=out.sarif'];
    const child = spawn(process.execPath, args, { cwd: other, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.once('data', () => child.stdout.destroy());
    await once(child, 'close');
    expect(get(other, 'out.sarif')).toBe(get(root, 'out.sarif'));
  });
});
