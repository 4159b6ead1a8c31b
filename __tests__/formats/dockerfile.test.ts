import { describe, expect, test } from '@jest/globals';
import { formatDockerfileContents } from '@reteps/dockerfmt';
import fc from 'fast-check';
import { applyEdits, type Edits } from '../../src/core/text.js';
import type { DockerfileDocument } from '../../src/formats/dockerfile/document.js';
import {
  addFlag,
  insertAfter,
  insertBefore,
  replaceArguments,
  replaceKeyword,
} from '../../src/formats/dockerfile/edit.js';
import { dockerfileAdapter, parseDockerfile } from '../../src/formats/dockerfile/parse.js';
import { stageScope } from '../../src/formats/dockerfile/scope.js';
import { runScript, runScripts } from '../../src/formats/dockerfile/shell-text.js';
import { parseShell } from '../../src/formats/shell.js';

function parse(text: string, path = 'Dockerfile'): DockerfileDocument {
  const result = parseDockerfile(path, text);
  if (!result.ok) throw new Error(`${result.kind}: ${result.reason}`);
  return result.document;
}

function failure(text: string, path = 'Dockerfile'): unknown {
  const result = parseDockerfile(path, text);
  if (result.ok) return undefined;
  return result.kind === 'invalid' ? `${result.line}: ${result.reason}` : result.reason;
}

function apply(document: DockerfileDocument, result: Edits): string {
  return result.ok ? applyEdits(document.text, result.edits) : `refused: ${result.reason}`;
}

function keywords(document: DockerfileDocument): string {
  return document.instructions.map(({ keyword }) => keyword).join(' ');
}

