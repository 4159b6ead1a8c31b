import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits, type Edits } from '../../src/core/text.js';
import { composeDelta } from '../../src/formats/compose/delta.js';
import type { ComposeDocument, ComposeService } from '../../src/formats/compose/document.js';
import {
  addKey,
  appendToSequence,
  buildFrom,
  ownValue,
  prefixScalar,
  replaceScalar,
  type YamlValue,
} from '../../src/formats/compose/edit.js';
import { parseCompose } from '../../src/formats/compose/parse.js';
import { interpolate, parseEnvironmentFile } from '../../src/workload/compose/interpolate.js';
import { mountsOf } from '../../src/workload/compose/mounts.js';
import { isExposed, publishedPorts } from '../../src/workload/compose/ports.js';
import { createProject, type ServiceView } from '../../src/workload/compose/project.js';
import { memoryReader, type Tree } from '../support/memory.js';

function parsed(text: string): ComposeDocument {
  const outcome = parseCompose('compose.yml', text);
  if (!outcome.ok) throw new Error(`${outcome.reason}\n${text}`);
  return outcome.document;
}

function serviceOf(document: ComposeDocument, name: string): ComposeService {
  const found = document.services.filter((service) => service.name === name);
  if (found.length === 0) throw new Error(`no service ${name}`);
  return found.at(-1)!;
}

type Builder = (document: ComposeDocument, service: ComposeService) => Edits;

/** The text that a builder makes for the service `a`, or why it refuses. */
function built(text: string, builder: Builder, name = 'a'): string {
  const document = parsed(text);
  const outcome = builder(document, serviceOf(document, name));
  return outcome.ok ? applyEdits(text, outcome.edits) : `refused: ${outcome.reason}`;
}

const adding =
  (value: YamlValue): Builder =>
  (document, service) =>
    addKey(document, service, 'new', value);

const appending =
  (...items: string[]): Builder =>
  (document, service) =>
    appendToSequence(document, service, ownValue(service, 'ports')!, items);

const prefixing: Builder = (_document, service) => prefixScalar(service, ownValue(service, 'image')!, 'pre-');

