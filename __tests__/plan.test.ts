import { describe, expect, test } from '@jest/globals';
import { planDocument, type FilePlan } from '../src/core/plan.js';
import type { Finding, Phase, Transform, TransformMeta } from '../src/core/types.js';
import { addKey, ownValue, replaceScalar } from '../src/formats/compose/edit.js';
import type { ComposeDocument } from '../src/formats/compose/document.js';
import { composeAdapter, parseCompose } from '../src/formats/compose/parse.js';

type Fake = Transform<ComposeDocument, undefined>;

const TEXT = 'services:\n  a:\n    image: x\n    # why\n    tty: true\n  b:\n    image: y\n';

function metaOf(name: string, more: Partial<TransformMeta> = {}): TransformMeta {
  return {
    id: `compose/${name}`,
    title: name,
    description: '',
    severity: 'low',
    phase: 1,
    mayBreak: '',
    touches: [`services.*.${name}`],
    controls: [],
    references: [],
    ...more,
  };
}

interface FakeOptions extends Partial<TransformMeta> {
  readonly safety?: 'safe' | 'unsafe';
  /** The service that the finding says it is about. */
  readonly about?: string;
}

/** A transform that makes these edits, as long as the text has not got the mark. */
function fake(
  name: string,
  mark: string,
  edit: (document: ComposeDocument) => readonly { start: number; end: number; text: string }[],
  { safety = 'safe', about = 'a', ...meta }: FakeOptions = {},
): Fake {
  return {
    meta: metaOf(name, meta),
    run: (document): Finding[] => {
      if (document.text.includes(mark)) return [];
      const base = { subject: ['services', about], range: { start: 0, end: 0 }, evidence: [] };
      return [{ ...base, message: name, safety, change: name, edits: edit(document) }];
    },
  };
}

/** A sound transform: adds `name: 1` to service a. */
function adds(name: string, options: FakeOptions = {}): Fake {
  return fake(
    name,
    `${name}: 1`,
    (document) => {
      const added = addKey(document, document.services[0]!, name, 1);
      return added.ok ? added.edits : [];
    },
    options,
  );
}

/** Replaces the first occurrence of a part of the text. */
function replaces(name: string, from: string, to: string, options: FakeOptions = {}, mark = to): Fake {
  return fake(
    name,
    mark,
    ({ text }) => [{ start: text.indexOf(from), end: text.indexOf(from) + from.length, text: to }],
    options,
  );
}

