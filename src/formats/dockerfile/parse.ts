import type { FormatAdapter, ParseResult } from '../../core/types.js';
import { LineIndex } from '../../core/text.js';
import { delta } from './delta.js';
import { createDocument, type DockerfileDocument, type Instruction } from './document.js';
import { scanDockerfile, type Scan } from './scan.js';

const KEYWORDS = new Set(
  (
    'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL ' +
    'STOPSIGNAL USER VOLUME WORKDIR'
  ).split(' '),
);

/** Files from which something else makes Dockerfiles. */
const TEMPLATE_NAME = /\.(?:template|tmpl|tpl|j2|jinja2?|erb|ejs|mustache|hbs|liquid|in|php|m4)$/i;

/** Template marks at the start of a line stand where Docker wants an instruction. */
const TEMPLATE_LINE = /^(?:\{\{|\{%|\{#|<%|<#|@@|%%|\$\{?\w+\}?$)/;
/** Template marks in an argument that Docker would read as it is. */
const TEMPLATE_ARGUMENT = /\{\{|\{%|<%|@@\w+@@|@[A-Za-z_]\w*@|%%\w+%%/;
/** Free text in which such marks are common and mean something else (`docker inspect --format '{{.Id}}'`). */
const FREE_TEXT = /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|SHELL)\s/i;

function templateMark(scan: Scan): string | undefined {
  for (const { line } of scan.lines) {
    const text = line.text.trim();
    const mark = TEMPLATE_LINE.exec(text) ?? (FREE_TEXT.test(text) ? null : TEMPLATE_ARGUMENT.exec(text));
    if (mark !== null) return mark[0];
  }
  return undefined;
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

interface Fault {
  readonly offset: number;
  readonly reason: string;
}

function faultOf(instruction: Instruction): Fault | undefined {
  const { keyword, stage, start, words } = instruction;
  const fault = (reason: string): Fault => ({ offset: start, reason });
  if (!KEYWORDS.has(keyword)) return fault(`unknown instruction ${keyword.slice(0, 40)}`);
  if (stage === -1 && keyword !== 'ARG') return fault(`${keyword} stands before the first FROM`);
  if (keyword !== 'FROM') return undefined;
  if (words.length === 0) return fault('FROM names no image');
  const named = words.length === 3 && /^as$/i.test(words[1]!.text);
  return words.length === 1 || named ? undefined : fault('FROM takes an image, or an image AS a name');
}

/**
 * Parses a Dockerfile by BuildKit's rules. Never throws: what isn't a Dockerfile is foreign, a broken one is
 * invalid with the line of its first fault.
 */
export function parseDockerfile(path: string, text: string): ParseResult<DockerfileDocument> {
  if (TEMPLATE_NAME.test(path)) return { ok: false, kind: 'foreign', reason: 'is a template (by its name)' };
  const scanned = scanDockerfile(text);
  const mark = templateMark(scanned.scan);
  if (mark !== undefined) return { ok: false, kind: 'foreign', reason: `is a template (${mark})` };
  const invalid = ({ offset, reason }: Fault): ParseResult<DockerfileDocument> => ({
    ok: false,
    kind: 'invalid',
    line: new LineIndex(text).lineOf(offset),
    reason,
  });
  const named = /^(?:Dockerfile|Containerfile)$/i.test(fileName(path));
  const first = scanned.scan.lines[0];
  if (first !== undefined && !named && !/^(?:FROM|ARG)\s/i.test(first.line.text)) {
    return { ok: false, kind: 'foreign', reason: 'does not start with FROM or ARG' };
  }
  if (!scanned.ok) return invalid(scanned);
  if (first === undefined) return invalid({ offset: 0, reason: 'the file has no instructions' });
  const document = createDocument(path, text, scanned.scan);
  if (document === undefined) {
    return named
      ? invalid({ offset: first.line.start, reason: 'there is no FROM' })
      : { ok: false, kind: 'foreign', reason: 'has no FROM' };
  }
  for (const instruction of document.instructions) {
    const fault = faultOf(instruction);
    if (fault !== undefined) return invalid(fault);
  }
  return { ok: true, document };
}

export const dockerfileAdapter: FormatAdapter<DockerfileDocument> = {
  format: 'dockerfile',
  parse: parseDockerfile,
  delta,
};