describe('addKey', () => {
  test.each([
    ['two spaces', 'services:\n  a:\n    image: x\n', 'services:\n  a:\n    image: x\n    new: true\n'],
    [
      'four spaces',
      'services:\n    a:\n        image: x\n',
      'services:\n    a:\n        image: x\n        new: true\n',
    ],
    [
      'another service behind',
      'services:\n  a:\n    image: x\n\n  b:\n    image: y\n',
      'services:\n  a:\n    image: x\n    new: true\n\n  b:\n    image: y\n',
    ],
    [
      'a flush list at the end',
      'services:\n  a:\n    ports:\n    - "1"\n',
      'services:\n  a:\n    ports:\n    - "1"\n    new: true\n',
    ],
    [
      'a tab and a comment behind the value',
      'services:\n  a:\n    image: x\t# c\n  b: {}\n',
      'services:\n  a:\n    image: x\t# c\n    new: true\n  b: {}\n',
    ],
    [
      'a comment of its own below',
      'services:\n  a:\n    ports:\n      - "1"\n      # - "2"\n    # c\n',
      'services:\n  a:\n    ports:\n      - "1"\n      # - "2"\n    new: true\n    # c\n',
    ],
    [
      'a block of text at the end',
      'services:\n  a:\n    command: |\n      x\n\n  b: {}\n',
      'services:\n  a:\n    command: |\n      x\n    new: true\n\n  b: {}\n',
    ],
    [
      'an empty value at the end',
      'services:\n  a:\n    image:\n  b: {}\n',
      'services:\n  a:\n    image:\n    new: true\n  b: {}\n',
    ],
    ['flow style', 'services: { a: { image: x } }\n', 'services: { a: { image: x, new: true } }\n'],
    [
      'flow style with a trailing comma',
      'services: { a: { image: x, } }',
      'services: { a: { image: x, new: true, } }',
    ],
    [
      'flow style over several lines',
      'services:\n  a: {\n    image: x, # c\n  }\n',
      'services:\n  a: {\n    image: x, new: true, # c\n  }\n',
    ],
    ['JSON', '{"services":{"a":{"image":"x"}}}', '{"services":{"a":{"image":"x", new: true}}}'],
    [
      'CRLF',
      'services:\r\n  a:\r\n    image: x\r\n',
      'services:\r\n  a:\r\n    image: x\r\n    new: true\r\n',
    ],
    [
      'a BOM',
      '\ufeffservices:\n  a:\n    image: x\n',
      '\ufeffservices:\n  a:\n    image: x\n    new: true\n',
    ],
    ['no final newline', 'services:\n  a:\n    image: x', 'services:\n  a:\n    image: x\n    new: true'],
    [
      'emoji before',
      '# 🛡️🛡️\nservices:\n  a:\n    image: "🐘"\n  b: {}\n',
      '# 🛡️🛡️\nservices:\n  a:\n    image: "🐘"\n    new: true\n  b: {}\n',
    ],
    [
      'a second document',
      'x: 1\n---\nservices:\n  a:\n    image: x\n---\ny: 1\n',
      'x: 1\n---\nservices:\n  a:\n    image: x\n    new: true\n---\ny: 1\n',
    ],
    [
      'an anchor that nobody uses',
      'services:\n  a: &a\n    image: x\n',
      'services:\n  a: &a\n    image: x\n    new: true\n',
    ],
    [
      'a merge key',
      'x: &x\n  tty: true\nservices:\n  a:\n    <<: *x\n',
      'x: &x\n  tty: true\nservices:\n  a:\n    <<: *x\n    new: true\n',
    ],
    [
      'an alias as last value',
      'x: &x [1]\nservices:\n  a:\n    ports: *x\n  b: {}\n',
      'x: &x [1]\nservices:\n  a:\n    ports: *x\n    new: true\n  b: {}\n',
    ],
    [
      '!override',
      'services:\n  a: !override\n    image: x\n',
      'services:\n  a: !override\n    image: x\n    new: true\n',
    ],
    [
      'quoted keys',
      '"services":\n  "a":\n    \'image\': x\n',
      '"services":\n  "a":\n    \'image\': x\n    new: true\n',
    ],
  ])('%s', (_name, text, expected) => {
    const result = built(text, adding(true));
    expect(result).toBe(expected);
    expect(composeDelta(parsed(text), parsed(result))).toEqual([['services', 'a', 'new']]);
  });

  test.each([
    ['an alias of a mapping', 'x: &x\n  image: x\nservices:\n  a: *x\n', 'the service is an alias (*x)'],
    [
      'an anchor that others use',
      'services:\n  a: &a\n    image: x\n  b:\n    <<: *a\n',
      'anchored as &a and used elsewhere',
    ],
    ['services as an alias', 'x: &x\n  a:\n    image: x\nservices: *x\n', 'the services are an alias'],
    [
      'services that are used elsewhere',
      'services: &s\n  a:\n    image: x\nx: *s\n',
      'the services mapping is anchored as &s',
    ],
    ['no keys', 'services:\n  a:\n', 'the service has no keys'],
    ['a value that is no mapping', 'services:\n  a: x\n', 'the service has no keys'],
    ['!reset', 'services:\n  a: !reset\n    image: x\n', 'removed by !reset'],
    ['an empty flow map', 'services:\n  a: {}\n', 'the service has no keys'],
  ])('refuses %s', (_name, text, reason) => {
    expect(built(text, adding(true))).toMatch(/^refused: /);
    expect(built(text, adding(true))).toContain(reason);
  });

  test.each([
    [['a', 'b:c'], '    new:\n      - a\n      - b:c\n'],
    [{ x: 1, y: { z: ['no'] } }, '    new:\n      x: 1\n      y:\n        z:\n          - "no"\n'],
    ['true', '    new: "true"\n'],
    ['0440', '    new: "0440"\n'],
    ['a: b', '    new: "a: b"\n'],
    ['# c', '    new: "# c"\n'],
    ['', '    new: ""\n'],
    [8, '    new: 8\n'],
  ] as [YamlValue, string][])('writes %j', (value, expected) => {
    const text = 'services:\n  a:\n    image: x\n';
    expect(built(text, adding(value))).toBe(text + expected);
  });
});

