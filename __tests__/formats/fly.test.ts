import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits, type Edits } from '../../src/core/text.js';
import {
  citePath,
  headerAt,
  pairAt,
  rangeAt,
  valueAt,
  type FlyDocument,
} from '../../src/formats/toml/document.js';
import { addTable, quoted, replaceValue, setKey, type NewTable } from '../../src/formats/toml/edit.js';
import { flyAdapter, parseFly } from '../../src/formats/toml/parse.js';

function documentOf(text: string): FlyDocument {
  const parsed = parseFly('fly.toml', text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
}

function applied(document: FlyDocument, edit: Edits): string {
  return edit.ok ? applyEdits(document.text, edit.edits) : edit.reason;
}

const TEXT = `# An app.
app = "a" # its name
build.dockerfile = "D"

[[services]]
  internal_port = 80
  ports = [{ port = 80, handlers = ["http"] }, { port = 443 }]

  [[services.tcp_checks]]
    interval = "15s"

[[services]]
  [services.concurrency]
    "soft limit".value = 1
`;

describe('the document', () => {
  const document = documentOf(TEXT);

  test('knows where each key and header stands, in lists and in braces too', () => {
    const at = (path: readonly string[]): string => {
      const { start, end } = rangeAt(document, path);
      return TEXT.slice(start, end);
    };
    expect(at(['services', '0', 'internal_port'])).toBe('internal_port = 80');
    expect(at(['services', '0', 'ports', '1', 'port'])).toBe('port = 443');
    expect(at(['services', '0', 'tcp_checks', '0'])).toBe('[[services.tcp_checks]]');
    expect(at(['services', '1', 'concurrency'])).toBe('[services.concurrency]');
    expect(at(['services', '1', 'nothing'])).toBe('[[services]]');
    expect(at(['nothing'])).toBe('app = "a"');
    expect(pairAt(document, ['build', 'dockerfile'])?.dotted).toBe(true);
    expect(headerAt(document, ['services', '1'])?.pairs).toEqual([]);
    expect(valueAt(document, ['services', '1', 'concurrency', 'soft limit', 'value'])).toBe(1);
    expect(valueAt(document, ['services', '7', 'x'])).toBeUndefined();
    expect(document.comments()).toEqual(['# An app.', '# its name']);
  });

  test('cites a line without the secret on it', () => {
    const secret = documentOf('app = "a"\n\n[env]\nDB_PASSWORD = "correct-horse"\n');
    expect(citePath(secret, ['env', 'DB_PASSWORD'])).toEqual({
      ...{ file: 'fly.toml', line: 4, text: 'DB_PASSWORD = "********"' },
    });
  });

  test('reads CRLF and a byte order mark', () => {
    const marked = documentOf(`\ufeff${TEXT.replaceAll('\n', '\r\n')}`);
    expect(marked.config).toEqual(document.config);
    expect(marked.comments()).toEqual(document.comments());
  });

  test.each([
    ['app = \n', 'invalid'],
    ['app = "a"\napp = "b"\n', 'invalid'],
    ['app = "{{ name }}"\n{{ services }}\n', 'foreign'],
    ['', 'foreign'],
    ['[fly]\nstages = 3\n', 'foreign'],
    ['app = 1\nvm = "x"\n', 'foreign'],
  ])('%j is %s', (text, kind) => {
    const parsed = parseFly('fly.toml', text);
    expect(parsed.ok ? 'ok' : parsed.kind).toBe(kind);
  });
});

describe('the delta', () => {
  const changed = (text: string): string[] =>
    flyAdapter.delta(documentOf(TEXT), documentOf(text)).map((path) => path.join('.'));

  test('names what differs in meaning, and no white space, comment or order', () => {
    expect(changed(`${TEXT}# more\n`)).toEqual([]);
    expect(changed(TEXT.replace('app = "a"', "app = 'a'"))).toEqual([]);
    expect(changed(TEXT.replace('port = 443', 'port = 443, force_https = true'))).toEqual([
      'services.0.ports.1.force_https',
    ]);
    expect(changed(`${TEXT}[[services]]\ninternal_port = 1\n`)).toEqual(['services.2']);
    expect(changed(TEXT.replace('["http"]', '["tls", "http"]'))).toEqual(['services.0.ports.0.handlers']);
    expect(changed(TEXT.replace('app = "a" # its name\n', ''))).toEqual(['app']);
  });
});

describe('an edit', () => {
  const HTTP = ['http_service'];
  const set = (text: string, path: readonly string[] = HTTP): string => {
    const document = documentOf(text);
    return applied(document, setKey(document, path, ['force_https', 'true']));
  };

  test.each([
    ['[http_service]\n', '[http_service]\nforce_https = true\n'],
    ['[http_service] # here\n  # c\n', '[http_service] # here\nforce_https = true\n  # c\n'],
    [
      '[http_service]\n\tport = 1 # c\n\n[env]\n',
      '[http_service]\n\tport = 1 # c\n\tforce_https = true\n\n[env]\n',
    ],
    ['[http_service]\nlist = [\n 1,\n]\n', '[http_service]\nlist = [\n 1,\n]\nforce_https = true\n'],
    ['[http_service]\r\nport = 1\r\n', '[http_service]\r\nport = 1\r\nforce_https = true\r\n'],
    ['[http_service]\nport = 1', '[http_service]\nport = 1\nforce_https = true'],
    ['[http_service]\nforce_https = false # c\n', '[http_service]\nforce_https = true # c\n'],
    ['http_service = { port = 1 }\n', 'http_service = { port = 1, force_https = true }\n'],
    ['http_service = {}\n', 'http_service = { force_https = true }\n'],
    ['[http_service]\n[env]\n  A = "1"\n', '[http_service]\n  force_https = true\n[env]\n  A = "1"\n'],
  ])('sets a key: %j', (before, after) => {
    expect(set(`app = "a"\n${before}`)).toBe(`app = "a"\n${after}`);
  });

  test.each([
    ['http_service.port = 1\n', 'http_service is written key by key'],
    ['[http_service]\nforce_https = """true"""\n', 'force_https is not written as one plain value'],
    ['[http_service.force_https]\na = 1\n', 'force_https is a section of its own'],
  ])('is refused: %j', (text, reason) => {
    expect(set(`app = "a"\n${text}`)).toBe(reason);
  });

  const check: NewTable = {
    ...{ path: ['http_service', 'checks'], kind: 'list' },
    pairs: [['path', '"/up"']],
  };
  const add = (text: string, table: NewTable = check, section = HTTP): string => {
    const document = documentOf(`app = "a"\n${text}`);
    return applied(document, addTable(document, section, table)).replace('app = "a"\n', '');
  };

  test.each([
    ['[http_service]\nport = 1\n', '[http_service]\nport = 1\n\n[[http_service.checks]]\npath = "/up"\n'],
    [
      '[http_service]\n  port = 1\n\n  [http_service.concurrency]\n    type = "x"\n    # more\n\n[env]\nA = "1"\n',
      '[http_service]\n  port = 1\n\n  [http_service.concurrency]\n    type = "x"\n    # more\n\n  [[http_service.checks]]\n    path = "/up"\n\n[env]\nA = "1"\n',
    ],
    [
      '[http_service]\n  port = 1\n# about the next\n[env]\n  A = "1"\n',
      '[http_service]\n  port = 1\n\n  [[http_service.checks]]\n    path = "/up"\n# about the next\n[env]\n  A = "1"\n',
    ],
    ['[http_service]\nport = 1', '[http_service]\nport = 1\n\n[[http_service.checks]]\npath = "/up"'],
  ])('adds a section: %j', (before, after) => {
    expect(add(before)).toBe(after);
  });

  test('adds a section of the top level behind the one that it is about', () => {
    const table: NewTable = { path: ['checks', 'up'], kind: 'table', pairs: [['port', '1']] };
    expect(add('[http_service]\n  port = 1\n\n[checks.a]\n  port = 2\n', table)).toBe(
      '[http_service]\n  port = 1\n\n[checks.up]\n  port = 1\n\n[checks.a]\n  port = 2\n',
    );
    expect(add('checks = []\n[http_service]\nport = 1\n', table)).toBe(
      'checks is not written as a section of its own',
    );
    expect(add('checks.a.port = 1\n[http_service]\nport = 1\n', table)).toBe(
      'checks is not written as a section of its own',
    );
    expect(add('[checks.up]\nport = 1\n[http_service]\nport = 1\n', table)).toBe(
      'checks.up is there already',
    );
  });

  test('is refused where the section has no place of its own', () => {
    expect(add('http_service = { port = 1 }\n')).toBe('http_service is not written as a section of its own');
    expect(add('http_service.port = 1\n')).toBe('http_service is not written as a section of its own');
  });

  test('of a value keeps the quotes of the file', () => {
    const [single, double] = [documentOf("app = 'a'\n"), documentOf('app = "a"\nb = \'c\'\n')];
    expect([quoted(single, 'x'), quoted(single, "it's"), quoted(double, 'x')]).toEqual([
      "'x'",
      '"it\'s"',
      '"x"',
    ]);
    const app = pairAt(double, ['app'])!;
    expect(applied(double, replaceValue(app, '"z"'))).toBe('app = "z"\nb = \'c\'\n');
  });

  test('changes what it says and nothing else, whatever stands around it', () => {
    const line = fc.constantFrom(
      ...[
        '# c',
        '',
        'a = 1',
        "b = 'x' # d",
        '[env]',
        '[http_service]',
        '[[services]]',
        '[services.x]',
        'c = [',
        ']',
      ],
      ...[
        'http_service = {}',
        'http_service.port = 1',
        '  d = """',
        '"""',
        'e.f = 2',
        '[http_service.checks]',
      ],
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), (lines, eol) => {
        const text = ['app = "a"', ...lines].join(eol);
        const parsed = parseFly('fly.toml', text);
        if (!parsed.ok) return;
        const { document } = parsed;
        for (const edit of [
          setKey(document, HTTP, ['force_https', 'true']),
          addTable(document, HTTP, { ...check, path: ['http_service', 'checks'] }),
        ]) {
          if (!edit.ok) continue;
          const [one, ...more] = edit.edits;
          expect(more).toEqual([]);
          const after = parseFly('fly.toml', applyEdits(text, edit.edits));
          if (!after.ok) throw new Error(`${JSON.stringify(text)}: ${after.reason}`);
          const delta = flyAdapter.delta(document, after.document).map((path) => path.slice(0, 2).join('.'));
          expect(
            [...new Set(delta)].every((path) => /^http_service(?:\.(?:force_https|checks))?$/.test(path)),
          ).toBe(true);
          expect(after.document.comments()).toEqual(document.comments());
          expect(one!.start).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
