import { parseCompose } from '../../src/formats/compose/parse.js';
import { dockerfileAdapter } from '../../src/formats/dockerfile/parse.js';
import { renderAdapter } from '../../src/formats/render-yaml/parse.js';
import { quadletAdapter, unitAdapter } from '../../src/formats/systemd/parse.js';
import { flyAdapter } from '../../src/formats/toml/parse.js';
import type { Format, ParseResult, SourceDocument } from '../../src/core/types.js';
import { suppressionsOf } from '../../src/suppress/suppressions.js';
import type { Suppression, SuppressionProblem } from '../../src/suppress/types.js';
import { registry } from '../../transforms/index.js';
import { PATHS } from '../support/cases.js';

export const ids = Object.values(registry)
  .flat()
  .map(({ meta }) => meta.id);

export function parse(
  format: Format,
  text: string,
  path: string = PATHS[format],
): ParseResult<SourceDocument> {
  switch (format) {
    case 'dockerfile':
      return dockerfileAdapter.parse(path, text);
    case 'compose':
      return parseCompose(path, text);
    case 'systemd':
      return unitAdapter.parse(path, text);
    case 'quadlet':
      return quadletAdapter.parse(path, text);
    case 'fly':
      return flyAdapter.parse(path, text);
    case 'render':
      return renderAdapter.parse(path, text);
  }
}

/** The lines that begin in what a suppression is about, without comments and blank lines. */
function covered(document: SourceDocument, { range }: Suppression): readonly number[] {
  const rows = document.text.split('\n');
  return rows.flatMap((row, at) => {
    const first = row.search(/[^\s-]/);
    if (first === -1 || /^\s*[#;]/.test(row)) return [];
    const offset = document.lines.offsetOf(at, first);
    return range.start <= offset && offset < range.end ? [at + 1] : [];
  });
}

export interface Read {
  /** Each suppression as `<tool> <names> <lines>`. */
  readonly found: readonly string[];
  readonly all: readonly Suppression[];
  readonly problems: readonly SuppressionProblem[];
}

export function read(format: Format, text: string): Read {
  const parsed = parse(format, text);
  if (!parsed.ok) throw new Error(parsed.reason);
  const { found, problems } = suppressionsOf(parsed.document, ids);
  return {
    found: found.map(
      (one) => `${one.tool} ${one.names.join(',')} ${covered(parsed.document, one).join(',')}`,
    ),
    all: found,
    problems,
  };
}
