import { BOM, type Range } from '../../core/text.js';
import { heredocMarks, readHeredocs, type Heredoc } from './heredoc.js';
import { physicalLine, readLogicalLine, skipSpace, type LogicalLine } from './lines.js';

/** `# syntax=`, `# escape=` or `# check=` at the top of the file. */
export interface Directive extends Range {
  readonly name: string;
  readonly value: string;
}

export interface ScannedLine {
  readonly line: LogicalLine;
  readonly heredocs: readonly Heredoc[];
}

export interface Scan {
  readonly escape: '\\' | '`';
  readonly directives: readonly Directive[];
  readonly lines: readonly ScannedLine[];
  /** Comment lines and directives, from `#` to the end of the line. */
  readonly comments: readonly Range[];
}

export type ScanResult =
  | { readonly ok: true; readonly scan: Scan }
  /** What was read before the error is kept: it may show that the file is a template. */
  | { readonly ok: false; readonly offset: number; readonly reason: string; readonly scan: Scan };

/** https://docs.docker.com/reference/dockerfile/#parser-directives */
const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const KNOWN_DIRECTIVES = new Set(['syntax', 'escape', 'check']);
const HOLDS_HEREDOCS = /^(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s/i;

/** True for arguments that BuildKit reads as a JSON array of strings: `<<` in them starts no heredoc. */
function isJson(line: string): boolean {
  const start = line.indexOf('[');
  if (start === -1 || !/^\S+\s+(?:\S+\s+)*$/.test(line.slice(0, start))) return false;
  try {
    return Array.isArray(JSON.parse(line.slice(start)));
  } catch {
    return false;
  }
}

/** Splits a Dockerfile in logical lines by the rules of BuildKit's parser, which are those of `docker build`. */
export function scanDockerfile(text: string): ScanResult {
  let escape: '\\' | '`' = '\\';
  const directives: Directive[] = [];
  const lines: ScannedLine[] = [];
  const comments: Range[] = [];
  const result = (): Scan => ({ escape, directives, lines, comments });
  let lookForDirectives = true;
  let next = text.startsWith(BOM) ? 1 : 0;
  while (next < text.length) {
    const physical = physicalLine(text, next);
    const begin = skipSpace(text, physical.start, physical.end);
    if (begin < physical.end && text[begin] === '#') {
      const comment = { start: begin, end: physical.end };
      comments.push(comment);
      const match = lookForDirectives ? DIRECTIVE.exec(text.slice(begin, physical.end)) : null;
      const name = match?.[1]?.toLowerCase() ?? '';
      const value = match?.[2] ?? '';
      lookForDirectives = KNOWN_DIRECTIVES.has(name);
      if (lookForDirectives) {
        if (directives.some((directive) => directive.name === name)) {
          return {
            ok: false,
            offset: begin,
            reason: `only one ${name} parser directive can be used`,
            scan: result(),
          };
        }
        directives.push({ ...comment, name, value });
        if (name === 'escape') {
          if (value !== '\\' && value !== '`') {
            return {
              ok: false,
              offset: begin,
              reason: 'the escape character must be \\ or `',
              scan: result(),
            };
          }
          escape = value;
        }
      }
      next = physical.next;
      continue;
    }
    lookForDirectives = false;
    if (begin === physical.end) {
      next = physical.next;
      continue;
    }
    const { line, next: after } = readLogicalLine(text, physical, escape);
    comments.push(...line.comments);
    next = after;
    if (line.text.trim() === '') continue;
    const marks = HOLDS_HEREDOCS.test(line.text) && !isJson(line.text) ? heredocMarks(line.text) : [];
    const read = readHeredocs(text, next, marks);
    if (read === undefined) {
      return { ok: false, offset: line.start, reason: 'a heredoc is never terminated', scan: result() };
    }
    lines.push({ line, heredocs: read.heredocs });
    next = read.next;
  }
  return { ok: true, scan: result() };
}