describe('appendToSequence', () => {
  test.each([
    [
      'indented dashes',
      'services:\n  a:\n    ports:\n      - 1:1\n    image: x\n',
      'services:\n  a:\n    ports:\n      - 1:1\n      - b\n    image: x\n',
    ],
    [
      'flush dashes',
      'services:\n  a:\n    ports:\n    - 1:1\n    image: x\n',
      'services:\n  a:\n    ports:\n    - 1:1\n    - b\n    image: x\n',
    ],
    [
      'its quotes',
      "services:\n  a:\n    ports:\n      - '1'\n",
      "services:\n  a:\n    ports:\n      - '1'\n      - 'b'\n",
    ],
    [
      'a comment behind the last item',
      'services:\n  a:\n    ports:\n      - "1" # c\n',
      'services:\n  a:\n    ports:\n      - "1" # c\n      - "b"\n',
    ],
    [
      'flow style',
      'services:\n  a:\n    ports: ["1", "2"]\n',
      'services:\n  a:\n    ports: ["1", "2", "b"]\n',
    ],
    ['an empty flow list', 'services:\n  a:\n    ports: []\n', 'services:\n  a:\n    ports: [b]\n'],
    [
      'flow style over lines',
      'services:\n  a:\n    ports: [\n      "1", # c\n    ]\n',
      'services:\n  a:\n    ports: [\n      "1", "b", # c\n    ]\n',
    ],
    [
      'items that are mappings',
      'services:\n  a:\n    ports:\n      - target: 1\n        mode: host\n',
      'services:\n  a:\n    ports:\n      - target: 1\n        mode: host\n      - b\n',
    ],
    [
      '!override',
      'services:\n  a:\n    ports: !override\n      - 1:1\n',
      'services:\n  a:\n    ports: !override\n      - 1:1\n      - b\n',
    ],
    [
      'an alias as last item',
      'x: &x y\nservices:\n  a:\n    ports:\n      - *x\n',
      'x: &x y\nservices:\n  a:\n    ports:\n      - *x\n      - b\n',
    ],
    [
      'an anchor of its own',
      'services:\n  a:\n    ports: &p\n      - 1:1\n',
      'services:\n  a:\n    ports: &p\n      - 1:1\n      - b\n',
    ],
    [
      'no final newline, CRLF',
      'services:\r\n  a:\r\n    ports:\r\n      - x',
      'services:\r\n  a:\r\n    ports:\r\n      - x\r\n      - b',
    ],
  ])('%s', (_name, text, expected) => {
    const result = built(text, appending('b'));
    expect(result).toBe(expected);
    const [path, ...more] = composeDelta(parsed(text), parsed(result));
    expect([path?.slice(0, 3), more]).toEqual([['services', 'a', 'ports'], []]);
  });

  test.each([
    ['an alias', 'x: &x [1]\nservices:\n  a:\n    ports: *x\n', 'the value is an alias (*x)'],
    [
      'an anchor that others use',
      'services:\n  a:\n    ports: &p [1]\n  b:\n    ports: *p\n',
      'anchored as &p and used elsewhere',
    ],
    ['!reset', 'services:\n  a:\n    ports: !reset []\n', 'removed by !reset'],
    ['a scalar', 'services:\n  a:\n    ports: x\n', 'it is not a list'],
  ])('refuses %s', (_name, text, reason) => {
    expect(built(text, appending('b'))).toContain(`refused: `);
    expect(built(text, appending('b'))).toContain(reason);
  });
});

