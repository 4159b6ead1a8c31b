import { describe, expect, test } from '@jest/globals';
import { applyEdits, type Edits } from '../../src/core/text.js';
import type { BlueprintDocument } from '../../src/formats/render-yaml/document.js';
import { addField, addNested, emptyList, replaceField } from '../../src/formats/render-yaml/edit.js';
import { parseBlueprint, renderAdapter } from '../../src/formats/render-yaml/parse.js';

function read(text: string): BlueprintDocument {
  const parsed = parseBlueprint('render.yaml', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

/** The text after an edit, or why it was refused. */
function edited(text: string, edit: (document: BlueprintDocument) => Edits): string {
  const edits = edit(read(text));
  return edits.ok ? applyEdits(text, edits.edits) : edits.reason;
}

function delta(before: string, after: string): readonly string[] {
  return renderAdapter.delta(read(before), read(after)).map((path) => path.join('.'));
}

describe('what a Blueprint is', () => {
  test.each([
    ['kind: Deployment\n', 'is no Blueprint of Render: it lists no resources'],
    ['services:\n  web:\n    image: nginx\n', 'is no Blueprint of Render: it lists no resources'],
    ['- a\n', 'is no Blueprint of Render: it lists no resources'],
    ['', 'is no Blueprint of Render: it lists no resources'],
    ['a: [\n', 'is no Blueprint of Render: it lists no resources'],
    ['{{ if .web }}\nservices: [\n', 'is a template, not YAML'],
  ])('%j is foreign', (text, reason) => {
    expect(parseBlueprint('render.yaml', text)).toEqual({ ok: false, kind: 'foreign', reason });
  });

  test('one that is not YAML is invalid, with its line', () => {
    expect(parseBlueprint('render.yaml', 'services:\n  - name: a\n   type: web\n')).toMatchObject({
      ok: false,
      kind: 'invalid',
      line: 3,
    });
  });

  test('has its resources wherever they stand, and a name once', () => {
    const document = read(`services:
  - { name: a, type: web }
  - { name: a, type: worker }
databases: [{ name: a }]
projects:
  - name: p
    environments:
      - name: e
        services: [{ name: b, type: pserv }]
        envVarGroups: [{ name: g }]
ungrouped:
  services: [{ name: c, type: cron }]
`);
    expect(
      document.resources.map(({ path, type, environment }) => [path.join('.'), type, environment?.name]),
    ).toEqual([
      ['services.a', 'web', undefined],
      ['services.a#2', 'worker', undefined],
      ['databases.a', undefined, undefined],
      ['services.b', 'pserv', 'e'],
      ['envVarGroups.g', undefined, 'e'],
      ['services.c', 'cron', undefined],
    ]);
    expect(document.environments.map(({ path }) => path.join('.'))).toEqual(['projects.p.environments.e']);
  });
});

describe('what differs', () => {
  const base = 'services:\n- name: a\n  type: web\n  envVars:\n  - key: K\n    value: 1\n- name: b\n';
  test.each([
    [
      'an order of resources',
      base,
      'services:\n- name: b\n- name: a\n  type: web\n  envVars:\n  - { key: K, value: 1 }\n',
      [],
    ],
    ['a comment', base, `# c\n${base}`, []],
    ['a value', base, base.replace('value: 1', 'value: 2'), ['services.a.envVars.K.value']],
    ['its type', base, base.replace('value: 1', "value: '1'"), ['services.a.envVars.K.value']],
    ['a field', base, base.replace('  type: web', '  type: web\n  plan: pro'), ['services.a.plan']],
    [
      'an empty list',
      base,
      base.replace('- name: b', '- name: b\n  ipAllowList: []'),
      ['services.b.ipAllowList'],
    ],
    ['a place', 'databases: [{ name: d }]\n', 'databases: []\nungrouped: { databases: [{ name: d }] }\n', []],
    [
      'an environment',
      'projects: [{ name: p, environments: [{ name: e, databases: [{ name: d }] }, { name: f }] }]\n',
      'projects: [{ name: p, environments: [{ name: e }, { name: f, databases: [{ name: d }] }] }]\n',
      ['databases.d.(place)'],
    ],
    [
      'what an anchor holds',
      'x: &l [{ source: a }]\ndatabases: [{ name: d, ipAllowList: *l }]\n',
      'x: &l []\ndatabases: [{ name: d, ipAllowList: *l }]\n',
      ['x.0.source', 'databases.d.ipAllowList.0.source'],
    ],
  ])('%s', (_name, before, after, paths) => {
    expect(delta(before, after)).toEqual(paths);
  });
});

describe('edits', () => {
  const field = (document: BlueprintDocument): Edits =>
    addField(document, document.resources[0]!, 'region', 'ohio');

  test.each([
    [
      'behind the plain fields',
      'services:\n  - type: web\n    name: a # c\n    # d\n    envVars:\n      - key: K\n',
      'services:\n  - type: web\n    name: a # c\n    region: ohio\n    # d\n    envVars:\n      - key: K\n',
    ],
    ['at the end', 'databases:\n- name: a\n# c\n', 'databases:\n- name: a\n  region: ohio\n# c\n'],
    ['in one line', 'databases: [{ name: a }]\n', 'databases: [{ name: a, region: ohio }]\n'],
    ['with CRLF', 'databases:\r\n- name: a\r\n', 'databases:\r\n- name: a\r\n  region: ohio\r\n'],
    ['without a last newline', 'databases:\n- name: a', 'databases:\n- name: a\n  region: ohio'],
    [
      'behind a text of several lines',
      'services:\n- name: a\n  startCommand: |\n    run\n  envVars: []\n',
      'services:\n- name: a\n  startCommand: |\n    run\n  envVars: []\n  region: ohio\n',
    ],
  ])('add a field %s', (_name, before, after) => {
    expect(edited(before, field)).toBe(after);
  });

  test('are refused where others use the same text', () => {
    expect(edited('databases:\n- &a\n  name: a\n- *a\n', field)).toBe(
      'it is anchored as &a and used elsewhere, where a change would take effect too',
    );
    expect(edited('x: &l\n- name: a\ndatabases: *l\n', field)).toBe(
      'it is an alias (*l) of another part of the file',
    );
    expect(edited('services:\n- ? name\n  : a\n', field)).toBe(
      'its fields are not at the start of their lines',
    );
  });

  const empty = (document: BlueprintDocument): Edits =>
    emptyList(document, document.resources[0]!, 'ipAllowList');

  test.each([
    [
      'databases:\n- name: a\n  ipAllowList:\n  - source: b\n    description: c\n  plan: d\n',
      'databases:\n- name: a\n  ipAllowList: []\n  plan: d\n',
    ],
    [
      'databases:\n- ipAllowList:\n    - source: b\n  name: a\n',
      'databases:\n- ipAllowList: []\n  name: a\n',
    ],
    [
      'databases: [{ name: a, ipAllowList: [{ source: b }] }]\n',
      'databases: [{ name: a, ipAllowList: [] }]\n',
    ],
  ])('empty a list: %j', (before, after) => {
    expect(edited(before, empty)).toBe(after);
  });

  test.each([
    'databases:\n- name: a\n  ipAllowList: # c\n  - source: b\n',
    'databases:\n- name: a\n  ipAllowList:\n  # c\n  - source: b\n',
    'databases:\n- name: a\n  # c\n  ipAllowList:\n  - source: b\n',
    'databases:\n- name: a\n  ipAllowList:\n  - source: b # c\n',
  ])('empty no list with a comment: %j', (text) => {
    expect(edited(text, empty)).toBe('a comment stands beside it, which may say why it is there');
  });

  test('put one field in the place of another, and add to a mapping', () => {
    const replace = (document: BlueprintDocument): Edits =>
      replaceField(document, document.resources[0]!, 'plan', 'region: ohio');
    expect(edited('databases:\n- name: a\n  plan: "b" # c\n', replace)).toBe(
      'databases:\n- name: a\n  region: ohio # c\n',
    );
    expect(edited('databases:\n- name: a\n  plan: >\n    b\n', replace)).toBe('its plan is not on one line');
    const nested = (document: BlueprintDocument): Edits =>
      addNested(document, document.environments[0]!, 'networking', 'isolation', 'enabled');
    const project = (rest: string): string => `projects:\n- name: p\n  environments:\n  - name: e\n${rest}`;
    expect(edited(project('    services: []\n'), nested)).toBe(
      project('    networking:\n      isolation: enabled\n    services: []\n'),
    );
    expect(edited(project('    networking:\n      a: b\n'), nested)).toBe(
      project('    networking:\n      a: b\n      isolation: enabled\n'),
    );
    expect(edited(project('    networking: {}\n'), nested)).toBe(
      project('    networking: {isolation: enabled}\n'),
    );
    expect(edited(project('    networking:\n'), nested)).toBe('its networking is not written out');
  });
});
