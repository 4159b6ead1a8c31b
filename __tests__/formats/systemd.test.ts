import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyEdits } from '../../src/core/text.js';
import type { UnitDocument } from '../../src/formats/systemd/document.js';
import { addAssignments, replaceValue } from '../../src/formats/systemd/edit.js';
import { parseExec } from '../../src/formats/systemd/exec.js';
import { parseUnit, unitAdapter } from '../../src/formats/systemd/parse.js';

function parse(text: string, path = 'app.service'): UnitDocument {
  const result = parseUnit(path, text);
  if (!result.ok) throw new Error(result.reason);
  return result.document;
}

function added(text: string, ...assignments: string[]): string {
  const outcome = addAssignments(parse(text), 'Service', assignments);
  if (!outcome.ok) throw new Error(outcome.reason);
  return applyEdits(text, outcome.edits);
}

describe('assignments', () => {
  test('keep `#`, `;`, quotes and specifiers in a value and drop white space around `=`', () => {
    const document = parse('[Service]\nExecStart = \t/bin/x "a b" ; /bin/y #no %i \nEnvironment=A=1 "B=ü"\n');
    expect(document.values('Service', 'ExecStart')).toEqual(['/bin/x "a b" ; /bin/y #no %i']);
    expect(document.values('Service', 'Environment')).toEqual(['A=1 "B=ü"']);
  });

  test('are joined over a continuation without the comments inside', () => {
    const text = '[Service]\nExecStart=/bin/x \\\n  -a \\\n# hidden\n  ; hidden too\n  -b\nUser=u\n';
    const document = parse(text);
    const entry = document.last('Service', 'ExecStart')!;
    expect(entry.value).toBe('/bin/x    -a    -b');
    expect(text.slice(entry.range.start, entry.range.end)).toMatch(/^ExecStart=[^]*-b$/);
    expect(entry.line).toBe(2);
    expect(document.comments()).toEqual(['# hidden', '; hidden too']);
    expect(document.last('Service', 'User')?.line).toBe(7);
  });

  test('end at an even number of backslashes and at a blank line', () => {
    expect(parse('[Service]\nA=x\\\\\nB=y\n').values('Service', 'B')).toEqual(['y']);
    expect(parse('[Service]\nA=x \\\n\nB=y\n').values('Service', 'A')).toEqual(['x']);
  });

  test('reset by an empty one', () => {
    const document = parse('[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\nUser=x\nUser=\n');
    expect(document.values('Service', 'ExecStart')).toEqual(['/bin/b']);
    expect(document.last('Service', 'User')).toBeUndefined();
    expect(document.has('Service', 'User')).toBe(true);
  });

  test('are merged over repeated sections', () => {
    const document = parse('[Service]\nUser=a\n[Unit]\nA=1\n[Service]\nUser=b\n');
    expect(document.sections.map((section) => section.name)).toEqual(['Service', 'Unit', 'Service']);
    expect(document.last('Service', 'User')?.value).toBe('b');
  });

  test('have ranges that give their text back, with a byte order mark, CRLF and tabs', () => {
    const text = '\uFEFF[Service]\r\n\tExecStart =\t/bin/größe 1\r\nUser=u';
    for (const entry of parse(text).entries) {
      expect(text.slice(entry.keyRange.start, entry.keyRange.end)).toBe(entry.key);
      expect(text.slice(entry.valueRange.start, entry.valueRange.end)).toBe(entry.value);
    }
  });
});

describe('unit names', () => {
  test.each([
    ['systemd/a@.service', 'a@.service', true, undefined],
    ['a@x.service', 'a@x.service', false, 'x'],
    ['a.service', 'a.service', false, undefined],
  ])('%s', (path, name, template, instance) => {
    const document = parse('[Service]\nUser=u\n', path);
    expect([document.unitName, document.template, document.instance]).toEqual([name, template, instance]);
  });
});