describe('prefixScalar and replaceScalar', () => {
  test.each([
    ['plain', 'image: x', 'image: pre-x'],
    ['double quotes', 'image: "x"', 'image: "pre-x"'],
    ['single quotes', "image: 'it''s'", "image: 'pre-it''s'"],
    ['a tag', 'image: !!str x', 'image: !!str pre-x'],
    ['an anchor that nobody uses', 'image: &i x', 'image: &i pre-x'],
    ['a comment and a tab', 'image: x\t # c', 'image: pre-x\t # c'],
    ['an emoji', 'image: 🐘', 'image: pre-🐘'],
    ['a block of text', 'image: |\n      x', 'refused: it is a block of text'],
    ['nothing', 'image:', 'refused: '],
    ['a list', 'image: [x]', 'refused: it is not a plain value'],
  ])('prefix %s', (_name, line, expected) => {
    const head = '# 🛡️\nservices:\n  a:\n    ';
    const result = built(`${head}${line}\n`, prefixing);
    if (expected.startsWith('refused')) expect(result).toContain(expected);
    else expect(result).toBe(`${head}${expected}\n`);
  });

  test.each([
    ['x', 'y:1, z', '"y:1, z"'],
    ['x', 'z', 'z'],
    ["'x'", "it's", "'it''s'"],
    ['"x"', 'a"b', '"a\\"b"'],
    ['x', 'true', '"true"'],
  ])('replace %s by %s, in a flow map too', (old, by, expected) => {
    const replacing: Builder = (_document, service) =>
      replaceScalar(service, ownValue(service, 'image')!, by);
    for (const around of ['services:\n  a:\n    image: #\n', 'services: {a: {image: #, tty: true}}']) {
      expect(built(around.replace('#', old), replacing)).toBe(around.replace('#', expected));
    }
  });
});

describe('buildFrom', () => {
  const renaming: Builder = (document, service) => buildFrom(document, service, (name) => `${name}.new`);

  test.each([
    ['build: .', 'build:\n      context: .\n      dockerfile: Dockerfile.new'],
    ['build: "./a b" # c', 'build:\n      context: "./a b"\n      dockerfile: Dockerfile.new # c'],
    ['build:\n      context: .', 'build:\n      context: .\n      dockerfile: Dockerfile.new'],
    [
      'build:\n      dockerfile: "x"\n      context: .',
      'build:\n      dockerfile: "x.new"\n      context: .',
    ],
    ['build: { context: . }', 'build: { context: ., dockerfile: Dockerfile.new }'],
    ['build: {}', 'build: {dockerfile: Dockerfile.new}'],
  ])('%j', (written, expected) => {
    const text = `services:\n  a:\n    ${written}\n    image: x\n`;
    expect(built(text, renaming)).toBe(text.replace(written, expected));
  });

  test.each([
    ['no build', 'image: x'],
    ['a variable', 'build: ${X:-.}'],
    ['a variable in the name', 'build: { dockerfile: "${X:-Dockerfile}" }'],
    ['a tag', 'build: !override .'],
    ['an alias', 'build: *x'],
    ['an anchor that others use', 'build: &b { context: . }\n    y: *b'],
    ['an empty value', 'build:'],
  ])('refuses %s', (_name, written) => {
    expect(built(`x: &x { context: . }\nservices:\n  a:\n    ${written}\n`, renaming)).toMatch(/^refused: /);
  });
});

