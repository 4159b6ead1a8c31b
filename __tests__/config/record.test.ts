import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/parse.js';
import { recordOverride } from '../../src/config/record.js';
import { OVERRIDE_LISTS, type ConfigOverride, type Override } from '../../src/config/types.js';

const OVERRIDE: Override = {
  file: 'deploy/docker-compose.yml',
  service: 'db',
  capabilities: ['CAP_CHOWN', 'setuid'],
  writable: ['/var/cache/nginx/'],
  reason: 'it writes its cache there (harden verify, 2026-11-26)',
};

const LINES = `  - file: deploy/docker-compose.yml
    service: db
    capabilities: [CHOWN, SETUID]
    writable: [/var/cache/nginx]
    reason: it writes its cache there (harden verify, 2026-11-26)
`;

function recorded(text: string | undefined, override = OVERRIDE): string {
  const outcome = recordOverride(text, override);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.text;
}

function read(text: string): readonly ConfigOverride[] {
  const outcome = parseConfig(text, { path: '', place: { folder: '.', root: '.' } });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.config.overrides;
}

describe('a config that there is none of yet', () => {
  test('has a comment and the override', () => {
    const text = recorded(undefined);
    expect(text).toMatch(/^# [^\n]+\noverrides:\n/);
    expect(text.endsWith(`overrides:\n${LINES}`)).toBe(true);
    expect(recorded(text)).toBe(text);
  });

  test('what YAML would misread is quoted', () => {
    const text = recorded(undefined, {
      file: '123',
      service: 'yes',
      writable: ['/a#b'],
      reason: 'so: it # is\n "here"',
    });
    expect(read(text)).toMatchObject([
      { file: '123', service: 'yes', writable: [{ value: '/a#b' }], reason: 'so: it # is "here"' },
    ]);
  });

  test.each([
    [{ file: 'a' }, 'names nothing to change'],
    [{ file: '/a', skip: ['compose'] }, 'take the / from /a'],
    [{ file: 'a', writable: ['b'] }, 'begin it with /'],
    [{ file: 'a', capabilities: ['X'] }, 'which is no capability'],
  ])('%j is refused', (override, reason) => {
    expect(recordOverride(undefined, override)).toEqual({
      ok: false,
      reason: expect.stringContaining(reason),
    });
  });
});

describe('a config that is there', () => {
  test.each([
    ['# nothing yet\n', `# nothing yet\noverrides:\n${LINES}`],
    ['# nothing yet', `# nothing yet\noverrides:\n${LINES.trimEnd()}`],
    ['', `overrides:\n${LINES}`],
    ['overrides: # none\n', `overrides: # none\n${LINES}`],
    ['overrides: []\n# end\n', `overrides:\n${LINES}# end\n`],
    ['overrides: ~', `overrides:\n${LINES.trimEnd()}`],
    [
      'overrides:\n- file: b\n  skip: [ compose ] # so\n# end\n',
      `overrides:\n- file: b\n  skip: [ compose ] # so\n${LINES.replace(/^ {2}/gm, '')}# end\n`,
    ],
  ])('%j gets the override at its end', (before, after) => {
    expect(recorded(before)).toBe(after);
  });

  test('the override for the same service is extended, and all else kept', () => {
    const before = `# head
overrides:
  # the database
  - file: 'deploy/docker-compose.yml'   # here
    service: "db"
    capabilities: [ 'CHOWN' ]   # why
    # still of it
    reason: first

  - file: other.yml
    skip: [compose]
# end`;
    expect(recorded(before)).toBe(`# head
overrides:
  # the database
  - file: 'deploy/docker-compose.yml'   # here
    service: "db"
    capabilities: [ 'CHOWN', 'SETUID' ]   # why
    # still of it
    reason: first; it writes its cache there (harden verify, 2026-11-26)
    writable:
      - /var/cache/nginx

  - file: other.yml
    skip: [compose]
# end`);
  });

  test.each([
    ['"a \\" b"', '"a \\" b; it writes'],
    ["'it''s'", "'it''s; it writes"],
    ['>\n      a\n      b', '>\n      a\n      b\n      it writes'],
    ['|-\n      a', '|-\n      a\n      it writes'],
    ['a\n      b', 'a\n      b; it writes'],
  ])('a reason written as %s goes on in its own style', (reason, goesOn) => {
    const before = `overrides:\n  - file: deploy/docker-compose.yml\n    service: db\n    reason: ${reason}\n    skip: [compose]\n`;
    const after = recorded(before);
    expect(after).toContain(`reason: ${goesOn}`);
    expect(read(after)[0]?.reason).toContain('it writes its cache there (harden verify, 2026-11-26)');
    expect(recorded(after)).toBe(after);
  });

  test('another service and the whole file are others', () => {
    const before = 'overrides:\n  - file: deploy/docker-compose.yml\n    writable: [/var/cache/nginx]\n';
    expect(recorded(before)).toBe(before + LINES);
  });

  test('what others use through an anchor is left as it is', () => {
    const before =
      'overrides:\n  - file: a\n    writable: &w [/a]\n  - file: deploy/docker-compose.yml\n    service: db\n    writable: *w\n';
    expect(recorded(before)).toBe(before + LINES);
    const aliased =
      'overrides:\n  - &a { file: deploy/docker-compose.yml, service: db, skip: [compose] }\n  - *a\n';
    expect(recorded(aliased)).toBe(aliased + LINES);
  });

  test('JSON stays JSON', () => {
    const before =
      '{\n\t"overrides": [\n\t\t{ "file": "deploy/docker-compose.yml", "service": "db", "capabilities": [], "reason": "a" }\n\t]\n}\n'.replace(
        '"capabilities": []',
        '"capabilities": [], "skip": ["compose"]',
      );
    const after = recorded(before);
    expect(JSON.parse(after)).toEqual({
      overrides: [
        {
          file: 'deploy/docker-compose.yml',
          service: 'db',
          capabilities: ['CHOWN', 'SETUID'],
          skip: ['compose'],
          reason: `a; ${OVERRIDE.reason}`,
          writable: ['/var/cache/nginx'],
        },
      ],
    });
    expect(JSON.parse(recorded('{}'))).toMatchObject({ overrides: [{ file: OVERRIDE.file }] });
    expect(JSON.parse(recorded('{"overrides": []}'))).toMatchObject({ overrides: [{ file: OVERRIDE.file }] });
    expect(JSON.parse(recorded('{"overrides": [{"file": "b", "skip": ["compose"]}]}'))).toMatchObject({
      overrides: [{ file: 'b' }, { file: OVERRIDE.file }],
    });
  });

  test('a broken one is refused with its line', () => {
    expect(recordOverride('# x\noverides: []\n', OVERRIDE)).toEqual({
      ok: false,
      reason: 'line 2: unknown key overides: did you mean overrides?',
    });
  });
});

/** The words of each list, by what they are about. */
function words(overrides: readonly ConfigOverride[]): readonly string[] {
  const all = overrides.flatMap((one) =>
    OVERRIDE_LISTS.flatMap((list) =>
      one[list].map(({ value }) => JSON.stringify([one.file, one.service ?? '', list, value])),
    ),
  );
  return [...new Set(all)].sort();
}

const path = fc.constantFrom('/tmp', '/var/cache/a', '/srv/b', '/e#f', '/-x', '/ü');
const override = fc
  .record(
    {
      file: fc.constantFrom('a.yml', 'deploy/b.yml', 'units/*.service', 'null', '0', 'a b.yml'),
      service: fc.option(fc.constantFrom('db', 'web', '1'), { nil: undefined }),
      capabilities: fc.uniqueArray(fc.constantFrom('CHOWN', 'cap_kill', 'SYS_TIME'), { maxLength: 3 }),
      writable: fc.uniqueArray(path, { maxLength: 3 }),
      executable: fc.uniqueArray(path, { maxLength: 2 }),
      egress: fc.uniqueArray(fc.constantFrom('none', 'API.example.com', '.example.com', '[2001:db8::7]:53'), {
        maxLength: 1,
      }),
      skip: fc.uniqueArray(fc.constantFrom('compose', 'systemd/protect-system'), { maxLength: 2 }),
      reason: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }), { nil: undefined }),
    },
    { requiredKeys: ['file'] },
  )
  .filter((one) => OVERRIDE_LISTS.some((list) => (one[list]?.length ?? 0) > 0));