function plan(transforms: readonly Fake[], text = TEXT, phase: Phase = 3): FilePlan {
  const parsed = parseCompose('compose.yml', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return planDocument(parsed.document, {
    adapter: composeAdapter,
    transforms,
    phase,
    contextFor: () => undefined,
  });
}

const dispositions = ({ entries }: FilePlan): Record<string, string> =>
  Object.fromEntries(entries.map(({ meta, disposition }) => [meta.id.slice('compose/'.length), disposition]));

const throws = (message: string): never => {
  throw new Error(message);
};

test('sound transforms are applied together, and the rest of the text stays', () => {
  const outcome = plan([adds('one'), adds('two')]);
  expect(outcome.result).toBe(TEXT.replace('tty: true\n', 'tty: true\n    one: 1\n    two: 1\n'));
  expect(outcome.failures).toEqual([]);
});

test('a transform that throws is named, and the others are applied', () => {
  const broken: Fake = { meta: metaOf('broken'), run: () => throws('no luck\n    at x') };
  const outcome = plan([adds('one'), broken, adds('two')]);
  expect(outcome.failures).toEqual([{ id: 'compose/broken', error: 'no luck' }]);
  expect(dispositions(outcome)).toEqual({ one: 'applied', two: 'applied' });
});

describe('a transform whose change fails its check is dropped as unsound, and the others are applied', () => {
  const cases: readonly [string, Fake, RegExp][] = [
    ['breaks the syntax', replaces('bad', 'image: x', 'image: "x'), /does not parse/],
    [
      'touches a path that it does not declare',
      replaces('bad', 'tty: true', 'tty: false'),
      /changes services\.a\.tty/,
    ],
    [
      'touches another service',
      replaces('bad', 'image: y', 'bad: y', { touches: ['services.*'] }),
      /changes services\.b/,
    ],
    ['removes a service', replaces('bad', '  b:\n    image: y\n', '', {}, 'never'), /changes services\.b/],
    [
      'changes what a number looks like',
      replaces('bad', 'mode: 0440', 'mode: 440'),
      /changes services\.a\.mode/,
    ],
    ['loses a comment', replaces('bad', '    # why\n', '', {}, 'never'), /loses the comment # why/],
    ['changes a comment', replaces('bad', '# why', '# how'), /loses the comment # why/],
    ['mixes line endings', replaces('bad', 'x\n', 'x\r\n'), /line endings/],
    ['adds a byte order mark', replaces('bad', 'services', '\ufeffservices'), /byte order mark/],
    ['removes the final newline', replaces('bad', 'image: y\n', 'image: y', {}, 'never'), /final newline/],
    ['adds a key twice', replaces('bad', 'image: y', 'image: y\n    image: z'), /does not parse/],
    [
      'is not idempotent',
      replaces('bad', 'image: x', 'image: x\n    bad: 1', {}, 'never'),
      /proposes more changes|does not parse/,
    ],
    ['overlaps another', replaces('bad', 'tty: true\n  b', 'tty: true\n\n  b'), /overlap/],
    [
      'edits outside the text',
      fake('bad', 'never', () => [{ start: 9999, end: 9999, text: 'x' }]),
      /check failed/,
    ],
    [
      'edits backwards',
      fake('bad', 'never', () => [{ start: 9, end: 2, text: 'x' }]),
      /check failed|overlap/,
    ],
    [
      'throws at its own result',
      {
        meta: metaOf('bad'),
        run: (document, context, option) =>
          document.text === WITH_MODE ? adds('bad').run(document, context, option) : throws('second run'),
      },
      /check failed: second run/,
    ],
  ];
  const WITH_MODE = TEXT.replace('image: x\n', 'image: x\n    mode: 0440\n');

  test.each(cases)('%s', (_name, bad, reason) => {
    for (const transforms of [
      [adds('one'), bad, adds('two')],
      [adds('one'), adds('two'), bad],
    ]) {
      const outcome = plan(transforms, WITH_MODE);
      expect(dispositions(outcome)).toEqual({ one: 'applied', bad: 'unsound', two: 'applied' });
      expect(outcome.entries.find(({ meta }) => meta.id === 'compose/bad')?.reason).toMatch(reason);
      expect(outcome.result).toBe(plan([adds('one'), adds('two')], WITH_MODE).result);
    }
  });

  test('also when it is alone, or comes first', () => {
    for (const [, bad] of cases.filter(([name]) => name !== 'overlaps another')) {
      expect(plan([bad], WITH_MODE).result).toBe(WITH_MODE);
      expect(dispositions(plan([bad, adds('one')], WITH_MODE))).toEqual({ bad: 'unsound', one: 'applied' });
    }
  });

  test('mixes line endings of a CRLF file', () => {
    const text = TEXT.replaceAll('\n', '\r\n');
    const outcome = plan([replaces('bad', 'x\r\n', 'x\n'), adds('one')], text);
    expect(dispositions(outcome)).toEqual({ bad: 'unsound', one: 'applied' });
    expect(outcome.result).toBe(plan([adds('one')]).result.replaceAll('\n', '\r\n'));
  });

  test('changes what is reached through an alias', () => {
    const text = 'x-base: &base\n  image: x\nservices:\n  a: *base\n';
    const bad = replaces('image', 'image: x', 'image: z', { touches: ['services.*.image'] });
    expect(dispositions(plan([bad], text))).toEqual({ image: 'unsound' });
  });
});

describe('phases', () => {
  const all = [
    adds('one'),
    adds('two', { phase: 2 }),
    adds('three', { phase: 3 }),
    adds('unsafe', { safety: 'unsafe' }),
    adds('late', { safety: 'unsafe', phase: 3 }),
  ];

  test.each([
    [1, { one: 'applied', two: 'later', three: 'later', unsafe: 'later', late: 'later' }],
    [2, { one: 'applied', two: 'applied', three: 'later', unsafe: 'applied', late: 'later' }],
    [3, { one: 'applied', two: 'applied', three: 'applied', unsafe: 'applied', late: 'applied' }],
  ] as [Phase, Record<string, string>][])('phase %i', (phase, expected) => {
    const outcome = plan(all, TEXT, phase);
    expect(dispositions(outcome)).toEqual(expected);
    for (const [name, disposition] of Object.entries(expected)) {
      expect([name, outcome.result.includes(`${name}: 1`)]).toEqual([name, disposition === 'applied']);
    }
  });

  test('an unsafe change of phase 1 says that it acts in phase 2', () => {
    const [entry] = plan([adds('unsafe', { safety: 'unsafe' })], TEXT, 1).entries;
    expect([entry?.phase, entry?.reason]).toEqual([2, 'phase 2']);
  });
});

test('any subset of the applied changes can be applied', () => {
  const outcome = plan([
    adds('one'),
    adds('two'),
    {
      meta: metaOf('image', { touches: ['services.*.image'] }),
      run: (document) =>
        document.services.flatMap((service): Finding[] => {
          const image = ownValue(service, 'image');
          const edit = image === undefined ? undefined : replaceScalar(service, image, 'z');
          if (edit?.ok !== true || document.text.includes('image: z')) return [];
          return [
            {
              subject: ['services', service.name],
              range: { start: 0, end: 0 },
              message: '',
              evidence: [],
              safety: 'safe',
              change: '',
              edits: edit.edits,
            },
          ];
        }),
    },
  ]);
  expect(outcome.entries.map(({ disposition }) => disposition)).toEqual(Array(4).fill('applied'));
  expect(outcome.result).toBe(
    'services:\n  a:\n    image: z\n    # why\n    tty: true\n    one: 1\n    two: 1\n  b:\n    image: z\n',
  );
});
