import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { DaemonFacts } from '../src/catalogue/daemon-types.js';
import type { ImageFacts } from '../src/catalogue/types.js';
import { packageRoot } from '../src/io/package.js';

export interface CatalogueEntry<Facts> {
  /** The file's name. */
  readonly file: string;
  readonly facts: Facts;
  /** Where the file departs from its schema; empty for a good one. */
  readonly problems: readonly string[];
}

/** Reads every entry of the image catalogue and checks it by its schema. */
export function catalogueEntries(): readonly CatalogueEntry<ImageFacts>[] {
  return entries<ImageFacts>('images', 'image.schema.json');
}

/** Reads every entry of the daemon catalogue and checks it by its schema. */
export function daemonEntries(): readonly CatalogueEntry<DaemonFacts>[] {
  return entries<DaemonFacts>('daemons', 'daemon.schema.json');
}

function entries<Facts extends { readonly name: string }>(
  kind: string,
  schemaFile: string,
): readonly CatalogueEntry<Facts>[] {
  const catalogue = join(packageRoot(), 'src', 'catalogue');
  const schema = JSON.parse(readFileSync(join(catalogue, schemaFile), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strictTypes: false, strictTuples: false }).compile(schema);
  const folder = join(catalogue, kind);
  return readdirSync(folder).map((file) => {
    const facts = parse(readFileSync(join(folder, file), 'utf8')) as Facts;
    const problems = validate(facts)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
    return { file, facts, problems: [...problems, ...misnamed(file, facts)] };
  });
}

function misnamed(file: string, facts: { readonly name: string }): readonly string[] {
  return file === `${facts.name}.yml` ? [] : [`is named ${facts.name} inside`];
}