describe('heredocs', () => {
  const forms: [line: string, terminator: string, heredoc: boolean][] = [
    ['COPY <<EOF /x', 'EOF', true],
    ['COPY 3<<EOF /x', 'EOF', true],
    ['COPY <<-EOF /x', '\t\tEOF', true],
    ["COPY <<'one two' /x", 'one two', true],
    ['COPY <<E"O"F /x', 'EOF', true],
    ['COPY <<"EOF" /x', 'EOF', true],
    ['COPY <<E\\OF /x', 'EOF', true],
    ['COPY <<$X /x', '$X', true],
    ['ADD <<EOF /x', 'EOF', true],
    ['COPY --chown=1:1 <<EOF \\\n# comment\n\n /x', 'EOF', true],
    ['RUN <<EOF', 'EOF', true],
    ['RUN cat <<EOF | sh', 'EOF', true],
    ['COPY <<<EOF /x', 'EOF', false],
    ['COPY "<<EOF" /x', 'EOF', false],
    ['COPY a<<EOF /x', 'EOF', false],
    ['COPY <<EOF<<B /x', 'EOF', false],
    ['COPY <<"EOF /x', 'EOF', false],
    ['COPY ["<<EOF", "/x"]', 'EOF', false],
    ['RUN ["cat", "<<EOF"]', 'EOF', false],
    ['RUN echo $((1<<2))', '2', false],
  ];

  test.each(forms)('%s is what BuildKit says', async (line, terminator, heredoc) => {
    const text = `FROM scratch\n${line}\nbody\n${terminator}\nEXPOSE 80\n`;
    const options = { indent: 4, trailingNewline: true, spaceRedirects: false };
    // BuildKit's parser drops what is no instruction: the body is printed only when it belongs to a heredoc.
    expect((await formatDockerfileContents(text, options)).includes('\nbody\n')).toBe(heredoc);
    if (heredoc) {
      const document = parse(text);
      expect(keywords(document)).toMatch(/^FROM (?:COPY|ADD|RUN) EXPOSE$/);
      const { body } = document.instructions[1]!.heredocs[0]!;
      expect(text.slice(body.start, body.end)).toBe('body\n');
    } else {
      expect(failure(text)).toBe(
        `${text.slice(0, text.indexOf('\nbody')).split('\n').length + 1}: unknown instruction BODY`,
      );
    }
  });

  // The WASM parser is older than BuildKit's processPossibleHeredoc, which joins the blank to the word.
  test('white space after << belongs to the word', () => {
    expect(keywords(parse('FROM a\nRUN cat << EOF\nUSER b\nEOF\nEXPOSE 80\n'))).toBe('FROM RUN EXPOSE');
  });

  test('several are read in order, and only RUN, COPY and ADD have them', () => {
    const document = parse('FROM a\nCOPY <<A <<B /x/\nB\nA\nFROM c\nB\nONBUILD RUN <<C\nUSER d\nC\nUSER x\n');
    expect(keywords(document)).toBe('FROM COPY ONBUILD USER');
    expect(document.instructions[1]!.heredocs.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(failure('FROM a\nENV A=<<EOF\nbody\nEOF\n')).toBe('3: unknown instruction BODY');
  });

  test('one that never ends is invalid, with the line of its instruction', () => {
    expect(failure('FROM a\n\nRUN <<EOF\necho\nEOF \n')).toBe('3: a heredoc is never terminated');
  });

  test('a quoted name leaves variables alone', () => {
    const marks = parse('FROM a\nCOPY <<A <<"B" /x/\nA\nB\n').instructions[1]!.heredocs;
    expect(marks.map(({ expand }) => expand)).toEqual([true, false]);
  });
});

describe('lines', () => {
  test('comments and empty lines inside a continuation are skipped', () => {
    const document = parse('FROM a\nRUN one \\\n  # hidden\n\n\t&& two\\\\\nUSER b\n');
    expect(keywords(document)).toBe('FROM RUN USER');
    expect(document.instructions[1]!.argumentText).toBe('one \t&& two\\\\');
    expect(document.comments()).toEqual(['# hidden']);
  });

  test('escape=` changes the continuation', () => {
    const document = parse('# escape=`\nFROM a\nRUN one ` \n  two\nWORKDIR C:\\\nUSER b\n');
    expect(document.escape).toBe('`');
    expect(keywords(document)).toBe('FROM RUN WORKDIR USER');
  });

  test('directives stand at the top only', () => {
    const document = parse('# syntax=docker/dockerfile:1\n# check=skip=all\n# hello\n# escape=`\nFROM a\n');
    expect(document.directives.map(({ name }) => name)).toEqual(['syntax', 'check']);
    expect(document.escape).toBe('\\');
    expect(failure('# escape=x\nFROM a\n')).toBe('1: the escape character must be \\ or `');
    expect(failure('# syntax=a\n# syntax=b\nFROM a\n')).toBe(
      '2: only one syntax parser directive can be used',
    );
  });

  test.each(['\n', '\r\n'])('offsets are those of the text with a byte order mark and %j', (newline) => {
    const text = `\uFEFFFROM a AS b${newline}COPY --from=x \\${newline}  one /two/${newline}USER "joe"`;
    const document = parse(text);
    const [from, copy, user] = document.instructions;
    expect(from!.start).toBe(1);
    expect(copy!.words.map(({ start, end }) => text.slice(start, end))).toEqual(['one', '/two/']);
    expect(copy!.flags[0]).toMatchObject({ name: 'from', value: 'x', text: '--from=x' });
    expect(text.slice(user!.argumentRange.start, user!.argumentRange.end)).toBe('"joe"');
    expect(apply(document, insertAfter(document, user!, ['EXPOSE 80']))).toBe(`${text}${newline}EXPOSE 80`);
  });
});

describe('what is no Dockerfile', () => {
  test.each([
    ['', '1: the file has no instructions'],
    ['# only a comment\n', '1: the file has no instructions'],
    ['ARG A=1\n', '1: there is no FROM'],
    ['RUN x\nFROM a\n', '1: RUN stands before the first FROM'],
    ['FROM\n', '1: FROM names no image'],
    ['FROM a b\n', '1: FROM takes an image, or an image AS a name'],
    ['FROM a\nRNU x\n', '2: unknown instruction RNU'],
    ['FROM {{ image }}\n', 'is a template ({{)'],
    ['{% if x %}\nFROM a\n{% endif %}\n', 'is a template ({%)'],
    ['FROM %%IMAGE%%\n', 'is a template (%%IMAGE%%)'],
    ['FROM @BASE@\n', 'is a template (@BASE@)'],
  ])('%j', (text, reason) => {
    expect(failure(text)).toBe(reason);
  });

  test('another file name', () => {
    expect(failure('hello\n', 'Dockerfile.md')).toBe('does not start with FROM or ARG');
    expect(failure('FROM a\n', 'Dockerfile.j2')).toBe('is a template (by its name)');
  });

  test('braces in a shell text are no template', () => {
    expect(failure("FROM a\nRUN docker inspect --format '{{.Id}}' x\n")).toBeUndefined();
  });

  test('never throws, and ranges lie in the text', () => {
    const piece = fc.constantFrom(
      ...[
        'FROM a',
        'RUN ',
        'COPY ',
        '<<EOF',
        '<<-"A"',
        'EOF',
        '\n',
        '\r\n',
        '\\',
        '`',
        '\\\n',
        '# escape=`\n',
        '"',
        "'",
      ],
      ...[
        '${',
        '$x',
        '}',
        '[',
        ']',
        ' ',
        '\t',
        '--from=',
        '\uFEFF',
        '# c',
        'ENV a=b',
        'USER $a',
        'WORKDIR ..',
        'é',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.string(), (pieces, tail) => {
        const text = `FROM a AS b\n${pieces.join('')}${tail}`;
        const result = parseDockerfile('Dockerfile', text);
        if (!result.ok) return;
        const { document } = result;
        let last = 0;
        for (const instruction of document.instructions) {
          expect(instruction.start).toBeGreaterThanOrEqual(last);
          expect(instruction.end).toBeLessThanOrEqual(text.length);
          last = instruction.end;
          runScripts(document, instruction).forEach((script) => parseShell(script.text));
        }
        document.stages.forEach((stage) => stageScope(document, stage).lookupAt());
        expect(dockerfileAdapter.delta(document, document)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('stages and scopes', () => {
  const document = parse(
    [
      'ARG NODE=22',
      'ARG EMPTY',
      'FROM --platform=$BUILDPLATFORM node:${NODE:-20}-slim AS base',
      'ENV HOME_DIR=/srv/app LEVEL=1',
      'USER 1000:1000',
      'WORKDIR $HOME_DIR',
      'CMD ["base"]',
      'FROM Base AS final',
      'ARG NODE',
      'ENV V=$NODE',
      'ENV legacy some value',
      'WORKDIR data',
      'EXPOSE 80 443/tcp',
      'VOLUME ["/a", "/b"]',
      'ENTRYPOINT ["run"]',
      'FROM ${EMPTY}',
      'USER ${WHO:-joe}',
    ].join('\n'),
  );
  const [base, final, last] = document.stages;

  test('FROM', () => {
    expect(base).toMatchObject({
      name: 'base',
      reference: 'node:22-slim',
      platform: '$BUILDPLATFORM',
      parent: undefined,
    });
    expect(final!.parent).toBe(base);
    expect(last).toMatchObject({ image: '${EMPTY}', reference: undefined });
    expect(document.finalStage).toBe(last);
  });

  test('values follow FROM <stage>', () => {
    expect(stageScope(document, final!).user?.value).toBe('1000:1000');
    expect(stageScope(document, final!).workdir?.value).toBe('/srv/app/data');
    const scope = stageScope(document, final!);
    expect(scope.root).toBe(base);
    expect(scope.ports.map(({ value }) => value)).toEqual(['80', '443/tcp']);
    expect(scope.volumes.map(({ value }) => value)).toEqual(['/a', '/b']);
    expect([...scope.env].map(([name, { value }]) => `${name}=${value}`)).toEqual([
      'HOME_DIR=/srv/app',
      'LEVEL=1',
      'V=22',
      'legacy=some value',
    ]);
  });

  test('ENTRYPOINT resets the CMD of the stage below', () => {
    const scope = stageScope(document, final!);
    expect(scope.command).toBeUndefined();
    expect(scope.entrypoint?.json).toEqual(['run']);
  });

  test('a variable without a value makes no value', () => {
    expect(stageScope(document, last!).user?.value).toBeUndefined();
  });
});

describe('delta', () => {
  const delta = (before: string, after: string): string[] =>
    dockerfileAdapter.delta(parse(before), parse(after)).map((path) => path.join('.'));

  test('layout and comments are no difference', () => {
    expect(delta('FROM a\nCOPY a   b\nCMD ["x"]\n', 'from a\n# new\ncopy a \\\n  b\nCMD [ "x" ]\n')).toEqual(
      [],
    );
  });

  test('names what was inserted, removed and changed', () => {
    expect(delta('FROM a\nADD a b\nRUN x\nCMD y\n', 'FROM a\nCOPY a b\nRUN x\nUSER z\nCMD y\n')).toEqual([
      'stages.0.ADD',
      'stages.0.COPY',
      'stages.0.USER',
    ]);
    expect(delta('FROM a\nFROM b\nRUN <<E\nx\nE\n', 'FROM a\nFROM b\nRUN <<E\ny\nE\n')).toEqual([
      'stages.1.RUN',
    ]);
    expect(delta('ARG A=1\nFROM a\n', '# escape=`\nARG A=2\nFROM a\n')).toEqual([
      'global.ARG',
      'directives.escape',
    ]);
  });
});

describe('edits', () => {
  const text =
    '# syntax=docker/dockerfile:1\nFROM a\n\n# about the copy\n# two lines\n  copy a b\nRUN <<E\nx\nE\n# last\nCMD x';
  const document = parse(text);
  const [from, copy, run, command] = document.instructions;

  test('an insertion stays above the comments of its instruction', () => {
    expect(apply(document, insertBefore(document, copy!, ['USER b']))).toContain(
      '\n\n  USER b\n# about the copy\n',
    );
    expect(apply(document, insertBefore(document, command!, ['USER b', 'EXPOSE 1']))).toContain(
      'E\nUSER b\nEXPOSE 1\n# last\nCMD x',
    );
    expect(apply(document, insertBefore(document, from!, ['USER b']))).toMatch(/^refused/);
  });

  test('an insertion follows the heredoc, and adds no final newline', () => {
    expect(apply(document, insertAfter(document, run!, ['USER b']))).toContain('\nE\nUSER b\n# last\n');
    expect(apply(document, insertAfter(document, command!, ['USER b']))).toMatch(/CMD x\nUSER b$/);
  });

  test('keyword, flag and arguments', () => {
    expect(apply(document, replaceKeyword(document, copy!, 'ADD'))).toContain('  add a b');
    expect(apply(document, addFlag(copy!, '--chown=c:c'))).toContain('  copy --chown=c:c a b');
    expect(apply(document, replaceArguments(document, command!, '["x"]'))).toMatch(/CMD \["x"\]$/);
    expect(apply(document, replaceArguments(document, run!, 'x'))).toMatch(/^refused/);
    const flagged = parse('FROM a\nCOPY --chown=x a b\n');
    expect(apply(flagged, addFlag(flagged.instructions[1]!, '--chown=y'))).toMatch(/^refused/);
  });
});

describe('shell text', () => {
  test.each(['\n', '\r\n'])('keeps the offsets over comments and continuations with %j', (newline) => {
    const text = ['# escape=`', 'FROM a', 'RUN one ` ', '  # it is "quoted', '', '  && two three', ''].join(
      newline,
    );
    const document = parse(text);
    const script = runScript(document, document.instructions[1]!)!;
    const { commands, complete } = parseShell(script.text);
    expect(complete).toBe(true);
    expect(commands.map(({ program }) => program)).toEqual(['one', 'two']);
    const { start, end } = commands[1]!.args[0]!;
    expect(text.slice(script.offset + start, script.offset + end)).toBe('three');
  });

  test('the bodies of a RUN are scripts of their own', () => {
    const text = 'FROM a\nRUN <<EOF\none\ntwo\nEOF\n';
    const document = parse(text);
    const [script] = runScripts(document, document.instructions[1]!);
    expect(parseShell(script!.text).commands.map(({ program }) => program)).toEqual(['one', 'two']);
    expect(text.slice(script!.offset).startsWith('one')).toBe(true);
  });
});