/** A Compose file as people write it, from a few choices. */
const composeText = fc
  .record({
    indent: fc.constantFrom(2, 3, 4),
    flush: fc.boolean(),
    crlf: fc.boolean(),
    bom: fc.boolean(),
    finalNewline: fc.boolean(),
    start: fc.constantFrom('', '---\n', '# 🛡️ ünïcode\n', 'version: "3"\n\n', 'x-a: &a\n  k: v\n'),
    end: fc.constantFrom('', 'volumes:\n  data:\n', '# the end\n', '\n\n', '---\nx: 1\n'),
    services: fc.array(
      fc.record({
        image: fc.constantFrom('nginx:1', '"nginx"', "'a b'", '🐘', 'x\t# tab'),
        ports: fc.constantFrom('block', 'flow', 'quoted', 'commented', 'long'),
        more: fc.uniqueArray(
          fc.constantFrom(
            'environment:\n> A: 1\n> B: "x # y"\n',
            'environment: { A: 1, B: [] }\n',
            'command: |\n> echo\n\n> exit\n',
            'command: >-\n> a\n> b\n',
            'tty:\n',
            '# a comment\n',
            '\n',
            'labels:\n> a: b\n> # inner comment\n',
            'healthcheck:\n> test: ["CMD", "x"]\n> # - x\n\n',
            'entrypoint: "a\n>> b"\n',
            'depends_on: [\n>> x,\n> ]\n',
          ),
          { maxLength: 4, selector: (line) => line.split(':', 1)[0]! },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ indent, flush, crlf, bom, finalNewline, start, end, services }) => {
    const pad = (depth: number): string => ' '.repeat(indent * depth);
    const dash = flush ? pad(2) : pad(3);
    const ports: Record<string, string> = {
      block: `ports:\n${dash}- 80:80\n${dash}- 81:81 # c\n`,
      flow: 'ports: [ 80:80, "81:81" ]\n',
      quoted: `ports:\n${dash}- '80:80'\n`,
      commented: `ports:\n${dash}- "80:80"\n${dash}# - "81:81"\n`,
      long: `ports:\n${dash}- target: 80\n${dash}  published: 80\n`,
    };
    const body = services.map((service, at) => {
      const keys = [`image: ${service.image}\n`, ports[service.ports]!, ...service.more];
      // The keys begin with another one in each service, so that each is the last one at times.
      const turned = [...keys.slice(at), ...keys.slice(0, at)];
      const lines = turned
        .map((key) => (key === '\n' ? key : pad(2) + key.replace(/^>+/gm, (deep) => pad(2 + deep.length))))
        .join('');
      return `${pad(1)}s${at}:\n${lines}`;
    });
    let text = `${start}services:\n${body.join('')}${end}`;
    if (!finalNewline) text = text.replace(/\n+$/, '');
    if (crlf) text = text.replaceAll('\n', '\r\n');
    return bom ? `\ufeff${text}` : text;
  });

describe('whatever a Compose file looks like', () => {
  const actions: readonly [
    string,
    (document: ComposeDocument, service: ComposeService) => Edits,
    (name: string) => RegExp,
  ][] = [
    [
      'addKey of a scalar',
      (document, service) => addKey(document, service, 'new', true),
      (name) => new RegExp(`^services\\.${name}\\.new$`),
    ],
    [
      'addKey of a list',
      (document, service) => addKey(document, service, 'new', ['a', 'b']),
      (name) => new RegExp(`^services\\.${name}\\.new$`),
    ],
    [
      'appendToSequence',
      (document, service) => appendToSequence(document, service, ownValue(service, 'ports')!, ['x']),
      (name) => new RegExp(`^services\\.${name}\\.ports\\.\\d$`),
    ],
    [
      'prefixScalar',
      (_document, service) => prefixScalar(service, ownValue(service, 'image')!, 'pre-'),
      (name) => new RegExp(`^services\\.${name}\\.image$`),
    ],
  ];

  test.each(actions)(
    '%s changes only its path, by insertion only, and keeps every comment',
    (_name, act, path) => {
      let refusals = 0;
      let runs = 0;
      fc.assert(
        fc.property(composeText, fc.nat(2), (text, pick) => {
          const document = parsed(text);
          const service = document.services[pick % document.services.length]!;
          const outcome = act(document, service);
          runs += 1;
          if (!outcome.ok) {
            refusals += 1;
            return;
          }
          expect(outcome.edits.every(({ start, end }) => start === end)).toBe(true);
          const after = parsed(applyEdits(text, outcome.edits));
          const delta = composeDelta(document, after).map((changed) => changed.join('.'));
          expect(delta).toEqual([expect.stringMatching(path(service.name))]);
          expect(after.comments()).toEqual(document.comments());
          expect(after.text.includes('\r')).toBe(text.includes('\r'));
        }),
        { numRuns: 400 },
      );
      expect(refusals).toBeLessThan(runs / 10);
    },
  );

  test('parseCompose never throws', () => {
    const pieces = fc.constantFrom(
      ...[
        'services:',
        '\n',
        '  ',
        'a',
        ': ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '&x ',
        '*x',
        '<<: ',
        '"',
        "'",
        '|',
        '>',
        '#',
        '!reset ',
        '---\n',
        '\t',
        '\r',
        '? ',
        '\ufeff',
        '%',
        '🛡️',
      ],
    );
    const soup = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          fc.string({ unit: 'binary' }),
          soup.map((tail) => `services:\n  a:\n    image: x\n${tail}`),
        ),
        (text) => {
          const outcome = parseCompose('compose.yml', text);
          if (!outcome.ok) {
            if (outcome.kind === 'invalid') expect(outcome.line).toBeGreaterThanOrEqual(1);
            return;
          }
          for (const service of outcome.document.services) {
            const edit = addKey(outcome.document, service, 'new', ['x']);
            if (edit.ok) applyEdits(text, edit.edits);
          }
          expect(composeDelta(outcome.document, outcome.document)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('comments are those of the text, not of its scalars', () => {
    const text =
      '# a\nservices: # b\n  a:\n    command: "x # no"\n    # c\n    tty: |\n      # no\n    image: y#no\n';
    expect(parsed(text).comments()).toEqual(['# a', '# b', '# c']);
  });
});

test.each([
  ['a value', 'image: x', 'image: y', ['image']],
  ['a key', 'image: x', 'image: x\n    tty: true', ['tty']],
  ['quotes alone', 'image: x', 'image: "x"', []],
  ['a number that becomes a string', 'image: 1', 'image: "1"', ['image']],
  ['the form of a number', 'image: 0440', 'image: 440', ['image']],
  ['a tag', 'image: [x]', 'image: !override [x]', ['image']],
  ['an anchor', 'image: x', 'image: &a x', ['image']],
  ['an item', 'image: [x]', 'image: [x, y]', ['image.1']],
  ['the style', 'image: [x]', 'image:\n      - x', []],
  ['a comment', 'image: x', 'image: x # c', []],
  ['null in its forms', 'image:', 'image: ~', ['image']],
] as [string, string, string, string[]][])('composeDelta of %s', (_name, before, after, expected) => {
  const text = (line: string): string => `services:\n  a:\n    ${line}\n`;
  const delta = composeDelta(parsed(text(before)), parsed(text(after)));
  expect(delta.map((path) => path.slice(2).join('.'))).toEqual(expected);
});

test('composeDelta shows a changed anchor wherever an alias stands for it', () => {
  const text = (value: string): string => `x: &x { k: ${value} }\nservices:\n  a: *x\n  b:\n    <<: *x\n`;
  const delta = composeDelta(parsed(text('1')), parsed(text('2'))).map((path) => path.join('.'));
  expect(delta).toEqual(['x.k', 'services.a.k', 'services.b.k']);
});

describe('interpolate', () => {
  const variables = new Map([
    ['SET', 'v'],
    ['EMPTY', ''],
  ]);

  test.each([
    ['$SET-${SET}', 'v-v', []],
    ['$$SET $${SET} $$', '$SET ${SET} $', []],
    ['$NONE ${NONE}', '$NONE ${NONE}', ['NONE', 'NONE']],
    ['${NONE:-d} ${EMPTY:-d} ${SET:-d}', 'd d v', []],
    ['${NONE-d} ${EMPTY-d} ${SET-d}', 'd  v', []],
    ['${NONE:+r}${EMPTY:+r}${SET:+r}', 'r', []],
    ['${NONE+r}${EMPTY+r}${SET+r}', 'rr', []],
    ['${NONE:?why not} ${SET:?no}', '${NONE:?why not} v', ['NONE']],
    ['${EMPTY?x}|${EMPTY:?x}', '|${EMPTY:?x}', ['EMPTY']],
    ['${NONE:-}', '', []],
    ['${NONE:-${SET}}', 'v', []],
    ['${A:-${B:-${C:-${D:-deep}}}}', 'deep', []],
    ['${A:-${B:-${C}}}', '${C}', ['C']],
    ['${SET:+${NONE}}', '${NONE}', ['NONE']],
    ['${NONE:-a:b/c}', 'a:b/c', []],
    ['${NONE:-{}}', '{}', []],
    ['$5 ${5} $ ${ ${SET', '$5 ${5} $ ${ ${SET', []],
    ['${SET x}', '${SET x}', []],
    ['${not-a-name}', 'a-name', []],
    ['', '', []],
  ] as [string, string, string[]][])('%s', (text, expected, unresolved) => {
    expect(interpolate(text, variables)).toEqual({ text: expected, unresolved });
  });

  test('leaves a text without references alone, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => interpolate(text.replaceAll('$', ''), variables).text === text.replaceAll('$', ''),
      ),
    );
    const soup = fc
      .array(fc.constantFrom('$', '{', '}', 'SET', ':-', '+', 'x', '?'))
      .map((parts) => parts.join(''));
    fc.assert(fc.property(soup, (text) => typeof interpolate(text, variables).text === 'string'));
  });
});

test('parseEnvironmentFile reads what Compose reads', () => {
  const text = [
    '\ufeffFIRST=1',
    '# comment',
    'PLAIN=a b # comment',
    'HASH=a#b',
    'DOUBLE="a # b" # comment',
    "SINGLE='$FIRST'",
    'export EXPORTED=x',
    ' SPACED = y ',
    'EMPTY=',
    'REFERENCE=${FIRST}-$PLAIN-${NONE:-d}',
    'URL=http://a/b?c=d&e=f',
    'NOT A NAME=1',
    'LONE',
    'CRLF=x\r',
    'FIRST=2',
  ].join('\n');
  expect(Object.fromEntries(parseEnvironmentFile(text))).toEqual({
    FIRST: '2',
    PLAIN: 'a b',
    HASH: 'a#b',
    DOUBLE: 'a # b',
    SINGLE: '$FIRST',
    EXPORTED: 'x',
    SPACED: 'y',
    EMPTY: '',
    REFERENCE: '1-a b-d',
    URL: 'http://a/b?c=d&e=f',
    CRLF: 'x',
  });
});

function viewOf(keys: string, tree: Tree = {}): ServiceView {
  const document = parsed(`services:\n  a:\n${keys.replace(/^/gm, '    ')}\n`);
  const files = memoryReader(tree);
  return createProject({
    documents: [document],
    folder: '.',
    files,
    load: () => undefined,
    hardens: () => false,
  }).service('a')!;
}

describe('ports', () => {
  const portOf = (entry: string) => {
    const view = viewOf(`ports:\n  - ${entry}`, { '.env': 'PORT=8080\nIP=127.0.0.1\n' });
    return publishedPorts(view.last('ports')!, view.project)[0];
  };

  test.each([
    ['"80"', undefined, undefined, '80', 'tcp', true],
    ['80', undefined, undefined, '80', 'tcp', true],
    ['8080:80', undefined, '8080', '80', 'tcp', true],
    ['"8080:80/udp"', undefined, '8080', '80', 'udp', true],
    ['"9090-9091:80-81"', undefined, '9090-9091', '80-81', 'tcp', true],
    ['"127.0.0.1:8080:80"', '127.0.0.1', '8080', '80', 'tcp', false],
    ['"127.0.0.1::80"', '127.0.0.1', undefined, '80', 'tcp', false],
    ['"0.0.0.0:8080:80"', '0.0.0.0', '8080', '80', 'tcp', true],
    ['"[::1]:8080:80"', '::1', '8080', '80', 'tcp', false],
    ['"[::]:8080:80/sctp"', '::', '8080', '80', 'sctp', true],
    ['"${PORT}:80"', undefined, '8080', '80', 'tcp', true],
    ['"${NONE:-9000}:80"', undefined, '9000', '80', 'tcp', true],
    ['"${NONE:?set it}:80"', undefined, '${NONE:?set it}', '80', 'tcp', true],
    ['"${IP}:${PORT}:80"', '127.0.0.1', '8080', '80', 'tcp', false],
    ['"${NONE:-127.0.0.1:9000}:80"', '127.0.0.1', '9000', '80', 'tcp', false],
    ['{ target: 80, published: 8080 }', undefined, '8080', '80', 'tcp', true],
    ['{ target: 80 }', undefined, undefined, '80', 'tcp', true],
    [
      '{ target: 80, published: "${PORT}", host_ip: "${IP}", protocol: udp }',
      '127.0.0.1',
      '8080',
      '80',
      'udp',
      false,
    ],
    ['{ target: "${PORT}", protocol: sctp, host_ip: "" }', '', undefined, '8080', 'sctp', true],
  ] as const)('%s', (entry, hostIp, published, target, protocol, exposed) => {
    const port = portOf(entry);
    expect(port).toMatchObject({ target, protocol });
    expect([port?.hostIp, port?.published]).toEqual([hostIp, published]);
    expect(isExposed(port!)).toBe(exposed);
  });

  test.each([
    ['"${A}:80"', ['A']],
    ['"${A}:${B:-1}:${C}"', ['A']],
    ['"8080:${C}"', []],
    ['{ target: 80, host_ip: "${A}" }', ['A']],
    ['{ target: 80, published: "${A}" }', []],
  ] as [string, string[]][])('the host part of %s may hold %j', (entry, unresolved) => {
    expect(portOf(entry)?.unresolved).toEqual(unresolved);
  });

  test.each(['"a:b:c:d:e"', '"80/icmp"', '[80]', '{ published: 80 }', '""'])('%s is no port', (entry) => {
    expect(portOf(entry)).toBeUndefined();
  });
});

describe('mounts', () => {
  test.each([
    ['volumes: [data:/data]', 'volume', 'data', '/data', false],
    ['volumes: [./x:/data:ro]', 'bind', './x', '/data', true],
    ['volumes: ["~/x:/data/:rw,z"]', 'bind', '~/x', '/data', false],
    ['volumes: [/data]', 'volume', undefined, '/data', false],
    ['volumes: [/:/host]', 'bind', '/', '/host', false],
    ['volumes: [/x:/]', 'bind', '/x', '/', false],
    ['volumes: [/x://]', 'bind', '/x', '/', false],
    ['volumes: ["C:\\\\x:/data:ro"]', 'bind', 'C:\\x', '/data', true],
    ['volumes: ["${DIR:-./x}:/data"]', 'bind', '${DIR:-./x}', '/data', false],
    ['volumes: ["./a}b:${TARGET}:ro"]', 'bind', './a}b', '/t', true],
    [
      'volumes: [{ type: bind, source: ./x, target: "${TARGET}", read_only: true }]',
      'bind',
      './x',
      '/t',
      true,
    ],
    ['volumes: [{ type: tmpfs, target: /t }]', 'tmpfs', undefined, '/t', false],
    ['volumes: [{ target: /t }]', 'volume', undefined, '/t', false],
    ['tmpfs: /run', 'tmpfs', undefined, '/run', false],
    ['tmpfs: ["/run/:size=1m"]', 'tmpfs', undefined, '/run', false],
    ['tmpfs: ["${TARGET}:size=1m"]', 'tmpfs', undefined, '/t', false],
    ['tmpfs: ["${NONE:-/n}:size=1m"]', 'tmpfs', undefined, '/n', false],
  ] as [string, string, string | undefined, string, boolean][])(
    '%s',
    (keys, kind, source, target, readOnly) => {
      expect(mountsOf(viewOf(keys, { '.env': 'TARGET=/t\n' }))).toMatchObject([
        { kind, source, target, readOnly },
      ]);
    },
  );
});
