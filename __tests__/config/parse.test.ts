import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseConfig, type ConfigOutcome } from '../../src/config/parse.js';
import { CAPABILITIES } from '../../src/exposure/names.js';
import { packageRoot } from '../../src/io/package.js';
import { policies } from '../../transforms/index.js';

const TODAY = '2026-11-26';

function read(text: string): ConfigOutcome {
  return parseConfig(text, {
    path: 'harden.config.yml',
    place: { folder: '.', root: '.' },
    transforms: policies,
    today: TODAY,
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
    ['phase: 4\n', 1, 'phase must be 1, 2 or 3'],
    ['phase: "2"\n', 1, 'phase must be 1, 2 or 3'],
    ['phases: 2\n', 1, 'unknown key phases: did you mean phase?'],
    ['base: alpine\n', 1, 'base must be slim, distroless, chainguard or dhi'],
    ['systemd-version: 25.5\n', 1, 'systemd-version must be a number from 1 on'],
    ['pin-digests: maybe\n', 1, 'pin-digests must be true or false'],
    ['- a\n', 1, 'the config must be a mapping with phase, base, '],
    ['overrides:\n  file: a\n', 2, 'overrides must be a list: begin each override with "- file: PATH"'],
    ['overrides:\n  - a\n', 2, 'an override must be a mapping with file, service'],
    ['overrides:\n  -\n', 2, 'an override must be a mapping with file, service'],
    ['overrides:\n  - skip: [dockerfile]\n', 2, 'an override without file: name the file that it is about'],
    [
      override('service: db'),
      2,
      'names nothing to change: give it capabilities, writable, executable, egress, skip or transforms',
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
    [
      override('egress: [mailhost]'),
      3,
      'egress names mailhost, which is no host with a domain and no address',
    ],
    [override('egress: ["a.example.com:99999"]'), 3, 'egress names a.example.com:99999, which is no host'],
    [override('egress: [none, a.example.com]'), 3, 'egress names none, and something: take one of them out'],
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
      'overrides:\n  - file: a\n    writable: [b]\n  - fil: a\n    skip: [dockerfile]\nphase: 4\n',
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

describe('what is set of transforms', () => {
  test('off, another phase and options, each with its line', () => {
    const outcome = read(`phase: 1
base: distroless
systemd-version: 252
pin-digests: true
transforms:
  compose/limit-cpus: off
  compose/read-only-rootfs: { phase: 3 }
  compose/rotate-logs:
    max-size: 20m
    max-file: 5
overrides:
  - file: a.yml
    service: db
    transforms:
      compose/rotate-logs: { max-file: 2 }
`);
    expect(outcome).toMatchObject({
      ok: true,
      config: {
        phase: 1,
        base: 'distroless',
        systemdVersion: 252,
        pinDigests: true,
        off: ['compose/limit-cpus'],
        phases: { 'compose/read-only-rootfs': 3 },
        options: [
          { transform: 'compose/rotate-logs', name: 'max-size', value: '20m', evidence: { line: 9 } },
          { transform: 'compose/rotate-logs', name: 'max-file', value: 5, evidence: { line: 10 } },
        ],
        overrides: [{ options: [{ name: 'max-file', value: 2, evidence: { line: 15 } }] }],
      },
    });
  });

  test.each([
    ['transforms: [compose/pin-image]\n', 'transforms must be a mapping'],
    ['transforms: { rotate-logs: off }\n', 'the id of no transform: did you mean compose/rotate-logs?'],
    ['transforms: { compose/zzzzzzzzzzzz: off }\n', "'harden list' shows them all"],
    [
      'transforms: { compose/limit-cpus: on }\n',
      'what is set of compose/limit-cpus must be a mapping with phase',
    ],
    ['transforms: { compose/limit-cpus: }\n', 'must be a mapping with phase'],
    ['transforms: { compose/limit-cpus: { phase: 0 } }\n', 'phase must be 1, 2 or 3'],
    ['transforms: { compose/rotate-logs: { max-sise: 1m } }\n', 'did you mean max-size?'],
    [
      'transforms: { compose/rotate-logs: { max-size: 10 } }\n',
      'max-size of compose/rotate-logs must be text like "10m"',
    ],
    ['transforms: { compose/rotate-logs: { max-size: 10mb } }\n', 'must be text like "10m"'],
    ['transforms: { compose/rotate-logs: { max-file: 0 } }\n', 'must be a whole number from 1 to 1000'],
    ['transforms: { compose/rotate-logs: { max-file: "3" } }\n', 'must be a whole number from 1 to 1000'],
    [override('transforms: { compose/rotate-logs: off }'), 'must be a mapping with max-size or max-file'],
    [override('transforms: { compose/rotate-logs: { phase: 3 } }'), 'unknown key phase'],
    [override('transforms: { compose/limit-cpus: { phase: 3 } }'), 'compose/limit-cpus has no options'],
  ])('%j: %s', (text, reason) => {
    expect(read(text)).toMatchObject({ ok: false, problems: [{ reason: expect.stringContaining(reason) }] });
  });
});

/** @returns an accepted risk with these lines, and good ones for the rest. */
function risk(lines: Readonly<Record<string, string>>): string {
  const all = {
    transform: 'compose/report-sensitive-mounts',
    file: 'a.yml',
    reason: 'it restarts containers',
    expires: '2027-03-31',
    ...lines,
  };
  const pairs = Object.entries(all).filter(([, value]) => value !== '-');
  return `accept:\n${pairs.map(([key, value], at) => `  ${at === 0 ? '-' : ' '} ${key}: ${value}`).join('\n')}\n`;
}

describe('an accepted risk', () => {
  test.each([
    ['2027-03-31', false],
    [TODAY, false],
    ['2026-11-25', true],
  ])('until %s: expired is %s', (expires, expired) => {
    expect(read(risk({ expires, service: 'agent', contains: '/var/run/docker.sock' }))).toMatchObject({
      ok: true,
      config: {
        accept: [
          {
            transform: 'compose/report-sensitive-mounts',
            file: 'a.yml',
            service: 'agent',
            contains: '/var/run/docker.sock',
            reason: 'it restarts containers',
            expires,
            expired,
            line: 2,
            evidence: { file: 'harden.config.yml', line: 2 },
          },
        ],
      },
    });
  });

  test.each([
    [risk({ reason: '-' }), 'an accepted risk without reason: say why it is accepted'],
    [risk({ expires: '-' }), 'an accepted risk without expires: name the last day on which it holds'],
    [risk({ file: '-' }), 'an accepted risk without file'],
    [risk({ transform: '-' }), 'an accepted risk without transform'],
    [risk({ transform: 'report-sensitive-mount' }), 'did you mean compose/report-sensitive-mounts?'],
    [risk({ expires: '31.3.2027' }), 'expires must be a day, as in "2026-11-26"'],
    [risk({ expires: '2027-02-30' }), 'expires must be a day'],
    [risk({ expires: '2027' }), 'expires must be text'],
    [risk({ file: '/a.yml' }), 'take the / from /a.yml'],
    [risk({ until: '2027-03-31' }), 'unknown key until'],
    ['accept: { transform: compose }\n', 'accept must be a list: begin each risk with "- transform: ID"'],
  ])('%j: %s', (text, reason) => {
    expect(read(text)).toMatchObject({ ok: false, problems: [{ reason: expect.stringContaining(reason) }] });
  });
});

test('the value of a program has no lines', () => {
  const text = JSON.stringify({ overrides: [{ file: 'a.yml', skip: ['compose'] }] });
  const place = { folder: '.', root: '.' };
  const outcome = parseConfig(text, { path: 'harden.config.js', place, generated: true });
  expect(outcome).toMatchObject({
    ok: true,
    config: { overrides: [{ line: undefined, skip: [{ evidence: { source: 'harden.config.js' } }] }] },
  });
});

test('a key of another file holds a config', () => {
  const text =
    '{\n\t"name": "x",\n\t"harden": { "phase": 1, "overrides": [{ "file": "a", "skip": ["fly"] }] }\n}\n';
  const place = { folder: '.', root: '.' };
  const options = { path: 'package.json', place, key: 'harden' };
  expect(parseConfig(text, options)).toMatchObject({
    ok: true,
    config: { phase: 1, overrides: [{ line: 3 }] },
  });
  expect(parseConfig('{ "name": "x" }', options)).toMatchObject({ ok: true, config: { overrides: [] } });
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
    { $schema: './config.schema.json', phase: 1, base: 'slim', 'systemd-version': 250, 'pin-digests': false },
    { transforms: { 'fly/pin-image': 'off', 'systemd/set-umask': { phase: 1, umask: '027' } }, accept: null },
    { transforms: null, overrides: [{ file: 'a', transforms: { 'compose/limit-pids': { limit: 99 } } }] },
    { accept: [{ transform: 'compose', file: 'a', reason: 'x', expires: '2027-01-31' }] },
    { plugins: ['./a.js', 'harden-plugin-x'], transforms: { 'fly/pin-image': 'off' } },
    { plugins: [] },
  ])('accepts %j, as the parser does', (config) => {
    expect(validate(config)).toBe(true);
    expect(read(JSON.stringify(config)).ok).toBe(true);
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
    { phase: '1' },
    { base: 'alpine' },
    { plugins: './a.js' },
    { plugins: [' '] },
    { plugins: ['./a.js'], transforms: { 'fly/pin-image': 'on' } },
    { 'systemd-version': 0 },
    { 'pin-digests': 'yes' },
    { transforms: { 'compose/nothing': 'off' } },
    { transforms: { 'systemd/set-umask': { umask: '99' } } },
    { transforms: { 'compose/limit-pids': { limit: 1.5 } } },
    { overrides: [{ file: 'a', transforms: {} }] },
    { overrides: [{ file: 'a', transforms: { 'compose/limit-cpus': { phase: 2 } } }] },
    { accept: [{ transform: 'compose', file: 'a', reason: 'x' }] },
    { accept: [{ transform: 'compose', file: 'a', reason: 'x', expires: '2027-13-01' }] },
    { accept: [{ transform: 'compose', file: 'a', reason: 'x', expires: '2027-01-31', by: 'me' }] },
  ])('refuses %j, as the parser does', (config) => {
    expect(validate(config)).toBe(false);
    expect(read(JSON.stringify(config)).ok).toBe(false);
  });

  test('knows no transform that only a plugin has, unless one is named', () => {
    const transforms = { 'compose/set-labels': { phase: 2, owner: 'us' } };
    const overrides = [{ file: 'a', transforms: { 'compose/set-labels': { owner: 'you' } } }];
    expect([validate({ transforms }), validate({ overrides })]).toEqual([false, false]);
    expect(validate({ plugins: ['./a.js'], transforms, overrides })).toBe(true);
  });
});
