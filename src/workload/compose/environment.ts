import { isMap, isSeq, type Document, type Node, type YAMLMap } from 'yaml';
import { resolveAlias } from '../../formats/compose/document.js';
import { mergedMaps, ownEntries } from '../../formats/compose/merge.js';
import { parseEnvironmentFile } from './interpolate.js';
import { environmentOf, isRecord, strings, toPlain, type Plain } from './plain.js';
import { folderOf, join, type Field, type ServiceView } from './project.js';

/** One variable of an `environment`, with its place. */
export interface Variable {
  readonly name: string;
  /** Undefined for one that is only passed through. */
  readonly value: string | undefined;
  readonly offset: number;
}

/** The files of an `env_file` field, as written: https://docs.docker.com/reference/compose-file/services/#env_file */
export function environmentFilePaths({ value }: Field): readonly string[] {
  if (!Array.isArray(value)) return strings(value);
  return (value as readonly Plain[]).flatMap((item) => strings(isRecord(item) ? item.path : item));
}

/** The variables of a service's environment files, with the field that names the file. */
export function fileVariables(
  view: ServiceView,
): readonly { readonly name: string; readonly value: string; readonly field: Field }[] {
  return view.fields('env_file').flatMap((field) =>
    environmentFilePaths(field).flatMap((path) => {
      const text = view.project.files.read(join(folderOf(field.document.path), path));
      return [...parseEnvironmentFile(text ?? '')].map(([name, value]) => ({ name, value, field }));
    }),
  );
}

/** Those of some variables that a service sets, in place or by its files. */
export function variablesSet(view: ServiceView, names: readonly string[] = []): readonly string[] {
  if (names.length === 0) return [];
  const set = new Set(
    [...view.fields('environment').flatMap(variablesOf), ...fileVariables(view)].map(({ name }) => name),
  );
  return names.filter((name) => set.has(name));
}

/** The variables of an `environment` field, from either of its two forms; those that it merges come first. */
export function variablesOf(field: Field): readonly Variable[] {
  return variablesIn(field.node, field.yaml);
}

function variablesIn(node: unknown, yaml: Document): readonly Variable[] {
  const target = resolveAlias(node, yaml);
  if (isSeq(target)) {
    return target.items.flatMap((item) => entry(item as Node, environmentOf([toPlain(item, yaml)])));
  }
  if (!isMap(target)) return [];
  const entries = mergedMaps(target as YAMLMap, yaml).flatMap(ownEntries);
  return entries.flatMap(({ key, value }) => {
    const name = toPlain(key, yaml);
    return typeof name === 'string' ? entry(key, environmentOf({ [name]: toPlain(value, yaml) })) : [];
  });
}

function entry(node: Node, variables: Readonly<Record<string, string | null>>): Variable[] {
  const offset = node.range?.[0] ?? 0;
  return Object.entries(variables).map(([name, value]) => ({ name, value: value ?? undefined, offset }));
}
