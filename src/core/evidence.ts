import { redact } from './redact.js';
import type { Evidence, SourceDocument } from './types.js';

/** Cites the line that holds `offset`; a secret's value on it is masked. */
export function cite(document: SourceDocument, offset: number): Evidence {
  return {
    file: document.path,
    line: document.lines.lineOf(offset),
    text: redact(document.lines.lineText(offset).trim()),
  };
}

/** Cites a public document or an image's source. */
export function citeSource(source: string, text: string): Evidence {
  return { source, text };
}
