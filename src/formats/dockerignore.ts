import { BOM } from '../core/text.js';

/** A line of an ignore file that isn't a comment. */
export interface IgnorePattern {
  /** One-based. */
  readonly line: number;
  /** Without `!`, cleaned as Docker cleans it: `/docs/../a/` is `a`. */
  readonly pattern: string;
  /** `!pattern`: what it matches goes into the build context after all. */
  readonly exception: boolean;
}

/** What a `.dockerignore` keeps out of a build context. */
export interface Dockerignore {
  /** In order; of those that match a file the last one decides. */
  readonly patterns: readonly IgnorePattern[];
  /** Lines with a pattern that Docker refuses: the build fails with it. */
  readonly invalid: readonly number[];
  /**
   * True when a file or directory is left out.
   * @param path relative to the build context, with `/`.
   */
  ignores(path: string): boolean;
}

type Matcher = (path: string) => boolean;

/**
 * Reads an ignore file by Docker's rules, which aren't git's: a pattern without a slash matches in the context's root
 * only, and one that matches a directory matches all below it.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 * https://github.com/moby/patternmatcher/blob/main/ignorefile/ignorefile.go (ReadAll)
 */
export function readDockerignore(text: string): Dockerignore {
  const rules: (IgnorePattern & { readonly matches: Matcher })[] = [];
  const invalid: number[] = [];
  const lines = (text.startsWith(BOM) ? text.slice(1) : text).split(/\r?\n/);
  for (const [at, written] of lines.entries()) {
    const trimmed = written.trim();
    if (written.startsWith('#') || trimmed === '') continue;
    const exception = trimmed.startsWith('!');
    const pattern = cleanPath(exception ? trimmed.slice(1).trim() : trimmed).replace(/^\/(?=.)/, '');
    const matches = pattern === '' ? undefined : compile(pattern);
    if (matches === undefined) invalid.push(at + 1);
    else rules.push({ line: at + 1, pattern, exception, matches });
  }
  return {
    patterns: rules.map(({ line, pattern, exception }) => ({ line, pattern, exception })),
    invalid,
    ignores: (path) => {
      const paths = withParents(cleanPath(path));
      const last = rules.findLast(({ matches }) => paths.some(matches));
      return last !== undefined && !last.exception;
    },
  };
}

/** A path and the directories that it lies in; none of the context itself, which nothing leaves out. */
function withParents(path: string): readonly string[] {
  if (path === '' || path === '.') return [];
  const parts = path.replace(/^\//, '').split('/');
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** https://pkg.go.dev/path/filepath#Clean; an empty text stays empty. */
function cleanPath(path: string): string {
  if (path === '') return '';
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push('..');
  }
  return (rooted ? '/' : '') + parts.join('/') || '.';
}

/**
 * Whether a path itself matches; undefined for a pattern with a syntax error.
 * https://github.com/moby/patternmatcher/blob/main/patternmatcher.go (compile): what has nothing but a `**` at its start
 * or end is compared as text, so that `**file` matches `a/myfile`, while `**file*` does not.
 */
function compile(pattern: string): Matcher | undefined {
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const suffix = /^\*\*([^*?[\\]*)$/.exec(pattern)?.[1];
  if (suffix !== undefined) return (path) => path.endsWith(suffix) || `/${path}` === suffix;
  const prefix = /^([^*?[\\]*)\*\*$/.exec(pattern)?.[1];
  if (prefix !== undefined) return (path) => path.startsWith(prefix);
  const source = expression(pattern);
  if (source === undefined) return undefined;
  const regexp = new RegExp(`^${source}$`, 'su');
  return (path) => regexp.test(path);
}

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');

/** The regular expression of a pattern; undefined where https://pkg.go.dev/path/filepath#Match reports an error. */
function expression(pattern: string): string | undefined {
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const stars = /^(?:\*\*\/?)+/.exec(rest)?.[0];
    if (stars !== undefined) {
      source += stars.length === rest.length ? '.*' : '(?:.*/)?';
      at += stars.length;
      continue;
    }
    const token = /^(?:\*|\?|\\.|\[\^?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)+\]|[^[\\])/su.exec(
      rest,
    )?.[0];
    if (token === undefined) return undefined;
    if (token === '*') source += '[^/]*';
    else if (token === '?') source += '[^/]';
    else if (token.length > 1 && token.startsWith('\\')) source += quote(token.slice(1));
    else if (token.length > 1 && token.startsWith('[')) source += characterClass(token);
    else source += quote(token);
    at += token.length;
  }
  return source;
}

/** `[^a-c\]]` with everything that means more to a regular expression than to Go escaped. */
function characterClass(token: string): string {
  const negated = token.startsWith('[^');
  const members = [...token.slice(negated ? 2 : 1, -1).matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/gsu)];
  const character = (written: string): string => quote(written.replace(/^\\/, '')).replace('-', '\\-');
  const ranges = members.map(([, low = '', high]) =>
    high === undefined ? character(low) : `${character(low)}-${character(high)}`,
  );
  return `[${negated ? '^' : ''}${ranges.join('')}]`;
}
