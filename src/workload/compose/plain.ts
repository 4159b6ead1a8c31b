import { isMap, isScalar, isSeq, type Document } from 'yaml';
import { resolveAlias } from '../../formats/compose/document.js';
import { mergedEntries } from '../../formats/compose/merge.js';

/** A YAML value with every scalar as the text that Compose sees: `0440` stays `0440`. */
export type Plain = string | null | readonly Plain[] | { readonly [key: string]: Plain };

/** Nodes that one value may have with its aliases written out; the parser has refused larger documents. */
export function toPlain(node: unknown, yaml: Document): Plain {
  const target = resolveAlias(node, yaml);
  if (isScalar(target)) {
    if (target.value === null || target.value === undefined) return null;
    return typeof target.value === 'string' ? target.value : (target.source ?? String(target.value));
  }
  if (isSeq(target)) return target.items.map((item) => toPlain(item, yaml));
  if (isMap(target)) {
    const entries = mergedEntries(target, yaml).flatMap((pair): [string, Plain][] => {
      const key = toPlain(pair.key, yaml);
      return typeof key === 'string' ? [[key, toPlain(pair.value, yaml)]] : [];
    });
    return Object.fromEntries(entries);
  }
  return null;
}

export function isRecord(value: Plain | undefined): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The scalars of a list; a single scalar counts as a list of one. */
export function strings(value: Plain | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** An environment as a record, from either of its two forms. A variable that is only passed through has null. */
export function environmentOf(value: Plain | undefined): Readonly<Record<string, string | null>> {
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, typeof item === 'string' ? item : null]),
    );
  }
  return Object.fromEntries(
    strings(value).map((item) => {
      const equals = item.indexOf('=');
      return equals === -1 ? [item, null] : [item.slice(0, equals), item.slice(equals + 1)];
    }),
  );
}

/** True for the option of `security_opt` that forbids gaining privileges on exec, in each of its forms. */
export function forbidsNewPrivileges(option: string): boolean {
  return /^no-new-privileges(?:[:=]true)?$/.test(option);
}
