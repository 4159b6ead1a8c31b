import { redact } from './redact.js';
import type { Evidence, SourceDocument } from './types.js';

/** Cites the line that holds `offset`; a secret's value on it is masked, one that began above it too. */
export function cite(document: SourceDocument, offset: number): Evidence {
  const line = document.lines.lineOf(offset);
  return {
    file: document.path,
    line,
    // Masking costs more than finding the line, and nobody reads the evidence of a verification.
    get text() {
      return (redactedLines(document)[line - 1] ?? '').trim();
    },
  };
}

const redacted = new WeakMap<SourceDocument, readonly string[]>();

function redactedLines(document: SourceDocument): readonly string[] {
  const known = redacted.get(document);
  if (known !== undefined) return known;
  const lines = redact(document.text).split('\n');
  redacted.set(document, lines);
  return lines;
}

/** Cites a public document or an image's source. */
export function citeSource(source: string, text: string): Evidence {
  return { source, text };
}

/** Cites the first line of a file of the tree that matches; undefined when none does. */
export function citeMatch(file: string, text: string, pattern: RegExp): Evidence | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const start = match.index + (/^\s*/.exec(match[0])?.[0].length ?? 0);
  const line = text.slice(0, start).split('\n').length;
  return { file, line, text: (redact(text).split('\n')[line - 1] ?? '').trim() };
}

/** Each piece of evidence once. */
export function uniqueEvidence(list: readonly Evidence[]): readonly Evidence[] {
  const seen = new Set<string>();
  return list.filter((item) => {
    const key = 'file' in item ? `${item.file}:${item.line}` : `${item.source} ${item.text}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}