describe('what is no unit', () => {
  test.each([
    ['[D-BUS Service]\nName=org.example\nExec=/bin/x\n'],
    ['<?xml version="1.0"?>\n<service-group></service-group>\n'],
    ['[Service]\nExecStart=@bindir@/x\n'],
    ['[Service]\nExecStart={{ bin }}/x\n'],
    ['[Service]\nUser=<%= user %>\n'],
    ['[Service]\nUser=#{user}\n'],
    ['[Match]\nName=eth0\n'],
  ])('is foreign: %j', (text) => {
    expect(parseUnit('x.service', text)).toMatchObject({ ok: false, kind: 'foreign' });
  });

  test.each([
    ['', 1],
    ['# only a comment\n', 1],
    ['User=x\n[Service]\n', 1],
    ['[Unit]\n\n[Service\nUser=x\n', 3],
    ['[Service]\nUser\n', 2],
    ['[Service]\n=x\n', 2],
  ])('is invalid: %j', (text, line) => {
    expect(parseUnit('x.service', text)).toMatchObject({ ok: false, kind: 'invalid', line });
  });

  test('does not take the placeholder of a sed command, or one in a comment, for its own', () => {
    const text = "[Service]\n# @bindir@ is filled in\nExecStart=/bin/sed -e 's/@@NAME@@/%i/g' /usr/share/x\n";
    expect(parseUnit('x.service', text).ok).toBe(true);
  });
});

describe('added assignments', () => {
  test('follow the last assignment and the comments right below it', () => {
    expect(added('[Service]\nUser=u\n# User=v\n\n[Install]\nAlias=x\n', 'A=1', 'B=2')).toBe(
      '[Service]\nUser=u\n# User=v\nA=1\nB=2\n\n[Install]\nAlias=x\n',
    );
  });

  test('stay before a comment that stands on the next header', () => {
    expect(added('[Service]\nUser=u\n# next\n[Install]\n', 'A=1')).toBe(
      '[Service]\nUser=u\nA=1\n# next\n[Install]\n',
    );
  });

  test('follow the whole continuation', () => {
    expect(added('[Service]\nE=/x \\\n# c\n -b\n', 'A=1')).toBe('[Service]\nE=/x \\\n# c\n -b\nA=1\n');
  });

  test('go to the last section of the name, also an empty one', () => {
    expect(added('[Service]\nUser=u\n[Unit]\n[Service]\n', 'A=1')).toBe(
      '[Service]\nUser=u\n[Unit]\n[Service]\nA=1\n',
    );
  });

  test('keep CRLF and a missing final newline', () => {
    expect(added('[Service]\r\nUser=u', 'A=1')).toBe('[Service]\r\nUser=u\r\nA=1');
  });

  test('are refused where a backslash would swallow them', () => {
    expect(addAssignments(parse('[Service]\nUser=u \\\n'), 'Service', ['A=1']).ok).toBe(false);
    expect(addAssignments(parse('[Unit]\nA=b\n'), 'Service', ['A=1']).ok).toBe(false);
    expect(addAssignments(parse('[Service]\n'), 'Service', ['A=1\n[Unit]']).ok).toBe(false);
  });

  test('replace a value with its continuation', () => {
    const text = '[Service]\nProtectSystem=\\\n  full\nUser=u\n';
    const outcome = replaceValue(parse(text).last('Service', 'ProtectSystem')!, 'strict');
    expect(outcome.ok && parse(applyEdits(text, outcome.edits)).values('Service', 'ProtectSystem')).toEqual([
      'strict',
    ]);
  });
});

describe('delta', () => {
  test('names the settings whose values differ, and no comment or white space', () => {
    const before = parse('[Service]\nUser=u\n# c\nA=1\nA=2\n');
    expect(unitAdapter.delta(before, parse('[Service]\n\nUser = u\nA=1\nA=2\n'))).toEqual([]);
    expect(unitAdapter.delta(before, parse('[Service]\nUser=v\nA=1\nA=2\nB=\n'))).toEqual([
      ['Service', 'User'],
      ['Service', 'B'],
    ]);
    expect(unitAdapter.delta(before, parse('[Service]\nA=2\nA=1\n'))).toEqual([
      ['Service', 'A'],
      ['Service', 'User'],
    ]);
  });
});

