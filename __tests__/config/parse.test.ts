import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseConfig, type ConfigOutcome } from '../../src/config/parse.js';
import { CAPABILITIES } from '../../src/exposure/names.js';
import { packageRoot } from '../../src/io/package.js';

const TRANSFORMS = ['compose/read-only-rootfs', 'systemd/protect-system', 'dockerfile/run-as-non-root'];

function read(text: string): ConfigOutcome {
  return parseConfig(text, {
    path: 'harden.config.yml',
    place: { folder: '.', root: '.' },
    transforms: TRANSFORMS,
  });
}

const schema = JSON.parse(
  readFileSync(join(packageRoot(), 'src', 'config', 'config.schema.json'), 'utf8'),
) as { $defs: { capability: { enum: string[] } } };
const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictRequired: false }).compile(schema);

const GOOD = `# What harden can't see
overrides:
  - file: ./deploy/docker-compose.yml
    service: db
    capabilities: [CHOWN, CAP_SETUID]
    writable:
      - /var/cache/nginx/
    executable: [/tmp]
    skip: [compose/read-only-rootfs, protect-system, dockerfile]
    reason: nginx writes its cache there
  - file: units/*.service
    writable: [/var/spool/app]
`;

describe('a good config', () => {
  test('each item has its line, in its short form', () => {
    const outcome = read(GOOD);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
    const [first, second] = outcome.config.overrides;
    expect(first).toMatchObject({
      file: 'deploy/docker-compose.yml',
      service: 'db',
      line: 3,
      reason: 'nginx writes its cache there',
    });
    expect(first?.capabilities.map(({ value }) => value)).toEqual(['CHOWN', 'SETUID']);
    expect(first?.writable).toEqual([
      {
        value: '/var/cache/nginx',
        evidence: { file: 'harden.config.yml', line: 7, text: '- /var/cache/nginx/' },
      },
    ]);
    expect(first?.skip.map(({ value }) => value)).toEqual([
      'compose/read-only-rootfs',
      'protect-system',
      'dockerfile',
    ]);
    expect(second).toMatchObject({ file: 'units/*.service', service: undefined, line: 11 });
    expect(validate(parse(GOOD))).toBe(true);
  });

  test.each(['', '# nothing yet\n', '{}', 'overrides:\n', 'overrides: []\n', '\uFEFFoverrides:\r\n'])(
    '%j has no overrides',
    (text) => {
      expect(read(text)).toMatchObject({ ok: true, config: { overrides: [] } });
    },
  );

  test('JSON is read as it is, with tabs', () => {
    const text = '{\n\t"overrides": [\n\t\t{ "file": "a.yml", "skip": ["dockerfile"] }\n\t]\n}\n';
    expect(read(text)).toMatchObject({ ok: true, config: { overrides: [{ file: 'a.yml', line: 3 }] } });
  });

  test('an anchor stands for what it names', () => {
    const text = 'overrides:\n  - file: a\n    writable: &w [/a, /b]\n  - file: b\n    executable: *w\n';
    expect(read(text)).toMatchObject({
      ok: true,
      config: { overrides: [{}, { executable: [{ value: '/a' }, { value: '/b' }] }] },
    });
  });

  test('a secret in a cited line is masked', () => {
    const text = 'overrides:\n  - { file: a, writable: [/a], reason: "password=hunter22" }\n';
    const outcome = read(text);
    expect(JSON.stringify(outcome.ok && outcome.config.overrides[0]?.writable)).not.toContain('hunter22');
  });
});

/** @returns an override with these lines in the place of the good ones. */
function override(lines: string): string {
  return `overrides:\n  - file: a.yml\n    ${lines}\n`;
}

