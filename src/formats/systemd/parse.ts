import { LineIndex } from '../../core/text.js';
import type { FormatAdapter, ParseResult, SemanticPath } from '../../core/types.js';
import { UnitDocument, type UnitEntry, type UnitSection } from './document.js';
import { logicalLines, sourceOffset, type LogicalLine } from './tokenize.js';

const STRIPPED = ' \t\n\r';

/** Bounds of a text without the white space that systemd strips (no Unicode spaces). */
function strip(text: string, from: number, to: number): { start: number; end: number } {
  let start = from;
  let end = to;
  while (start < end && STRIPPED.includes(text[start]!)) start += 1;
  while (end > start && STRIPPED.includes(text[end - 1]!)) end -= 1;
  return { start, end };
}

const TEMPLATES: readonly (readonly [RegExp, string])[] = [
  [/\{\{|\}\}|\{%|%\}|<%|%>|#\{|\$\{\{/, 'a template that another program fills in'],
  // `s/@NAME@/…/` in an ExecStartPre= fills in another file.
  [/(?<!\bs[/|,#]@?)@@?[A-Za-z_][A-Za-z0-9_.-]*@/, 'a template with @placeholders@'],
];

/** A Quadlet unit of a container, and its drop-ins. */
const QUADLET_PATH = /\.container$|(?:^|[./])container\.d\//;

/** Why a text isn't a unit file for harden; undefined when it may be one. */
function foreignReason(path: string, text: string, content: readonly LogicalLine[]): string | undefined {
  if (/^\uFEFF?\s*<(\?xml|!DOCTYPE|!--|service-group)/i.test(text)) return 'an XML file (an Avahi service)';
  if (content.some((line) => /^\s*\[D-BUS Service\]\s*$/i.test(line.text))) return 'a D-Bus service file';
  for (const [pattern, reason] of TEMPLATES) {
    if (content.some((line) => pattern.test(line.text))) return reason;
  }
  const own = QUADLET_PATH.test(path) ? /^\s*\[Container\]\s*$/ : /^\s*\[(Unit|Service|Install)\]\s*$/;
  const headers = content.filter((line) => own.test(line.text));
  if (
    content.length > 0 &&
    headers.length === 0 &&
    content.some((line) => /^\s*\[[^\]]+\]\s*$/.test(line.text))
  ) {
    return QUADLET_PATH.test(path) ? 'no [Container] section' : 'no [Unit], [Service] or [Install] section';
  }
  return undefined;
}

function toEntry(section: string, line: LogicalLine, lines: LineIndex): UnitEntry | undefined {
  const equals = line.text.indexOf('=');
  if (equals < 0) return undefined;
  const key = strip(line.text, 0, equals);
  const value = strip(line.text, equals + 1, line.text.length);
  if (key.end === key.start) return undefined;
  const empty = value.start === value.end;
  const keyStart = sourceOffset(line, key.start);
  const valueStart = sourceOffset(line, empty ? equals + 1 : value.start);
  return {
    section,
    key: line.text.slice(key.start, key.end),
    value: line.text.slice(value.start, value.end),
    keyRange: { start: keyStart, end: sourceOffset(line, key.end - 1) + 1 },
    valueRange: { start: valueStart, end: empty ? valueStart : sourceOffset(line, value.end - 1) + 1 },
    range: { start: keyStart, end: line.end },
    line: lines.lineOf(keyStart),
  };
}

type MutableSection = { -readonly [K in keyof UnitSection]: UnitSection[K] } & { entries: UnitEntry[] };

/**
 * Parses a unit file by systemd.syntax(7). systemd itself only warns about a line it can't read and goes on;
 * harden doesn't edit a file whose author meant something else than what systemd reads.
 */
export function parseUnit(path: string, text: string): ParseResult<UnitDocument> {
  const index = new LineIndex(text);
  const { lines, comments } = logicalLines(text);
  const content = lines.filter((line) => line.kind === 'content');
  const foreign = foreignReason(path, text, content);
  if (foreign !== undefined) return { ok: false, kind: 'foreign', reason: foreign };
  const invalid = (at: number, reason: string): ParseResult<UnitDocument> => ({
    ok: false,
    kind: 'invalid',
    line: index.lineOf(at),
    reason,
  });
  if (content.length === 0) return invalid(0, 'an empty unit file');

  const sections: MutableSection[] = [];
  for (const [position, line] of lines.entries()) {
    if (line.kind !== 'content') continue;
    const { start, end } = strip(line.text, 0, line.text.length);
    const at = sourceOffset(line, start);
    if (line.text[start] === '[') {
      if (line.text[end - 1] !== ']' || end - start < 3)
        return invalid(at, 'a section header without its closing bracket');
      const headerRange = { start: at, end: sourceOffset(line, end - 1) + 1 };
      const name = line.text.slice(start + 1, end - 1);
      sections.push({ name, headerRange, entries: [], firstLine: position, lastLine: position });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined) return invalid(at, 'an assignment outside a section');
    const entry = toEntry(section.name, line, index);
    if (entry === undefined) return invalid(at, 'a line that is no section, assignment or comment');
    section.entries.push(entry);
    section.lastLine = position;
  }
  return { ok: true, document: new UnitDocument(path, text, index, sections, lines, comments) };
}

/** All values of each key in order, empty ones too: a reset is a part of the meaning. */
function meaning(document: UnitDocument): Map<string, { path: SemanticPath; values: string[] }> {
  const map = new Map<string, { path: SemanticPath; values: string[] }>();
  for (const { section, key, value } of document.entries) {
    const name = JSON.stringify([section, key]);
    const known = map.get(name) ?? { path: [section, key], values: [] };
    known.values.push(value);
    map.set(name, known);
  }
  return map;
}

function delta(before: UnitDocument, after: UnitDocument): readonly SemanticPath[] {
  const old = meaning(before);
  const now = meaning(after);
  const changed: SemanticPath[] = [];
  for (const [name, { path, values }] of now) {
    if (JSON.stringify(old.get(name)?.values) !== JSON.stringify(values)) changed.push(path);
  }
  for (const [name, { path }] of old) if (!now.has(name)) changed.push(path);
  return changed;
}

export const unitAdapter: FormatAdapter<UnitDocument> = { format: 'systemd', parse: parseUnit, delta };

/**
 * Quadlet's generator reads the syntax of units: https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html.
 * Other files end in `.container` too: without its section, one is not for harden, however broken.
 */
export const quadletAdapter: FormatAdapter<UnitDocument> = {
  format: 'quadlet',
  parse: (path, text) =>
    /^\uFEFF?[ \t]*\[Container\][ \t\r]*$/m.test(text)
      ? parseUnit(path, text)
      : { ok: false, kind: 'foreign', reason: 'no [Container] section' },
  delta,
};
