import type { Format, FormatAdapter, SourceDocument } from './core/types.js';
import { composeAdapter } from './formats/compose/parse.js';
import { dockerfileAdapter } from './formats/dockerfile/parse.js';
import { renderAdapter } from './formats/render-yaml/parse.js';
import { quadletAdapter, unitAdapter } from './formats/systemd/parse.js';
import { flyAdapter } from './formats/toml/parse.js';

const ADAPTERS: Readonly<Record<Format, unknown>> = {
  dockerfile: dockerfileAdapter,
  compose: composeAdapter,
  systemd: unitAdapter,
  quadlet: quadletAdapter,
  fly: flyAdapter,
  render: renderAdapter,
};

/** The adapter of a format, for documents that it has parsed itself. */
export function adapterOf(format: Format): FormatAdapter<SourceDocument> {
  return ADAPTERS[format] as FormatAdapter<SourceDocument>;
}