/** The outer forms that a file may have. */
const form = fc.record({ crlf: fc.boolean(), bom: fc.boolean(), open: fc.boolean(), comments: fc.boolean() });

test('whatever is recorded, the config says all of it and keeps its form', () => {
  fc.assert(
    fc.property(
      fc.array(override, { minLength: 1, maxLength: 6 }),
      form,
      (list, { crlf, bom, open, comments }) => {
        const [first, ...rest] = list;
        let text = recorded(undefined, first!);
        if (comments) text = text.replace(/\n/g, ' # kept\n');
        if (open) text = text.trimEnd();
        if (crlf) text = text.replaceAll('\n', '\r\n');
        if (bom) text = `\uFEFF${text}`;
        const start = text;
        let expected = words(read(text));
        for (const next of rest) {
          text = recorded(text, next);
          expected = [...new Set([...expected, ...words(read(recorded(undefined, next)))])].sort();
          expect(words(read(text))).toEqual(expected);
          expect(recorded(text, next)).toBe(text);
        }
        expect(text.startsWith('\uFEFF')).toBe(bom);
        expect(/[^\r]\n/.test(text)).toBe(!crlf);
        expect(text.endsWith('\n')).toBe(!open);
        if (comments) expect(text.split('# kept').length).toBe(start.split('# kept').length);
      },
    ),
    { numRuns: 150 },
  );
});

describe('a config without overrides', () => {
  test.each([
    ['phase: 1\n', 'phase: 1\noverrides:\n'],
    ['# so\ntransforms:\n  compose/limit-cpus: off\n# end', '# end\noverrides:\n'],
    ['phase: 1\r\n', 'phase: 1\r\noverrides:\r\n'],
  ])('%j gets them at its end', (text, expected) => {
    const after = recorded(text);
    expect(after.startsWith(text)).toBe(true);
    expect(after).toContain(expected);
    expect(read(after)).toHaveLength(1);
  });
});
