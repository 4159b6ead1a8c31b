/**
 * `node floor.js FOLDER LIST`: the parse floor. Reads the files that a JSON file lists and parses each once, with
 * the parsers that harden uses, and does nothing else: nothing that harden does can be faster.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { YAML_OPTIONS } from '../src/formats/compose/parse.js';
import { parseDockerfile } from '../src/formats/dockerfile/parse.js';
import { parseBlueprint } from '../src/formats/render-yaml/parse.js';
import { parseUnit } from '../src/formats/systemd/parse.js';
import { parseFly } from '../src/formats/toml/parse.js';
import type { SourceFile } from '../src/io/discover.js';

const PARSERS: Readonly<Record<SourceFile['format'], (path: string, text: string) => unknown>> = {
  dockerfile: parseDockerfile,
  compose: (_, text) => parseAllDocuments(text, YAML_OPTIONS),
  systemd: parseUnit,
  quadlet: parseUnit,
  fly: parseFly,
  render: parseBlueprint,
};

const [folder = '.', list = ''] = process.argv.slice(2);
for (const { path, format } of JSON.parse(readFileSync(list, 'utf8')) as SourceFile[]) {
  PARSERS[format](path, readFileSync(join(folder, path), 'utf8'));
}
