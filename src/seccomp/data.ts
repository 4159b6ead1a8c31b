import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { messageOf } from '../core/errors.js';
import { lazy } from '../core/lazy.js';
import { packageRoot } from '../io/package.js';
import type { EngineDefaultSource } from './engine-default.js';
import type { PartSource, RuntimeClassSource } from './runtime-classes.js';
import type { SystemCallsSource } from './system-calls.js';

/** All data of this folder, as its YAML files have it. */
export interface SeccompData {
  readonly engineDefault: EngineDefaultSource;
  readonly systemCalls: SystemCallsSource;
  readonly parts: readonly PartSource[];
  readonly classes: readonly RuntimeClassSource[];
}

/** The data, read when it is first asked for: what the build made of it, or the YAML files of the sources. */
export const seccompData = lazy<SeccompData>(() => readCompiled() ?? readSeccompSources());

function readCompiled(): SeccompData | undefined {
  try {
    return JSON.parse(readFileSync(new URL('./data.json', import.meta.url), 'utf8')) as SeccompData;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Reads the YAML files.
 * @throws Error with the file's name when one can't be parsed.
 */
export function readSeccompSources(): SeccompData {
  const folder = join(packageRoot(), 'src', 'seccomp');
  const classes = readdirSync(join(folder, 'classes')).filter((name) => name.endsWith('.yml'));
  return {
    engineDefault: readYaml(join(folder, 'data', 'engine-default.yml')) as EngineDefaultSource,
    systemCalls: readYaml(join(folder, 'data', 'system-calls.yml')) as SystemCallsSource,
    parts: readYaml(join(folder, 'data', 'parts.yml')) as readonly PartSource[],
    classes: classes.map((name) => readYaml(join(folder, 'classes', name)) as RuntimeClassSource),
  };
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${basename(file)}: ${messageOf(error)}`, { cause: error });
  }
}