describe('a broken config', () => {
  test.each([
    ['overides: []\n', 1, 'unknown key overides: did you mean overrides?'],
    ['phase: 3\n', 1, 'unknown key phase: it may have overrides'],
    ['- a\n', 1, 'the config must be a mapping with overrides'],
    ['overrides:\n  file: a\n', 2, 'overrides must be a list: begin each override with "- file: PATH"'],
    ['overrides:\n  - a\n', 2, 'an override must be a mapping with file, service'],
    ['overrides:\n  -\n', 2, 'an override must be a mapping with file, service'],
    ['overrides:\n  - skip: [dockerfile]\n', 2, 'an override without file: name the file that it is about'],
    [
      override('service: db'),
      2,
      'names nothing to change: give it capabilities, writable, executable or skip',
    ],
    [override('writable: []'), 2, 'names nothing to change'],
    [override('capabilites: [CHOWN]'), 3, 'unknown key capabilites: did you mean capabilities?'],
    [override('<<: { skip: [dockerfile] }'), 3, 'unknown key <<'],
    [override('capabilities: CHOWN'), 3, 'capabilities must be a list, for example [CHOWN, SETUID]'],
    [override('capabilities:'), 3, 'capabilities must be a list'],
    [override('capabilities: [1]'), 3, 'capabilities must hold only text'],
    [override('capabilities: [CAP_CHWON]'), 3, 'which is no capability: did you mean CHOWN?'],
    [override('capabilities: [ALL]'), 3, 'names ALL: name those that are needed'],
    [
      override('writable: [var/cache]'),
      3,
      'writable names var/cache, which is not absolute: begin it with /',
    ],
    [override('writable: [/a/../b]'), 3, 'write it without . and ..'],
    [override('writable: [/]'), 3, 'names /: name the folders below it'],
    [override('executable: ["/a:b"]'), 3, 'executable names a path with ":"'],
    [override('executable: [/a$b]'), 3, 'executable names a path with "$"'],
    [override('skip: [compose/read-only-rootf]'), 3, 'did you mean compose/read-only-rootfs?'],
    [override('skip: [zzzzzzzz]'), 3, "which is no transform: 'harden list' shows them all"],
    [override('skip: [dockerfile]\n    reason: 2026'), 4, 'reason must be text: write it in quotes'],
    [override('skip: [dockerfile]\n    service: [db]'), 4, 'service must be text'],
    [override('skip: [dockerfile]\n    service:'), 4, 'service must be text'],
    ['overrides:\n  - file: /a.yml\n    skip: [dockerfile]\n', 2, 'take the / from /a.yml'],
    ['overrides:\n  - file: ../a.yml\n    skip: [dockerfile]\n', 2, "outside the config's folder"],
    ['overrides:\n  - file: "!a.yml"\n    skip: [dockerfile]\n', 2, 'take the ! out'],
    ['overrides:\n  - file: ./\n    skip: [dockerfile]\n', 2, 'write "**" for all files'],
    ['overrides: [\n', 2, 'YAML: '],
    ['overrides: []\n---\noverrides: []\n', 2, 'it holds several YAML documents'],
    ['overrides: *a\n', 1, 'no anchor before it is named &a'],
  ])('%j: line %i: %s', (text, line, reason) => {
    const outcome = read(text);
    expect(outcome).toMatchObject({ ok: false });
    if (outcome.ok) return;
    expect(outcome.problems[0]?.line).toBe(line);
    expect(outcome.problems[0]?.reason).toContain(reason);
  });

  test('all problems are told, in the order of their lines', () => {
    const outcome = read(
      'overrides:\n  - file: a\n    writable: [b]\n  - fil: a\n    skip: [dockerfile]\nphase: 2\n',
    );
    expect(outcome.ok ? [] : outcome.problems.map(({ line }) => line)).toEqual([3, 4, 6]);
  });

  test('aliases that expand without end are refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => `    - &l${at + 1} [${Array(9).fill(`*l${at}`).join(', ')}]`,
    );
    const bomb = `overrides:\n  - file: a\n    skip:\n    - &l0 [dockerfile]\n${levels.join('\n')}\n`;
    expect(read(bomb)).toMatchObject({
      ok: false,
      problems: [{ reason: expect.stringContaining('YAML bomb') }],
    });
    expect(read('overrides: &a [*a]\n')).toMatchObject({ ok: false });
    expect(read(`overrides: ${'['.repeat(3000)}`)).toMatchObject({ ok: false });
  });
});

describe('the JSON Schema', () => {
  test('knows the same capabilities', () => {
    const known = [...CAPABILITIES].sort().flatMap((name) => [name, `CAP_${name}`]);
    expect(schema.$defs.capability.enum).toEqual(known);
  });

  test.each([
    { overrides: null },
    {},
    { overrides: [{ file: 'a', skip: ['compose'] }] },
    { overrides: [{ file: '**', capabilities: ['CAP_BPF'], writable: [], reason: 'x' }] },
  ])('accepts %j, as the parser does', (config) => {
    expect(validate(config)).toBe(true);
    expect(parseConfig(JSON.stringify(config), { path: '', place: { folder: '.', root: '.' } }).ok).toBe(
      true,
    );
  });

  test.each([
    { overides: [] },
    [],
    { overrides: {} },
    { overrides: [{ skip: ['compose'] }] },
    { overrides: [{ file: 'a' }] },
    { overrides: [{ file: 'a', writable: [] }] },
    { overrides: [{ file: '/a', skip: ['compose'] }] },
    { overrides: [{ file: 'a/../../b', skip: ['compose'] }] },
    { overrides: [{ file: '', skip: ['compose'] }] },
    { overrides: [{ file: 'a', writable: ['a'] }] },
    { overrides: [{ file: 'a', writable: ['/'] }] },
    { overrides: [{ file: 'a', writable: ['/a/../b'] }] },
    { overrides: [{ file: 'a', writable: ['/a b'] }] },
    { overrides: [{ file: 'a', capabilities: ['ALL'] }] },
    { overrides: [{ file: 'a', capabilities: 'CHOWN' }] },
    { overrides: [{ file: 'a', skip: ['compose'], reason: 1 }] },
    { overrides: [{ file: 'a', skip: ['compose'], phase: 1 }] },
  ])('refuses %j, as the parser does', (config) => {
    expect(validate(config)).toBe(false);
    expect(parseConfig(JSON.stringify(config), { path: '', place: { folder: '.', root: '.' } }).ok).toBe(
      false,
    );
  });
});