describe('command lines', () => {
  test.each([
    ['/bin/x a b', '', '/bin/x', ['a', 'b']],
    ['-@/bin/x name a', '-@', '/bin/x', ['a']],
    ['!!:-/bin/x "a b" \'c d\'', '!!:-', '/bin/x', ['a b', 'c d']],
    ['+/bin/x \\x41\\101\\u0042\\s', '+', '/bin/x', ['AAB ']],
    ['/bin/x \\; ";"', '', '/bin/x', [';', ';']],
    ['/bin/x "open', '', '/bin/x', ['open']],
  ])('%s', (line, prefixes, program, args) => {
    const [command, ...rest] = parseExec(line);
    expect(rest).toEqual([]);
    expect(command).toMatchObject({ prefixes, program: { text: program } });
    expect(command!.args.map((word) => word.text)).toEqual(args);
  });

  test('are several when a word is a semicolon', () => {
    expect(parseExec('/bin/a 1 ; -/bin/b 2 ;').map((command) => command.program.text)).toEqual([
      '/bin/a',
      '/bin/b',
    ]);
  });

  test('tell full privileges from a kept user', () => {
    expect(parseExec('+/bin/a')[0]).toMatchObject({ fullPrivileges: true, keepsUser: false });
    expect(parseExec('!/bin/a')[0]).toMatchObject({ fullPrivileges: false, keepsUser: true });
  });

  test('flag specifiers and variables', () => {
    const [command] = parseExec('%h/bin/x %i 50%% $OPTS ${A}b $$c');
    expect(command!.program.specifiers).toEqual(['%h']);
    expect(command!.args.map((word) => word.specifiers)).toEqual([['%i'], [], [], [], []]);
    expect(command!.args.map((word) => word.variable)).toEqual([false, false, true, true, false]);
    expect(parseExec(':/bin/x $OPTS')[0]!.args[0]!.variable).toBe(false);
  });
});

describe('any text', () => {
  const pieces = fc.array(
    fc.constantFrom(
      '[Service]',
      '[Unit]',
      '[Install]',
      'ExecStart=/bin/x "a',
      'User=u',
      'User=',
      ' \\',
      '\\',
      '# c',
      ';',
      '=',
      '\n',
      '\r\n',
      '\r',
      '\t',
      '\uFEFF',
      'ß',
      '%i',
      "'",
    ),
    { maxLength: 40 },
  );
  const text = fc.oneof(
    pieces.map((list) => list.join('')),
    pieces.map((list) => `[Service]\n${list.join('\n')}`),
    fc.string({ unit: 'grapheme' }),
  );

  test('never makes the parsers throw', () => {
    fc.assert(
      fc.property(text, (value) => {
        parseUnit('x.service', value);
        parseExec(value);
      }),
    );
  });

  test('takes an added assignment as exactly that, and loses no comment', () => {
    fc.assert(
      fc.property(text, (value) => {
        const before = parseUnit('x.service', value);
        if (!before.ok) return;
        const outcome = addAssignments(before.document, 'Service', ['NoNewPrivileges=yes']);
        if (!outcome.ok) return;
        const after = parseUnit('x.service', applyEdits(value, outcome.edits));
        expect(after.ok).toBe(true);
        if (!after.ok) return;
        expect(unitAdapter.delta(before.document, after.document)).toEqual([['Service', 'NoNewPrivileges']]);
        expect(after.document.comments()).toEqual(before.document.comments());
        expect(after.document.last('Service', 'NoNewPrivileges')?.value).toBe('yes');
      }),
      { numRuns: 1000 },
    );
  });
});
