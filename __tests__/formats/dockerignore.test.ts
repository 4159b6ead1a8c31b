import { describe, expect, test } from '@jest/globals';
import { readDockerignore } from '../../src/formats/dockerignore.js';

/** True when an ignore file of these lines leaves a path out. */
function ignores(lines: string | readonly string[], path: string): boolean {
  return readDockerignore([lines].flat().join('\n')).ignores(path);
}

// https://docs.docker.com/build/concepts/context/#matching and the sections below it.
describe("Docker's documented examples", () => {
  test.each([
    ['*/temp*', 'somedir/temporary.txt', true],
    ['*/temp*', 'somedir/temp', true],
    ['*/temp*', 'temporary.txt', false],
    ['*/temp*', 'somedir/subdir/temporary.txt', false],
    ['*/*/temp*', 'somedir/subdir/temporary.txt', true],
    ['temp?', 'tempa', true],
    ['temp?', 'tempb', true],
    ['temp?', 'temp', false],
    ['temp?', 'tempab', false],
    ['/foo/bar', 'foo/bar', true],
    ['foo/bar', 'foo/bar', true],
    ['**/*.go', 'main.go', true],
    ['**/*.go', 'a/b/main.go', true],
    ['**/*.go', 'a/b/main.gox', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(ignores(pattern, path)).toBe(expected);
  });

  test('a comment is a line that starts with #', () => {
    expect(ignores('# comment', '# comment')).toBe(false);
    expect(ignores('#a', '#a')).toBe(false);
    expect(ignores(' #a', '#a')).toBe(true);
  });

  test('an exception takes a file back', () => {
    const lines = ['*.md', '!README.md'];
    expect(ignores(lines, 'NOTES.md')).toBe(true);
    expect(ignores(lines, 'README.md')).toBe(false);
  });

  test('the last line that matches decides', () => {
    const between = ['*.md', '!README*.md', 'README-secret.md'];
    expect(ignores(between, 'README-secret.md')).toBe(true);
    expect(ignores(between, 'README.md')).toBe(false);
    expect(ignores(['*.md', 'README-secret.md', '!README*.md'], 'README-secret.md')).toBe(false);
  });
});

describe('what sets it apart from .gitignore', () => {
  test('a pattern without a slash matches at the root only', () => {
    expect(ignores('.env', '.env')).toBe(true);
    expect(ignores('.env', 'services/api/.env')).toBe(false);
    expect(ignores('**/.env', 'services/api/.env')).toBe(true);
  });

  test('a trailing slash says nothing: a file matches too', () => {
    expect(ignores('.env/', '.env')).toBe(true);
  });

  test('all below a directory that matches is left out, and may be taken back', () => {
    expect(ignores('docs', 'docs/a/b.md')).toBe(true);
    expect(ignores(['docs', '!docs/README.md'], 'docs/README.md')).toBe(false);
    expect(ignores(['**', '!src', '!package.json'], 'src/a/b.js')).toBe(false);
    expect(ignores(['**', '!src', '!package.json'], '.npmrc')).toBe(true);
    expect(ignores(['*', '!src', 'src/secret'], 'src/secret/key.pem')).toBe(true);
  });

  test('letter case counts', () => {
    expect(ignores('.ENV', '.env')).toBe(false);
  });
});

describe('the syntax', () => {
  test.each([
    ['**', 'a/b', true],
    ['**/', 'a', true],
    ['dir/**', 'dir/a/b', true],
    ['dir/**', 'dir', false],
    ['**/dir', 'a/dir/file', true],
    ['**/dir/**', 'a/dir/b/c', true],
    ['**/.foo', 'bar.foo', false],
    ['**file', 'a/myfile', true],
    ['**file*', 'a/myfile', false],
    ['a**/*.txt', 'a/b/c/file.txt', true],
    ['a/*.txt', 'a/b/file.txt', false],
    ['a[b-d]e', 'ace', true],
    ['a[^b-d]e', 'ace', false],
    ['a[^b-d]e', 'aze', true],
    ['a[\\]x]e', 'a]e', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a?b', 'a🛡b', true],
    ['a?b', 'a/b', false],
    ['a.b', 'axb', false],
    ['a-*.md', 'a-b.md', true],
    ['a[\\-x]b', 'a-b', true],
    ['**/**/b', 'a/c/b', true],
    ['**/**/b', 'b', true],
    ['**/**', 'a/b', true],
    ['*.(a|b)+{c}$', 'x.(a|b)+{c}$', true],
    ['a/../b/', 'b', true],
    ['./a//b', 'a/b', true],
    ['  spaced  ', 'spaced', true],
    ['! kept', 'kept', false],
  ])('%j and %j: %s', (pattern, path, expected) => {
    expect(ignores(pattern, path)).toBe(expected);
  });

  test('a byte order mark and carriage returns are no part of a pattern', () => {
    const file = readDockerignore('\uFEFF.env\r\n!keep\r\n');
    expect(file.ignores('.env')).toBe(true);
    expect(file.patterns).toEqual([
      { line: 1, pattern: '.env', exception: false },
      { line: 2, pattern: 'keep', exception: true },
    ]);
  });

  test('the context itself is never left out', () => {
    expect(ignores('**', '.')).toBe(false);
    expect(ignores('.', 'a')).toBe(false);
  });

  test.each(['!', '[', '[]a]', 'a[x-]', 'a[-x]', 'a[b', 'a\\'])('%j is refused', (pattern) => {
    const file = readDockerignore(`ok\n${pattern}\n`);
    expect(file.invalid).toEqual([2]);
    expect(file.ignores('ok')).toBe(true);
  });
});
