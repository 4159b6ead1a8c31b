import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { ImageFacts } from '../src/catalogue/types.js';
import { packageRoot } from '../src/io/package.js';

export interface CatalogueEntry {
  /** The file's name. */
  readonly file: string;
  readonly facts: ImageFacts;
  /** Where the file departs from image.schema.json; empty for a good one. */
  readonly problems: readonly string[];
}

/** Reads every entry of the image catalogue and checks it by its schema. */
export function catalogueEntries(): readonly CatalogueEntry[] {
  const folder = join(packageRoot(), 'src', 'catalogue');
  const schema = JSON.parse(readFileSync(join(folder, 'image.schema.json'), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictTuples: false }).compile(schema);
  return readdirSync(join(folder, 'images')).map((file) => {
    const facts = parse(readFileSync(join(folder, 'images', file), 'utf8')) as ImageFacts;
    const problems = validate(facts)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    return { file, facts, problems: [...problems, ...misnamed(file, facts)] };
  });
}

function misnamed(file: string, facts: ImageFacts): readonly string[] {
  return file === `${facts.name}.yml` ? [] : [`is named ${facts.name} inside`];
}
